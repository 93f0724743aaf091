"""Find when the incident of a finished post-mortem was, how bad, what it hit and who was there.

Front matter and labelled lines count before what has to be inferred from the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from models.document import Section
from rules.pattern_table import PatternTable, parse_table
from text_checks.finished.services_and_people import MARKS, WHOLE, find_people, find_services
from text_checks.front_matter import find_closing_line, parse_front_matter
from text_checks.parsing import ParsedDocument
from text_checks.table_rows import split_cells
from text_checks.timeline.entry_times import find_date, parse_timeline
from text_checks.timeline.time_forms import DATE, ONE_DAY

LABEL_LINES = 120
"""Number of lines from the top in which labelled facts are looked for."""

MAX_DISTANCE = timedelta(days=60)
"""A timeline that ends further from the date that the document gives tells of something else."""

MAX_LENGTH_OF_INCIDENT = timedelta(days=90)
NOON = time(12)
SEVERITY_WORDS = {
    **dict.fromkeys(("critical", "highest", "blocker", "emergency"), 1),
    **dict.fromkeys(("high", "major", "severe"), 2),
    **dict.fromkeys(("medium", "moderate", "normal"), 3),
    **dict.fromkeys(("low", "minor"), 4),
    **dict.fromkeys(("kritisch", "critique", "crítica", "crítico", "kritiek"), 1),
    **dict.fromkeys(("hoch", "schwer", "élevée", "majeure", "alta", "grave", "hoog"), 2),
    **dict.fromkeys(("mittel", "moyenne", "media", "média", "gemiddeld"), 3),
    **dict.fromkeys(("niedrig", "gering", "faible", "baja", "baixa", "laag"), 4),
}
_LABELLED = re.compile(
    r"[\s>#*+•|-]{0,12}(?:\*\*|__)?(?P<label>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ /()_'’-]{1,34}?)"
    r"\s?(?:\*\*|__)?\s?[:|](?:\*\*|__)?\s*(?P<value>\S.{0,400})"
)
_ENDED = parse_table(
    r"""
    (?:incident )?(?:end(?:ed|s)?|resolved|recovered|fixed)(?: ?(?:at|on|time|date))?
        ✓ resolved at  ✗ resolution by
    (?:time|date) (?:of )?(?:resolution|resolved|recovery|end)  ✓ time of recovery  ✗ time
    resolution (?:time|date)  ✓ resolution time  ✗ resolution
    ende|beendet|behoben(?: (?:am|um))?|fin|résolu(?: le)?|fin de l['’]incident|resuelto|fim|einde
        ✓ behoben um  ✗ endlich
    """,
    WHOLE,
)
_STARTED = parse_table(
    r"""
    (?:incident )?(?:start(?:ed|s)?|began|begin)(?: ?(?:at|on|time|date))?
        ✓ start time  ✗ starter
    (?:time|date) (?:of )?start  ✓ time of start  ✗ time
    beginn|anfang|début|inicio|início|aanvang|inizio|começo  ✓ beginn  ✗ beginnen
    """,
    WHOLE,
)
_DATED = parse_table(
    r"""
    (?:incident |outage )?dates?(?: of (?:the )?(?:incident|outage|event)| and time)?
        ✓ date of incident  ✗ due date
    when|day|occurred(?: (?:on|at))?  ✓ when  ✗ whenever
    datum(?: (?:des|der) (?:vorfalls|störung))?|tag|date (?:de l['’]incident|de la panne)|fecha|data
        ✓ Datum  ✗ Datumsgrenze
    fecha del incidente|data do incidente|datum van het incident|dato
        ✓ fecha del incidente  ✗ incidente
    """,
    WHOLE,
)
_SEVERITY = parse_table(
    r"""
    (?:incident )?(?:sev|severity|priority)(?: ?(?:level|rating))?  ✓ severity level  ✗ severe
    schweregrad|schwere|priorität|gravité|sévérité|gravedad|severidade?|gravidade|ernst|prioriteit
        ✓ Schweregrad  ✗ schwer
    """,
    WHOLE,
)
_LEVEL = re.compile(r"\b(?:sev(?:erity)?|p(?:riority)?)[- ]?(?P<level>[1-5])\b", re.IGNORECASE)
_PLAIN_LEVEL = re.compile(r"\W{0,4}(?P<level>[1-5])\b(?!\s*(?:%|hours?|min))")
_KEY_GAP = re.compile(r"[_-]")


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """The facts of an incident as its post-mortem tells them; `ended_at` is None if it does not.

    `dated_by` says where the date was found; `severity_words` holds the word that `severity`
    (from 1, the worst) was read from; `people` are names or addresses as written.
    """

    ended_at: datetime | None = None
    started_at: datetime | None = None
    dated_by: str = ""
    severity: int | None = None
    severity_words: str = ""
    services: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


def find_incident_facts(
    text: str, reading: ParsedDocument, name: str, now: datetime
) -> IncidentFacts:
    """Find the facts of the incident; `name` is the file's, and no date after `now` is taken."""
    labels = list(_list_labels(text))
    started, ended, dated_by = _find_times(text, labels, reading, name, now)
    severity, words = _find_severity(labels, reading)
    return IncidentFacts(
        ended_at=ended,
        started_at=started,
        dated_by=dated_by,
        severity=severity,
        severity_words=words,
        services=find_services(labels),
        people=find_people(labels, reading),
    )


def _list_labels(text: str) -> Iterator[tuple[str, str]]:
    """List labelled values: of front matter, then of lines, list items and two-column tables."""
    lines = text.split("\n")
    closing = find_closing_line(lines)
    if closing is not None:
        for key, values in parse_front_matter(lines[: closing + 1]).items():
            yield _KEY_GAP.sub(" ", key), ", ".join(values)
        lines = lines[closing + 1 :]
    for line in lines[:LABEL_LINES]:
        cells = split_cells(line) if line.lstrip().startswith("|") else ()
        labelled = _LABELLED.fullmatch(line.strip().rstrip("|")) if len(cells) in (0, 2) else None
        if labelled:
            yield " ".join(labelled["label"].split()), labelled["value"].strip()


def _find_times(
    text: str,
    labels: Iterable[tuple[str, str]],
    reading: ParsedDocument,
    name: str,
    now: datetime,
) -> tuple[datetime | None, datetime | None, str]:
    """Find start and end, and where the end was found: the surest source first."""
    by_label = list(labels)
    day, dated_by = _find_day(text, by_label, reading, name, now)
    base = datetime.combine(day, NOON, UTC) if day else None
    ended = _find_labelled_time(by_label, _ENDED, base, now)
    started = _find_labelled_time(by_label, _STARTED, base, now)
    first, last = _find_span(reading, base, now)
    if ended is None and last is not None:
        ended, source = last, "its timeline"
    else:
        source = "the end that it states" if ended else dated_by
    ended = ended or base
    started = started or first
    is_plausible = started and ended and timedelta(0) <= ended - started <= MAX_LENGTH_OF_INCIDENT
    return (started if is_plausible else None), ended, (source if ended else "")


def _find_day(
    text: str,
    labels: Iterable[tuple[str, str]],
    reading: ParsedDocument,
    name: str,
    now: datetime,
) -> tuple[date | None, str]:
    """Find the day that the document gives the incident, and where."""
    labelled = next((v for label, v in labels if _DATED.fullmatch(label) and find_date(v)), "")
    candidates = (
        ("the date that it states", labelled),
        ("its title", reading.title),
        ("the name of the file", name.replace("_", " ")),
        ("its timeline", "\n".join((*reading.timeline, reading.timeline_heading))),
        ("its text", text),
    )
    for source, words in candidates:
        day = find_date(words)
        if day is not None and day <= now.date():
            return day, source
    return None, ""


def _find_labelled_time(
    labels: Iterable[tuple[str, str]],
    names: PatternTable,
    base: datetime | None,
    now: datetime,
) -> datetime | None:
    for label, value in labels:
        if names.fullmatch(label) and (base or find_date(value)):
            entry = parse_timeline([value], base or now)[0].at
            if entry is not None and entry <= now:
                return entry
    return None


def _find_span(
    reading: ParsedDocument, base: datetime | None, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Find the first and the last time of the timeline that belong to the incident.

    A timeline without dates is on one day; where it seems to take several, it is not understood.
    """
    if base is None:
        return None, None
    end_of_day = datetime.combine(base.date(), time.max, UTC)
    entries = parse_timeline(reading.timeline, end_of_day, reading.timeline_heading)
    times = [entry.at for entry in entries if entry.at and entry.at <= now]
    near = sorted(at for at in times if abs(at - base) <= MAX_DISTANCE)
    is_dated = any(DATE.search(entry) for entry in reading.timeline)
    if near and (is_dated or near[-1] - near[0] < ONE_DAY):
        return near[0], near[-1]
    days = [day for entry in reading.timeline if (day := find_date(entry)) and day <= now.date()]
    noons = sorted(datetime.combine(day, NOON, UTC) for day in days)
    near_days = [at for at in noons if abs(at - base) <= MAX_DISTANCE]
    return (near_days[0], near_days[-1]) if near_days else (None, None)


def _find_severity(
    labels: Iterable[tuple[str, str]], reading: ParsedDocument
) -> tuple[int | None, str]:
    for label, value in labels:
        if _SEVERITY.fullmatch(label):
            words = " ".join(MARKS.sub("", value).split())
            level = _LEVEL.search(words) or _PLAIN_LEVEL.match(words)
            if level:
                return int(level["level"]), words
            first = words.split()[0].strip(".,;").lower() if words.split() else ""
            if first in SEVERITY_WORDS:
                return SEVERITY_WORDS[first], words
    head = " ".join((reading.title, *reading.section_texts.get(Section.SUMMARY, ())[:3]))
    level = re.search(r"\bSEV(?:ERITY)?[- ]?(?P<level>[1-5])\b", head, re.IGNORECASE)
    return (int(level["level"]), level[0]) if level else (None, "")
