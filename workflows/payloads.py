"""How facts travel through Temporal: as JSON, and deflated where they are long.

Orders, receipts and deliveries stay readable in Temporal's own pages; what carries parts of the
record is deflated, which keeps a whole life's history small. What an activity at hand is given
enters no history, and travels as it is.
"""

from __future__ import annotations

import math
import zlib
from functools import cache
from typing import Any

from pydantic import TypeAdapter
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

ENCODING = b"binary/zlib"
LONG = 1024
"""Octets from which a payload is deflated."""

LEVEL = 6


class Json(PydanticJSONPlainPayloadConverter):
    """Writes JSON, deflated where it is long, and reads it.

    Its adapters are shared by all workflows; to build one for each takes 40 ms. It deflates itself
    because a codec would be asked about each payload of each task.
    """

    def __init__(self, long: float = LONG) -> None:
        super().__init__()
        self._long = long

    def to_payload(self, value: Any) -> Payload | None:
        """Write a value."""
        payload = super().to_payload(value)
        return payload if payload is None or payload.ByteSize() < self._long else _deflated(payload)

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Read a payload as the type that is hinted at."""
        return adapter(type_hint or Any).validate_json(payload.data)


class Deflated(Json):
    """Reads what was deflated."""

    @property
    def encoding(self) -> str:
        """Name what it reads."""
        return ENCODING.decode()

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Inflate a payload, and read it."""
        whole = Payload.FromString(zlib.decompress(payload.data))
        return super().from_payload(whole, type_hint)


class Facts(CompositePayloadConverter):
    """Our converter: Temporal's own, with JSON by pydantic, deflated from so many octets on."""

    def __init__(self, long: float = LONG) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        plain = (Json(long) if isinstance(c, JSONPlainPayloadConverter) else c for c in usual)
        super().__init__(*plain, Deflated())

    def with_context(self, context: SerializationContext) -> Facts:
        """Give the converter for what a workflow asks to be done at hand, or for all else."""
        is_at_hand = isinstance(context, ActivitySerializationContext) and context.is_local
        return _at_hand() if is_at_hand and workflow.in_workflow() else self


def converter() -> DataConverter:
    """Give the data converter that every client and worker of ours must use."""
    return DataConverter(payload_converter_class=Facts)


@cache
def _at_hand() -> Facts:
    return Facts(math.inf)


@cache
def adapter(hint: Any) -> TypeAdapter[Any]:
    """Give the one adapter of a type."""
    return TypeAdapter(hint)


def _deflated(payload: Payload) -> Payload:
    whole = payload.SerializeToString()
    return Payload(metadata={"encoding": ENCODING}, data=zlib.compress(whole, LEVEL))
