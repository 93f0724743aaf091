"""Working days and hours: when a letter may reach somebody, wherever they live."""

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
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works: their zone, their country's days off, the policy's hours.

    Moments come back in UTC; days are dates in the zone.
    """

    zone: ZoneInfo
    country: str
    opens_at: time
    shuts_at: time

    def day(self, moment: datetime) -> date:
        """Name the day on which a moment falls here."""
        return moment.astimezone(self.zone).date()

    def is_working(self, day: date) -> bool:
        """Tell whether people work on this day."""
        return day not in days_off(self.country, day.year)

    def is_open(self, moment: datetime) -> bool:
        """Tell whether a moment falls into working hours."""
        local = moment.astimezone(self.zone)
        return self.opens_at <= local.time() < self.shuts_at and self.is_working(local.date())

    def opening(self, moment: datetime) -> datetime:
        """Give the first moment of working hours that is not before `moment`."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        local = moment.astimezone(self.zone)
        today = local.date()
        return self.start_of(today if local.time() < self.opens_at else today + DAY)

    def start_of(self, day: date) -> datetime:
        """Give the hour at which work begins on a day, or on the next working day."""
        return self.morning(self.working_day_from(day))

    def morning(self, day: date) -> datetime:
        """Give the hour at which work would begin on a day, were it a working day."""
        return self._at(day, self.opens_at)

    def days_on(self, moment: datetime, count: int) -> datetime:
        """Give the same time of day `count` working days later (earlier where negative)."""
        local = moment.astimezone(self.zone)
        return self._at(self.working_day(local.date(), count), local.time())

    def working_day_from(self, day: date) -> date:
        """Name the first working day that is not before `day`."""
        while not self.is_working(day):
            day += DAY
        return day

    def working_day(self, day: date, count: int) -> date:
        """Name the day that comes `count` working days after `day` (before it where negative)."""
        step = DAY if count > 0 else -DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def same_time(self, moment: datetime, day: date) -> datetime:
        """Give the moment's time of day on another day; summer time shifts no clock here."""
        return self._at(day, moment.astimezone(self.zone).time())

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)


def calendar_of(person: Person, policy: Policy) -> Calendar:
    """Give somebody's calendar; a zone nobody knows counts as UTC."""
    return _calendar(person.zone, person.country, policy.opens_at, policy.shuts_at)


@lru_cache(maxsize=1024)
def _calendar(zone: str, country: str, opens_at: time, shuts_at: time) -> Calendar:
    return Calendar(_zone(zone), country, opens_at, shuts_at)


@lru_cache(maxsize=1024)
def days_off(country: str, year: int) -> frozenset[date]:
    """List the days of a year without work: the country's weekends and its public holidays.

    `country` is an ISO 3166 code, with a subdivision after a hyphen ("DE-BY"); one that is empty
    or unknown has Saturdays and Sundays and no holidays.
    """
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1)]
    kept = _holidays(country, year)
    if kept is None:
        return frozenset(day for day in days if day.weekday() >= SATURDAY)
    return frozenset(day for day in days if not kept.is_working_day(day))


def _holidays(country: str, year: int) -> HolidayBase | None:
    from holidays import country_holidays

    code, _, subdivision = country.upper().partition("-")
    for part in (subdivision or None, None):
        try:
            return country_holidays(code, subdiv=part, years=year) if code else None
        except NotImplementedError:
            continue
    return None


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
