"""Read the rows of a table by the names of its columns, and join rows that are one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from rules.formatting import join_lines
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.plain_text import convert_to_plain_text

Piece = tuple[MarkdownBlock, tuple[str, ...]]
"""A block, and the names of its columns where it is a row."""

COLUMNS = {
    "owner": re.compile(
        r"owner|assign|\bwho\b|responsible|\bdri\b|person"
        r"|verantwort|zuständig|bearbeiter|responsab|respons[aá]ve|verantwoordelijk|encargad|pilote|porteur|ansvarig"
        r"|ansvarlig|eigenaar|^\W*(?:wer|qui|quién|quien|quem|wie|chi|vem|hvem|kto)\W*$",
        re.IGNORECASE,
    ),
    "verifier": re.compile(
        r"verif|checked by|confirmed by|prüfer|geprüft|vérifi|contr[oô]l[eé]|gecontroleerd",
        re.IGNORECASE,
    ),
    "measure": re.compile(
        r"measure|done when|success|metric|how (?:will )?we\b.{0,80}know"
        r"|erfolgskriteri|messgröße|(?:erledigt|fertig) wenn|(?:erkennen|wissen) wir|crit[eéè]r[ei]"
        r"|indica(?:teur|dor)|(?:cómo|como) sab(?:remos|eremos)|saurons|weten we|klaar als",
        re.IGNORECASE,
    ),
    "due": re.compile(
        r"due|when|date|deadline|\beta\b|target|until|^\W*by\W*$"
        r"|fällig|\bfrist|termin|datum|échéance|délai|fecha|plazo|vencimiento|prazo|scadenza"
        r"|^\W*(?:bis|wann|quand|cuándo|quando|data|wanneer|når|senast)\b",
        re.IGNORECASE,
    ),
    "priority": re.compile(r"priorit|\bprio\b|^\W*prioridade?\W*$", re.IGNORECASE),
    "causes": re.compile(r"cause|ursache|oorzaak|\bcausa\b|orsak|årsa[gk]", re.IGNORECASE),
    "text": re.compile(
        r"(?!.{0,80}\b(?:ids?|no|nr|link|status|ticket|type|url)\W{0,9}$).{0,80}"
        r"(?:action|item|task|what|description|todo|to-do|follow|title|step|improvement"
        r"|ma(?:ß|ss)nahme|aufgabe|aktion|schritt|beschreibung|mesure|tâche|acción|tarea|medida"
        r"|descripción|a[cç]ção|ação|tarefa|descrição|actie|taak|maatregel|omschrijving|azione"
        r"|attività|åtgärd|uppgift|tilta[gk]|opgave|oppgave|działanie|zadanie"
        r"|^\W*(?:was|quoi|qué|wat|cosa|vad|hva)\W*$)",
        re.IGNORECASE,
    ),
    "label": re.compile(r"#|id|no\.?|nr\.?|", re.IGNORECASE),
}
"""Patterns of column names, the most specific first; each column holds one field."""

ASIDE = re.compile(
    r"status|state|done|ticket|jira|issue|link|note|comment|team"
    r"|statut|estado|stato|stand\b|erledigt|bemerkung|kommentar|remarque|notas?\b|opmerking",
    re.IGNORECASE,
)
"""Names of columns that hold no action, where none is named as one."""

PROSE_FIELDS = ("text", "measure", "causes")
"""Fields whose words may go on in a row below."""

_LIST_MARK = re.compile(r"[-*•+]\s+")


def match_columns(header: tuple[str, ...]) -> dict[str, int]:
    """Return the number of the column that holds each field."""
    found: dict[str, int] = {}
    for field, pattern in COLUMNS.items():
        for number, name in enumerate(header):
            is_match = pattern.fullmatch(name.strip()) if field == "label" else pattern.search(name)
            if is_match and number not in found.values():
                found[field] = number
                break
    return found


def lists_actions(header: tuple[str, ...]) -> bool:
    """Return whether a table with such columns lists actions, whatever stands above it."""
    return {"text", "owner"} <= match_columns(header).keys()


def format_row(cells: Iterable[str]) -> str:
    """Format the cells of a table row as Markdown."""
    escaped = (join_lines(cell).replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def join_rows(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield the pieces of a section, with a row that goes on below as one.

    A row without an action adds to the one above what that one lacks.
    """
    above: Piece | None = None
    for block, header in pieces:
        if above is not None and _goes_on(above, block, header):
            above = (_join(above[0], block, match_columns(header)), header)
            continue
        if above is not None:
            yield above
        above = (block, header)
    if above is not None:
        yield above


def _goes_on(above: Piece, block: MarkdownBlock, header: tuple[str, ...]) -> bool:
    """Return whether a row goes on with the one above: it begins no action of its own."""
    column = match_columns(header).get("text")
    if column is None or above[0].kind != "row" or block.kind != "row" or above[1] != header:
        return False
    first, text = _get_cell(above[0], column), _get_cell(block, column)
    others = [cell for number, cell in enumerate(block.cells) if number != column and cell]
    if not text or not first:
        return bool(first and others) and above[0].end + 1 == block.line
    is_begun = text[0].islower() and first[0].isupper()
    return not others and (is_begun or _LIST_MARK.match(text) is not None)


def _get_cell(block: MarkdownBlock, column: int) -> str:
    cell = block.cells[column] if column < len(block.cells) else ""
    return cell if _LIST_MARK.match(cell) else convert_to_plain_text(cell)


def _join(above: MarkdownBlock, block: MarkdownBlock, columns: dict[str, int]) -> MarkdownBlock:
    prose = {columns[field] for field in PROSE_FIELDS if field in columns}
    width = max(len(above.cells), len(block.cells))
    cells = tuple(
        _join_cells(first, second, is_prose=number in prose)
        for number, (first, second) in enumerate(
            zip(_pad(above.cells, width), _pad(block.cells, width), strict=True)
        )
    )
    return replace(above, cells=cells, end=block.end)


def _pad(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return cells + ("",) * (width - len(cells))


def _join_cells(first: str, second: str, *, is_prose: bool) -> str:
    if not first or not second:
        return first or second
    if not is_prose:
        return first
    separator = ", " if _LIST_MARK.match(second) else " "
    return f"{first}{separator}{_LIST_MARK.sub('', second, count=1)}"
