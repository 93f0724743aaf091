"""The clock shared by everything in one process; the demo moves it forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class AdjustableClock:
    """The current time plus an offset."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> timedelta:
        """Return how far the clock was moved forward."""
        return self._offset

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._offset += by
