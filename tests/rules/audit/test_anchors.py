"""An anchor is read back from whatever an email program makes of it, and only if it is whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from textwrap import fill

import pytest

from models.audit.anchor import Anchor, ChainHead
from models.errors import InvalidInput
from rules.audit.anchors import compare_anchor, format_anchor, parse_anchor
from rules.audit.hash_chain import compute_digest
from rules.audit.verify_log import BreakKind

LINK, OTHER = compute_digest("one"), compute_digest("other")
ANCHOR = Anchor(
    day=date(2026, 11, 29),
    heads=(
        ChainHead(chain="audit", line=7, link=LINK),
        ChainHead(chain="review-pagerduty-Q1ABC", line=42, link=OTHER),
    ),
)
TEXT = format_anchor(ANCHOR)
LINKS = {("audit", 7): LINK, ("review-pagerduty-Q1ABC", 42): OTHER}


def wrap_words(width: int) -> str:
    """Return the anchor as an email program wraps it, with all of its words whole."""
    return fill(TEXT, width, break_on_hyphens=False, break_long_words=False)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"Keep this email.\n\n{TEXT}\n-- \nAfterword",
        TEXT.replace("\n", "\r\n"),
        "".join(f"> > {line}\n" for line in TEXT.splitlines()),
        f"{format_anchor(replace(ANCHOR, day=date(2026, 11, 28)))}\n{TEXT}",
        wrap_words(40),
        "\n".join(f"> {line}" for line in wrap_words(20).splitlines()),
        f"Subject: Afterword anchor 2026-11-29\n\n{TEXT}\nAfterword anchor of yesterday",
    ],
    ids=[
        "as it is",
        "in an email",
        "other line ends",
        "quoted",
        "the last of a file",
        "wrapped",
        "wrapped and quoted",
        "with its subject",
    ],
)
def test_an_anchor_is_read_back(text: str) -> None:
    assert parse_anchor(text) == ANCHOR


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Afterword anchor",
        TEXT.replace("42", "41"),
        TEXT.replace("2026-11-29", "2026-11-28"),
        TEXT.replace(f"audit 7 {LINK}\n", ""),
        TEXT.rpartition("digest")[0],
        TEXT.replace(LINK, OTHER),
        TEXT.replace("2026-11-29", "2026-11-31"),
        f"Afterword anchor 2026-11-29\n{TEXT.splitlines()[1]}",
        "Afterword anchor 2026-11-29",
        f"Afterword anchor 2026-11-29\ndigest {LINK}",
    ],
    ids=[
        *("empty", "no day", "line", "day", "head gone", "cut off", "link", "no such day"),
        *("no digest", "title only", "another digest"),
    ],
)
def test_an_anchor_that_is_not_whole_proves_nothing(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_anchor(text)


def test_chains_that_go_on_from_an_anchor_fit_it() -> None:
    assert list(compare_anchor(ANCHOR, {**LINKS, ("audit", 8): OTHER}, "the register")) == []


def test_a_chain_that_was_cut_off_or_made_again_does_not_fit() -> None:
    links = {("review-pagerduty-Q1ABC", 42): LINK}

    found = list(compare_anchor(ANCHOR, links, "the register"))

    assert [(each.chain, each.line, each.kind) for each in found] == [
        ("audit", 7, BreakKind.TRUNCATED),
        ("review-pagerduty-Q1ABC", 42, BreakKind.CHANGED),
    ]
