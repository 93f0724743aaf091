"""The clock that every edge on this machine shares; the demo moves it on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The time of day, moved on by as much as was skipped."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        """Tell the time, in UTC."""
        return datetime.now(UTC) + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far it was moved on."""
        return self._ahead

    def shift(self, by: timedelta) -> None:
        """Move on."""
        self._ahead += by
