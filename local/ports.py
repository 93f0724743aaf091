"""Ports of this machine: find a free one, open one, and report those in use."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from models.errors import InvalidInput

HOST = "127.0.0.1"
BACKLOG = 128
MAX_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRequest:
    """A port that a component needs, what it is for, and the option that changes it."""

    number: int
    purpose: str
    option: str


def parse_port(text: str) -> int:
    """Parse a port from the command line. Raises ArgumentTypeError where it is none."""
    number = (
        int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PORT)) else -1
    )
    if not 0 <= number <= MAX_PORT:
        raise ArgumentTypeError(f"“{text}” is not a port; give a number from 0 to {MAX_PORT}")
    return number


def is_taken(number: int) -> bool:
    """Return whether another program listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return True
    return False


def find_free_port() -> int:
    """Find a free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def open_listener(number: int) -> socket.socket:
    """Open a listening socket; port 0 chooses a free one. Raises InvalidInput when taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, number))
    except OSError:
        listener.close()
        raise InvalidInput(f"Port {number} is in use by another program.") from None
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def check_ports(requests: Iterable[PortRequest]) -> None:
    """Raise InvalidInput for every port that is requested twice or taken by another program.

    The message names the port and the options that choose another.
    """
    fixed = [port for port in requests if port.number]
    problems = [*_iter_duplicates(fixed), *_iter_occupied(fixed)]
    if problems:
        raise InvalidInput("\n".join(problems))


def _iter_duplicates(requests: list[PortRequest]) -> Iterator[str]:
    for one, other in combinations(requests, 2):
        if one.number == other.number:
            yield (
                f"Port {one.number} is requested twice, for {one.purpose} and for {other.purpose}; "
                f"choose another with {one.option} or {other.option}."
            )


def _iter_occupied(requests: list[PortRequest]) -> Iterator[str]:
    for port in requests:
        if is_taken(port.number):
            yield (
                f"Port {port.number} ({port.purpose}) is in use by another program; "
                f"choose another with {port.option}."
            )


async def is_listening(port: int) -> bool:
    """Return whether a program accepts connections on a port of this machine."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()
        return True
    return False
