"""Verify the sender of a webhook: HMAC-SHA256 over the raw octets, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Header, Request
from pydantic import SecretStr

from models.codes import RefusalCode
from models.errors import Refusal
from web.dependencies import AppContext
from web.guards.rate_limits import WRONG_SIGNATURES

SignatureHeader = Annotated[
    str,
    Header(
        alias="X-Afterword-Signature",
        description="`t=<unix seconds>,v1=<hex HMAC-SHA256 of “t.body”>`, 5 minutes at most.",
    ),
]
"""The header that `check_afterword_signature` reads."""

TOLERANCE = timedelta(minutes=5)
"""How old a signature may be; an older one is a replay."""


def check_pagerduty_signature(secrets: Sequence[SecretStr], header: str, body: bytes) -> None:
    """Check `X-PagerDuty-Signature`: `v1=<hex>`, several of them during a rotation.

    Raises Refusal `not-configured` or `bad-signature`.
    """
    _check_signature(secrets, _list_values(header, "v1"), body)


def check_afterword_signature(
    secrets: Sequence[SecretStr], header: str, body: bytes, now: datetime
) -> None:
    """Check `X-Afterword-Signature`: `t=<unix seconds>,v1=<hex of HMAC over "t.body">`.

    Raises Refusal `not-configured` or `bad-signature`.
    """
    stamps = _list_values(header, "t")
    stamp = stamps[0] if len(stamps) == 1 else ""
    _check_signature(secrets, _list_values(header, "v1"), stamp.encode() + b"." + body)
    if not stamp.isascii() or not stamp.isdigit() or _is_stale(stamp, now):
        raise _build_bad_signature()


@contextmanager
def slow_down_forgers(context: AppContext, request: Request) -> Iterator[None]:
    """Run the block; who sends wrong signatures too often hears to wait, and it is logged.

    A right one never does: tools drop what is answered with 4xx, and disable who answers so.
    """
    try:
        yield
    except Refusal as refusal:
        if refusal.code is RefusalCode.BAD_SIGNATURE:
            client = context.find_client(request)
            context.rate_limits.count_failure(WRONG_SIGNATURES, client, context.clock())
        raise


def find_signed_sources(
    secrets: Mapping[str, Sequence[SecretStr]], header: str, body: bytes, now: datetime
) -> frozenset[str]:
    """Return the sources whose secret signed a body, as `check_afterword_signature` checks it.

    Every secret is compared, whichever fits. Raises Refusal `not-configured` or `bad-signature`.
    """
    signed: set[str] = set()
    for source, each in secrets.items():
        try:
            check_afterword_signature(each, header, body, now)
        except Refusal:
            continue
        signed.add(source)
    if not signed:
        check_afterword_signature([one for each in secrets.values() for one in each], "", b"", now)
    return frozenset(signed)


def sign(secret: str, payload: bytes) -> str:
    """Return the hex HMAC-SHA256 of a payload."""
    return hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def _check_signature(
    secrets: Sequence[SecretStr], signatures: Iterable[str], payload: bytes
) -> None:
    if not secrets:
        raise Refusal(
            RefusalCode.NOT_CONFIGURED,
            "No secret is set for this webhook, so nothing it sends can be verified.",
            "Set AFTERWORD_HOOKS__PAGERDUTY, __GENERIC, __SOURCES or __MAIL, and send it again.",
        )
    expected = [sign(secret.get_secret_value(), payload).encode() for secret in secrets]
    pairs = [(valid, signature.encode()) for valid in expected for signature in signatures]
    if not any(hmac.compare_digest(valid, signature) for valid, signature in pairs):
        raise _build_bad_signature()


def _is_stale(stamp: str, now: datetime) -> bool:
    return len(stamp) > 11 or abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds()  # noqa: PLR2004  (digits of a time in the year 5138)


def _list_values(header: str, name: str) -> list[str]:
    parts = (part.strip().partition("=") for part in header.split(","))
    return [value.strip() for key, _, value in parts if key == name]


def _build_bad_signature() -> Refusal:
    return Refusal(
        RefusalCode.BAD_SIGNATURE,
        "The signature of this request is missing or wrong.",
        "Check that both sides use the same secret, and that the body arrives unchanged.",
    )
