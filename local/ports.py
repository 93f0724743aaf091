"""Ports of this machine: whether one is free, and a clear word where it is not."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from models.errors import Malformed

HOST = "127.0.0.1"
WAITING = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A port that one of our parts wants, what it is for, and where it can be changed."""

    number: int
    part: str
    change: str


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
    """Raise Malformed for every port that is taken, naming it and how to choose another."""
    busy = [port for port in ports if port.number and taken(port.number)]
    if not busy:
        return
    said = (
        f"Port {port.number} ({port.part}) is in use by another program; "
        f"choose another with {port.change}."
        for port in busy
    )
    raise Malformed("\n".join(said))
