"""Who is at work, in which working hours, and who leads a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.people import Person, Roles
from models.policy import Policy
from rules.calendar.working_time import Calendar, get_calendar


@dataclass(frozen=True, slots=True)
class Availability:
    """The people directory as of one time; somebody unknown works in UTC without holidays."""

    people: Mapping[str, Person]
    policy: Policy
    now: datetime

    def get_calendar(self, address: str) -> Calendar:
        """Return the working calendar of a person."""
        return get_calendar(self._find_person(address), self.policy)

    def is_gone(self, address: str) -> bool:
        """Return whether a person has left for good."""
        return self._find_person(address).gone

    def returns_at(self, address: str) -> datetime | None:
        """Return when a person who is away returns; None for a person who is not away."""
        away_until = self._find_person(address).away_until
        calendar = self.get_calendar(address)
        if away_until is None or away_until <= calendar.to_local_date(self.now):
            return None
        return calendar.find_day_start(away_until)

    def find_last_return(self, address: str) -> datetime | None:
        """Find when a person returns, or returned, from their latest absence."""
        away_until = self._find_person(address).away_until
        return self.get_calendar(address).find_day_start(away_until) if away_until else None

    def is_weekly(self, address: str) -> bool:
        """Return whether a person wants reminders once a week."""
        return self._find_person(address).weekly

    def is_at_work(self, address: str) -> bool:
        """Return whether a person is neither away nor gone, at whatever hour."""
        return not self.is_gone(address) and self.returns_at(address) is None

    def _find_person(self, address: str) -> Person:
        return self.people.get(address) or Person(address=address)


def list_leaders(roles: Roles) -> tuple[str, ...]:
    """List the lead, the sponsor and the coordinator, lowest first, nobody twice."""
    return tuple(
        address
        for address in dict.fromkeys((roles.lead, roles.sponsor, roles.coordinator))
        if address
    )
