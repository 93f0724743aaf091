"""Documents in other languages: sections, causes, actions and dates are found as in English."""

from __future__ import annotations

import pytest

from models.document import Section
from text_checks.check_document import check_document
from text_checks.parsing import find_section, parse_document

GERMAN = """\
# Kassen ohne Verbindung

## Zusammenfassung
Die Kassen in vier Filialen konnten nicht buchen.

## Auswirkungen
1.200 Einkäufe kamen zwei Stunden zu spät an.

## Zeitlicher Ablauf
- 08:15 Die erste Filiale meldet sich
- 10:05 Die Verbindung steht wieder

## Ursachen
- Das Zertifikat der Vermittlung war abgelaufen
  - Warum? Niemand bekam die Warnung
  - Warum? Sie ging an ein Postfach, das es nicht mehr gibt

## Was lief gut
Die Filialen nahmen Bargeld an.

## Was lief nicht gut
Die Störung wurde am Telefon gemeldet.

## Wo wir Glück hatten
Es war ein Montag.

## Maßnahmen
| Nr. | Maßnahme | Verantwortlich | Frist | Priorität | Prüfer | Erledigt wenn | Status |
|---|---|---|---|---|---|---|---|
| 1 | Die Warnung an die Bereitschaft schicken | Oren Katz | 2026-04-10 | P2 | Vera Novak | Ein \
Testzertifikat löst den Ruf aus | offen |

## Lehren
Postfächer haben einen Besitzer.

## Teilnehmer
Ada Lind, Oren Katz
"""
FRENCH = """\
# Le site de billets était lent

## Résumé
Les pages mettaient dix secondes à venir.

## Conséquences
Huit cents commandes ont été abandonnées.

## Déroulement
- 14:02 Première alerte
- 15:40 Retour à la normale

## Causes profondes
- L'index manquait sur la table des places
  - Pourquoi ? La migration a été interrompue

## Ce qui a bien fonctionné
L'astreinte a répondu en trois minutes.

## Ce qui n'a pas marché
La page d'état est restée verte.

## Actions à mener
| Action | Responsable | Échéance | Vérifié par |
|---|---|---|---|
| Ajouter un contrôle de l'index au déploiement | Fay Moreau | 2026-04-10 | Odile Roux |

## Enseignements
Une migration interrompue se voit.
"""
SPANISH = """\
# Los correos no salieron

## Resumen
La cola se llenó durante la noche.

## Consecuencias
Doce mil avisos llegaron al día siguiente.

## Cronología
- 02:10 La cola se llena
- 07:30 Todo sale

## Causa raíz
- El disco de la cola no tenía límite
  - ¿Por qué? Nadie lo había pedido

## Qué salió bien
No se perdió ningún correo.

## Qué salió mal
La alarma estaba apagada.

## Próximos pasos
- Acción: Poner un límite al disco. Responsable: Pia Sørensen. Fecha límite: 2026-04-10

## Lecciones aprendidas
Las alarmas se prueban.
"""
PORTUGUESE = """\
# O relatório mensal saiu vazio

## Resumo
O relatório de março não tinha linhas.

## Consequências
As lojas não puderam fechar o mês.

## Linha do tempo
- 09:00 O primeiro aviso
- 11:20 O relatório novo

## Causas
- A tabela de março não existia
  - Porquê? A tarefa que a cria estava parada

## O que correu bem
Os dados estavam completos.

## O que correu mal
Ninguém viu o relatório antes das lojas.

## Ações
| Ação | Responsável | Prazo |
|---|---|---|
| Criar as tabelas do ano em janeiro | Omar Haddad | 2026-04-10 |

## Lições aprendidas
Um relatório vazio é um erro.
"""
DUTCH = """\
# De poort ging niet open

## Samenvatting
De poort van de parkeergarage bleef dicht.

## Gevolgen
Veertig auto's stonden een uur stil.

## Tijdlijn
- 17:05 De eerste melding
- 18:10 De poort gaat open

## Oorzaken
- De kaartlezer kreeg geen stroom
  - Waarom? De zekering was te licht

## Wat ging er goed
De portier was er snel.

## Wat ging er niet goed
Het noodnummer was oud.

## Actiepunten
| Actie | Verantwoordelijke | Wanneer |
|---|---|---|
| De zekering door een zwaardere vervangen | Sam Okafor | 2026-04-10 |

## Geleerde lessen
Het noodnummer staat op de poort.
"""
DOCUMENTS = {
    "german": (GERMAN, "Oren Katz", "Die Warnung an die Bereitschaft schicken"),
    "french": (FRENCH, "Fay Moreau", "Ajouter un contrôle de l'index au déploiement"),
    "spanish": (SPANISH, "Pia Sørensen", "Poner un límite al disco."),
    "portuguese": (PORTUGUESE, "Omar Haddad", "Criar as tabelas do ano em janeiro"),
    "dutch": (DUTCH, "Sam Okafor", "De zekering door een zwaardere vervangen"),
}


