"""A token in each form of ours, so that what comes with a cookie was sent by a page of ours.

It is bound to the address of the form and to the session of whoever it was shown to ("" for nobody
signed in), and ends after two days.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

FORM_FIELD = "form_token"
"""The hidden field that holds it."""

LIFETIME = timedelta(days=2)
MAX_DIGITS = 12


def build_form_token(secret: bytes, path: str, session: str, now: datetime) -> str:
    """Return the token of a form that is shown now."""
    seconds = str(int(now.timestamp()))
    return f"{seconds}.{_sign(secret, path, session, seconds)}"


def is_form_token(secret: bytes, token: str, path: str, session: str, now: datetime) -> bool:
    """Return whether a token was in a form that we showed at this address, to this session."""
    seconds, _, signature = token.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= MAX_DIGITS):
        return False
    expected = _sign(secret, path, session, seconds)
    is_signed = hmac.compare_digest(signature.encode(), expected.encode())
    return is_signed and abs(now.timestamp() - int(seconds)) <= LIFETIME.total_seconds()


def _sign(secret: bytes, path: str, session: str, seconds: str) -> str:
    text = f"form\0{path}\0{session}\0{seconds}"
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
