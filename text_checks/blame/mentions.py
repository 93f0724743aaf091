"""Find the known people whom a text mentions, and replace their names by roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from models.document import Finding
from rules.formatting import join_words, truncate
from text_checks.sentences import MAX_PASSAGE_LENGTH

MIN_NAME_LENGTH = 2
AMBIGUOUS_NAMES = frozenset(
    """april art august autumn banks best bill bird black brook brown case chance chase church
    cliff cook dale day dean dawn drew east faith field first fish ford fox frank glen grace grant
    green hill hope jack joy june king lake lamb little long love mark max may miles moon north
    page park pat price ray rich rivers rob rose sharp short small south stone strong sue summer
    swift test wade west white will wolf wood young""".split()
)
"""Names that are also words: alone they do not identify a person."""

_CODE = re.compile(r"(`+[^`\n]*`+|https?://\S+)")


def list_mentioned(text: str, people: Mapping[str, str]) -> tuple[str, ...]:
    """List the addresses of the people whom a text mentions; `people` are names by address."""
    prose = _CODE.sub(" ", text)
    return tuple(
        address for address, name in people.items() if _compile_mention(address, name).search(prose)
    )


def check_mentions(text: str, people: Mapping[str, str]) -> Finding | None:
    """Return a finding about the people a text mentions; None if it mentions nobody for sure."""
    folded = text.casefold()
    known = {who: name for who, name in people.items() if may_mention(folded, who, name)}
    found = list_mentioned(text, known)
    if not found:
        return None
    named = join_words([people[address] or address for address in found[:2]])
    suggestion = replace_names(text, known, dict.fromkeys(found, "somebody"))
    return Finding(
        id="W1",
        code="names-person",
        passage=truncate(text, MAX_PASSAGE_LENGTH),
        problem=f"It names {named}. Anyone in the same situation might have done the same.",
        suggestion=f"{suggestion[:1].upper()}{suggestion[1:]}",
    )


def replace_names(text: str, people: Mapping[str, str], roles: Mapping[str, str]) -> str:
    """Return the text with people replaced by their roles, by address, but not in code or links."""
    known = [(address, name) for address, name in people.items() if address in roles]
    known.sort(key=lambda pair: -len(pair[1]))
    parts = _CODE.split(text)
    for number in range(0, len(parts), 2):
        for address, name in known:
            parts[number] = _compile_mention(address, name).sub(roles[address], parts[number])
    return "".join(parts)


def may_mention(text: str, address: str, name: str) -> bool:
    """Return whether a lower-case text can mention a person at all; a fast check."""
    local = address.partition("@")[0]
    forms = (address, f"@{local}", *_list_name_forms(name))
    return any(form.casefold() in text for form in forms)


def _compile_mention(address: str, name: str) -> re.Pattern[str]:
    """Build the pattern of a person's address, handle, full name, first or last name."""
    local = re.escape(address.partition("@")[0])
    full_forms = [re.escape(address), rf"@{local}", *([re.escape(name)] if name.strip() else [])]
    parts = [re.escape(form) for part in _split_name(name) for form in (part, part.upper())]
    return re.compile(
        rf"(?<![^\W_])(?:(?i:{'|'.join(full_forms)}){''.join(f'|{p}' for p in parts)})(?![^\W_])"
    )


def _split_name(name: str) -> list[str]:
    """List the parts of a name that alone identify a person: no words, and no team's name."""
    parts = name.split()
    if not all(part[0].isupper() for part in parts):
        return []
    return [
        part
        for part in parts
        if len(part) >= MIN_NAME_LENGTH and part.lower() not in AMBIGUOUS_NAMES
    ]


def _list_name_forms(name: str) -> Iterable[str]:
    return [name, *_split_name(name)] if name.strip() else []
