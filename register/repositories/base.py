"""Base of the repositories: the engine, and a clock for timestamps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine


def utc_now() -> datetime:
    """Return the current time in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Repository:
    """A repository of the archive; every method may raise Unavailable."""

    engine: Engine
    clock: Callable[[], datetime] = utc_now
