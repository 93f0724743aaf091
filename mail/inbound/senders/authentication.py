"""Check the authenticity of a sender by our mail server's results (RFC 8601) or by DKIM."""

from __future__ import annotations

import re
from dataclasses import dataclass

import authres  # type: ignore[import-untyped]

from mail.inbound.senders.dkim_signatures import (
    DkimSignature,
    TxtLookup,
    are_aligned,
    list_signatures,
)

_SERVER_NAME = re.compile(r"(?:\s*\([^()]{0,200}\)){0,5}\s*\"?([^\s;(\"]{1,255})")
"""Whose results a header field has, also where the rest of it cannot be read."""

MAX_RESULTS = 10
MAX_RESULT_LENGTH = 8_000
RESULTS_HEADER = "Authentication-Results"
DOMAIN_PLACES = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}
"""Where a method's result names the domain that it is about (RFC 8601, 2.7; RFC 7489, 11.1)."""


@dataclass(frozen=True, slots=True)
class AuthenticationResult:
    """One authentication result: the `result` of a method for a domain."""

    method: str
    result: str
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderProof:
    """What proves that a mail comes from the domain of its From address.

    `is_direct` says that it came straight from there, so that nobody else had it to send again;
    `signed_fields` are the header fields that the domain's signatures cover, in lower case.
    """

    is_proven: bool = False
    is_direct: bool = False
    signed_fields: frozenset[str] = frozenset()


def is_authentic(
    sender: str,
    raw: bytes,
    results: tuple[str, ...],
    authserv_id: str,
    lookup: TxtLookup | None = None,
) -> bool:
    """Return whether a mail is proven to come from its From address, as `prove_sender` does."""
    return prove_sender(sender, raw, results, authserv_id, lookup).is_proven


def prove_sender(
    sender: str,
    raw: bytes,
    results: tuple[str, ...],
    authserv_id: str,
    lookup: TxtLookup | None = None,
) -> SenderProof:
    """Return what proves that a mail comes from the domain of its From address.

    Where our mail server's name (`authserv_id`) is known, its word alone counts, and it must not
    contradict itself: `results` are the values of Authentication-Results, the topmost first. Else
    one of the mail's DKIM signatures must hold and be aligned with the sender (RFC 7489, 3.1.1).
    `lookup` gives the TXT record of a name within so many seconds. Raises Unavailable where
    a name server does not answer.
    """
    domain = sender.rpartition("@")[2]
    if not domain:
        return SenderProof()
    signatures = list_signatures(raw, domain)
    if authserv_id:
        return _prove_by_server(domain, _parse_results(results, authserv_id), signatures)
    valid = [each for each in signatures or () if each.covers_sender and each.verify(lookup)]
    covered = frozenset[str]().union(*(each.signed_fields for each in valid))
    return SenderProof(is_proven=bool(valid), signed_fields=covered)


def _prove_by_server(
    domain: str, results: list[AuthenticationResult], signatures: list[DkimSignature] | None
) -> SenderProof:
    """Return what our mail server's results prove, and what the signatures that it saw cover.

    Which of several signatures passed is not known, so that only what all of them cover counts.
    Where there is none, only the sending server itself can have proven the mail.
    """
    if not _is_confirmed_by_server(domain, results):
        return SenderProof()
    methods = _list_confirming_methods(domain, results)
    is_unsigned = signatures == [] and "dkim" not in methods
    covered = [each.signed_fields for each in signatures or ()]
    common = frozenset[str].intersection(*covered) if covered else frozenset[str]()
    return SenderProof(
        is_proven=True, is_direct=is_unsigned or "spf" in methods, signed_fields=common
    )


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
    named = _SERVER_NAME.match(unfolded)
    is_ours = named is not None and named[1].lower() == authserv_id.lower()
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
