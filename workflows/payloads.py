"""How dataclasses travel through Temporal: as JSON, deflated where it is long.

Commands, receipts and deliveries stay readable in Temporal's own pages; what carries parts of the
record is deflated, which keeps a whole review's history small. Arguments of local activities enter
no history and are not deflated.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import zip_longest
from typing import Annotated, Any, get_args, get_origin

from pydantic import Field, TypeAdapter
from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    ActivitySerializationContext,
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    SerializationContext,
)

from models.commands import Command
from workflows.messages.envelopes import Envelope
from workflows.messages.external_payloads import HereDataConverter

ENCODING = b"binary/zlib"
DEFLATE_FROM_BYTES = 1024
"""Size in bytes from which a payload is deflated."""

ZLIB_LEVEL = 6
MAX_INFLATED_BYTES = 16_777_216
"""Largest size of an inflated payload; a record is at most a sixteenth of it."""


class JsonPayloadConverter(PydanticJSONPlainPayloadConverter):
    """Converter to and from JSON, which deflates long payloads.

    Its type adapters are shared by all workflows; building one for each takes 40 ms. It deflates by
    itself because a codec would be called for each payload of each task.
    """

    def __init__(self, deflate_from: float = DEFLATE_FROM_BYTES) -> None:
        super().__init__()
        self._deflate_from = deflate_from

    def to_payload(self, value: Any) -> Payload | None:
        """Convert a value to a payload."""
        payload = super().to_payload(value)
        return (
            payload
            if payload is None or payload.ByteSize() < self._deflate_from
            else _deflate(payload)
        )

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Convert a payload to the type of the hint."""
        return get_type_adapter(type_hint or Any).validate_json(payload.data)


class DeflatedPayloadConverter(JsonPayloadConverter):
    """Converter of deflated payloads."""

    @property
    def encoding(self) -> str:
        """Return the encoding that this converter reads."""
        return ENCODING.decode()

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Convert a deflated payload to the type of the hint."""
        return super().from_payload(inflate_payload(payload), type_hint)


class DataclassPayloadConverter(CompositePayloadConverter):
    """Temporal's default payload converter, with JSON by pydantic that is deflated where long."""

    def __init__(self, deflate_from: float = DEFLATE_FROM_BYTES) -> None:
        defaults = DefaultPayloadConverter.default_encoding_payload_converters
        converters = (
            JsonPayloadConverter(deflate_from) if isinstance(c, JSONPlainPayloadConverter) else c
            for c in defaults
        )
        super().__init__(*converters, DeflatedPayloadConverter())

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        """Convert values to payloads; an envelope is converted as the message in it."""
        return super().to_payloads(
            [value.read() if isinstance(value, Envelope) else value for value in values]
        )

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """Convert payloads to the types of the hints; envelopes are read later."""
        return [
            self._convert(payload, hint)
            for payload, hint in zip_longest(payloads, type_hints or [])
        ]

    def _convert(self, payload: Payload, hint: type | None) -> Any:
        read = super().from_payloads
        if get_origin(hint) is not Envelope:
            return read([payload], None if hint is None else [hint])[0]
        (message_type,) = get_args(hint)
        return Envelope(partial(_read_first, read, payload, message_type), payload)

    def with_context(self, context: SerializationContext) -> DataclassPayloadConverter:
        """Return the converter for a workflow's local activities, or this one for all else."""
        is_local = isinstance(context, ActivitySerializationContext) and context.is_local
        return _get_local_converter() if is_local and workflow.in_workflow() else self


def build_data_converter() -> DataConverter:
    """Return the data converter that every client and worker of Afterword must use."""
    return HereDataConverter(payload_converter_class=DataclassPayloadConverter)


@cache
def _get_local_converter() -> DataclassPayloadConverter:
    return DataclassPayloadConverter(math.inf)


@cache
def get_type_adapter(hint: Any) -> TypeAdapter[Any]:
    """Return the shared type adapter of a type; a command is chosen by its kind, at once."""
    types = get_args(hint)
    if types and all(isinstance(each, type) and issubclass(each, Command) for each in types):
        return TypeAdapter(Annotated[hint, Field(discriminator="kind")])
    return TypeAdapter(hint)


def _deflate(payload: Payload) -> Payload:
    serialized = payload.SerializeToString()
    return Payload(metadata={"encoding": ENCODING}, data=zlib.compress(serialized, ZLIB_LEVEL))


def inflate_payload(payload: Payload) -> Payload:
    """Return a payload as it was before it was deflated; one that is not deflated as it is."""
    if payload.metadata.get("encoding") != ENCODING:
        return payload
    return Payload.FromString(_inflate(payload.data))


def _inflate(data: bytes) -> bytes:
    """Return inflated octets; raises ValueError where they are more than a payload ever has."""
    inflater = zlib.decompressobj()
    inflated = inflater.decompress(data, MAX_INFLATED_BYTES)
    if inflater.unconsumed_tail:
        raise ValueError(f"the payload inflates to more than {MAX_INFLATED_BYTES} bytes")
    return inflated


def _read_first(
    from_payloads: Callable[[Sequence[Payload], list[type] | None], list[Any]],
    payload: Payload,
    hint: type,
) -> Any:
    return from_payloads([payload], [hint])[0]
