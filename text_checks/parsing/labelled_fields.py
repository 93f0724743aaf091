"""Find the fields that a line names itself: “Action: … Owner: … Due: …”, in any order."""

from __future__ import annotations

import re

from text_checks.parsing.table_columns import match_columns

MAX_LENGTH = 4_000
"""Number of characters of a line that are searched; a longer one is prose."""

_LABEL = re.compile(
    r"(?:^|(?<=[\s;,.|(\[–—>-]))[*_]{0,2}(?P<label>"
    r"action(?: item| point)?(?: ?#?\d{1,3})?|a\.?i\.?|to-?do|task"
    r"|follow-?up(?: action)?|next step|owner|who|assignee|assigned(?: to)?|responsible|dri"
    r"|due(?: date| by| on)?|deadline|target date|eta|by when|when|verifier|verified by|checked by"
    r"|measure|done when|success criteri(?:on|a)|prio(?:rity)?|addresses causes?|causes?"
    r"|(?:ma(?:ß|ss)nahme|aufgabe|mesure|tâche|acción|tarea|ação|tarefa|actie(?:punt)?|taak|azione)"
    r"(?: ?#?\d{1,3})?"
    r"|verantwortlich(?:e[rn]?)?|zuständig|responsab(?:le|ile)|responsável|verantwoordelijke?"
    r"|wer|qui|quién|quem|chi|fällig(?: am| bis)?|frist|termin|bis wann|échéance|pour quand"
    r"|fecha(?: límite)?|plazo|prazo|vervaldatum|scadenza|prüfer(?:in)?|priorität|priorité)"
    r"[*_]{0,2}\s?:[*_]{0,2}(?:\s|$)",
    re.IGNORECASE,
)
_ACTION = re.compile(
    r"(?:action|ai|a\.i|to-?do|task|follow-?up|next step"
    r"|ma(?:ß|ss)nahme|aufgabe|mesure|tâche|acción|tarea|ação|tarefa|actie|taak|azione)",
    re.IGNORECASE,
)
_SURE = re.compile(
    r"action|ai\b|a\.i|to-?do|ma(?:ß|ss)nahme|acción|ação|actie|azione", re.IGNORECASE
)
_DUE = re.compile(r"[,;]?\s(?:due|by|until)\s.*$", re.IGNORECASE)
_OWNER_FIRST = re.compile(
    r"((?:owner|assignee|who|responsible)\s?:\s.{2,60}?)(?:\.\s|;\s|\s[–—-]\s)\s*(\S.{3,})",
    re.IGNORECASE,
)
"""An action whose owner stands before it: “Owner: Ada. Alert on lag”."""

_EDGES = " \t;,|–—-([*_"


def parse_labelled_fields(line: str) -> dict[str, str]:
    """Parse a line into its fields; what stands before the first label is its text.

    Empty where it names none but its text, or no text at all.
    """
    fields = _split_at_labels(line[:MAX_LENGTH])
    return fields if fields.get("text") and len(fields) > 1 else {}


def parse_field_line(line: str) -> dict[str, str]:
    """Parse a line that is nothing but fields: “Owner: Ada | Due: Friday”; else empty."""
    fields = _split_at_labels(line[:MAX_LENGTH])
    return {} if fields.pop("text", "") else fields


def begins_action(line: str) -> bool:
    """Return whether a line announces an action: “Action: …”, “Task: … Owner: …”."""
    match = _LABEL.match(line[:MAX_LENGTH])
    if match is None or _ACTION.match(match["label"]) is None:
        return False
    return _SURE.match(match["label"]) is not None or len(_split_at_labels(line[:MAX_LENGTH])) > 1


def strip_action_label(line: str) -> str:
    """Return the line without the word that announces an action."""
    match = _LABEL.match(line[:MAX_LENGTH])
    is_action = match is not None and _ACTION.match(match["label"]) is not None
    return line[match.end() :].strip() if match and is_action else line


def _split_at_labels(line: str) -> dict[str, str]:
    labels = list(_LABEL.finditer(line))
    if not labels:
        return {"text": line}
    fields = {"text": line[: labels[0].start()].strip(_EDGES)}
    if not fields["text"] and (behind := _OWNER_FIRST.fullmatch(line)):
        line, fields["text"] = behind[1], behind[2]
        labels = labels[:1]
    ends = [*(label.start() for label in labels[1:]), len(line)]
    for label, end in zip(labels, ends, strict=True):
        value = line[label.end() : end].strip(_EDGES)
        for field in _find_field(label["label"]):
            fields[field] = fields.get(field) or _strip_end(value, label)
    for role in ("owner", "verifier"):
        if role in fields:
            fields[role] = _DUE.sub("", fields[role])
    return fields


def _find_field(label: str) -> tuple[str, ...]:
    return ("text",) if _ACTION.match(label) else tuple(match_columns((label,)))


def _strip_end(value: str, label: re.Match[str]) -> str:
    """Return a value without the bracket of its group, and without a full stop if no action."""
    is_in_group = value.endswith((")", "]")) and value.count("(") + value.count("[") == 0
    value = value.rstrip(")]") if is_in_group else value
    return value if _ACTION.match(label["label"]) else value.rstrip(".")
