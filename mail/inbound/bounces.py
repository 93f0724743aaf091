"""Find what a delivery report is about: the email, and the addresses that are undeliverable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import compat32

from flufl.bounce import all_failures

from models.email_address import normalize_email_address

MAX_SEARCHED_OCTETS = 1_000_000
_QUOTED_MESSAGE_ID = re.compile(
    rb"^Message-ID:\s{0,8}(<[^\s<>]{3,400}>)\s*$", re.IGNORECASE | re.MULTILINE
)


def iter_quoted_message_ids(raw: bytes) -> Iterator[str]:
    """Yield the Message-IDs of the emails that a delivery report quotes."""
    for found in _QUOTED_MESSAGE_ID.finditer(raw[:MAX_SEARCHED_OCTETS]):
        yield found[1].decode("ascii", "replace")


def find_undeliverable_addresses(raw: bytes) -> frozenset[str]:
    """Return the addresses that failed permanently, in lower case; delayed ones are left out.

    What cannot be read names nobody: the library's word is a hint, and it may stumble.
    """
    try:
        _, failed = all_failures(message_from_bytes(raw, policy=compat32))
    except Exception:  # noqa: BLE001  (reports come in any shape, and no shape may stop the intake)
        return frozenset()
    return frozenset(
        normalize_email_address(address.decode("ascii", "replace")) for address in failed
    )
