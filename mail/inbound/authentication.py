"""Check the authenticity of a sender by our mail server's results (RFC 8601) or by DKIM."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import authres  # type: ignore[import-untyped]
import dkim  # type: ignore[import-untyped]
import dns.exception
import dns.resolver
from publicsuffixlist import PublicSuffixList

from models.errors import Unavailable

MAX_SIGNATURES = 5
MAX_RESULTS = 10
MAX_RESULT_LENGTH = 8_000
MIN_KEY_BITS = 1024
DNS_TIMEOUT = 5.0
"""Seconds to wait for a name server."""

RESULTS_HEADER = "Authentication-Results"
BODY_LENGTH_TAG = re.compile(rb"[;\s]l\s*=")
"""The DKIM tag that signs only part of the body, so that anybody may add the rest."""

TxtLookup = Callable[[bytes, float], bytes]


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """One authentication result: the `result` of a method for a domain."""

    method: str
    result: str
    domain: str


def is_authentic(
    sender: str,
    raw: bytes,
    results: tuple[str, ...],
    authserv_id: str,
    lookup: TxtLookup | None = None,
) -> bool:
    """Return whether a mail is proven to come from the domain of its From address.

    Where our mail server's name (`authserv_id`) is known, its word alone counts, and it must not
    contradict itself: `results` are the values of Authentication-Results, the topmost first. Else
    one of the mail's DKIM signatures must hold and be aligned with the sender (RFC 7489, 3.1.1).
    `lookup` gives the TXT record of a name within so many seconds. Raises Unavailable where
    a name server does not answer.
    """
    domain = sender.rpartition("@")[2]
    if not domain:
        return False
    if authserv_id:
        return _is_confirmed_by_server(domain, list(_parse_results(results, authserv_id)))
    return any(
        are_aligned(signing_domain, domain)
        for signing_domain in _list_signing_domains(raw, lookup or fetch_txt_record)
    )


def are_aligned(one: str, other: str) -> bool:
    """Return whether two domains belong to one organization, by the public suffix list."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return bool(one) and _find_organizational_domain(one) == _find_organizational_domain(other)


def fetch_txt_record(name: bytes, timeout: float = DNS_TIMEOUT) -> bytes:
    """Fetch the TXT record of a name; b"" where there is none. Raises Unavailable."""
    try:
        answer = dns.resolver.resolve(name.decode("ascii", "replace"), "TXT", lifetime=timeout)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.SyntaxError):
        return b""
    except dns.exception.DNSException as error:
        raise Unavailable("the name server", str(error)) from error
    return next((b"".join(record.strings) for record in answer), b"")


def _is_confirmed_by_server(domain: str, results: list[AuthenticationResult]) -> bool:
    """Return whether our mail server's results prove a domain: DMARC decides, if there is any.

    A domain without a DMARC record says “none”; then DKIM or SPF decide.
    """
    dmarc_results = {result.result for result in results if result.method == "dmarc"}
    if dmarc_results - {"none"}:
        dmarc_domains = [result.domain for result in results if result.method == "dmarc"]
        return dmarc_results == {"pass"} and all(
            not name or are_aligned(name, domain) for name in dmarc_domains
        )
    passed = {
        result.method
        for result in results
        if result.result == "pass"
        and result.method in ("dkim", "spf")
        and are_aligned(result.domain, domain)
    }
    failed = {
        result.method
        for result in results
        if result.result == "fail" and result.domain and are_aligned(result.domain, domain)
    }
    return bool(passed - failed)


def _parse_results(results: tuple[str, ...], authserv_id: str) -> Iterator[AuthenticationResult]:
    for value in results[:MAX_RESULTS]:
        try:
            unfolded = " ".join(value[:MAX_RESULT_LENGTH].split())
            header = authres.AuthenticationResultsHeader.parse(f"{RESULTS_HEADER}: {unfolded}")
        except (authres.AuthResError, ValueError, IndexError, RecursionError):
            continue
        if (header.authserv_id or "").lower() != authserv_id.lower():
            continue
        for result in header.results:
            properties = {(p.type, p.name): p.value for p in result.properties}
            yield AuthenticationResult(
                result.method.lower(), result.result.lower(), _find_domain(properties)
            )


def _find_domain(properties: dict[tuple[str, str], str]) -> str:
    """Return the domain of a result: of the From address, the signature or the envelope."""
    places = (("header", "from"), ("header", "d"), ("header", "i"), ("smtp", "mailfrom"))
    found = next((properties[place] for place in places if properties.get(place)), "")
    return found.rpartition("@")[2].strip('"<> ')


def _list_signing_domains(raw: bytes, lookup: TxtLookup) -> Iterator[str]:
    """Yield the domains whose signatures over the whole mail are valid."""
    try:
        mail = dkim.DKIM(raw, minkey=MIN_KEY_BITS, timeout=DNS_TIMEOUT)
    except dkim.DKIMException:
        return
    signatures = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    for number, signature in enumerate(signatures[:MAX_SIGNATURES]):
        if BODY_LENGTH_TAG.search(signature):
            continue
        try:
            is_valid = mail.verify(
                idx=number, dnsfunc=lambda name, timeout=DNS_TIMEOUT: lookup(name, timeout)
            )
        except dkim.DKIMException:
            continue
        if is_valid:
            yield mail.domain.decode("ascii", "replace")


@cache
def _load_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _find_organizational_domain(domain: str) -> str:
    return _load_suffixes().privatesuffix(domain) or domain
