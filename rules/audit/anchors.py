"""Anchors: how one is written, read back from a file or an email, and compared with the chains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

from models.audit.anchor import Anchor, ChainHead
from models.errors import InvalidInput
from rules.audit.hash_chain import compute_digest
from rules.audit.verify_log import BreakKind, ChainBreak

TITLE = re.compile(r"Afterword anchor (\d{4}-\d{2}-\d{2})")
HEAD = re.compile(r"([!-~]{1,200}) (\d{1,9}) ([A-Za-z0-9_-]{32})")
DIGEST = re.compile(r"digest ([A-Za-z0-9_-]{32})")
QUOTE_MARKS = "> \t\r"
"""What an email program may put before a line, or behind it."""


def format_anchor(anchor: Anchor) -> str:
    """Format an anchor: one line for each chain, and a digest of all of it."""
    lines = _format_lines(anchor)
    return "\n".join([*lines, f"digest {compute_digest(*lines)}", ""])


def parse_anchor(text: str) -> Anchor:
    """Parse an anchor out of a file or an email. Raises InvalidInput unless it is there, whole."""
    lines = [line.strip(QUOTE_MARKS) for line in text.split("\n")]
    titles = [index for index, line in enumerate(lines) if TITLE.fullmatch(line)]
    if not titles:
        raise InvalidInput(
            "There is no anchor in it: it has no line like “Afterword anchor 2026-11-29”.",
            field="anchor",
        )
    return _parse_lines(lines[titles[-1] :])


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
    return [f"Afterword anchor {anchor.day}", *heads]


def _parse_lines(lines: list[str]) -> Anchor:
    day, heads = date.fromisoformat(lines[0].rsplit(" ", 1)[1]), []
    for line in lines[1:]:
        if found := HEAD.fullmatch(line):
            heads.append(ChainHead(chain=found[1], line=int(found[2]), link=found[3]))
        if found := DIGEST.fullmatch(line):
            return _check_digest(Anchor(day=day, heads=tuple(heads)), found[1])
    raise InvalidInput("The anchor is cut off: its digest is missing.", field="anchor")


def _check_digest(anchor: Anchor, digest: str) -> Anchor:
    if compute_digest(*_format_lines(anchor)) == digest:
        return anchor
    raise InvalidInput(
        "The anchor itself was changed, or is not whole: its digest does not fit.", field="anchor"
    )
