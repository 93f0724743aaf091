"""What a post-mortem document says where: its title and which of its sections hold text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from models.document import Section
from models.errors import Malformed
from rules.gates import REQUIRED_SECTIONS

LARGEST = 512 * 1024
"""Octets of the largest document taken."""

HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.+?)[ \t]*#*[ \t]*")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
FENCE = re.compile(r" {0,3}(```+|~~~+)")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

NAMES: dict[str, Section] = {
    "summary": Section.SUMMARY,
    "executive summary": Section.SUMMARY,
    "overview": Section.SUMMARY,
    "what happened": Section.SUMMARY,
    "tl;dr": Section.SUMMARY,
    "impact": Section.IMPACT,
    "customer impact": Section.IMPACT,
    "timeline": Section.TIMELINE,
    "incident timeline": Section.TIMELINE,
    "causes": Section.CAUSES,
    "cause": Section.CAUSES,
    "contributing causes": Section.CAUSES,
    "contributing factors": Section.CAUSES,
    "root cause": Section.CAUSES,
    "root causes": Section.CAUSES,
    "what went well": Section.WENT_WELL,
    "went well": Section.WENT_WELL,
    "things that went well": Section.WENT_WELL,
    "what went poorly": Section.WENT_POORLY,
    "what went wrong": Section.WENT_POORLY,
    "what didn't go well": Section.WENT_POORLY,
    "what could have gone better": Section.WENT_POORLY,
    "where we got lucky": Section.LUCKY,
    "what we got lucky with": Section.LUCKY,
    "actions": Section.ACTIONS,
    "action items": Section.ACTIONS,
    "follow-ups": Section.ACTIONS,
    "next steps": Section.ACTIONS,
    "lessons": Section.LESSONS,
    "lessons learned": Section.LESSONS,
    "lessons learnt": Section.LESSONS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: `sections` that hold text, `missing` ones the draft gate asks for."""

    title: str
    sections: tuple[Section, ...]
    missing: tuple[Section, ...]


def decoded(raw: bytes) -> str:
    """Take a document as it came in: UTF-8, up to 512 KiB, with any line ends.

    Raises Malformed saying what is wrong with it.
    """
    if len(raw) > LARGEST:
        raise Malformed(
            f"The document has {len(raw) // 1024} KiB; the largest taken is {LARGEST // 1024} KiB. "
            "Put logs and pictures elsewhere and link them."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = raw[: bad.start].count(b"\n") + 1
        raise Malformed(f"The document is not UTF-8: see line {line}. Save it as UTF-8.") from None
    if "\0" in text:
        raise Malformed("The document holds a NUL; it seems to be a binary file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(text: str) -> Reading:
    """Read a document's structure."""
    title, bodies = _parts(COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text))
    sections = tuple(s for s in Section if bodies.get(s, "").strip())
    return Reading(
        title=title,
        sections=sections,
        missing=tuple(s for s in REQUIRED_SECTIONS if s not in sections),
    )


def _parts(text: str) -> tuple[str, dict[Section, str]]:
    title, current, depth = "", None, 0
    bodies: dict[Section, str] = {}
    for level, heading, line in _lines(text):
        if not level:
            if current is not None:
                bodies[current] = bodies.get(current, "") + line + "\n"
            continue
        named = section_of(heading)
        if level == 1 and named is None and not title:
            title = heading
        if named is not None:
            current, depth = named, level
        elif level <= depth:
            current = None
    return title, bodies


def section_of(heading: str) -> Section | None:
    """Say which section a heading opens, whatever its numbering, emphasis and punctuation."""
    plain = re.sub(r"[*_`]|^[\d.\s)]+|[\s:.!?]+$", "", heading.lower().replace("’", "'")).strip()
    return NAMES.get(plain)


def _lines(text: str) -> list[tuple[int, str, str]]:
    """Give each line as (heading level or 0, heading text, the line itself)."""
    found: list[tuple[int, str, str]] = []
    fence = ""
    for line in text.split("\n"):
        if (mark := FENCE.match(line)) and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1][:3]
            found.append((0, "", line))
        elif fence:
            found.append((0, "", line))
        elif head := HEADING.fullmatch(line):
            found.append((len(head[1]), head[2].strip(), line))
        elif (
            found and found[-1][2].strip() and not found[-1][0] and _underlines(line, found[-1][2])
        ):
            above = found.pop()[2].strip()
            found.append((1 if line.strip()[0] == "=" else 2, above, above))
        else:
            found.append((0, "", line))
    return found


def _underlines(line: str, above: str) -> bool:
    is_text = not above.lstrip().startswith(("-", "*", "+", ">", "|", "#"))
    return is_text and len(line.strip()) > 1 and UNDERLINE.fullmatch(line) is not None
