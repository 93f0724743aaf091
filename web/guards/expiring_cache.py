"""What was fetched elsewhere, kept for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Any


class ExpiringCache:
    """Values by name until a time; few, and lost with the process."""

    def __init__(self) -> None:
        self._values: dict[str, tuple[Any, datetime]] = {}

    def find(self, name: str, now: datetime) -> Any:
        """Return the value of a name, None where there is none any more."""
        value, end = self._values.get(name, (None, now))
        return value if now < end else None

    def store(self, name: str, value: Any, end: datetime) -> None:
        """Keep a value until a time."""
        self._values[name] = (value, end)
