"""Payloads that say that they are kept elsewhere: none of ours does, so they are forged.

Temporal's library fetches such a payload, and fails the task of a workflow where it knows of no
such place: one forged signal would stop a review for as long as it is in its history.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Self

from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter, SerializationContext, WithSerializationContext

FORGED = b"binary/forged"
"""The encoding of what takes the place of a payload that cannot be ours; nothing reads it."""

REFERENCE_ENCODING = b"json/external-storage-reference"
REFERENCE_TYPE = b"temporal.api.sdk.v1.ExternalStorageReference"
REFERENCE_MARK = "__temporal_external_storage_reference"
"""By what Temporal's library knows a reference; it exports none of these names."""


class HereDataConverter(DataConverter):
    """Data converter of payloads that are all here; one that is elsewhere is read by nobody."""

    def with_context(self, context: SerializationContext) -> Self:
        """Return the converter for a context: a copy, since building another takes much longer."""
        converter = copy(self)
        for name in ("payload_converter", "payload_codec", "failure_converter"):
            part = getattr(self, name)
            if isinstance(part, WithSerializationContext):
                object.__setattr__(converter, name, part.with_context(context))
        return converter

    async def _decode_reference_payload_sequence(
        self, payloads: Sequence[Payload]
    ) -> list[Payload]:
        return [build_forged() if is_reference(payload) else payload for payload in payloads]


def build_forged() -> Payload:
    """Return what takes the place of a payload that cannot be ours."""
    return Payload(metadata={"encoding": FORGED})


def is_reference(payload: Payload) -> bool:
    """Return whether a payload says that it is kept elsewhere."""
    metadata = payload.metadata
    return (
        REFERENCE_MARK in metadata
        or metadata.get("encoding") == REFERENCE_ENCODING
        or metadata.get("messageType") == REFERENCE_TYPE
    )
