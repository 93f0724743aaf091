"""Envelopes: messages to workflows, unopened until it is known that we wrote them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Self, TypeVar

from temporalio.api.common.v1 import Payload

MessageT = TypeVar("MessageT")


class Envelope(Generic[MessageT]):
    """A message to a workflow: one to be sent, or one that came in as a payload.

    What came in is parsed only when it is read, which is after its signature was checked.
    """

    def __init__(self, read: Callable[[], MessageT], payload: Payload | None = None) -> None:
        self.read = read
        self.payload = payload
        self.is_refused = False

    @classmethod
    def hold(cls, message: MessageT) -> Self:
        """Return an envelope for a message to be sent; the client signs it."""
        return cls(lambda: message)

    @classmethod
    def refuse(cls) -> Self:
        """Return what a handler gets in place of a message that we did not write."""
        envelope = cls(_read_refused)
        envelope.is_refused = True
        return envelope


def _read_refused() -> MessageT:  # type: ignore[type-var]  # it returns nothing
    raise RuntimeError("a message that was refused is not read")
