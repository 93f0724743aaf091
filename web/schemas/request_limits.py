"""How much a request may hold, by route, before anything of it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

KIB = 1024
SIGNATURE_HEADERS = frozenset({b"x-afterword-signature", b"x-pagerduty-signature"})
CREDENTIAL_HEADERS = SIGNATURE_HEADERS | {b"authorization", b"cookie"}
"""Headers without which nobody may send much: not even the size of a command is exceeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLimits:
    """The most octets of a body; where it is JSON, the most names and values, and nested levels."""

    octets: int
    values: int = 2_000
    depth: int = 16


COMMAND = RequestLimits(octets=64 * KIB)
DOCUMENT = RequestLimits(octets=512 * KIB)
DOCUMENT_FORM = RequestLimits(octets=1600 * KIB)
"""A document in a form of a page, where an octet takes up to three."""

COMMAND_FORM = RequestLimits(octets=512 * KIB)
"""A command in a form of a page: several texts of 16 KiB, each octet of which takes up to three."""

HOOK = RequestLimits(octets=1024 * KIB, values=20_000, depth=64)
"""Tools send whole incidents, of which we read a few fields."""

DIRECTORY = RequestLimits(octets=1024 * KIB, values=200_000, depth=8)
"""Ten thousand people with all their fields."""

MAIL = RequestLimits(octets=25 * 1024 * KIB)


def find_limits(method: str, path: str) -> RequestLimits:
    """Find the limits of a request to this path."""
    if path == "/mail/inbound":
        return MAIL
    if path.startswith("/hooks/"):
        return HOOK
    is_document = path.endswith("/document") and method == "PUT"
    if is_document or path == "/api/reviews/import":
        return DOCUMENT
    if path.startswith("/reviews/"):
        return _find_form_limits(path)
    if path in ("/api/people", "/api/services", "/api/audit/verify"):
        return DIRECTORY
    return COMMAND


def find_body_limit(method: str, path: str, header_names: Iterable[bytes]) -> int:
    """Return the most octets of a body; no more than a command where no credentials are sent."""
    limit = find_limits(method, path).octets
    return limit if CREDENTIAL_HEADERS & set(header_names) else min(limit, COMMAND.octets)


def _find_form_limits(path: str) -> RequestLimits:
    """Find the limits of a form of a page about a review."""
    if path.endswith("/document/edit"):
        return DOCUMENT_FORM
    return COMMAND_FORM if "/commands/" in path else COMMAND
