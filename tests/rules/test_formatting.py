"""The forms in which people read dates, times, counts and quoted text."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import formatting

FRIDAY = date(2026, 3, 13)
AFTERNOON = datetime(2026, 3, 13, 13, 0, tzinfo=UTC)


def test_dates_and_times_are_read_in_full_or_short() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert formatting.format_date(FRIDAY) == "Friday 13 March 2026"
    assert formatting.format_short_date(FRIDAY) == "13 Mar 2026"
    assert (
        formatting.format_time(AFTERNOON, berlin) == "Friday 13 March 2026, 14:00 (Europe/Berlin)"
    )
    assert formatting.format_short_time(AFTERNOON, UTC) == "13 Mar 2026, 13:00 UTC"


@pytest.mark.parametrize(
    ("days", "words"),
    [(-2, "2 days ago"), (-1, "yesterday"), (0, "today"), (1, "tomorrow"), (3, "in 3 days")],
)
def test_a_distance_is_said_in_words(days: int, words: str) -> None:
    assert formatting.format_distance(days) == words


def test_a_count_agrees_with_its_noun() -> None:
    assert formatting.format_count(1, "review") == "1 review"
    assert formatting.format_count(2, "review") == "2 reviews"
    assert formatting.format_count(0, "reply", "replies") == "0 replies"


@pytest.mark.parametrize(
    ("words", "joined"),
    [((), ""), (("A1",), "A1"), (("A1", "A2"), "A1 and A2"), (("A1", "A2", "A3"), "A1, A2 and A3")],
)
def test_words_are_joined_to_a_list(words: tuple[str, ...], joined: str) -> None:
    assert formatting.join_words(words) == joined


def test_a_list_may_offer_a_choice() -> None:
    assert formatting.join_words(("A1", "A2"), "or") == "A1 or A2"


def test_a_quotation_is_one_line_without_its_full_stop() -> None:
    assert formatting.quote("Add a\nrate limit.") == "“Add a rate limit”"


def test_a_long_text_is_cut_at_a_word() -> None:
    assert formatting.truncate("Add a rate limit", 12) == "Add a rate …"
    assert formatting.truncate("Add a rate limit", 11) == "Add a …"
    assert formatting.truncate("Antidisestablishment", 8) == "Antidi …"


@pytest.mark.slow
@given(st.text(), st.integers(3, 40))
def test_a_cut_text_is_never_longer_and_begins_the_text(text: str, length: int) -> None:
    cut = formatting.truncate(text, length)

    assert len(cut) <= length
    assert text.strip().startswith(cut.removesuffix(formatting.ELLIPSIS))
