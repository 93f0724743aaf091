"""List the names that a document gives as its participants: in a section, a line, front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.document import Section
from text_checks.parsing import ParsedDocument

MAX_NAMES = 60
"""Maximum number of names; a longer list is no meeting."""

MAX_NAME_WORDS = 4
METADATA_KEYS = (
    *("participants", "attendees", "author", "authors", "owner", "owners", "people", "present"),
    *("facilitator", "lead", "incident commander", "scribe", "reviewers"),
)
"""Keys of front matter that name people."""

_LABEL = re.compile(r"(?:^|(?<=\s))[A-Z][\w'-]{1,30}\s?:(?:\s|$)")
_ANNOUNCED = re.compile(
    r"\b(?:participants|attendees|present|attendance|facilitator|scribe|commander)\s?:\s"
    r"([^.\n]{3,400})",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"(?<!\s)\s*(?:[,;/|&+()\[\]<>•]|\b(?:and|und|et|y|as)\b|\s[–—-]\s|:\s|\n)\s*"
)
_NAME = re.compile(r"@?[^\W\d_][\w.'’+-]*(?:@[\w.-]+)?(?: [^\W\d_][\w.'’-]*){0,3}")


def list_named_people(reading: ParsedDocument) -> tuple[str, ...]:
    """List what a document's participants may be called, in order, each once.

    Whatever stands beside a name (a role, a team) is one too: only who is known tells them apart.
    """
    names = dict.fromkeys(
        name for text in _list_texts(reading) for name in _split_names(text) if name
    )
    return tuple(names)[:MAX_NAMES]


def _list_texts(reading: ParsedDocument) -> Iterator[str]:
    yield from reading.section_texts.get(Section.PARTICIPANTS, ())
    for section in (Section.SUMMARY, Section.LESSONS):
        for text in reading.section_texts.get(section, ()):
            yield from _find_announced_names(text)
    for text in reading.unplaced:
        yield from _find_announced_names(text)
    for key in METADATA_KEYS:
        yield from reading.metadata.get(key, ())


def _find_announced_names(text: str) -> Iterator[str]:
    """Yield the lists of names that a text announces, as in “Attendees: Ada, Olga”."""
    return (match[1] for match in _ANNOUNCED.finditer(text))


def _split_names(text: str) -> Iterator[str]:
    for part in _SEPARATOR.split(_LABEL.sub("\n", text)):
        name = part.strip(" .@*_")
        if _NAME.fullmatch(name) and len(name.split()) <= MAX_NAME_WORDS:
            yield name
