"""What could not be sent just now, and when each is tried again: ever later, so it hurts nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=20)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PostponedItems:
    """Names of items that failed, in memory: after a restart, each is tried at once."""

    _waits: dict[str, timedelta] = field(default_factory=dict)
    _until: dict[str, datetime] = field(default_factory=dict)

    def is_waiting(self, name: str, now: datetime) -> bool:
        """Return whether it is too early to try an item again."""
        return name in self._until and now < self._until[name]

    def postpone(self, name: str, now: datetime) -> None:
        """Try an item again after twice as long as the time before."""
        wait = min(2 * self._waits.get(name, FIRST_WAIT / 2), LONGEST_WAIT)
        self._waits[name], self._until[name] = wait, now + wait

    def forget(self, name: str) -> None:
        """Forget an item, which was sent."""
        self._waits.pop(name, None)
        self._until.pop(name, None)
