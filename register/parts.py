"""What every part of the archive stands on: the database, and a clock for its notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine


def now() -> datetime:
    """Look at the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Part:
    """One part of the archive; every method raises Away where the database does not answer."""

    engine: Engine
    clock: Callable[[], datetime] = now
