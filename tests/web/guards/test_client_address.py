"""X-Forwarded-For is believed of proxies that are named, and of nobody else."""

from __future__ import annotations

import pytest

from settings import Settings, WebSection
from web.guards.client_address import find_client_address

PROXY = "10.0.0.7"


def find(client: str, forwarded: str | None, *trusted: str) -> str:
    """Find the address of a request that came from a peer, with what its header says."""
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode("latin-1"))]
    return find_client_address({"client": (client, 1), "headers": headers}, trusted)


@pytest.mark.parametrize(
    ("client", "forwarded", "trusted", "found"),
    [
        ("192.0.2.1", None, (), "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", (), "192.0.2.1"),
        ("127.0.0.1", "198.51.100.9", (), "127.0.0.1"),
        (PROXY, "198.51.100.9", (PROXY,), "198.51.100.9"),
        (PROXY, "198.51.100.9", ("10.0.0.0/8",), "198.51.100.9"),
        (PROXY, "6.6.6.6, 198.51.100.9", (PROXY,), "198.51.100.9"),
        (PROXY, "6.6.6.6, 198.51.100.9, 10.1.1.1", ("10.0.0.0/8",), "198.51.100.9"),
        ("192.0.2.1", "198.51.100.9, 10.0.0.7", (PROXY,), "192.0.2.1"),
        (PROXY, "198.51.100.9:4711", (PROXY,), "198.51.100.9"),
        (PROXY, "nonsense", (PROXY,), PROXY),
        (PROXY, "", (PROXY,), PROXY),
        (PROXY, "198.51.100.9\x85, ", (PROXY,), PROXY),
        (PROXY, "[2001:db8:1:2:3::4]:443", (PROXY,), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", None, (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, (), "192.0.2.1"),
        ("fe80::1%eth0", None, (), "fe80::/64"),
        ("testclient", "198.51.100.9", ("0.0.0.0/0",), "testclient"),
    ],
)
def test_the_address_is_that_of_whoever_asks(
    client: str, forwarded: str | None, trusted: tuple[str, ...], found: str
) -> None:
    assert find(client, forwarded, *trusted) == found


def test_of_endless_hops_few_are_read() -> None:
    assert find(PROXY, ", ".join(["10.0.0.9"] * 10_000), "10.0.0.0/8") == "10.0.0.9"


def test_a_request_without_a_peer_has_one_name() -> None:
    assert find_client_address({"client": None, "headers": []}) == "unknown"


@pytest.mark.parametrize("text", ["proxy.example.org", "10.0.0.0/33", ""])
def test_a_proxy_that_is_no_address_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="is no IP address and no network"):
        WebSection(trusted_proxies=(text,))


def test_no_proxy_is_trusted_unless_it_is_named() -> None:
    assert Settings.model_fields["web"].default.trusted_proxies == ()
