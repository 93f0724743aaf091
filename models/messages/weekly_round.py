"""Weekly emails: the week they are for, and when in it each part of their readers gets them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyRound:
    """The weekly emails of one Monday.

    `moments` are the times in UTC at which it is time somewhere, each once, the earliest first.
    """

    monday: date
    moments: tuple[datetime, ...] = ()
