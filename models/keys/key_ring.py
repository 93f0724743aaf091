"""Key rings: the keys of one purpose, derived from secrets of the settings."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

ID_LENGTH = 8
"""Characters of a key's id: enough to tell the few keys of an installation from each other."""


class KeyPurpose(StrEnum):
    """What a key is for; keys of different purposes that come from one secret differ."""

    SIGNING = "sign messages to workflows"
    ENCRYPTION = "encrypt payloads"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of 256 bits. Its id is a digest of it, so that nobody has to make one up."""

    id: str
    octets: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys of one purpose: the first is used for what is new, the others are accepted, too."""

    keys: tuple[Key, ...]

    @property
    def newest(self) -> Key:
        """Return the key for what is new."""
        return self.keys[0]

    def find_key(self, key_id: str) -> Key | None:
        """Find a key by its id; None where it is not one of these."""
        return next((key for key in self.keys if key.id == key_id), None)


def derive_key_ring(secrets: Iterable[str], purpose: KeyPurpose) -> KeyRing:
    """Return the keys that secrets give for a purpose, in the same sequence."""
    return KeyRing(tuple(_derive_key(secret, purpose) for secret in secrets))


def _derive_key(secret: str, purpose: KeyPurpose) -> Key:
    octets = hmac.digest(secret.encode(), f"afterword: {purpose}".encode(), "sha256")
    return Key(hashlib.sha256(octets).hexdigest()[:ID_LENGTH], octets)
