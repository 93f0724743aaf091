"""The days for a follow-up meeting: one count of working days, for people and for the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.codes import RefusalCode
from models.commands import ScheduleFollowUp
from models.errors import Refusal
from models.people import Channel, Person
from models.review import Meeting, Review, Stage
from rules.calendar.availability import Availability
from rules.calendar.follow_up_window import find_follow_up_window
from rules.calendar.working_time import find_calendar
from rules.commands import dispatch
from rules.notifications.automatic_commands import list_automatic_commands
from tests.sample_people import FAY, PEOPLE
from tests.sample_reviews import build_assigned

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Pacific/Honolulu")
COUNTRIES = ("", "DE", "DE-BY", "US", "JP", "IL", "CN", "SA", "IR", "NZ", "BR", "IN")
HELD = datetime(2026, 11, 4, 14, tzinfo=UTC)
ACCEPTED = datetime(2026, 12, 18, 9, tzinfo=UTC)


def build_accepted(held_at: datetime, accepted_at: datetime, meeting_at: datetime) -> Review:
    """Build a review whose meeting was held and whose last action was accepted then."""
    review = build_assigned().review
    meeting = Meeting(at=meeting_at, place="Room 4", held_at=held_at)
    return replace(
        review, meeting=meeting, stage_since=held_at, accepted_at=accepted_at, follow_up=None
    )


def find_commands(review: Review, facilitator: Person, now: datetime) -> list[ScheduleFollowUp]:
    """Return the follow-up meetings that the clock sets now."""
    people = {**PEOPLE, FAY: facilitator}
    commands = list_automatic_commands(review, Availability(people, review.policy, now))
    return [command for command in commands if isinstance(command, ScheduleFollowUp)]


def schedule_by_hand(
    review: Review, command: ScheduleFollowUp, now: datetime, **fields: Any
) -> None:
    """Validate the command of the clock as if the facilitator had given it."""
    by_hand = replace(command, id="by-hand", by=FAY, channel=Channel.CLI, **fields)
    dispatch.validate(review, by_hand, now)


def test_people_may_set_the_day_that_the_clock_sets_over_christmas() -> None:
    review = build_accepted(HELD, ACCEPTED, HELD)
    facilitator = Person(address=FAY, zone="Europe/Berlin", country="DE")

    (command,) = find_commands(review, facilitator, ACCEPTED)

    assert command.at.date() == date(2027, 1, 5)
    schedule_by_hand(review, command, ACCEPTED)
    with pytest.raises(Refusal) as refused:
        schedule_by_hand(review, command, ACCEPTED, at=command.at + timedelta(days=1))
    assert refused.value.code is RefusalCode.OUTSIDE_WINDOW


@pytest.mark.slow
@given(
    zone=st.sampled_from(ZONES),
    country=st.sampled_from(COUNTRIES),
    held_at=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  (given a zone)
    hours=st.tuples(st.integers(-12, 12), st.integers(0, 24 * 70), st.integers(0, 24 * 70)),
    past=st.lists(st.integers(24, 24 * 60), max_size=2),
    stage=st.sampled_from((Stage.ASSIGNED, Stage.FOLLOW_UP)),
)
def test_whatever_day_the_clock_sets_people_may_set(  # noqa: PLR0917  (hypothesis names them)
    zone: str,
    country: str,
    held_at: datetime,
    hours: tuple[int, int, int],
    past: list[int],
    stage: Stage,
) -> None:
    meeting_at, accepted_at = (held_at + timedelta(hours=span) for span in hours[:2])
    now = accepted_at + timedelta(hours=hours[2])
    times = [held_at + timedelta(hours=span) for span in sorted(past)]
    review = replace(
        build_accepted(held_at, accepted_at, meeting_at),
        stage=stage,
        past_follow_ups=tuple(
            Meeting(at=each, place="x", held_at=each) for each in times if each < now
        ),
    )

    commands = find_commands(review, Person(address=FAY, zone=zone, country=country), now)

    assert commands
    for command in commands:
        schedule_by_hand(review, command, now)
        calendar = find_calendar(zone, country, review.policy)
        assert calendar.is_working_day(calendar.to_local_date(command.at))


@pytest.mark.slow
@given(
    country=st.sampled_from(COUNTRIES),
    day=st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    days=st.integers(0, 90),
)
def test_a_window_always_has_a_working_day_to_come(country: str, day: date, days: int) -> None:
    held_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    now = held_at + timedelta(days=days)
    review = build_accepted(held_at, held_at, held_at)
    calendar = find_calendar("UTC", country, review.policy)

    window = find_follow_up_window(review, calendar, now)

    assert window.earliest <= calendar.find_last_working_day(window.latest)
    assert calendar.find_last_working_day(window.latest) > now.date()