@pytest.mark.parametrize("language", DOCUMENTS)
def test_the_sections_that_the_draft_gate_asks_for_are_found(language: str) -> None:
    reading = parse_document(DOCUMENTS[language][0])

    assert reading.missing == ()
    assert reading.unplaced == ()
    assert len(reading.timeline) == 2
    assert {
        Section.IMPACT,
        Section.CAUSES,
        Section.WENT_WELL,
        Section.WENT_POORLY,
        Section.ACTIONS,
        Section.LESSONS,
    } <= set(reading.sections)
    assert all(len(reading.section_texts[each]) == 1 for each in (Section.IMPACT, Section.LESSONS))


@pytest.mark.parametrize("language", DOCUMENTS)
def test_a_cause_has_its_whys(language: str) -> None:
    (chain,) = parse_document(DOCUMENTS[language][0]).chains

    assert len(chain.whys) == (2 if language == "german" else 1)
    assert not any("?" in why for why in chain.whys)


@pytest.mark.parametrize("language", DOCUMENTS)
def test_an_action_has_its_owner_and_its_due_date(language: str) -> None:
    text, owner, words = DOCUMENTS[language]

    (action,) = parse_document(text).actions

    assert (action.text, action.owner, action.due) == (words, owner, "2026-04-10")


def test_a_german_table_gives_each_field_of_an_action() -> None:
    (action,) = parse_document(GERMAN).actions

    assert (action.priority, action.verifier) == ("P2", "Vera Novak")
    assert action.measure == "Ein Testzertifikat löst den Ruf aus"


@pytest.mark.parametrize("language", DOCUMENTS)
def test_what_is_written_in_another_language_is_not_judged_as_english(language: str) -> None:
    check = check_document(DOCUMENTS[language][0])

    assert not check.is_english
    assert {finding.code for finding in check.findings} <= {"too-short"}


@pytest.mark.parametrize(
    ("heading", "section"),
    [
        ("Grundursache", Section.CAUSES),
        ("Ursachenanalyse", Section.CAUSES),
        ("Fünf Warum", Section.CAUSES),
        ("Hergang", Section.TIMELINE),
        ("Chronologie der Ereignisse", Section.TIMELINE),
        ("Zeitleiste (MEZ)", Section.TIMELINE),
        ("Betroffene Dienste", Section.IMPACT),
        ("Folgen für Kunden", Section.IMPACT),
        ("Gegenmaßnahmen", Section.ACTIONS),
        ("Massnahmen", Section.ACTIONS),
        ("Offene Punkte", Section.ACTIONS),
        ("Was wir gelernt haben", Section.LESSONS),
        ("Was ist schiefgelaufen?", Section.WENT_POORLY),
        ("4. Was gut gelaufen ist", Section.WENT_WELL),
        ("Chronologie", Section.TIMELINE),
        ("Facteurs contributifs", Section.CAUSES),
        ("Plan d’action", Section.ACTIONS),
        ("Mesures correctives", Section.ACTIONS),
        ("Points faibles", Section.WENT_POORLY),
        ("Que s'est-il passé ?", Section.SUMMARY),
        ("Línea de tiempo", Section.TIMELINE),
        ("Impacto en los clientes", Section.IMPACT),
        ("Factores contribuyentes", Section.CAUSES),
        ("Acciones correctivas", Section.ACTIONS),
        ("O que aconteceu", Section.SUMMARY),
        ("Causa raiz", Section.CAUSES),
        ("Próximas etapas", Section.ACTIONS),
        ("Onde tivemos sorte", Section.LUCKY),
        ("Grondoorzaak", Section.CAUSES),
        ("Verbeterpunten", Section.ACTIONS),
        ("Wat is er gebeurd?", Section.SUMMARY),
        ("Cosa è andato storto", Section.WENT_POORLY),
        ("Azioni correttive", Section.ACTIONS),
        ("Grundorsaker", Section.CAUSES),
        ("Åtgärder", Section.ACTIONS),
        ("Hændelsesforløb", Section.TIMELINE),
        ("Årsak", Section.CAUSES),
        ("Oś czasu", Section.TIMELINE),
        ("Przyczyny", Section.CAUSES),
    ],
)
def test_a_heading_in_another_language_announces_its_section(
    heading: str, section: Section
) -> None:
    assert find_section(heading) is section


@pytest.mark.parametrize(
    "heading",
    [
        "Anhang",
        "Glossar",
        "Annexe",
        "Anexo",
        "Bijlage",
        "Unglück im Lager",
        "Steps taken",
        "How to lessen the load",
        "Conclusion",
        "A sorted list",
        "The chance of rain",
        "Was it the cache",
    ],
)
def test_what_only_looks_like_a_word_of_another_language_announces_nothing(heading: str) -> None:
    assert find_section(heading) is None


def test_labelled_paragraphs_and_two_columns_name_their_section() -> None:
    reading = parse_document(
        "# Störung\n\nÜberblick: Es ging nichts.\n\nAuswirkungen: Niemand kam hinein.\n\n"
        "| Feld | Wert |\n|---|---|\n| Ursache | Der Akku war leer |\n"
    )

    assert reading.sections == (Section.SUMMARY, Section.IMPACT, Section.CAUSES)
