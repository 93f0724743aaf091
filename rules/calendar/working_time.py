"""Working days and hours: when a notification may reach somebody in their time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.people import Person
from models.policy import Policy

if TYPE_CHECKING:
    from holidays import HolidayBase

DAY = timedelta(days=1)
DAYS_PER_WEEK = 7
MAX_CLOCK_SKEW = DAY
"""How far ahead of our clock the clocks of others may be."""
SATURDAY = 5

_OWN_CALENDARS = {
    "CN-HK": "HK",
    "CN-MO": "MO",
    "CN-TW": "TW",
    "NL-AW": "AW",
    "NL-CW": "CW",
    "NL-SX": "SX",
}
"""Regions that have a code of their own, too, and its holidays."""
_GENERAL_HOLIDAYS = frozenset({"HK", "MO"})
"""Where offices are closed also on days, such as Good Friday, that not all employees get."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working time of one person: their zone, their country's days off, the policy's hours.

    Times are returned in UTC; days are dates in the zone.
    """

    zone: ZoneInfo
    country: str
    opens_at: time
    closes_at: time

    def to_local_date(self, at: datetime) -> date:
        """Return the local date of a time."""
        return at.astimezone(self.zone).date()

    def is_working_day(self, day: date) -> bool:
        """Return whether this day is a working day."""
        return day not in list_days_off(self.country, day.year)

    def is_open(self, at: datetime) -> bool:
        """Return whether a time falls into working hours."""
        local = at.astimezone(self.zone)
        return self.opens_at <= local.time() < self.closes_at and self.is_working_day(local.date())

    def find_opening(self, at: datetime) -> datetime:
        """Return the first time within working hours that is not before `at`."""
        if self.is_open(at):
            return at.astimezone(UTC)
        local = at.astimezone(self.zone)
        today = local.date()
        return self.find_day_start(today if local.time() < self.opens_at else today + DAY)

    def find_monday_opening(self, at: datetime) -> datetime:
        """Return a time on a Monday as it is, and the opening of the next Monday for any other."""
        day = self.to_local_date(at)
        monday = day + -day.weekday() % DAYS_PER_WEEK * DAY
        return at if monday == day else self.find_opening(self.find_day_start(monday))

    def find_day_start(self, day: date) -> datetime:
        """Return when work begins on a day, or on the next working day."""
        return self.get_opening_time(self.find_working_day(day))

    def get_opening_time(self, day: date) -> datetime:
        """Return the opening time on a day, whether or not it is a working day."""
        return self._combine(day, self.opens_at)

    def add_working_days_to_time(self, at: datetime, count: int) -> datetime:
        """Return the same time of day `count` working days later (earlier where negative)."""
        local = at.astimezone(self.zone)
        return self._combine(self.add_working_days(local.date(), count), local.time())

    def find_working_day(self, day: date) -> date:
        """Return the first working day that is not before `day`."""
        while not self.is_working_day(day):
            day += DAY
        return day

    def find_last_working_day(self, day: date) -> date:
        """Return the last working day that is not after `day`."""
        while not self.is_working_day(day):
            day -= DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """Return the date `count` working days after `day` (before it where negative)."""
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def move_to_day(self, at: datetime, day: date) -> datetime:
        """Return the same local time on another day, also across a change to summer time."""
        return self._combine(day, at.astimezone(self.zone).time())

    def _combine(self, day: date, local_time: time) -> datetime:
        return datetime.combine(day, local_time, tzinfo=self.zone).astimezone(UTC)


def is_in_future(reported: datetime, now: datetime) -> bool:
    """Return whether a time that somebody else's clock reported is in the future."""
    return reported > now + MAX_CLOCK_SKEW


def get_calendar(person: Person, policy: Policy) -> Calendar:
    """Return somebody's calendar; an unknown zone counts as UTC."""
    return find_calendar(person.zone, person.country, policy)


def find_calendar(zone: str, country: str, policy: Policy) -> Calendar:
    """Return the calendar of a zone and a country; an unknown zone counts as UTC."""
    return _build_calendar(zone, country, policy.opens_at, policy.closes_at)


@lru_cache(maxsize=1024)
def _build_calendar(zone: str, country: str, opens_at: time, closes_at: time) -> Calendar:
    return Calendar(_load_zone(zone), country, opens_at, closes_at)


@lru_cache(maxsize=1024)
def list_days_off(country: str, year: int) -> frozenset[date]:
    """Return the days off of a year: the country's weekends and its public holidays.

    `country` is an ISO 3166 code, with a subdivision after a hyphen ("DE-BY"); one that is empty
    or unknown has Saturdays and Sundays and no holidays.
    """
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    holidays = _load_holidays(country, year)
    if holidays is None:
        return frozenset(day for day in days if day.weekday() >= SATURDAY)
    return frozenset(day for day in days if not holidays.is_working_day(day))


def has_holidays(country: str) -> bool:
    """Return whether the public holidays of a country, or of a region of it, are known."""
    return _find_holidays(_OWN_CALENDARS.get(country, country)) is not None


def _load_holidays(country: str, year: int) -> HolidayBase | None:
    region = _OWN_CALENDARS.get(country.upper(), country.upper())
    for name in (region, region.partition("-")[0]):
        holidays = _find_holidays(name, year)
        if holidays is not None:
            return holidays
    return None


def _find_holidays(country: str, year: int | None = None) -> HolidayBase | None:
    from holidays import country_holidays
    from holidays.constants import OPTIONAL, PUBLIC

    code, _, region = country.partition("-")
    categories = (PUBLIC, OPTIONAL) if code in _GENERAL_HOLIDAYS else None
    try:
        return country_holidays(code, subdiv=region or None, years=year, categories=categories)
    except NotImplementedError:
        return None


@lru_cache(maxsize=256)
def _load_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
