"""Encryption of payloads: AES-GCM over all that workflows are told, tell and remember.

Payloads are deflated before, since what is encrypted is not made shorter. The first key of the ring
encrypts; the others read what they encrypted. What came before there were keys is read as it is.
"""

from __future__ import annotations

import hmac
import os
import re
from collections.abc import Sequence

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from models.errors import InvalidInput
from models.keys.key_ring import ID_LENGTH, KeyRing
from rules.identifiers import build_reminders_id
from workflows.messages.external_payloads import HereDataConverter, build_forged
from workflows.payloads import DataclassPayloadConverter, build_data_converter

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
except ImportError:  # pragma: no cover  (the extra is not installed)
    HAS_CIPHERS = False
else:
    HAS_CIPHERS = True

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
"""The names that Temporal's own samples use."""

WELL_FORMED_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")

NONCE_OCTETS = 12
PSEUDONYM_OCTETS = 10


class UnreadablePayloadError(RuntimeError):
    """A payload that none of our keys can read."""


class EncryptionCodec(PayloadCodec):
    """Codec that encrypts with the newest key, and reads what any of the keys encrypted."""

    def __init__(self, keys: KeyRing) -> None:
        """Prepare the keys. Raises InvalidInput where the extra is not installed."""
        if not HAS_CIPHERS:
            raise InvalidInput(
                "AFTERWORD_KEYS__ENCRYPTION needs the extra “encryption”: "
                "pip install 'afterword[encryption]'"
            )
        self._newest = keys.newest.id
        self._oldest = keys.keys[-1].octets
        self._ciphers = {key.id: AESGCM(key.octets) for key in keys.keys}

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Return payloads, encrypted."""
        return [self._encrypt(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Return payloads as they were before; what was forged or changed is empty.

        One that cannot be read would stop its workflow for as long as it is there. So a forged
        one is refused like any that is not signed, and only a key that may come later is waited
        for. Raises UnreadablePayloadError for that.
        """
        return [self._decrypt(payload) for payload in payloads]

    def compute_pseudonym(self, person: str) -> str:
        """Return what stands for a person in ids, which are not encrypted.

        It comes from the oldest key, so that it stays the same when a newer one is added.
        """
        return hmac.digest(self._oldest, person.encode(), "sha256")[:PSEUDONYM_OCTETS].hex()

    def _encrypt(self, payload: Payload) -> Payload:
        nonce, key_id = os.urandom(NONCE_OCTETS), self._newest.encode()
        sealed = self._ciphers[self._newest].encrypt(nonce, payload.SerializeToString(), key_id)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=nonce + sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(KEY_ID, b"")
        name = key_id.decode("ascii", "replace")
        if WELL_FORMED_ID.fullmatch(name) and name not in self._ciphers:
            raise UnreadablePayloadError(
                f"a payload is encrypted with the key {name}, and here are "
                f"{', '.join(self._ciphers)}: AFTERWORD_KEYS__ENCRYPTION lacks a secret that was "
                "in use"
            )
        try:
            nonce, sealed = payload.data[:NONCE_OCTETS], payload.data[NONCE_OCTETS:]
            return Payload.FromString(self._ciphers[name].decrypt(nonce, sealed, key_id))
        except (InvalidTag, KeyError, ValueError, DecodeError):
            return build_forged()


def build_encrypting_converter(keys: KeyRing) -> DataConverter:
    """Return the data converter that encrypts; the plain one where there are no keys.

    Raises InvalidInput where the extra is not installed.
    """
    if not keys.keys:
        return build_data_converter()
    return HereDataConverter(
        payload_converter_class=DataclassPayloadConverter,
        payload_codec=EncryptionCodec(keys),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def name_reminders(client: Client, person: str) -> str:
    """Return the id of a person's reminder workflow; without their address where it is encrypted.

    The histories of restricted reviews have the ids of the workflows that signal them.
    """
    codec = client.data_converter.payload_codec
    if isinstance(codec, EncryptionCodec):
        return build_reminders_id(codec.compute_pseudonym(person))
    return build_reminders_id(person)


def encrypt_messages(plain: Client, keys: KeyRing) -> Client:
    """Return a client like another, whose payloads, and those of its workers, are encrypted."""
    config = plain.config()
    config["data_converter"] = build_encrypting_converter(keys)
    return Client(**config)
