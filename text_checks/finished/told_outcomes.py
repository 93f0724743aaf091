"""Find what a finished post-mortem tells of its actions: by box, column, heading or word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from models.filing import ToldOutcome, ToldStatus
from rules.pattern_table import PatternTable, parse_table
from text_checks.parsing import ActionItem
from text_checks.table_rows import split_cells

_NOT_DONE = parse_table(
    r"""
        not (?:yet )?(?:done|started|complete(?:d)?|fixed|implemented|begun)
            ✓ not yet done  ✗ do not
        (?:un|in)(?:done|finished|started|complete|resolved)\b  ✓ incomplete  ✗ complete
        (?:in|work in) progress|\bwip\b|(?:on|under)[ -]?(?:going|way)\b
            ✓ in progress  ✗ progress
        \b(?:open|opened|pending|to[ -]?do|planned|started|scheduled|blocked|backlog(?:ged)?)\b
            ✓ to do  ✗ reopening
        \b(?:in review|reviewing|on hold|waiting|paused|postponed|deferred|outstanding|remaining)\b
            ✓ on hold  ✗ hold
        \b(?:new|assigned|accepted|active|ready|partial(?:ly)?|proposed|triaged?)\b
            ✓ partially done  ✗ renewed
        [🚧⏳🔄🕐☐❌✘✗🟡🔴]|:construction:|:hourglass\w*:  ✓ 🚧  ✗ ✅
        \b(?:offen|in arbeit|geplant|ausstehend|begonnen|blockiert)\b|\bnicht (?:erledigt|umgesetzt)
            ✓ in Arbeit  ✗ hoffentlich
        \b(?:en cours|à faire|ouverte?|prévue?|planifiée?)\b|\bpas (?:encore )?(?:fait|commenc)
            ✓ à faire  ✗ faire
        \b(?:pendiente|en (?:curso|progreso)|abiert[oa]|por hacer|planificad[oa]|sin empezar)\b
            ✓ pendiente  ✗ curso
        \b(?:em (?:curso|andamento)|abert[oa]|por fazer|a fazer|planejad[oa]|planead[oa])\b
            ✓ em curso  ✗ curso
        \b(?:bezig|gepland|openstaand|te doen|da fare|in corso|aperto|pågår|planerad)\b
            ✓ gepland  ✗ plan
        \bniet (?:gedaan|begonnen|afgerond)  ✓ niet begonnen  ✗ begin
        """
)
_DROPPED = parse_table(
    r"""
        won['’]?t (?:do|fix)|wontfix|will not (?:do|fix)|not (?:doing|planned|needed|required)
            ✓ won't fix  ✗ want to fix
        \b(?:cancell?ed|dropped|rejected|declined|abandoned|obsolete|superseded|discarded)\b
            ✓ superseded by the new pool  ✗ rejection
        no longer (?:needed|relevant|required|planned|applicable)  ✓ no longer needed  ✗ needed
        \b(?:invalid|duplicate|n/a|not applicable)\b  ✓ duplicate  ✗ duplication
        \b(?:verworfen|gestrichen|abgelehnt|entfällt|hinfällig|nicht mehr nötig)\b
            ✓ verworfen  ✗ werfen
        \b(?:abandonnée?|annulée?|rejetée?|cancelad[oa]|descartad[oa]|rechazad[oa]|rejeitad[oa])\b
            ✓ abandonnée  ✗ abandon
        \b(?:vervallen|geannuleerd|afgewezen|annullat[oa]|scartat[oa]|inställd)\b
            ✓ vervallen  ✗ vallen
        """
)
_DONE = parse_table(
    r"""
        \b(?:already |all )?(?:done|complete(?:d)?|finished|closed|resolved|fixed|solved)\b
            ✓ Done in March  ✗ completeness
        \b(?:shipped|merged|deployed|released|delivered|implemented|landed|live|verified)\b
            ✓ merged  ✗ alive
        \b(?:in place|rolled out|applied)\b  ✓ rolled out  ✗ rolling
        \b(?:erledigt|fertig|abgeschlossen|umgesetzt|behoben|gelöst)\b  ✓ erledigt  ✗ Erledigung
        \b(?:terminée?|faite?|achevée?|réalisée?|résolue?)\b  ✓ terminé  ✗ défaite
        \b(?:hech[oa]|completad[oa]|terminad[oa]|resuelt[oa]|finalizad[oa])\b  ✓ hecho  ✗ derecho
        \b(?:feit[oa]|concluíd[oa]|resolvid[oa]|gedaan|klaar|afgerond|opgelost)\b
            ✓ concluído  ✗ perfeito
        \b(?:fatto|completat[oa]|risolto|klar|färdig|færdig|ferdig|gotowe|zrobione)\b
            ✓ completato  ✗ affatto
        [✅✔☑🟢]|:(?:white_|heavy_)?check_mark\w*:|^\s*(?:yes|x)\s*$  ✓ ✅  ✗ 🚧
        """
)
_TABLES: dict[ToldStatus, PatternTable] = {
    ToldStatus.NOT_DONE: _NOT_DONE,
    ToldStatus.DROPPED: _DROPPED,
    ToldStatus.DONE: _DONE,
}
"""What a status says, the first table that finds one decides: “not done” is no “done”."""

_IN_PASSING = parse_table(
    r"""
    (?:already |all |now |partially |partly )?(?:done|completed?|finished|fixed|resolved|closed)
        ✓ already done  ✗ done nothing of it
    (?:already |all |now |partially |partly )?
        (?:merged|shipped|deployed|implemented|delivered|released|rolled out|in place)
        ✓ rolled out in March  ✗ merged cells
    (?:(?:work )?in progress|ongoing|wip|pending|to-?do|to do|open|planned|scheduled|blocked)
        ✓ in progress  ✗ open a ticket
    not (?:yet )?(?:started|done|completed?|fixed|implemented)(?: yet)?  ✓ not started  ✗ not here
    (?:on hold|deferred|postponed|backlog|incomplete|outstanding)  ✓ on hold  ✗ hold on
    (?:won['’]?t (?:do|fix)|wontfix|cancell?ed|dropped|rejected|obsolete|superseded|abandoned)
        ✓ wontfix  ✗ dropped packets
    (?:no longer|not) (?:needed|required|relevant|planned)  ✓ no longer needed  ✗ needed no longer
    """,
    r"^(?:{})(?:[\s,:]+(?:(?:in|on|by|as of|at|since|during|via|see|with|for|from)\b.*"
    r"|(?:superseded|replaced|duplicate|obsolete|instead|because)\b.*"
    r"|\d.*|https?:.*|#.*|[A-Z]+-\d+.*))?[.!]?$",
)
"""A status in passing is one of these, and when, where or by whom; nothing else."""

_TELLS_PROGRESS = parse_table(
    r"""
    (?<!if )\b(?:is|are|'re|’re|still) (?:a )?(?:currently |still |already |continuing )?
        (?:(?:work )?in progress|working on|to improve|improving|planning|planned)
        ✓ This is a work in progress.  ✗ progress was made
    \b(?:has|have|was|were) (?:already )?been (?:scheduled|planned|started|proposed|requested)\b
        ✓ It has been scheduled.  ✗ It has been done.
    ^(?:we |this )?(?:will|plan to|intend to|are going to)\b  ✓ We will add it.  ✗ the will
    """
)
"""Words by which an action is told to go on, in a sentence."""

_TELLS_DONE = parse_table(
    r"""
    (?<!should )(?<!would )(?<!could )(?<!might )(?<!must )(?<!may )(?<!issue )(?<!ticket )
        (?<!task )\b(?:has|have) (?:now |already |since |also )*been
        (?: (?!scheduled|planned|started|proposed)\w+ed| built| rolled out| put in place| set up
        | made| written)\b(?! to (?:the )?(?:backlog|roadmap))
        ✓ The alert has been added.  ✗ The alert has been planned.
    ^(?:we )?already (?:\w+ed|ran|run|built|wrote|set up|made|put)\b
        ✓ Already added the alert.  ✗ Already late
    ^we(?:['’]ve| have)? (?:now |since |also )*
        (?!need)(?:\w{2,}ed|built|rolled out|wrote|set up|made)\b
        (?!.{0,40}\b(?:backlog|ticket|task|issue|roadmap)\b)
        ✓ We enabled branch protection.  ✗ We have added a task for the alert.
    """
)
"""Words by which an action is told as done, in a sentence."""

_STATUS_COLUMN = re.compile(
    r"\W{0,20}(?:(?:current )?(?:status|state|progress|outcome|result|resolution)"
    r"|done|completed?|closed|statut|estado|stato|stand|stan|erledigt|fortschritt)\W{0,20}",
    re.IGNORECASE,
)
_TICKET_COLUMN = re.compile(
    r"\W{0,20}(?:tickets?|issues?|jira|bugs?|tracking|tracker|links?|work items?|pr)\b.*",
    re.IGNORECASE,
)
_BOX = re.compile(r"\s*+(?:(?:[-*+•]|\d{1,4}[.)])\s*+)?\[(?P<mark>[ xX✓✔])\]")
_LABEL = re.compile(
    r"(?:^|[\s(;,.|–—-])\**(?:status|state)\**\s?:\**\s*(?P<words>[^;,.()|–—]{1,60})", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:^\W{0,6}[(\[]\s{0,9}(?P<first>[^()\[\]]{1,80}?)\s{0,9}[)\]](?!\()"
    r"|[(\[]\s{0,9}(?P<words>[^()\[\]]{1,80}?)\s{0,9}[)\]](?=[\s.,;*_~]*(?:$|\n|<?https?:)))"
)
_LEAD = re.compile(r"[\W_]{0,4}(?P<words>[A-Za-z][A-Za-z ’']{1,24}?)[*_\])]{0,3}\s?(?::|\s[–—-])\s")
_BREAK = re.compile(r"[;.,]\s|\s[–—-]+>?\s|:\s")
_ASIDE_AT_END = re.compile(r"(?<!\s)\s*\([^()]{0,200}\)[\s.*_]*$")
MAX_BREAKS = 4
"""Number of the last breaks of an action after which a status may follow."""

_EMOJI = re.compile(r"[✅✔☑🚧⏳🔄❌✘✗🟢🟡🔴]|:\w*(?:check_mark|construction|hourglass)\w*:")
_STRUCK = re.compile(r"\s*+(?:(?:[-*+•]|\d{1,4}[.)])\s*+)?(?:\[[ xX]\]\s*+)?~~.+~~[^\w~]*")
_TICKET = re.compile(
    r"\b(?!(?:UTC|GMT|CVE|ISO|RFC|SEV|SHA|UTF|HTTP|COVID)-)[A-Z][A-Z0-9]{1,9}-\d{1,6}\b"
)
_NUMBER = re.compile(r"(?<![\w/#])#\d{1,6}\b")
_LINK = re.compile(
    r"https?://[^\s)>\]|]{1,300}/(?:issues|pull|pulls|merge_requests|browse|commit)/[^\s)>\]|,]{1,200}"
)
_LINK_WORDS = re.compile(r"<?https?://\S{1,400}>?(?:\s.*)?")
_MARKS = re.compile(r"\*\*|__|~~|`|(?<!\w)[*_]|[*_](?!\w)")
_HEADING = re.compile(
    r"\s{0,3}(?:#{1,6}\s{1,9}|\*\*|__)(?P<words>.{1,60}?)(?:\*\*|__)?:?\s*(?:#+\s*)?"
)
MAX_LENGTH = 4_000
"""Number of characters of an action in which its status is looked for."""

MAX_LINES_ABOVE = 60
"""Number of lines above an action in which a heading is looked for."""

MAX_WORDS = 6
"""A status told in passing has at most so many words; a longer one is a sentence of its own."""


def find_told_outcome(item: ActionItem, lines: Sequence[str]) -> ToldOutcome:
    """Find what a document, given as its lines, tells of one of its actions.

    A box, a column or a label counts before what stands in passing, that before a heading above.
    """
    raw = "\n".join(lines[max(item.line - 1, 0) : item.end])[:MAX_LENGTH] or item.text
    words, status = next(
        (found for found in _list_statements(item, raw, lines) if found[0]),
        ("", ToldStatus.NOT_TOLD),
    )
    return ToldOutcome(status=status, words=words, ticket=_find_ticket(item, raw))


def classify_status(words: str) -> ToldStatus:
    """Return what a few words say about an action."""
    for status, table in _TABLES.items():
        if table.search(words):
            return status
    return ToldStatus.NOT_TOLD


def _list_statements(
    item: ActionItem, raw: str, lines: Sequence[str]
) -> list[tuple[str, ToldStatus]]:
    """List what is told in each way, the surest first; empty words where one tells nothing."""
    cell = _read_column(item, raw, _STATUS_COLUMN)
    box = _BOX.match(raw)
    is_open_box = box is not None and box["mark"] == " "
    label = _LABEL.search(raw)
    aside = _find_in_passing(raw)
    heading = _find_status_heading(item, lines)
    return [
        (cell, classify_status(cell)),
        *([] if is_open_box or box is None else [(f"[{box['mark']}]", ToldStatus.DONE)]),
        (label["words"].strip() if label else "", classify_status(label["words"] if label else "")),
        (aside, classify_status(aside)),
        *_list_ticket_statuses(item, raw),
        *([("[ ]", ToldStatus.NOT_DONE)] if is_open_box else []),
        *_list_sentences(item.text),
        ("struck out" if _STRUCK.fullmatch(raw) else "", ToldStatus.NOT_TOLD),
        (heading, classify_status(heading)),
    ]


def _read_column(item: ActionItem, raw: str, name: re.Pattern[str]) -> str:
    """Return the cell of the first column with this name; “” where there is none."""
    cells = split_cells(raw) if item.is_row else ()
    columns = zip(item.header, cells, strict=False)
    return next((_strip(cell) for title, cell in columns if name.fullmatch(title) and cell), "")


def _find_in_passing(raw: str) -> str:
    """Find a status in brackets, before a colon, after a dash, or as a sign; “” for none."""
    found = [
        *(match["words"] or match["first"] for match in _ASIDE.finditer(raw)),
        *(match["words"] for match in (_LEAD.match(raw),) if match),
        *_list_tails(_ASIDE_AT_END.sub("", raw)),
    ]
    status = next((_strip(words) for words in found if is_status(words)), "")
    sign = _EMOJI.search(raw)
    return status or (sign[0] if sign else "")


def _list_tails(raw: str) -> list[str]:
    """List what follows the last breaks of a text, the longest first."""
    breaks = [match.end() for match in _BREAK.finditer(raw)]
    return [raw[start:].strip(" .*_\n") for start in breaks[-MAX_BREAKS:]]


def is_status(words: str) -> bool:
    """Return whether a few words are a status and no part of what is to be done."""
    stripped = _strip(words)
    is_short = len(_LINK_WORDS.sub("", stripped).split()) <= MAX_WORDS
    return is_short and _IN_PASSING.fullmatch(stripped) is not None


def _list_sentences(text: str) -> Iterator[tuple[str, ToldStatus]]:
    """Yield the words by which a whole sentence tells how far an action has come."""
    plain = _strip(text)
    for table, status in ((_TELLS_PROGRESS, ToldStatus.NOT_DONE), (_TELLS_DONE, ToldStatus.DONE)):
        if found := table.search(plain):
            yield found[0], status


def _find_status_heading(item: ActionItem, lines: Sequence[str]) -> str:
    """Find the heading right above an action where it is a status: “Completed”; “” otherwise."""
    before = max(item.line - 1, 0)
    nearest = reversed(lines[max(before - MAX_LINES_ABOVE, 0) : before])
    above = (match for line in nearest if (match := _HEADING.fullmatch(line)))
    heading = next(above, None)
    words = _strip(heading["words"]) if heading else ""
    rest = re.sub(
        r"\b(?:actions?|items?|tasks?|steps?|follow[- ]?ups?|work)\b",
        "",
        words,
        flags=re.IGNORECASE,
    )
    names_status = any(table.fullmatch(rest.strip()) for table in _TABLES.values())
    return words if names_status else ""


def _list_ticket_statuses(item: ActionItem, raw: str) -> Iterator[tuple[str, ToldStatus]]:
    """Yield the status that follows a ticket in its column: “Bug 4711 TODO”."""
    words = _read_column(item, raw, _TICKET_COLUMN).split()
    ends = (" ".join(words[start:]).strip("()[]") for start in range(1, len(words)))
    if status := next((end for end in ends if is_status(end)), ""):
        yield status, classify_status(status)


def _find_ticket(item: ActionItem, raw: str) -> str:
    cell = _read_column(item, raw, _TICKET_COLUMN)
    found = _LINK.search(raw) or _TICKET.search(raw) or _NUMBER.search(raw)
    key = _TICKET.search(cell)
    if key or found:
        return key[0] if key else found[0].rstrip(".,;") if found else ""
    words = cell.split()
    is_end = (n for n in range(1, len(words)) if is_status(" ".join(words[n:]).strip("()[]")))
    ticket = " ".join(words[: next(is_end, len(words))])
    return ticket if re.search(r"\d", ticket) else ""


def _strip(words: str) -> str:
    return " ".join(_MARKS.sub("", words).strip(" \t_|").split())
