from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail.outbound.email_formatting import (
    LINE_WIDTH,
    format_header,
    format_ordinal,
    remove_control_characters,
    truncate,
    wrap_text,
)
from mail.outbound.recipient import EmailRecipient
from models.people import Person
from rules.formatting import format_distance, join_words
from tests.sample_people import OLGA, OMAR, PEOPLE

EVENING = datetime(2026, 3, 13, 22, 30, tzinfo=UTC)


def build_reader(person: Person) -> EmailRecipient:
    return EmailRecipient(person=person, people=PEOPLE, now=EVENING)


def test_a_time_is_written_in_full_in_the_readers_zone() -> None:
    when = datetime(2026, 3, 13, 14, 0, tzinfo=UTC)

    assert (
        build_reader(PEOPLE[OLGA]).format_time(when)
        == "Friday 13 March 2026, 15:00 (Europe/Berlin)"
    )
    assert (
        build_reader(PEOPLE[OMAR]).format_time(when)
        == "Friday 13 March 2026, 10:00 (America/New_York)"
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_does_not_exist_counts_as_utc(zone: str) -> None:
    lost = build_reader(Person(address=OLGA, zone=zone))

    assert lost.format_time(EVENING) == "Friday 13 March 2026, 22:30 (UTC)"


def test_how_far_a_date_is_depends_on_the_day_where_the_reader_is() -> None:
    friday = date(2026, 3, 13)

    assert build_reader(PEOPLE[OMAR]).format_due_date(friday).endswith("(today)")
    tokyo = build_reader(Person(address=OMAR, zone="Asia/Tokyo"))
    assert tokyo.format_due_date(friday).endswith("(yesterday)")


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (9, "in 9 days"), (-1, "yesterday"), (-4, "4 days ago")],
)
def test_distances_are_said_in_words(days: int, words: str) -> None:
    assert format_distance(days) == words


def test_people_without_a_name_are_called_by_their_address() -> None:
    known = EmailRecipient(
        person=PEOPLE[OLGA],
        people={OMAR: Person(address=OMAR, name=" \x07 ")},
        now=EVENING,
    )

    assert known.format_name(OMAR) == OMAR
    assert known.format_name("stranger@example.org") == "stranger@example.org"
    assert known.format_name_or_you(OLGA) == "you"


def test_words_are_listed_as_people_say_them() -> None:
    assert [join_words(["A1", "A2", "A3"][:n]) for n in range(4)] == [
        "",
        "A1",
        "A1 and A2",
        "A1, A2 and A3",
    ]


def test_ordinals_go_on_after_the_ninth() -> None:
    assert [format_ordinal(n) for n in (1, 9, 10, 11, 13, 21, 22, 23, 112)] == [
        *("first", "ninth", "10th", "11th", "13th", "21st", "22nd", "23rd", "112th")
    ]


def test_plain_text_has_no_control_characters_and_keeps_its_direction() -> None:
    assert remove_control_characters("a\x00b\x1b[31m\r\nc\u2028d\u202ee\tf") == "ab[31m\nc\nde f"


def test_long_text_is_cut_at_a_word() -> None:
    assert truncate("one two three", 12) == "one two …"
    assert truncate("onetwothree", 7) == "onetw …"
    assert truncate("one two", 12) == "one two"


def test_a_header_is_one_line_without_anything_encoded() -> None:
    assert (
        format_header("a\r\nBcc: b =?utf-8?q?=0D=0ABcc:x?=", 100)
        == "a Bcc: b = ?utf-8?q?=0D=0ABcc:x?="
    )


@given(st.text())
def test_no_line_of_a_notification_passes_what_mail_allows(text: str) -> None:
    assert all(len(row) <= 998 for row in wrap_text(text).splitlines())


@given(st.lists(st.text("abcdefg", min_size=1, max_size=20), max_size=60), st.integers(0, 8))
def test_flowing_keeps_every_word_and_the_margin(words: list[str], indent: int) -> None:
    row = " " * indent + " ".join(words)

    flowed = wrap_text(f"x\n{row}")

    assert flowed.split()[1:] == words
    assert all(len(line) <= LINE_WIDTH for line in flowed.splitlines())


def test_words_longer_than_mail_allows_are_broken() -> None:
    flowed = wrap_text("A1  " + "x" * 2500)

    assert flowed.count("x") == 2500
    assert max(len(row) for row in flowed.splitlines()) <= 998


def test_what_follows_a_name_a_label_or_a_quotation_mark_hangs_under_it() -> None:
    long = "word " * 30

    assert all(row.startswith("    w") for row in wrap_text(f"A1  {long}").splitlines()[1:])
    assert all(
        row.startswith("      w") for row in wrap_text(f"x\n    Due: {long}").splitlines()[2:]
    )
    assert all(row.startswith("> w") for row in wrap_text(f"> {long}").splitlines())
