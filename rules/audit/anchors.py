"""Anchors: how one is written, read back from a file or an email, and compared with the chains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from models.audit.anchor import Anchor, ChainHead
from models.errors import InvalidInput
from rules.audit.hash_chain import compute_digest
from rules.audit.verify_log import BreakKind, ChainBreak

TITLE = "Afterword anchor"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LINE = re.compile(r"\d{1,9}")
LINK = re.compile(r"[A-Za-z0-9_-]{32}")
DIGEST = "digest"
QUOTE_MARKS = "> \t\r"
"""What an email program may put before a line, or behind it."""


def format_anchor(anchor: Anchor) -> str:
    """Format an anchor: one line for each chain, and a digest of all of it."""
    lines = _format_lines(anchor)
    return "\n".join([*lines, f"{DIGEST} {compute_digest(*lines)}", ""])


def parse_anchor(text: str) -> Anchor:
    """Parse an anchor out of a file or an email, the last one of several, however it is wrapped.

    Raises InvalidInput unless it is there, whole.
    """
    words = " ".join(line.strip(QUOTE_MARKS) for line in text.split("\n")).split()
    title = TITLE.split()
    begins = [index for index in range(len(words)) if words[index : index + 2] == title]
    days = [index + 2 for index in begins if DAY.fullmatch("".join(words[index + 2 : index + 3]))]
    if not days:
        raise InvalidInput(
            f"There is no anchor in it: it has no line like “{TITLE} 2026-11-29”.", field="anchor"
        )
    return _parse_words(words[days[-1] :])


def compare_anchor(
    anchor: Anchor, links: Mapping[tuple[str, int], str], place: str
) -> Iterator[ChainBreak]:
    """Yield each head that is not in its chain any more; `links` are those of these lines now."""
    when = f"the anchor of {anchor.day}"
    for head in anchor.heads:
        link = links.get((head.chain, head.line))
        if link == head.link:
            continue
        kind = BreakKind.TRUNCATED if link is None else BreakKind.CHANGED
        text = f"{when} has it, and it is missing" if link is None else f"{when} has another one"
        yield ChainBreak(chain=head.chain, place=place, line=head.line, kind=kind, text=text)


def _format_lines(anchor: Anchor) -> list[str]:
    heads = (f"{head.chain} {head.line} {head.link}" for head in anchor.heads)
    return [f"{TITLE} {anchor.day}", *heads]


def _parse_words(words: list[str]) -> Anchor:
    heads: list[ChainHead] = []
    for index in range(1, len(words) - 1, 3):
        chain, line, *more = words[index : index + 3]
        if chain == DIGEST:
            return _check_digest(Anchor(day=_parse_day(words[0]), heads=tuple(heads)), line)
        if not more or not LINE.fullmatch(line) or not LINK.fullmatch(more[0]):
            break
        heads.append(ChainHead(chain=chain, line=int(line), link=more[0]))
    raise InvalidInput("The anchor is not whole: its digest is missing.", field="anchor")


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text} is no date.", field="anchor") from None


def _check_digest(anchor: Anchor, digest: str) -> Anchor:
    if compute_digest(*_format_lines(anchor)) == digest:
        return anchor
    raise InvalidInput(
        "The anchor itself was changed, or is not whole: its digest does not fit.", field="anchor"
    )
