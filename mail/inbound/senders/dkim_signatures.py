"""Read and verify the DKIM signatures of a mail that belong to the domain of its sender."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import dkim  # type: ignore[import-untyped]
import dns.exception
import dns.resolver
from publicsuffixlist import PublicSuffixList

from models.email_address import normalize_domain
from models.errors import Unavailable

MAX_SIGNATURES = 5
MIN_KEY_BITS = 1024
DNS_TIMEOUT = 5.0
"""Seconds to wait for a name server."""

BODY_LENGTH_TAG = re.compile(rb"[;\s]l\s*=")
"""The DKIM tag that signs only part of the body, so that anybody may add the rest."""

ALGORITHMS = (b"rsa-sha256", b"ed25519-sha256")
"""The ways to sign that hold (RFC 8301, RFC 8463); SHA-1 does not."""

SIGNATURE_HEADER = b"dkim-signature"
_TAG = re.compile(rb"(?:^|;)\s*([a-z]{1,3})\s*=([^;]{0,4000})")

TxtLookup = Callable[[bytes, float], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSignature:
    """A signature of a mail, not verified yet: its number in the mail, and what it covers.

    `signed_fields` are the header fields of which it covers every one that the mail has;
    `is_strong` says that it covers the whole body, by a digest that nobody can match.
    """

    mail: dkim.DKIM
    number: int
    signed_fields: frozenset[str]
    is_strong: bool

    @property
    def covers_sender(self) -> bool:
        """Return whether no other From header can have been added."""
        return "from" in self.signed_fields

    def verify(self, lookup: TxtLookup | None = None) -> bool:
        """Return whether it is valid, strong and over the whole body. Raises Unavailable."""
        fetch = lookup or fetch_txt_record
        if not self.is_strong:
            return False
        try:
            return bool(
                self.mail.verify(
                    idx=self.number, dnsfunc=lambda name, timeout=DNS_TIMEOUT: fetch(name, timeout)
                )
            )
        except dkim.DKIMException:
            return False


def list_signatures(raw: bytes, domain: str) -> list[DkimSignature] | None:
    """List the signatures of a mail whose domain is aligned with the sender's.

    None where the mail cannot be read as signers read it, or has more of them than any honest one.
    """
    try:
        mail = dkim.DKIM(raw, minkey=MIN_KEY_BITS, timeout=DNS_TIMEOUT)
    except (dkim.DKIMException, IndexError):
        return None
    present = Counter(name.lower() for name, _ in mail.headers)
    values = [value for name, value in mail.headers if name.lower() == SIGNATURE_HEADER]
    found = [
        signature
        for number, value in enumerate(values)
        if (signature := _read_signature(mail, number, value, present, domain)) is not None
    ]
    return found if len(found) <= MAX_SIGNATURES else None


def _read_signature(
    mail: dkim.DKIM, number: int, value: bytes, present: Counter[bytes], domain: str
) -> DkimSignature | None:
    tags = {name: b"".join(text.split()) for name, text in _TAG.findall(value)}
    if not are_aligned(tags.get(b"d", b"").decode("ascii", "replace"), domain):
        return None
    listed = Counter(tags.get(b"h", b"").lower().split(b":"))
    signed = (name for name, count in listed.items() if count >= present[name] > 0)
    return DkimSignature(
        mail=mail,
        number=number,
        signed_fields=frozenset(name.decode("ascii", "replace") for name in signed),
        is_strong=tags.get(b"a", b"").lower() in ALGORITHMS and not BODY_LENGTH_TAG.search(value),
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


@cache
def _load_suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _find_organizational_domain(domain: str) -> str:
    return _load_suffixes().privatesuffix(domain) or domain
