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

from models.email_address import normalize_domain
from models.errors import Unavailable

MAX_SIGNATURES = 5
MAX_RESULTS = 10
MAX_RESULT_LENGTH = 8_000
MIN_KEY_BITS = 1024
DNS_TIMEOUT = 5.0
"""Seconds to wait for a name server."""

RESULTS_HEADER = "Authentication-Results"
DOMAIN_PLACES = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}
"""Where a method's result names the domain that it is about (RFC 8601, 2.7; RFC 7489, 11.1)."""

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
        return _is_confirmed_by_server(domain, _parse_results(results, authserv_id))
    return any(
        are_aligned(signing_domain, domain)
        for signing_domain in _list_signing_domains(raw, lookup or fetch_txt_record)
    )


def are_aligned(one: str, other: str) -> bool:
    """Return whether two domains belong to one organization, by the public suffix list."""
    one, other = normalize_domain(one.rstrip(".")), normalize_domain(other.rstrip("."))
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
    dmarc = [each for each in results if each.method == "dmarc" and each.result != "none"]
    if dmarc:
        return all(each.result == "pass" and are_aligned(each.domain, domain) for each in dmarc)
    return bool(_list_confirming_methods(domain, results))


def _list_confirming_methods(domain: str, results: list[AuthenticationResult]) -> set[str]:
    """List which of DKIM and SPF passed for a domain, and did not also fail for it."""
    aligned = [
        each
        for each in results
        if each.method in ("dkim", "spf") and are_aligned(each.domain, domain)
    ]
    passed = {each.method for each in aligned if each.result == "pass"}
    return passed - {each.method for each in aligned if each.result == "fail"}


def _parse_results(results: tuple[str, ...], authserv_id: str) -> list[AuthenticationResult]:
    """Parse what our mail server found; nothing where that cannot be told from what others wrote.

    A server names each method in one header field. One that is in two fields was also written by
    somebody else, and a field in our server's name that cannot be read may say anything.
    """
    found: list[AuthenticationResult] = []
    for value in results[:MAX_RESULTS]:
        field = _parse_field(value, authserv_id)
        if field is None or {each.method for each in field} & {each.method for each in found}:
            return []
        found += field
    return found


def _parse_field(value: str, authserv_id: str) -> list[AuthenticationResult] | None:
    """Parse one header field, [] for one of another server; None where it cannot be read."""
    unfolded = " ".join(value.split())
    is_ours = authserv_id.lower() in unfolded.lower()
    if len(unfolded) > MAX_RESULT_LENGTH:
        return None if is_ours else []
    try:
        header = authres.AuthenticationResultsHeader.parse(f"{RESULTS_HEADER}: {unfolded}")
    except (authres.AuthResError, ValueError, IndexError, RecursionError):
        return None if is_ours else []
    if (header.authserv_id or "").lower() != authserv_id.lower():
        return []
    return [
        AuthenticationResult(each.method.lower(), each.result.lower(), _find_domain(each))
        for each in header.results
    ]


def _find_domain(result: authres.AuthenticationResult) -> str:
    """Return the one domain that a result is about; "" where it names none, or several."""
    places = DOMAIN_PLACES.get(result.method.lower(), ())
    named: dict[str, set[str]] = {}
    for each in result.properties:
        place = f"{each.type}.{each.name}".lower()
        named.setdefault(place, set()).add(each.value.rpartition("@")[2].strip('"<> ').lower())
    found = next((named[place] for place in places if place in named), set())
    return found.pop() if len(found) == 1 else ""


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
