"""One way to the company's sign-in and back, known again by a cookie of the browser that went."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from web.guards.own_cookies import OwnCookie
from web.guards.return_path import clean_return_path

FLOW_LIFETIME = timedelta(minutes=10)
"""For how long somebody may take to sign in at their company."""

SECRET_BYTES = 32
NAME_LENGTH = 12
MAX_COOKIE_LENGTH = 2000
MAX_SECONDS_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdFlow:
    """What a browser took along: a secret, when it went, and where its reader wanted to go.

    State, nonce and the verifier of PKCE follow from these and our key, so that nothing is stored.
    """

    key: bytes
    secret: str
    seconds: int
    return_path: str

    @property
    def state(self) -> str:
        """Return what the company's sign-in gives back, as it was."""
        return self._derive("state")

    @property
    def nonce(self) -> str:
        """Return what the company signs, so that no other token of theirs is taken for this one."""
        return self._derive("nonce")

    @property
    def code_verifier(self) -> str:
        """Return what shows that whoever redeems the code is who went for it."""
        return self._derive("verifier")

    @property
    def cookie(self) -> OwnCookie:
        """Return the cookie of this way; with two tabs there are two."""
        return name_flow_cookie(self.state)

    def is_open(self, now: datetime) -> bool:
        """Return whether the way back is still open."""
        return abs(now.timestamp() - self.seconds) < FLOW_LIFETIME.total_seconds()

    def format_cookie(self) -> str:
        """Format what the cookie holds."""
        path = urlsafe_b64encode(self.return_path.encode()).decode()
        return f"{self.secret}.{self.seconds}.{path}"

    def _derive(self, purpose: str) -> str:
        text = f"openid\0{purpose}\0{self.secret}\0{self.seconds}\0{self.return_path}"
        digest = hmac.digest(self.key, text.encode(), sha256)
        return urlsafe_b64encode(digest).decode().rstrip("=")


def begin_flow(key: bytes, return_path: str, now: datetime) -> OpenIdFlow:
    """Return a new way to the company's sign-in."""
    return OpenIdFlow(
        key=key,
        secret=token_urlsafe(SECRET_BYTES),
        seconds=int(now.timestamp()),
        return_path=clean_return_path(return_path),
    )


def parse_flow(key: bytes, cookie: str, state: str, now: datetime) -> OpenIdFlow | None:
    """Parse a cookie; None where it is not the one of this state, or too old."""
    secret, _, rest = cookie[:MAX_COOKIE_LENGTH].partition(".")
    seconds, _, path = rest.partition(".")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= MAX_SECONDS_LENGTH):
        return None
    flow = OpenIdFlow(key=key, secret=secret, seconds=int(seconds), return_path=_decode(path))
    is_same = hmac.compare_digest(flow.state.encode(), state.encode())
    return flow if is_same and flow.is_open(now) else None


def name_flow_cookie(state: str) -> OwnCookie:
    """Return the cookie in which a browser keeps the way with this state."""
    kept = "".join(each for each in state[:NAME_LENGTH] if each.isascii() and each.isalnum())
    return OwnCookie(f"__Host-afterword-openid-{kept}", f"afterword_openid_{kept}")


def _decode(path: str) -> str:
    try:
        return clean_return_path(urlsafe_b64decode(path).decode())
    except ValueError:
        return clean_return_path("")
