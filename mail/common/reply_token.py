"""Signed tokens; in reply addresses, a short one lets one person reply about one review."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode
from collections.abc import Iterable

TOKEN_LENGTH = 26
"""Characters of a token: 130 bits, five to a character; safe in any case and any mail system."""

_TOKEN = rf"[a-z2-7]{{{TOKEN_LENGTH}}}"
DELIMITERS = "+-_=."
"""What may stand before the token; mail servers differ in where they split an address."""

_ADDRESS = re.compile(rf"reply[{re.escape(DELIMITERS)}]({_TOKEN})@(\S+)", re.IGNORECASE)
_ANY_TOKEN = re.compile(
    rf"(?<![a-z0-9]){_TOKEN}(?![a-z0-9])|(?<=%2[bf]){_TOKEN}(?![a-z0-9])", re.IGNORECASE
)
_LINK_TOKEN = re.compile(rf"(?<=/decide/)[\w-]{{1,2000}}\.{_TOKEN}", re.ASCII)
_QUOTED_MESSAGE_ID = re.compile(
    rb"\nMessage-ID:\s{0,8}<[a-z0-9]{1,80}\.([a-z2-7]{26})@([^\s<>]{1,255})>", re.IGNORECASE
)
_DECISION_LINK = re.compile(
    rf"[<\[(]?https?://[^\s/]{{1,255}}(?:/[\w-]{{1,80}})*/decide/[\w-]+\.{_TOKEN}(?:\?[\w=&-]{{1,80}})?[>\])]?",
    re.IGNORECASE | re.ASCII,
)
MAX_LINK_LENGTH = 2_500
MAX_SEARCHED_OCTETS = 1_000_000
_MESSAGE_ID = re.compile(rf"<?[a-z0-9]+\.({_TOKEN})@([^\s<>]+)>?", re.IGNORECASE)


def sign_token(secret: bytes, review: str, person: str, item: str = "", *, renewed: int = 0) -> str:
    """Return a signed token that lets `person` reply about `review` or one `item` of it.

    `renewed` counts how often their addresses were replaced: each time all former ones die.
    """
    generation = (str(renewed),) if renewed else ()
    return sign(secret, "reply", review, person.lower(), item, *generation)


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
    secret: bytes, candidate: str, review: str, person: str, item: str = "", *, renewed: int = 0
) -> bool:
    """Return whether `candidate` is the signed token of these, in constant time."""
    expected = sign_token(secret, review, person, item, renewed=renewed)
    return hmac.compare_digest(candidate.lower().encode(), expected.encode())


def build_token_address(token: str, domain: str, delimiter: str = "+") -> str:
    """Return the reply address that carries a token."""
    return f"reply{delimiter}{token}@{domain}"


def find_token_in_address(text: str, domain: str) -> str:
    """Return the token in one of our reply addresses, with any delimiter; "" if none."""
    return _find_token(_ADDRESS, text, domain)


def redact_tokens(text: str) -> str:
    """Return a text with all that may be the token of a reply or a link replaced by an ellipsis."""
    return _ANY_TOKEN.sub("…", _LINK_TOKEN.sub("…", text))


def is_decision_link(text: str) -> bool:
    """Return whether a text is nothing but a link of ours by which somebody decides."""
    return len(text) <= MAX_LINK_LENGTH and _DECISION_LINK.fullmatch(text.strip()) is not None


def find_token_in_message_id(text: str, domain: str) -> str:
    """Return the token in the Message-ID of one of our emails; "" where there is none."""
    return _find_token(_MESSAGE_ID, text, domain)


def find_token_in_report(raw: bytes, domain: str) -> str:
    """Return the token of the email that a delivery report quotes; "" where there is none."""
    for found in _QUOTED_MESSAGE_ID.finditer(raw[:MAX_SEARCHED_OCTETS]):
        if found[2].lower() == domain.lower().encode():
            return found[1].decode().lower()
    return ""


def _find_token(pattern: re.Pattern[str], text: str, domain: str) -> str:
    found = pattern.fullmatch(text.strip())
    if found is None or found[2].lower() != domain.lower():
        return ""
    return found[1].lower()
