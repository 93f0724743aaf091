"""Connections that say nothing, or read nothing, are closed, so that others find room."""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 500
"""Open connections; half of the files that a process may have open by default."""

HEAD_TIMEOUT = 10.0
"""Seconds in which the whole head of a request must have arrived."""

WRITE_TIMEOUT = 60.0
"""Seconds for which a client may read nothing of its response."""


class LimitedProtocol(H11Protocol):
    """HTTP/1.1 in which waiting for a client has an end.

    Where there are too many connections, the one that has waited longest for a request is closed;
    where none waits, the new one is.
    """

    _waits_since: float | None = None
    _head_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        """Take a connection, and close another where there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            _close_longest_waiting(self.connections, self)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timers."""
        self._stop_waiting_for_head()
        self._stop_write_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; the time for a request's head begins with its first octet."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_head()
        else:
            self._stop_waiting_for_head()

    def pause_writing(self) -> None:
        """Begin to wait for a client that reads nothing."""
        super().pause_writing()
        self._stop_write_timer()
        self._write_timer = self.loop.call_later(WRITE_TIMEOUT, self.transport.abort)

    def resume_writing(self) -> None:
        """Go on, since the client reads."""
        self._stop_write_timer()
        super().resume_writing()

    def on_response_complete(self) -> None:
        """Count the connection as one that waits for a request."""
        super().on_response_complete()
        self._waits_since = self.loop.time() if self.conn.their_state is h11.IDLE else None

    @property
    def waits_since(self) -> float | None:
        """Return since when a request is waited for; None where one is being answered."""
        return self._waits_since

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._waits_since = self.loop.time()
            self._head_timer = self.loop.call_later(HEAD_TIMEOUT, self.transport.close)

    def _stop_waiting_for_head(self) -> None:
        self._waits_since = None
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None


def _close_longest_waiting(connections: set[Any], newest: LimitedProtocol) -> None:
    """Close the connection that has waited longest for a request, or else the newest."""
    waiting = [
        each
        for each in connections
        if isinstance(each, LimitedProtocol) and each.waits_since is not None
    ]
    longest = min(waiting, key=lambda each: each.waits_since or 0, default=newest)
    longest.transport.close()
