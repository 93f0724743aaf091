"""Reply addresses: a short signed capability of one person for one review, and what finds it."""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b32encode

LENGTH = 26
"""Characters of a token: 130 bits, five to a character; safe in any case and any mail system."""

_TOKEN = rf"[a-z2-7]{{{LENGTH}}}"
DELIMITERS = "+-_=."
"""What may stand before the token; mail servers differ in what they split an address at."""

_ADDRESS = re.compile(rf"reply[{re.escape(DELIMITERS)}]({_TOKEN})@(\S+)", re.IGNORECASE)
_ANY = re.compile(
    rf"(?<![a-z0-9]){_TOKEN}(?![a-z0-9])|(?<=%2[bf]){_TOKEN}(?![a-z0-9])", re.IGNORECASE
)
_QUOTED = re.compile(
    rb"\nMessage-ID:\s{0,8}<[a-z0-9]{1,80}\.([a-z2-7]{26})@([^\s<>]{1,255})>", re.IGNORECASE
)
MOST_SEARCHED = 1_000_000
_MESSAGE_ID = re.compile(rf"<?[a-z0-9]+\.({_TOKEN})@([^\s<>]+)>?", re.IGNORECASE)


def token(secret: bytes, review: str, person: str, item: str = "", *, renewed: int = 0) -> str:
    """Sign that `person` may answer for `review` (and one `item`, where a letter speaks of one).

    `renewed` counts how often their addresses were replaced: each time all former ones die.
    """
    said = f"reply\0{review}\0{person.lower()}\0{item}" + (f"\0{renewed}" if renewed else "")
    digest = hmac.digest(secret, said.encode(), hashlib.sha256)
    return b32encode(digest).decode()[:LENGTH].lower()


def genuine(
    secret: bytes, given: str, review: str, person: str, item: str = "", *, renewed: int = 0
) -> bool:
    """Tell whether `given` is the token of these, in constant time."""
    signed = token(secret, review, person, item, renewed=renewed)
    return hmac.compare_digest(given.lower().encode(), signed.encode())


def address(given: str, domain: str, delimiter: str = "+") -> str:
    """Give the reply address that carries a token."""
    return f"reply{delimiter}{given}@{domain}"


def in_address(text: str, domain: str) -> str:
    """Read the token out of one of our reply addresses, with any delimiter; "" where it is none."""
    return _found(_ADDRESS, text, domain)


def without_tokens(text: str) -> str:
    """Blank whatever may be the token of a reply address in a text that others are to read."""
    return _ANY.sub("…", text)


def in_message_id(text: str, domain: str) -> str:
    """Read the token out of the Message-ID of one of our letters; "" where it is not one."""
    return _found(_MESSAGE_ID, text, domain)


def in_report(raw: bytes, domain: str) -> str:
    """Read the token out of the letter that a report about it quotes; "" where there is none."""
    for found in _QUOTED.finditer(raw[:MOST_SEARCHED]):
        if found[2].lower() == domain.lower().encode():
            return found[1].decode().lower()
    return ""


def _found(pattern: re.Pattern[str], text: str, domain: str) -> str:
    found = pattern.fullmatch(text.strip())
    if found is None or found[2].lower() != domain.lower():
        return ""
    return found[1].lower()
