"""Ports of this machine: whether one is free, and a clear word where it is not."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from argparse import ArgumentTypeError
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from models.errors import Malformed

HOST = "127.0.0.1"
WAITING = 128
HIGHEST = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A port that one of our parts wants, what it is for, and where it can be changed."""

    number: int
    part: str
    change: str


def typed(text: str) -> int:
    """Read a port from the command line. Raises ArgumentTypeError for what is none."""
    number = (
        int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST)) else -1
    )
    if not 0 <= number <= HIGHEST:
        raise ArgumentTypeError(f"“{text}” is no port; give a number from 0 to {HIGHEST}")
    return number


def taken(number: int) -> bool:
    """Tell whether another program listens on this port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except OSError:
            return True
    return False


def free() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listening(number: int) -> socket.socket:
    """Open a socket that listens on a port; 0 takes a free one. Raises Malformed when taken."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, number))
    except OSError:
        listener.close()
        raise Malformed(f"Port {number} is in use by another program.") from None
    listener.listen(WAITING)
    listener.setblocking(False)
    return listener


def check(ports: Iterable[Wanted]) -> None:
    """Raise Malformed for every port that two parts want or another program has.

    Its words name the port, and the flags that choose another.
    """
    wanted = [port for port in ports if port.number]
    said = [*_wanted_twice(wanted), *_in_use(wanted)]
    if said:
        raise Malformed("\n".join(said))


def _wanted_twice(wanted: list[Wanted]) -> Iterator[str]:
    for one, other in combinations(wanted, 2):
        if one.number == other.number:
            yield (
                f"Port {one.number} is asked for twice, for {one.part} and for {other.part}; "
                f"choose another with {one.change} or {other.change}."
            )


def _in_use(wanted: list[Wanted]) -> Iterator[str]:
    for port in wanted:
        if taken(port.number):
            yield (
                f"Port {port.number} ({port.part}) is in use by another program; "
                f"choose another with {port.change}."
            )


async def answers(port: int) -> bool:
    """Tell whether somebody takes connections on a port of this machine."""
    with contextlib.suppress(OSError):
        _, writer = await asyncio.open_connection(HOST, port)
        writer.close()
        return True
    return False
