"""Whom a mail server could not reach, as its report says."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import compat32

from flufl.bounce import all_failures


def failed_for_good(raw: bytes) -> frozenset[str]:
    """Name the addresses that a report gives up on, in lower case; a delay gives up on nobody.

    What cannot be read names nobody: the library's word is a hint, and it may stumble.
    """
    try:
        _, permanent = all_failures(message_from_bytes(raw, policy=compat32))
    except Exception:  # noqa: BLE001  (reports come in any shape, and no shape may stop the intake)
        return frozenset()
    return frozenset(address.decode("ascii", "replace").lower() for address in permanent)
