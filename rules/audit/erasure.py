"""Replace a person's name and addresses by a pseudonym, without breaking a chain."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from models.audit.audit_event import AuditEvent
from models.email_address import normalize_email_address, replace_email_addresses
from models.review import Event, Review
from rules.audit import hash_chain, log_chain
from rules.audit.audit_chain import read_audit_event
from rules.audit.redaction import map_strings

PSEUDONYM_DOMAIN = "erased.invalid"
"""A domain that no mail can ever be sent to (RFC 2606)."""

PSEUDONYM_LENGTH = 10
BETWEEN_WORDS = r"\s{1,9}"
Convert = Callable[[str], str]


def build_pseudonym(address: str, secret: bytes) -> str:
    """Build the pseudonym of an address: always the same, and a mere name without the secret."""
    digest = hmac.new(secret, f"erased {address}".encode(), hashlib.sha256).hexdigest()
    return f"erased-{digest[:PSEUDONYM_LENGTH]}@{PSEUDONYM_DOMAIN}"


def build_converter(
    addresses: Collection[str], name: str, pseudonym: str, documents: Mapping[str, str]
) -> Convert:
    """Return a function that replaces a person in a text, and the digests of documents.

    It replaces each of the addresses, and the whole name; a first name alone stays.
    """
    wanted = frozenset(addresses)
    words = BETWEEN_WORDS.join(map(re.escape, name.split()))
    pattern = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE) if words else None

    def convert_address(address: str) -> str:
        return pseudonym if normalize_email_address(address) in wanted else address

    def convert(text: str) -> str:
        converted = replace_email_addresses(documents.get(text, text), convert_address)
        return pattern.sub(pseudonym.partition("@")[0], converted) if pattern else converted

    return convert


def erase_from_review(review: Review, convert: Convert) -> Review:
    """Return a review without a person: neither in what it holds, nor in what its log says.

    Emails to them that are not sent yet are not sent any more.
    """

    def is_to_another(address: str) -> bool:
        return convert(address) == address

    converted: Review = map_strings(
        replace(
            review,
            log=(),
            held=tuple(each for each in review.held if is_to_another(each.to)),
            in_flight=tuple(each for each in review.in_flight if is_to_another(each.to)),
        ),
        convert,
    )
    log = tuple(_erase_from_event(event, convert) for event in review.log)
    return replace(converted, id=review.id, log=log, chain_key=review.chain_key)


def mentions(review: Review, convert: Convert) -> bool:
    """Return whether a review holds anything of a person."""
    return erase_from_review(review, convert) != review


def erase_from_audit_event(event: AuditEvent, convert: Convert) -> AuditEvent:
    """Return an audit event without a person, and without the machine that they used."""
    by, subject, text = map(convert, (event.by, event.subject, event.text))
    origin = event.origin if by == event.by else ""
    changed = replace(event, by=by, origin=origin, subject=subject, text=text)
    line = read_audit_event(event)
    if changed == event or line.is_taken_out:
        return changed
    return replace(changed, seal=hash_chain.compute_commitment(event.seal, line.words))


def _erase_from_event(event: Event, convert: Convert) -> Event:
    return log_chain.take_out(
        event, by=convert(event.by), item=convert(event.item), text=convert(event.text)
    )
