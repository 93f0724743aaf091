"""Of a very long mail the beginning is read, and its writer is told if that may not be all."""

from __future__ import annotations

import pytest

from mail.inbound.decoding.text_parts import MAX_LINES, MAX_TEXT_LENGTH
from mail.inbound.parse_mail import parse_head, parse_mail
from mail.inbound.quoting.html import MAX_ELEMENTS
from rules.replies.obstacles import Obstacle
from tests.mail.inbound_samples import build_html_mail, build_mail, build_multipart

LONG = "A word and another.\n"


@pytest.mark.parametrize(
    "raw",
    [
        build_mail("A1 done\n" + LONG * MAX_LINES),
        build_mail("A1 done\n\n" + "\n" * MAX_LINES + "A2 done"),
        build_mail("A1 done\n" + "word " * MAX_TEXT_LENGTH),
        build_html_mail("A1 done<br>" + "<p>word</p>" * MAX_LINES),
        build_html_mail("A1 done " + "<i>word</i> " * (MAX_ELEMENTS + 1)),
        build_multipart(("text/plain", "A1 done\n"), ("text/plain", LONG * MAX_LINES)),
    ],
    ids=["lines", "blank lines", "one line", "HTML", "elements", "parts"],
)
def test_whoever_writes_more_than_is_read_is_told(raw: bytes) -> None:
    found = parse_mail(raw)

    assert found.own_words.startswith("A1 done")
    assert found.obstacle is Obstacle.TOO_LONG


@pytest.mark.parametrize(
    "raw",
    [
        build_mail("A1 done\n\nOn 9 Mar 2026, x@example.org wrote:\n" + "> quoted\n" * MAX_LINES),
        build_mail("A1 done\n" + "> quoted\n" * MAX_LINES),
        build_html_mail("A1 done<blockquote type=cite>" + "<p>quoted</p>" * MAX_LINES),
        build_mail("A1 done\n" + LONG * (MAX_LINES - 10)),
        build_mail("A1 done\n" + "\n" * 10),
    ],
    ids=["heading", "marks", "HTML", "just all", "short"],
)
def test_a_long_quotation_below_somebodys_words_is_no_obstacle(raw: bytes) -> None:
    found = parse_mail(raw)

    assert found.own_words.startswith("A1 done")
    assert found.obstacle is None


def test_words_below_a_quotation_that_is_too_long_are_not_said_to_be_none() -> None:
    found = parse_mail(build_mail("> quoted\n" * (MAX_LINES + 10) + "A1 done\n"))

    assert found.own_words == ""
    assert found.obstacle is Obstacle.TOO_LONG


def test_the_lines_that_are_looked_at_do_not_grow_with_the_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = []
    split = parse_mail.__globals__["split_reply"]

    def count_lines(lines: list[object], *rest: object) -> object:
        counts.append(len(lines))
        return split(lines, *rest)

    monkeypatch.setitem(parse_mail.__globals__, "split_reply", count_lines)

    for text in ("a\n" * 100_000, "\n" * 400_000, "> a\nb\n" * 50_000):
        parse_mail(build_mail(text))
        parse_mail(build_html_mail(text.replace("\n", "<br>")))

    assert max(counts) <= MAX_LINES


def test_the_head_of_a_mail_is_read_without_its_text() -> None:
    raw = build_mail("A1 done", To="a@example.org", References="<x@example.org>")

    head, whole = parse_head(raw), parse_mail(raw)

    assert (head.own_words, whole.own_words) == ("", "A1 done")
    assert (head.recipients, head.references) == (whole.recipients, whole.references)


@pytest.mark.parametrize("raw", [b"", b"To: a@example.org", b"\r\n\r\nA1 done", b"To: a\r\n \r\nx"])
def test_a_head_without_an_end_is_read_as_far_as_it_goes(raw: bytes) -> None:
    assert parse_head(raw).recipients == parse_mail(raw).recipients
