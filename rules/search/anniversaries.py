"""What happened on this day in earlier years, and what became of what was promised then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.action import ActionStatus
from rules.formatting import format_count, join_words

MAX_YEARS = 10
"""How many years back one looks."""

PROMISED = {
    ActionStatus.VERIFIED: "verified",
    ActionStatus.DROPPED: "dropped",
    ActionStatus.UNVERIFIED: "never verified here",
}
NEVER_PROMISED = (ActionStatus.PROPOSED, ActionStatus.WITHDRAWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Anniversary:
    """A review that was opened, or closed, some years ago today."""

    review: str
    title: str
    years: int
    was_closed: bool
    promises: str

    @property
    def occasion(self) -> str:
        """Return what happened when: “opened a year ago today”."""
        ago = "a year ago" if self.years == 1 else f"{format_count(self.years, 'year')} ago"
        return f"{'closed' if self.was_closed else 'opened'} {ago} today"


def list_past_days(today: date) -> dict[date, int]:
    """List the same day of earlier years, each with how many years ago it was.

    29 February is only in leap years.
    """
    years = (today.year - ago for ago in range(1, MAX_YEARS + 1))
    days = (_move_to_year(today, year) for year in years if year > 0)
    return {day: today.year - day.year for day in days if day is not None}


def describe_promises(counts: Mapping[ActionStatus, int]) -> str:
    """Format what became of the actions of a review, by how many have each status."""
    promised = {status: n for status, n in counts.items() if status not in NEVER_PROMISED}
    if not any(promised.values()):
        return "nothing was promised"
    ended = [
        f"{promised[status]} {word}" for status, word in PROMISED.items() if promised.get(status)
    ]
    still_open = sum(n for status, n in promised.items() if status not in PROMISED)
    parts = [*ended, *([f"{still_open} still open"] if still_open else [])]
    return f"of {format_count(sum(promised.values()), 'promise')}, {join_words(parts)}"


def _move_to_year(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None
