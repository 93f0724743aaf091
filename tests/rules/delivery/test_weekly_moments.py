from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.delivery.weekly_moments import build_round, find_moment, find_monday, find_weekly_end

MONDAY = date(2026, 11, 30)
SUNDAY_17 = datetime(2026, 11, 29, 17, tzinfo=UTC)


@pytest.mark.parametrize("hours", [0, 1, 24, 5 * 24, 6 * 24 + 6])
def test_from_sunday_on_the_emails_are_those_of_monday_however_late(hours: int) -> None:
    assert find_monday(SUNDAY_17 + timedelta(hours=hours)) == MONDAY


@given(st.integers(0, 20 * 365 * 24))
def test_the_monday_is_a_monday_near_by(hours: int) -> None:
    now = SUNDAY_17 + timedelta(hours=hours)

    monday = find_monday(now)

    assert monday.weekday() == 0
    assert -1 <= (now.date() - monday).days <= 5


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("Pacific/Kiritimati", datetime(2026, 11, 29, 18, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 11, 30, 7, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 11, 30, 16, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 11, 30, 19, tzinfo=UTC)),
    ],
)
def test_it_is_eight_in_the_morning_where_the_reader_is(zone: str, moment: datetime) -> None:
    assert find_moment(MONDAY, ZoneInfo(zone)) == moment
    assert moment > SUNDAY_17


def test_readers_in_one_zone_share_a_moment_and_the_earliest_comes_first() -> None:
    zones = [ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Paris")]

    planned = build_round(MONDAY, zones)

    assert planned.moments == (
        datetime(2026, 11, 29, 23, tzinfo=UTC),
        datetime(2026, 11, 30, 7, tzinfo=UTC),
    )


@pytest.mark.parametrize("hours", [0, 20, 6 * 24])
def test_a_week_is_given_up_before_the_next_begins_however_late_it_began(hours: int) -> None:
    end = find_weekly_end(find_monday(SUNDAY_17 + timedelta(hours=hours)))

    assert SUNDAY_17 + timedelta(hours=hours) < end < SUNDAY_17 + timedelta(days=7)
