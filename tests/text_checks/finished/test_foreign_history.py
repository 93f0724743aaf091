"""Finished post-mortems in other languages: dates, severity, services, people and what was done."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.filing import ToldStatus
from text_checks.finished import read_finished_document
from text_checks.finished.told_outcomes import classify_status
from text_checks.timeline.entry_times import find_date

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
GERMAN = """\
# Suche war veraltet

**Datum:** 14. März 2025
**Schweregrad:** hoch
**Betroffene Dienste:** Suche, Katalog
**Beteiligte:** Olga Petrova, Nils Holm

## Zusammenfassung

Die Suche zeigte Bücher, die es nicht mehr gab.

## Ursachen

1. Niemand beobachtet die Platte des Index
   - Warum? Die Warnung galt dem alten Server
2. Der Index wurde von Hand gebaut

## Maßnahmen

| Maßnahme | Verantwortlich | Termin | Stand |
|---|---|---|---|
| Warnen, sobald die Platte zu 80 % voll ist | Olga Petrova | 2025-04-01 | erledigt |
| Den Index auf eine eigene Platte legen | Nils Holm | 2025-05-01 | in Arbeit |
| Den Index zweimal im Jahr neu bauen | Vera Novak | | verworfen |
| Eine Anleitung schreiben | | | |

- [x] Den alten Server abschalten
"""


def test_a_german_post_mortem_is_read_as_an_english_one() -> None:
    finished = read_finished_document(GERMAN, "suche", NOW)

    facts = finished.facts
    assert facts.ended_at == datetime(2025, 3, 14, 12, tzinfo=UTC)
    assert (facts.severity, facts.services) == (2, ("Suche", "Katalog"))
    assert facts.people == ("Olga Petrova", "Nils Holm")
    assert [(chain.symptom, len(chain.whys)) for chain in finished.chains] == [
        ("Niemand beobachtet die Platte des Index", 1),
        ("Der Index wurde von Hand gebaut", 0),
    ]
    told = [(item.owner, outcome.status) for item, outcome in finished.actions]
    assert told == [
        ("Olga Petrova", ToldStatus.DONE),
        ("Nils Holm", ToldStatus.NOT_DONE),
        ("Vera Novak", ToldStatus.DROPPED),
        ("", ToldStatus.NOT_TOLD),
        ("", ToldStatus.DONE),
    ]


@pytest.mark.parametrize(
    "words",
    [
        "3. März 2025",
        "3 mars 2025",
        "le 3 mars 2025 à 14 h",
        "3 de marzo de 2025",
        "3 de março de 2025",
        "3 maart 2025",
        "3 marzo 2025",
        "Am 3. MÄRZ 2025",
        "3 March 2025",
        "2025-03-03",
        "03.03.2025",
    ],
)
def test_a_date_is_read_in_the_language_that_it_is_written_in(words: str) -> None:
    found = find_date(words)

    assert found is not None
    assert found.isoformat() == "2025-03-03"


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("1er août 2024", "2024-08-01"),
        ("31. Dezember 2024", "2024-12-31"),
        ("12 mai 2024", "2024-05-12"),
        ("9 juin 2024", "2024-06-09"),
        ("9 juillet 2024", "2024-07-09"),
        ("5 października 2024", "2024-10-05"),
    ],
)
def test_months_of_other_languages_have_their_number(words: str, day: str) -> None:
    assert str(find_date(words)) == day


@pytest.mark.parametrize("words", ["31. Februar 2025", "40 mars 2025", "mars 2025", "3 markt 2025"])
def test_what_is_no_day_is_no_date(words: str) -> None:
    assert find_date(words) is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("offen", ToldStatus.NOT_DONE),
        ("nicht erledigt", ToldStatus.NOT_DONE),
        ("abgeschlossen am 3.4.", ToldStatus.DONE),
        ("entfällt", ToldStatus.DROPPED),
        ("en cours", ToldStatus.NOT_DONE),
        ("pas encore fait", ToldStatus.NOT_DONE),
        ("fait", ToldStatus.DONE),
        ("hecho", ToldStatus.DONE),
        ("pendiente", ToldStatus.NOT_DONE),
        ("concluído", ToldStatus.DONE),
        ("cancelada", ToldStatus.DROPPED),
        ("afgerond", ToldStatus.DONE),
        ("niet gedaan", ToldStatus.NOT_DONE),
        ("hoffentlich bald", ToldStatus.NOT_TOLD),
        ("often", ToldStatus.NOT_TOLD),
    ],
)
def test_a_status_is_told_in_the_language_of_the_document(words: str, status: ToldStatus) -> None:
    assert classify_status(words) is status
