"""Find the services that a finished post-mortem says were hit, and the people who were there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from models.document import Section
from rules.pattern_table import parse_table
from text_checks.parsing import ParsedDocument

MAX_SERVICES = 10
MAX_PEOPLE = 40
MAX_WORDS = 4
WHOLE = r"^(?:{})$"
"""The frame of a table whose rows are a whole label."""

_SERVICES = parse_table(
    r"""
    (?:(?:affected|impacted) )?(?:services?|systems?|components?|products?)
        (?: (?:affected|impacted|involved))?
        ✓ affected services  ✗ customer services
    (?:betroffene )?(?:dienste?|systeme?|komponenten?)  ✓ betroffene Dienste  ✗ Dienstag
    services? (?:touchés?|affectés?|concernés?)|servicios?(?: afectados?)?|serviços?(?: afetados?)?
        ✓ services touchés  ✗ services rendus
    (?:getroffen )?diensten|servizi(?: coinvolti)?  ✓ getroffen diensten  ✗ dienst
    """,
    WHOLE,
)
_PEOPLE = parse_table(
    r"""
    (?:(?:post-?mortem|document) )?(?:authors?|owners?)(?:\(s\))?  ✓ Author(s)  ✗ authority
    attendees|participants|responders?|facilitators?|involved|people involved
        ✓ people involved  ✗ people
    (?:incident )?(?:commander|lead|manager)s?|on[- ]?call(?: engineers?)?
        ✓ incident commander  ✗ command
    teilnehmer(?:innen)?(?: und teilnehmer)?|teilnehmende|beteiligte|autor(?:en|in|innen)?
        ✓ Teilnehmende  ✗ Teilnahme
    auteurs?|présents|participantes|asistentes|autores|presentes|envolvidos|deelnemers|aanwezig
        ✓ deelnemers  ✗ deel
    (?:einsatz)?leitung|moderation|bereitschaft|astreinte  ✓ Einsatzleitung  ✗ Anleitung
    """,
    WHOLE,
)
_SEPARATOR = re.compile(r"(?<!\s)\s*(?:[,;·]|\band\b|&|\s/\s)\s*")
_NO_VALUE = re.compile(r"\W*(?:(?:none|n/?a|tbd|unknown|all)\W*)?", re.IGNORECASE)
MARKS = re.compile(r"\*\*|__|`|!?\[([^\]]{1,200})\]\([^)]{1,400}\)|<[^>]{1,200}>|\([^)]{0,80}\)")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_NAME = re.compile(r"@?[\w'’.-]+(?:\s[\w'’.-]+){0,3}")
_HANDLE = re.compile(r"[a-z][a-z0-9._-]{1,30}")
_TEAM = re.compile(r"\b(?:teams?|members?|engineers?|group|department|services?)\b", re.IGNORECASE)


def find_services(labels: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Find the services that labelled values name as hit."""
    values = (value for label, value in labels if _SERVICES.fullmatch(label))
    names = (name.strip(" .|\"'") for value in values for name in _SEPARATOR.split(_strip(value)))
    kept = (n for n in names if not _NO_VALUE.fullmatch(n) and len(n.split()) <= MAX_WORDS)
    return tuple(dict.fromkeys(kept))[:MAX_SERVICES]


def find_people(labels: Iterable[tuple[str, str]], reading: ParsedDocument) -> tuple[str, ...]:
    """Find the names under “Participants”, “Authors” and the like, an address before a name."""
    labelled = [value for label, value in labels if _PEOPLE.fullmatch(label)]
    handles = (name for value in labelled for name in _list_handles(value))
    values = (*labelled, *reading.section_texts.get(Section.PARTICIPANTS, ()))
    names = (*(name for value in values for name in _list_names(value)), *handles)
    return tuple(dict.fromkeys(names))[:MAX_PEOPLE]


def _list_names(value: str) -> Iterator[str]:
    """List the people whom one value names: “Ada Lind, Olga”, “Ada Lind: wrote it”, “Lead: Ada”.

    A value that says anything else names nobody for sure.
    """
    addresses = _ADDRESS.findall(value)
    if addresses:
        yield from (each.lower() for each in addresses if "noreply" not in each)
        return
    before, colon, after = value.partition(":")
    before = "" if _PEOPLE.fullmatch(_strip(before)) else before
    for names in (
        [_strip(part) for part in _SEPARATOR.split(text)] for text in (after, before, value)
    ):
        tidy = [name.strip(" .|:–—-") for name in names]
        if (colon or names[0]) and all(map(_is_name, tidy)):
            yield from tidy
            return


def _list_handles(value: str) -> list[str]:
    """List short names in lower case, which only a labelled value may have: “jen, marty”."""
    parts = [part.strip(" .") for part in _SEPARATOR.split(_strip(value))]
    are_handles = all(_HANDLE.fullmatch(part) and not _NO_VALUE.fullmatch(part) for part in parts)
    return parts if are_handles else []


def _is_name(words: str) -> bool:
    """Return whether this is a name: each of its few words begins as one does; a handle is one."""
    if not _NAME.fullmatch(words) or _TEAM.search(words):
        return False
    return words.startswith("@") or all(
        word[0].isupper() or word in ("van", "de", "der", "von", "di", "da", "la")
        for word in words.split()
    )


def _strip(text: str) -> str:
    return " ".join(MARKS.sub(lambda mark: mark[1] or "", text).split())
