"""Whether a webhook comes from who it says: HMAC-SHA256 over the raw octets, in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Header
from pydantic import SecretStr

from models.errors import Refusal

Stamped = Annotated[
    str,
    Header(
        alias="X-Afterword-Signature",
        description="`t=<unix seconds>,v1=<hex HMAC-SHA256 of “t.body”>`, 5 minutes at most.",
    ),
]
"""The header that `check_stamped` reads."""

TOLERANCE = timedelta(minutes=5)
"""How old a stamped signature may be; an older one is a replay."""


def check_pagerduty(secrets: Sequence[SecretStr], header: str, body: bytes) -> None:
    """Check `X-PagerDuty-Signature`: `v1=<hex>`, several of them during a rotation.

    Raises Refusal `not-configured` or `bad-signature`.
    """
    _check(secrets, _values(header, "v1"), body)


def check_stamped(secrets: Sequence[SecretStr], header: str, body: bytes, now: datetime) -> None:
    """Check `X-Afterword-Signature`: `t=<unix seconds>,v1=<hex of HMAC over "t.body">`.

    Raises Refusal `not-configured` or `bad-signature`.
    """
    stamps = _values(header, "t")
    stamp = stamps[0] if len(stamps) == 1 else ""
    _check(secrets, _values(header, "v1"), stamp.encode() + b"." + body)
    if not stamp.isascii() or not stamp.isdigit() or _is_stale(stamp, now):
        raise _bad()


def sign(secret: str, signed: bytes) -> str:
    """Give the hex HMAC-SHA256 of what is signed."""
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def _check(secrets: Sequence[SecretStr], given: Iterable[str], signed: bytes) -> None:
    if not secrets:
        raise Refusal(
            "not-configured",
            "No secret is set for this webhook, so nothing it brings can be believed.",
            "Set AFTERWORD_HOOKS__PAGERDUTY, __GENERIC or __MAIL, and send it again.",
        )
    right = [sign(secret.get_secret_value(), signed).encode() for secret in secrets]
    pairs = [(one, each.encode()) for one in right for each in given]
    if not any(hmac.compare_digest(one, each) for one, each in pairs):
        raise _bad()


def _is_stale(stamp: str, now: datetime) -> bool:
    return len(stamp) > 11 or abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds()  # noqa: PLR2004  (digits of a time in the year 5138)


def _values(header: str, name: str) -> list[str]:
    parts = (part.strip().partition("=") for part in header.split(","))
    return [value.strip() for key, _, value in parts if key == name]


def _bad() -> Refusal:
    return Refusal(
        "bad-signature",
        "This request is not signed as it should be.",
        "Check the secret on both sides, and that the body arrives unchanged.",
    )
