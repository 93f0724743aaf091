"""A log whose lines were changed, removed, inserted, moved or blanked is noticed, and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.codes import EventKind
from models.people import Channel
from models.review import Event, Gate, Review
from rules.audit import hash_chain, log_chain
from rules.audit.log_chain import read_log
from rules.audit.verify_log import BreakKind, compare_logs, count_unlinked, verify_chain
from rules.commands.transitions import append_clock_event, append_event
from tests.sample_people import ADA, MONDAY, OLGA, new_review

ID = new_review().id
Log = tuple[Event, ...]


def write_lines(review: Review, count: int) -> Review:
    for number in range(1, count + 1):
        review = append_event(
            review,
            MONDAY + timedelta(minutes=number),
            by=ADA,
            channel=Channel.CLI,
            kind=EventKind.APPROVE,
            text=f"said {number}",
            item=f"A{number}",
            gate=Gate.DRAFT,
        )
    return review


LOG = write_lines(log_chain.give_key(new_review(), "key"), 6).log


def list_breaks(log: Sequence[Event]) -> list[tuple[int, BreakKind]]:
    return [(found.line, found.kind) for found in verify_chain(ID, read_log(log), "register")]


def change_line(log: Log, line: int, **changes: object) -> Log:
    return tuple(replace(e, **changes) if e.revision == line else e for e in log)  # type: ignore[arg-type]


def test_a_log_that_nobody_touched_is_whole() -> None:
    assert list_breaks(LOG) == []


CHANGES: dict[str, object] = {
    "at": MONDAY,
    "by": OLGA,
    "channel": Channel.API,
    "kind": EventKind.CANCEL,
    "text": "said nothing",
    "item": "A9",
    "gate": None,
    "link": LOG[0].link,
    "seal": "0123456789abcdef",
    "covers": "x",
}


def test_every_field_of_a_line_is_one_that_cannot_be_changed() -> None:
    assert CHANGES.keys() == {field.name for field in fields(Event)} - {"revision"}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_field_is_found_at_its_line(name: str) -> None:
    changed = change_line(LOG, 3, **{name: CHANGES[name]})

    assert list_breaks(changed)[0][0] == 3


def test_one_changed_line_is_one_break() -> None:
    assert list_breaks(change_line(LOG, 3, text="said 33")) == [(3, BreakKind.CHANGED)]


def test_what_stands_in_one_field_cannot_move_to_the_next() -> None:
    assert list_breaks(change_line(LOG, 3, by=f"{ADA}A", item="3")) == [(3, BreakKind.CHANGED)]


@pytest.mark.parametrize(
    ("tamper", "expected"),
    [
        (lambda log: log[:2] + log[3:], [(4, BreakKind.REMOVED)]),
        (lambda log: log[1:], [(2, BreakKind.REMOVED)]),
        (
            lambda log: (*log[:2], replace(log[1], text="slipped in"), *log[2:]),
            [(2, BreakKind.INSERTED)],
        ),
        (
            lambda log: (
                log[0],
                replace(log[2], revision=2),
                replace(log[1], revision=3),
                *log[3:],
            ),
            [(2, BreakKind.REORDERED), (3, BreakKind.REORDERED), (4, BreakKind.CHANGED)],
        ),
        (lambda log: change_line(log, 3, link=""), [(3, BreakKind.CHANGED)]),
        (
            lambda log: tuple(replace(event, link="") for event in log[:3]) + log[3:],
            [(4, BreakKind.CHANGED)],
        ),
    ],
    ids=["removed", "first removed", "inserted", "moved", "link lost", "links lost to look old"],
)
def test_tampering_is_found_at_its_line(
    tamper: Callable[[Log], Log], expected: list[tuple[int, BreakKind]]
) -> None:
    found = list_breaks(tamper(LOG))

    assert found[: len(expected)] == expected


def test_lines_that_were_moved_are_called_by_their_old_number() -> None:
    log = (LOG[0], replace(LOG[2], revision=2), replace(LOG[1], revision=3), *LOG[3:])

    found = next(verify_chain(ID, read_log(log), "register"))

    assert found.text == "it was line 3, and was moved"


def test_a_log_cut_at_its_end_is_found_only_by_comparing_it() -> None:
    found = list(compare_logs(ID, LOG[:4], LOG, "the register", "the workflow"))

    assert list_breaks(LOG[:4]) == []
    assert [(each.line, each.kind) for each in found] == [
        (5, BreakKind.TRUNCATED),
        (6, BreakKind.TRUNCATED),
    ]


def test_a_chain_made_again_from_a_changed_line_is_found_by_comparing_it() -> None:
    forged = append_clock_event(
        replace(new_review(), log=LOG[:5], revision=5), MONDAY, kind=EventKind.NOTE, text="forged"
    )

    found = list(compare_logs(ID, forged.log, LOG, "the register", "the workflow"))

    assert list_breaks(forged.log) == []
    assert [(each.line, each.kind) for each in found] == [(6, BreakKind.CHANGED)]


def test_a_chain_of_another_review_is_not_accepted() -> None:
    assert next(verify_chain("review-manual-other", read_log(LOG), "register")).line == 1


def test_a_log_of_before_goes_on_with_a_chain_from_the_next_line() -> None:
    old = tuple(replace(event, link="", seal="") for event in LOG)
    review = replace(new_review(), log=old, revision=len(old))

    continued = append_clock_event(review, MONDAY, kind=EventKind.NOTE, text="goes on")

    assert list_breaks(continued.log) == []
    assert count_unlinked(read_log(continued.log)) == len(old)
    assert list_breaks(continued.log[:5] + continued.log[6:]) == [(7, BreakKind.REMOVED)]


def test_the_zone_of_a_time_and_a_nul_that_no_database_keeps_change_nothing() -> None:
    review = append_clock_event(new_review(), MONDAY, kind=EventKind.NOTE, text="a\0b")
    tokyo = timezone(timedelta(hours=9))

    stored = change_line(
        review.log, 1, at=MONDAY.astimezone(tokyo), text="a\N{REPLACEMENT CHARACTER}b"
    )

    assert list_breaks(stored) == []


@given(st.text(), st.text())
def test_words_with_the_same_commitment_are_the_same_words(first: str, second: str) -> None:
    one, two = (hash_chain.compute_commitment("salt", [text]) for text in (first, second))

    assert (one == two) == (first.replace("\0", "\ufffd") == second.replace("\0", "\ufffd"))


def test_no_two_lines_have_the_same_salt_and_none_follows_from_the_key_that_is_left() -> None:
    review = write_lines(log_chain.give_key(new_review(), "key"), 6)
    later = {hash_chain.draw_salt(review.chain_key)[0]}

    salts = {event.seal for event in review.log}

    assert len(salts) == 6
    assert not later & salts


def blank_line(log: Log, line: int) -> Log:
    return tuple(
        log_chain.take_out(event, by=event.by, item=event.item, text="[redacted]")
        if event.revision == line
        else event
        for event in log
    )


def redact_line(review: Review, line: int) -> Review:
    blanked = replace(review, log=blank_line(review.log, line))
    return append_event(
        blanked,
        MONDAY,
        by=ADA,
        channel=Channel.CLI,
        kind=EventKind.REDACT,
        text="redacted a line",
        item=str(line),
    )


def test_a_line_whose_words_were_taken_out_still_stands_where_it_stood() -> None:
    review = redact_line(write_lines(new_review(), 4), 2)

    assert list_breaks(review.log) == []
    assert review.log[1].text == "[redacted]"
    assert review.log[1].seal != LOG[1].seal


def test_a_line_that_nobody_redacted_cannot_be_passed_off_as_redacted() -> None:
    assert list_breaks(blank_line(LOG, 2)) == [(2, BreakKind.UNCOVERED)]


@pytest.mark.parametrize("changes", [{"text": "said 22"}, {"by": OLGA}, {"item": "A7"}])
def test_what_is_left_of_a_redacted_line_cannot_be_changed(changes: dict[str, object]) -> None:
    review = redact_line(write_lines(new_review(), 4), 2)

    found = list_breaks(change_line(review.log, 2, **changes))

    assert found == [(5, BreakKind.UNCOVERED)]


def test_a_second_redaction_covers_what_the_first_left() -> None:
    review = redact_line(redact_line(write_lines(new_review(), 4), 2), 3)

    assert list_breaks(review.log) == []
    assert list_breaks(change_line(review.log, 2, text="more")) == [(6, BreakKind.UNCOVERED)]
