"""Signed tokens: short, of several kinds, each for one person and one review."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable

from mail.common.rendered_tokens import (
    ADDRESS_TOKEN,
    ALPHABET,
    ANY_TOKEN,
    DELIMITERS,
    LINK_TOKEN,
    TOKEN_LENGTH,
    UNSUBSCRIBE_TOKEN,
    find_spans,
    mask_spans,
)
from models.email_address import (
    REFERENCE_KINDS,
    TokenKind,
    normalize_domain,
    normalize_email_address,
)

_TOKEN = rf"[{ALPHABET}]{{{TOKEN_LENGTH}}}"
_PURPOSES = {
    TokenKind.REPLY: "reply-address",
    TokenKind.UNSUBSCRIBE: "unsubscribe",
    TokenKind.MESSAGE: "reply",
    TokenKind.MEETING: "meeting",
    TokenKind.BOUNCE: "bounce",
    TokenKind.EARLIER: "reply",
}
_ADDRESS = re.compile(rf"reply[{re.escape(DELIMITERS)}]({_TOKEN})@(\S+)", re.IGNORECASE)
_DECISION_LINK = re.compile(
    rf"[<\[(]?https?://[^\s/]{{1,255}}(?:/[\w-]{{1,80}})*/decide/[\w-]+\.{_TOKEN}(?:\?[\w=&-]{{1,80}})?[>\])]?",
    re.IGNORECASE | re.ASCII,
)
MAX_LINK_LENGTH = 2_500
_MESSAGE_ID = re.compile(rf"<?[a-z0-9]{{1,80}}\.({_TOKEN})@([^\s<>]+)>?", re.IGNORECASE)


def sign_token(
    secret: bytes,
    review: str,
    person: str,
    item: str = "",
    *,
    renewed: int = 0,
    kind: TokenKind = TokenKind.REPLY,
) -> str:
    """Return the signed token of one kind for a person about a review, or one `item` of it.

    `renewed` counts how often their addresses were replaced: each time all former ones die, but for
    those of bounces, which are about an email and not from the person: `item` is its digest. Those
    in Message-IDs are made as EARLIER ones, so that a retry of an earlier email is the same email.
    """
    if kind is TokenKind.BOUNCE:
        return sign(secret, _PURPOSES[kind], item)
    if kind in REFERENCE_KINDS:
        generation = (str(renewed),) if renewed else ()
        return sign(secret, _PURPOSES[kind], review, person.lower(), item, *generation)
    parts = (review, normalize_email_address(person), item, str(renewed))
    return sign(secret, _PURPOSES[kind], *parts)


def compute_digest(text: str) -> str:
    """Return the SHA-256 of a token or a Message-ID in hex: all that is stored of it."""
    return hashlib.sha256(text.encode()).hexdigest()


def join_reviews(ids: Iterable[str]) -> str:
    """Return the ids of several reviews as one text, for the token of all of them."""
    return " ".join(sorted(ids))


def split_reviews(joined: str) -> tuple[str, ...]:
    """Return the ids of the reviews that a token is for; most are for one."""
    return tuple(joined.split())


def sign(secret: bytes, purpose: str, *parts: str) -> str:
    """Return the signature of parts for one purpose; for another purpose it is another one."""
    payload = "\0".join((purpose, *parts))
    digest = hmac.digest(secret, payload.encode(), hashlib.sha256)
    return b32encode(digest).decode()[:TOKEN_LENGTH].lower()


def is_genuine(
    secret: bytes,
    candidate: str,
    review: str,
    person: str,
    item: str = "",
    *,
    renewed: int = 0,
    kind: TokenKind = TokenKind.REPLY,
) -> bool:
    """Return whether `candidate` is the signed token of these, in constant time."""
    expected = sign_token(secret, review, person, item, renewed=renewed, kind=kind)
    return hmac.compare_digest(candidate.lower().encode(), expected.encode())


def build_token_address(token: str, domain: str, delimiter: str = "+") -> str:
    """Return the reply address that carries a token."""
    return f"reply{delimiter}{token}@{domain}"


def find_token_in_address(text: str, domain: str) -> str:
    """Return the token in one of our reply addresses, with any delimiter; "" if none."""
    return _find_token(_ADDRESS, text, domain)


def mask_addresses(text: str) -> str:
    """Return a text with the tokens of addresses, links and Message-IDs replaced by an ellipsis.

    Unlike `redact_tokens`, it leaves other words of a token's length as they are.
    """
    return mask_spans(text, find_spans(text, LINK_TOKEN, ADDRESS_TOKEN, UNSUBSCRIBE_TOKEN), "…")


def redact_tokens(text: str) -> str:
    """Return a text with all that may be the token of a reply or a link replaced by an ellipsis."""
    return mask_spans(text, find_spans(text, LINK_TOKEN, ANY_TOKEN), "…")


def is_decision_link(text: str) -> bool:
    """Return whether a text is nothing but a link of ours by which somebody decides."""
    return len(text) <= MAX_LINK_LENGTH and _DECISION_LINK.fullmatch(text.strip()) is not None


def find_token_in_message_id(text: str, domain: str) -> str:
    """Return the token in the Message-ID of one of our emails; "" where there is none."""
    return _find_token(_MESSAGE_ID, text, domain)


def _find_token(pattern: re.Pattern[str], text: str, domain: str) -> str:
    found = pattern.fullmatch(text.strip())
    if found is None or normalize_domain(found[2]) != normalize_domain(domain):
        return ""
    return found[1].lower()
