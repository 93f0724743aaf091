"""Who is at work, and who stands above whom when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.letters import Wait
from models.people import Person, Roles
from models.policy import Policy
from rules.calendar import Calendar, calendar_of

OF_THE_HANDS = frozenset({"not-accepted", "not-done", "not-verified", "question"})
"""Waits for an owner or a verifier: above them stands the lead, whoever they are besides."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The people directory seen at one moment; who is not in it works by UTC without holidays."""

    people: Mapping[str, Person]
    policy: Policy
    now: datetime

    def calendar(self, address: str) -> Calendar:
        """Give somebody's working time."""
        return calendar_of(self._person(address), self.policy)

    def is_gone(self, address: str) -> bool:
        """Tell whether somebody has left for good."""
        return self._person(address).gone

    def back_at(self, address: str) -> datetime | None:
        """Give the hour at which somebody who is away will be back; None for who is not away."""
        until = self._person(address).away_until
        calendar = self.calendar(address)
        if until is None or until <= calendar.day(self.now):
            return None
        return calendar.start_of(until)

    def is_weekly(self, address: str) -> bool:
        """Tell whether somebody wants reminders once a week."""
        return self._person(address).weekly

    def is_at_work(self, address: str) -> bool:
        """Tell whether somebody is neither away nor gone; what hour it is does not matter."""
        return not self.is_gone(address) and self.back_at(address) is None

    def _person(self, address: str) -> Person:
        return self.people.get(address) or Person(address=address)


def ladder(roles: Roles) -> tuple[str, ...]:
    """Name the lead and those above, lowest first, nobody twice."""
    return tuple(a for a in dict.fromkeys((roles.lead, roles.sponsor, roles.desk)) if a)


def above(wait: Wait, roles: Roles) -> tuple[str, ...]:
    """Name those who hear when `wait.who` do not act, lowest first; nobody past the desk."""
    rungs = ladder(roles)
    if wait.code not in OF_THE_HANDS:
        rungs = rungs[max((rungs.index(a) + 1 for a in wait.who if a in rungs), default=0) :]
    return tuple(rung for rung in rungs if rung not in wait.who)


def hearing(wait: Wait, roles: Roles, presence: Presence) -> tuple[str, ...]:
    """Name who hears of a wait first: those waited for, or the first above who is at work.

    The desk always counts as being at work; empty only where everybody else is absent and it is
    the desk itself that is waited for.
    """
    at_work = tuple(who for who in wait.who if presence.is_at_work(who))
    if at_work:
        return at_work
    rungs = above(wait, roles)
    return next(((rung,) for rung in rungs if presence.is_at_work(rung)), (roles.desk,))
