"""The one way to wait for a thing: look until it is there; limits are only against hanging."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

FoundT = TypeVar("FoundT")

POLL_INTERVAL = 0.02
"""Seconds between two looks."""


async def wait_for(find: Callable[[], Awaitable[FoundT | None]], within: float) -> FoundT | None:
    """Wait until `find` returns something, at least once; None after `within` seconds."""
    deadline = monotonic() + within
    while (found := await find()) is None and monotonic() < deadline:  # noqa: ASYNC110  (no event)
        await asyncio.sleep(POLL_INTERVAL)
    return found
