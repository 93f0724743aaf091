"""How facts travel through Temporal: as JSON, and deflated where they are long.

Orders, receipts and deliveries stay readable in Temporal's own pages; what carries parts of the
record is deflated, which keeps a whole life's history small.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultPayloadConverter,
    JSONPlainPayloadConverter,
    PayloadCodec,
)

ENCODING = b"binary/zlib"
LONG = 1024
"""Octets from which a payload is deflated."""

LEVEL = 6


class Json(PydanticJSONPlainPayloadConverter):
    """Reads JSON by adapters that all workflows share; to build one for each takes 40 ms."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        """Read a payload as the type that is hinted at."""
        return adapter(type_hint or Any).validate_json(payload.data)


class Facts(CompositePayloadConverter):
    """Our converter: Temporal's own, with JSON by pydantic."""

    def __init__(self) -> None:
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(
            *(Json() if isinstance(c, JSONPlainPayloadConverter) else c for c in usual)
        )


class Deflated(PayloadCodec):
    """Deflates long payloads, and takes any payload that is not deflated as it is."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Deflate the long ones."""
        return [_deflated(payload) for payload in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Inflate the deflated ones."""
        return [_inflated(payload) for payload in payloads]


def converter() -> DataConverter:
    """Give the data converter that every client and worker of ours must use."""
    return DataConverter(payload_converter_class=Facts, payload_codec=Deflated())


@cache
def adapter(hint: Any) -> TypeAdapter[Any]:
    """Give the one adapter of a type."""
    return TypeAdapter(hint)


def _deflated(payload: Payload) -> Payload:
    if payload.ByteSize() < LONG:
        return payload
    whole = payload.SerializeToString()
    return Payload(metadata={"encoding": ENCODING}, data=zlib.compress(whole, LEVEL))


def _inflated(payload: Payload) -> Payload:
    if payload.metadata.get("encoding") != ENCODING:
        return payload
    return Payload.FromString(zlib.decompress(payload.data))
