"""The cipher of a key ring: AES-GCM. The first key encrypts; all read what any encrypted."""

from __future__ import annotations

import os

from models.errors import InvalidInput
from models.keys.key_ring import KeyRing

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:  # pragma: no cover  (the extra is not installed)
    HAS_CIPHERS = False
else:
    HAS_CIPHERS = True

NONCE_OCTETS = 12


class RingCipher:
    """What encrypts with the newest key of a ring, and decrypts with any."""

    def __init__(self, keys: KeyRing) -> None:
        """Prepare the keys. Raises InvalidInput where the extra is not installed."""
        if not HAS_CIPHERS:
            raise InvalidInput(
                "AFTERWORD_KEYS__ENCRYPTION needs the extra “encryption”: "
                "pip install 'afterword[encryption]'"
            )
        self.newest_id = keys.newest.id
        self._ciphers = {key.id: AESGCM(key.octets) for key in keys.keys}

    def has_key(self, key_id: str) -> bool:
        """Return whether a key is one of the ring."""
        return key_id in self._ciphers

    def encrypt(self, octets: bytes, context: bytes) -> bytes:
        """Return octets encrypted with the newest key; whoever decrypts them knows the context."""
        nonce = os.urandom(NONCE_OCTETS)
        return nonce + self._ciphers[self.newest_id].encrypt(nonce, octets, context)

    def decrypt(self, octets: bytes, key_id: str, context: bytes) -> bytes | None:
        """Return octets as they were before; None where they, or their context, were changed.

        Raises KeyError where the ring has no such key.
        """
        cipher = self._ciphers[key_id]
        try:
            return cipher.decrypt(octets[:NONCE_OCTETS], octets[NONCE_OCTETS:], context)
        except (InvalidTag, ValueError):
            return None
