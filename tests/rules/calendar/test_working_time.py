"""Working days and hours by zone and country."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.people import Person
from models.policy import Policy
from rules.calendar.working_time import Calendar, get_calendar, has_holidays, list_days_off
from tests.rules.notifications.simulation import parse_time
from tests.sample_people import ADA, COORDINATOR, OLGA, OMAR, OREN, PEOPLE

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe")
COUNTRIES = ("", "DE", "DE-BY", "US", "JP", "IL", "GB-SCT")
CALENDARS = st.builds(
    lambda zone, country: get_calendar(
        Person(address="x@example.org", zone=zone, country=country), Policy()
    ),
    st.sampled_from(ZONES),
    st.sampled_from(COUNTRIES),
)
MOMENTS = st.datetimes(datetime(2020, 1, 5), datetime(2032, 12, 20)).map(  # noqa: DTZ001  (made aware below)
    lambda moment: moment.replace(tzinfo=UTC)
)


def get_calendar_of(address: str) -> Calendar:
    return get_calendar(PEOPLE[address], Policy())


def test_work_is_from_nine_to_five_on_weekdays() -> None:
    coordinator = get_calendar_of(COORDINATOR)

    assert coordinator.is_open(parse_time("2026-03-06 09:00"))
    assert coordinator.is_open(parse_time("2026-03-06 16:59:59"))
    assert not coordinator.is_open(parse_time("2026-03-06 08:59:59"))
    assert not coordinator.is_open(parse_time("2026-03-06 17:00"))
    assert not coordinator.is_open(parse_time("2026-03-07 12:00"))


def test_a_moment_in_working_hours_is_its_own_opening() -> None:
    moment = parse_time("2026-03-06 13:37")

    assert get_calendar_of(COORDINATOR).find_opening(moment) == moment


def test_early_on_a_working_day_opens_the_same_morning() -> None:
    assert get_calendar_of(COORDINATOR).find_opening(parse_time("2026-03-06 06:00")) == parse_time(
        "2026-03-06 09:00"
    )


def test_friday_evening_opens_on_monday_morning() -> None:
    assert get_calendar_of(OLGA).find_opening(parse_time("2026-03-06 18:00")) == parse_time(
        "2026-03-09 08:00"
    )


def test_an_evening_before_easter_opens_on_tuesday_in_germany_and_on_friday_in_new_york() -> None:
    evening = parse_time("2026-04-02 22:00")

    assert get_calendar_of(OLGA).find_opening(evening) == parse_time("2026-04-07 07:00")
    assert get_calendar_of(OMAR).find_opening(evening) == parse_time("2026-04-03 13:00")


def test_the_same_moment_is_night_in_tokyo_and_morning_in_new_york() -> None:
    moment = parse_time("2026-03-10 14:00")

    assert get_calendar_of(OMAR).is_open(moment)
    assert get_calendar_of(OREN).find_opening(moment) == parse_time("2026-03-11 00:00")


def test_nine_oclock_stays_nine_oclock_when_summer_time_begins() -> None:
    ada = get_calendar_of(ADA)

    assert ada.find_day_start(date(2026, 3, 27)) == parse_time("2026-03-27 08:00")
    assert ada.find_day_start(date(2026, 3, 28)) == parse_time("2026-03-30 07:00")
    assert ada.add_working_days_to_time(parse_time("2026-03-27 13:00"), 1) == parse_time(
        "2026-03-30 12:00"
    )


def test_an_hour_that_summer_time_skips_still_has_a_moment() -> None:
    ada = get_calendar_of(ADA)

    assert ada.move_to_day(parse_time("2026-03-27 01:30"), date(2026, 3, 29)) == parse_time(
        "2026-03-29 01:30"
    )


def test_working_days_are_counted_over_weekends_and_holidays_both_ways() -> None:
    olga = get_calendar_of(OLGA)

    assert olga.add_working_days(date(2026, 4, 2), 1) == date(2026, 4, 7)
    assert olga.add_working_days(date(2026, 4, 7), -1) == date(2026, 4, 2)
    assert olga.add_working_days(date(2026, 4, 4), 1) == date(2026, 4, 7)
    assert olga.add_working_days(date(2026, 4, 4), 0) == date(2026, 4, 4)


def test_two_countries_keep_different_holidays() -> None:
    unity, thanksgiving = date(2025, 10, 3), date(2026, 11, 26)

    assert unity in list_days_off("DE", 2025)
    assert unity not in list_days_off("US", 2025)
    assert thanksgiving in list_days_off("US", 2026)
    assert thanksgiving not in list_days_off("DE", 2026)


def test_a_subdivision_keeps_holidays_of_its_own() -> None:
    epiphany = date(2026, 1, 6)

    assert epiphany in list_days_off("DE-BY", 2026)
    assert epiphany in list_days_off("de-by", 2026)
    assert epiphany not in list_days_off("DE", 2026)


@pytest.mark.parametrize("country", ["HK", "CN-HK", "MO", "cn-mo", "NL-CW"])
def test_good_friday_is_a_day_off_where_offices_are_closed_on_it(country: str) -> None:
    assert date(2026, 4, 3) in list_days_off(country, 2026)


def test_a_region_that_is_not_apart_keeps_the_days_of_its_country() -> None:
    assert date(2026, 4, 3) not in list_days_off("CN-GD", 2026)
    assert list_days_off("CN-HK", 2026) == list_days_off("HK", 2026)


@pytest.mark.parametrize(
    ("country", "is_known"),
    [
        *((country, True) for country in ("DE", "DE-BY", "US-CA", "GB-SCT", "HK", "CN-HK")),
        *((country, False) for country in ("ZZ", "QQ", "DE-QQ", "US-ZZ", "CN-GD", "", "-")),
    ],
)
def test_holidays_are_known_for_countries_and_regions_that_exist(
    country: str, is_known: bool
) -> None:
    assert has_holidays(country) == is_known


def test_an_unknown_subdivision_keeps_those_of_its_country() -> None:
    assert list_days_off("DE-QQ", 2026) == list_days_off("DE", 2026)


def test_some_countries_rest_on_friday_and_saturday() -> None:
    friday, sunday = date(2026, 3, 6), date(2026, 3, 8)

    assert friday in list_days_off("IL", 2026)
    assert sunday not in list_days_off("IL", 2026)


@pytest.mark.parametrize("country", ["", "XX", "Germany", "-"])
def test_an_unknown_country_has_weekends_and_no_holidays(country: str) -> None:
    off = list_days_off(country, 2026)

    assert {day.weekday() for day in off} == {5, 6}
    assert date(2026, 12, 25) not in off


@pytest.mark.parametrize("zone", ["", "Nowhere/City", "America", "../etc/passwd", "x" * 300])
def test_an_unknown_zone_counts_as_utc(zone: str) -> None:
    person = Person(address="x@example.org", zone=zone)

    assert get_calendar(person, Policy()).zone == ZoneInfo("UTC")


def test_an_organisation_may_keep_other_hours() -> None:
    policy = Policy(opens_at=time(8, 30), closes_at=time(16))

    early = get_calendar(PEOPLE[COORDINATOR], policy)

    assert early.find_opening(parse_time("2026-03-06 06:00")) == parse_time("2026-03-06 08:30")
    assert not early.is_open(parse_time("2026-03-06 16:00"))


@given(calendar=CALENDARS, moment=MOMENTS)
def test_an_opening_is_open_not_before_the_moment_and_within_two_weeks(
    calendar: Calendar, moment: datetime
) -> None:
    opening = calendar.find_opening(moment)

    assert calendar.is_open(opening)
    assert moment <= opening < moment + timedelta(days=14)
    assert calendar.find_opening(opening) == opening


@given(calendar=CALENDARS, moment=MOMENTS, count=st.integers(1, 15))
def test_days_on_lands_on_a_working_day_at_the_same_time_of_day(
    calendar: Calendar, moment: datetime, count: int
) -> None:
    later = calendar.add_working_days_to_time(moment, count)
    day = calendar.to_local_date(later)

    assert calendar.is_working_day(day)
    passed = [calendar.to_local_date(moment) + timedelta(days=n) for n in range(1, 40)]
    assert sum(calendar.is_working_day(d) for d in passed if d <= day) == count
