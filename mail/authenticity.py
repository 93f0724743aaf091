"""Whether a mail is from whom it says: by our own mail server's word, or by DKIM signatures."""

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

from models.errors import Away

MOST_SIGNATURES = 5
MOST_RESULTS = 10
LONGEST_RESULT = 8_000
FEWEST_BITS = 1024
PATIENCE = 5.0
"""Seconds to wait for a name server."""

NAME = "Authentication-Results"
PARTLY_SIGNED = re.compile(rb"[;\s]l\s*=")
"""A signature over a part of the body lets anybody add the rest."""

Lookup = Callable[[bytes, float], bytes]


@dataclass(frozen=True, slots=True)
class Claim:
    """One result: which method says `result` for which domain."""

    method: str
    result: str
    domain: str


def authentic(
    sender: str,
    raw: bytes,
    results: tuple[str, ...],
    authserv_id: str,
    lookup: Lookup | None = None,
) -> bool:
    """Tell whether a mail is proven to come from the domain of its From address.

    Where our mail server's name (`authserv_id`) is known, its word alone counts, and it must not
    contradict itself: `results` are the values of Authentication-Results, the topmost first. Else
    one of the mail's DKIM signatures must hold and be aligned with the sender (RFC 7489, 3.1.1).
    `lookup` gives the TXT record of a name within so many seconds. Raises Away where a name server
    does not answer.
    """
    domain = sender.rpartition("@")[2]
    if not domain:
        return False
    if authserv_id:
        return _is_attested(domain, list(_claims(results, authserv_id)))
    return any(aligned(signed, domain) for signed in _signed(raw, lookup or txt))


def aligned(one: str, other: str) -> bool:
    """Tell whether two domains belong to one organization, by the public suffix list."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    return bool(one) and _organization(one) == _organization(other)


def txt(name: bytes, timeout: float = PATIENCE) -> bytes:
    """Ask for the TXT record of a name; b"" where there is none. Raises Away."""
    try:
        found = dns.resolver.resolve(name.decode("ascii", "replace"), "TXT", lifetime=timeout)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.exception.SyntaxError):
        return b""
    except dns.exception.DNSException as trouble:
        raise Away("the name server", str(trouble)) from trouble
    return next((b"".join(record.strings) for record in found), b"")


def _is_attested(domain: str, claims: list[Claim]) -> bool:
    """Weigh what our mail server says: DMARC decides, and a contradiction proves nothing.

    A domain without a DMARC record says “none”; then DKIM or SPF decide.
    """
    verdicts = {claim.result for claim in claims if claim.method == "dmarc"}
    if verdicts - {"none"}:
        named = [claim.domain for claim in claims if claim.method == "dmarc"]
        return verdicts == {"pass"} and all(not name or aligned(name, domain) for name in named)
    passed = {
        claim.method
        for claim in claims
        if claim.result == "pass"
        and claim.method in ("dkim", "spf")
        and aligned(claim.domain, domain)
    }
    failed = {
        claim.method
        for claim in claims
        if claim.result == "fail" and claim.domain and aligned(claim.domain, domain)
    }
    return bool(passed - failed)


def _claims(results: tuple[str, ...], authserv_id: str) -> Iterator[Claim]:
    for value in results[:MOST_RESULTS]:
        try:
            unfolded = " ".join(value[:LONGEST_RESULT].split())
            header = authres.AuthenticationResultsHeader.parse(f"{NAME}: {unfolded}")
        except (authres.AuthResError, ValueError, IndexError):
            continue
        if (header.authserv_id or "").lower() != authserv_id.lower():
            continue
        for result in header.results:
            properties = {(p.type, p.name): p.value for p in result.properties}
            yield Claim(result.method.lower(), result.result.lower(), _domain(properties))


def _domain(properties: dict[tuple[str, str], str]) -> str:
    """Give the domain a result speaks of: of the From address, the signature or the envelope."""
    places = (("header", "from"), ("header", "d"), ("header", "i"), ("smtp", "mailfrom"))
    found = next((properties[place] for place in places if properties.get(place)), "")
    return found.rpartition("@")[2].strip('"<> ')


def _signed(raw: bytes, lookup: Lookup) -> Iterator[str]:
    """Name the domains whose signatures over the whole mail hold."""
    try:
        mail = dkim.DKIM(raw, minkey=FEWEST_BITS, timeout=PATIENCE)
    except dkim.DKIMException:
        return
    signatures = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    for number, signature in enumerate(signatures[:MOST_SIGNATURES]):
        if PARTLY_SIGNED.search(signature):
            continue
        try:
            holds = mail.verify(
                idx=number, dnsfunc=lambda name, timeout=PATIENCE: lookup(name, timeout)
            )
        except dkim.DKIMException:
            continue
        if holds:
            yield mail.domain.decode("ascii", "replace")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _organization(domain: str) -> str:
    return _suffixes().privatesuffix(domain) or domain
