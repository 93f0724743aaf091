"""Octets that a database keeps encrypted, where its engine has keys: AES-GCM, as payloads are.

A sealed value names its key. What was stored before there were keys is read as it is.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from sqlalchemy import Dialect, Engine, LargeBinary, TypeDecorator

from models.errors import InvalidInput, Unavailable
from models.keys.key_ring import ID_LENGTH, KeyRing

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:  # pragma: no cover  (the extra is not installed)
    HAS_CIPHERS = False
else:
    HAS_CIPHERS = True

SEALED, AS_IT_IS = b"\0afterword-sealed:", b"\0afterword-as-it-is:"
"""How a sealed value begins, and one that only looks like it."""

NONCE_OCTETS = 12


@dataclass(frozen=True, slots=True)
class OctetCipher:
    """What seals octets with the newest key, and opens what any of the keys sealed."""

    keys: KeyRing = field(default_factory=lambda: KeyRing(()))

    def __post_init__(self) -> None:
        """Check that there are ciphers. Raises InvalidInput where the extra is not installed."""
        if self.keys.keys and not HAS_CIPHERS:
            raise InvalidInput("AFTERWORD_KEYS__ENCRYPTION needs the extra “encryption”")

    def seal(self, octets: bytes) -> bytes:
        """Return octets sealed; as they are where there are no keys."""
        if not self.keys.keys:
            is_alike = octets.startswith((SEALED, AS_IT_IS))
            return AS_IT_IS + octets if is_alike else octets
        head, nonce = SEALED + self.keys.newest.id.encode(), os.urandom(NONCE_OCTETS)
        return head + nonce + AESGCM(self.keys.newest.octets).encrypt(nonce, octets, head)

    def open(self, octets: bytes) -> bytes:
        """Return octets as they were before; raises Unavailable where no key opens them."""
        if octets.startswith(AS_IT_IS):
            return octets.removeprefix(AS_IT_IS)
        if not octets.startswith(SEALED):
            return octets
        size = len(SEALED) + ID_LENGTH
        head, nonce, sealed = octets[:size], octets[size:][:NONCE_OCTETS], octets[size:]
        key_id = head.removeprefix(SEALED).decode("ascii", "replace")
        key = self.keys.find_key(key_id)
        if key is None:
            raise Unavailable("the archive", f"AFTERWORD_KEYS__ENCRYPTION lacks the key {key_id}")
        try:
            return AESGCM(key.octets).decrypt(nonce, sealed[NONCE_OCTETS:], head)
        except (InvalidTag, ValueError):
            raise Unavailable("the archive", f"what key {key_id} sealed was changed") from None


class SealedOctets(TypeDecorator[bytes]):
    """Octets that are sealed with the keys of the engine; see `use_keys`."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Return the octets, sealed."""
        return None if value is None else _get_cipher(dialect).seal(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """Return the octets as they were before they were sealed."""
        return None if value is None else _get_cipher(dialect).open(bytes(value))


def use_keys(engine: Engine, keys: KeyRing) -> Engine:
    """Return an engine after it was given keys: from now on it seals, and opens what is sealed."""
    engine.dialect.octet_cipher = OctetCipher(keys)  # type: ignore[attr-defined]  # a place for it
    return engine


def _get_cipher(dialect: Dialect) -> OctetCipher:
    cipher: OctetCipher = getattr(dialect, "octet_cipher", None) or OctetCipher()
    return cipher
