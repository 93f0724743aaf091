"""Encryption of payloads: AES-GCM over all that workflows are told, tell and remember.

Payloads are deflated before, since what is encrypted is not made shorter. The first key of the ring
encrypts; the others read what they encrypted. What came before there were keys is read as it is.

A payload names its key, and vouches for that name with the keys that sign: so a worker knows a key
that it only lacks yet, for which it waits, from one that somebody made up.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Sequence
from copy import copy
from typing import Self

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    SerializationContext,
    WithSerializationContext,
)

from models.keys.key_ring import ID_LENGTH, KeyRing
from register.at_rest.ring_cipher import RingCipher
from workflows.messages.external_payloads import HereDataConverter, build_forged
from workflows.messages.signatures import find_vouched_id
from workflows.payloads import DataclassPayloadConverter, build_data_converter

log = logging.getLogger("afterword.encryption")

ENCODING = b"binary/encrypted"
KEY_ID = "encryption-key-id"
"""The names that Temporal's own samples use."""

VOUCHER = "voucher"
"""The name of what vouches for the id of the key: a short digest by each key that signs."""

VOUCHER_OCTETS = 8
MAX_VOUCHERS = 16
WELL_FORMED_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")


class UnreadablePayloadError(RuntimeError):
    """A payload that none of our keys can read."""


class EncryptionCodec(PayloadCodec, WithSerializationContext):
    """Codec that encrypts with the newest key, and reads what any of the keys encrypted.

    `signing` vouches for the ids of keys; without it, every key that is not here is waited for.
    """

    def __init__(self, keys: KeyRing, signing: KeyRing | None = None) -> None:
        """Prepare the keys. Raises InvalidInput where the extra is not installed."""
        self._cipher = RingCipher(keys)
        self._ids = ", ".join(key.id for key in keys.keys)
        self._signing = signing
        self._workflow_id = ""
        self._metadata: dict[str, bytes] | None = None

    def with_context(self, context: SerializationContext) -> Self:
        """Return the codec of one workflow: what vouches for a key there does so nowhere else."""
        workflow_id = find_vouched_id(getattr(context, "workflow_id", None) or "")
        if workflow_id == self._workflow_id:
            return self
        codec = copy(self)
        vars(codec).update(_workflow_id=workflow_id, _metadata=None)
        return codec

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

    def _encrypt(self, payload: Payload) -> Payload:
        self._metadata = metadata = self._metadata or self._build_metadata()
        sealed = self._cipher.encrypt(payload.SerializeToString(), metadata[KEY_ID])
        return Payload(metadata=metadata, data=sealed)

    def _decrypt(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        key_id = payload.metadata.get(KEY_ID, b"")
        name = key_id.decode("ascii", "replace")
        if not self._cipher.has_key(name):
            return self._miss_key(payload, name)
        try:
            opened = self._cipher.decrypt(payload.data, name, key_id)
            return build_forged() if opened is None else Payload.FromString(opened)
        except DecodeError:
            return build_forged()

    def _miss_key(self, payload: Payload, name: str) -> Payload:
        """Return a forged payload for a key that is not here; raises where it may come later."""
        if not WELL_FORMED_ID.fullmatch(name):
            return build_forged()
        missing = (
            f"a payload is encrypted with the key {name}, and here are {self._ids}: "
            "AFTERWORD_KEYS__ENCRYPTION lacks a secret that was in use"
        )
        if self._signing is None or self._is_vouched(payload, name):
            raise UnreadablePayloadError(missing)
        log.warning("%s, or somebody made it up", missing)
        return build_forged()

    def _is_vouched(self, payload: Payload, key_id: str) -> bool:
        """Return whether one of our keys that sign vouches for the id of a key."""
        stated = payload.metadata.get(VOUCHER, b"")[: MAX_VOUCHERS * VOUCHER_OCTETS]
        parts = [
            stated[place : place + VOUCHER_OCTETS]
            for place in range(0, len(stated), VOUCHER_OCTETS)
        ]
        expected = self._list_vouchers(key_id)
        return any(hmac.compare_digest(part, each) for part in parts for each in expected)

    def _build_metadata(self) -> dict[str, bytes]:
        """Return the metadata of all that is encrypted for one workflow."""
        newest = self._cipher.newest_id
        metadata = {"encoding": ENCODING, KEY_ID: newest.encode()}
        vouchers = self._list_vouchers(newest)
        return {**metadata, VOUCHER: b"".join(vouchers)} if vouchers else metadata

    def _list_vouchers(self, key_id: str) -> list[bytes]:
        text = f"key {key_id} encrypts {self._workflow_id}".encode()
        keys = self._signing.keys if self._signing else ()
        return [hmac.digest(key.octets, text, "sha256")[:VOUCHER_OCTETS] for key in keys]


def build_encrypting_converter(keys: KeyRing, signing: KeyRing | None = None) -> DataConverter:
    """Return the data converter that encrypts; the plain one where there are no keys.

    `signing` vouches for the ids of the keys.

    Raises InvalidInput where the extra is not installed.
    """
    if not keys.keys:
        return build_data_converter()
    return HereDataConverter(
        payload_converter_class=DataclassPayloadConverter,
        payload_codec=EncryptionCodec(keys, signing),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )


def encrypt_messages(plain: Client, keys: KeyRing, signing: KeyRing) -> Client:
    """Return a client like another, whose payloads, and those of its workers, are encrypted."""
    config = plain.config()
    config["data_converter"] = build_encrypting_converter(keys, signing)
    return Client(**config)
