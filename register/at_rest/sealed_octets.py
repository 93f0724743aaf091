"""Octets that a database keeps encrypted, where its engine has keys: AES-GCM, as payloads are.

A sealed value names its key. What was stored before there were keys is read as it is.
"""

from __future__ import annotations

from sqlalchemy import Dialect, Engine, LargeBinary, TypeDecorator

from models.errors import Unavailable
from models.keys.key_ring import ID_LENGTH, KeyRing
from register.at_rest.ring_cipher import RingCipher

SEALED, AS_IT_IS = b"\0afterword-sealed:", b"\0afterword-as-it-is:"
"""How a sealed value begins, and one that only looks like it."""


class OctetCipher:
    """What seals octets with the newest key, and opens what any of the keys sealed."""

    def __init__(self, keys: KeyRing | None = None) -> None:
        """Prepare the keys. Raises InvalidInput where the extra is not installed."""
        self._cipher = RingCipher(keys) if keys and keys.keys else None

    def seal(self, octets: bytes) -> bytes:
        """Return octets sealed; as they are where there are no keys."""
        if self._cipher is None:
            is_alike = octets.startswith((SEALED, AS_IT_IS))
            return AS_IT_IS + octets if is_alike else octets
        head = SEALED + self._cipher.newest_id.encode()
        return head + self._cipher.encrypt(octets, head)

    def open(self, octets: bytes) -> bytes:
        """Return octets as they were before; raises Unavailable where no key opens them."""
        if octets.startswith(AS_IT_IS):
            return octets.removeprefix(AS_IT_IS)
        if not octets.startswith(SEALED):
            return octets
        size = len(SEALED) + ID_LENGTH
        head, sealed = octets[:size], octets[size:]
        key_id = head.removeprefix(SEALED).decode("ascii", "replace")
        if self._cipher is None or not self._cipher.has_key(key_id):
            raise Unavailable("the archive", f"AFTERWORD_KEYS__ENCRYPTION lacks the key {key_id}")
        opened = self._cipher.decrypt(sealed, key_id, head)
        if opened is None:
            raise Unavailable("the archive", f"what key {key_id} sealed was changed")
        return opened


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
