"""Whose request it is: the address of the client, through the proxies that are trusted, only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.types import Scope

UNKNOWN = "unknown"
MAX_HOPS = 10
"""How many addresses of X-Forwarded-For are read, from the right."""

SITE_PREFIX = 64
"""Bits of an IPv6 address by which one site is known; it has all addresses that begin so."""


def find_client_address(scope: Scope, trusted_proxies: Sequence[str] = ()) -> str:
    """Return the address of the client, that of an IPv6 site as its network.

    X-Forwarded-For counts only where a trusted proxy sent it, and of it only the last address that
    is none of these: what stands before it, anybody may have written.
    """
    address = _find_peer(scope)
    for forwarded in _iter_forwarded(scope):
        if not _is_trusted(address, trusted_proxies):
            break
        parsed = parse_address(forwarded)
        if parsed is None:
            break
        address = parsed
    return address if isinstance(address, str) else _format_address(address)


def is_from(scope: Scope, addresses: Sequence[str]) -> bool:
    """Return whether a request comes from one of these, and not only by way of one."""
    return _is_trusted(_find_peer(scope), addresses)


def parse_address(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address, with or without a port; None where it is none."""
    stripped = text.strip().strip('"')
    if stripped.startswith("["):
        stripped = stripped[1:].partition("]")[0]
    elif stripped.count(":") == 1:
        stripped = stripped.partition(":")[0]
    try:
        address = ip_address(stripped.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _find_peer(scope: Scope) -> IPv4Address | IPv6Address | str:
    client = scope.get("client")
    host = str(client[0]) if client and client[0] else UNKNOWN
    return parse_address(host) or host


def _iter_forwarded(scope: Scope) -> Iterator[str]:
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    parts = b",".join(values).decode("latin-1").rsplit(",", MAX_HOPS)
    yield from reversed(parts[-MAX_HOPS:] if values else [])


def _is_trusted(address: IPv4Address | IPv6Address | str, trusted_proxies: Sequence[str]) -> bool:
    if isinstance(address, str):
        return False
    networks = (ip_network(each, strict=False) for each in trusted_proxies)
    return any(address in network for network in networks)


def _format_address(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, SITE_PREFIX), strict=False))
    return str(address)
