"""Find the addresses that a delivery report declares undeliverable."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import compat32

from flufl.bounce import all_failures

from models.email_address import normalize_email_address


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
