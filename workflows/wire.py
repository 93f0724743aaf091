"""How orders and refusals cross the wire: by their kind, and whole."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field
from pydantic_core import to_json
from temporalio.exceptions import ApplicationError

from models.errors import Blocker, Refusal, Unknown
from models.orders import AnyOrder, Order, ToldOrder
from models.review import Review
from workflows import terms

Asked = Annotated[AnyOrder, Field(discriminator="kind")]
Told = Annotated[ToldOrder, Field(discriminator="kind")]
UNKNOWN = "unknown"


def check_room(review: Review, order: Order) -> None:
    """Raise Refusal `full` where a record has no room left for a long order."""
    size = len(to_json(order))
    if size > terms.SMALL and len(to_json(review)) + size > terms.ROOM:
        raise Refusal(
            "full",
            f"This review holds as much as it can, {terms.ROOM // 1_000} KB.",
            "Put long text into the document, or name its link here.",
        )


def to_wire(no: Refusal | Unknown) -> ApplicationError:
    """Pack a refusal for the caller of an update."""
    if isinstance(no, Unknown):
        details: dict[str, Any] = {"what": no.what, "name": no.name, "hints": list(no.hints)}
        return ApplicationError(str(no), details, type=UNKNOWN, non_retryable=True)
    details = {
        "code": no.code,
        "reason": no.reason,
        "way_out": no.way_out,
        "blockers": [asdict(blocker) for blocker in no.blockers],
    }
    return ApplicationError(no.reason, details, type=no.code, non_retryable=True)


def from_wire(error: ApplicationError) -> Refusal | Unknown:
    """Unpack what `to_wire` packed; anything else becomes a Refusal by its type and words."""
    details: dict[str, Any] = error.details[0] if error.details else {}
    if error.type == UNKNOWN:
        return Unknown(details["what"], details["name"], tuple(details["hints"]))
    return Refusal(
        details.get("code", error.type or "refused"),
        details.get("reason", error.message),
        details.get("way_out", ""),
        tuple(_blocker(blocker) for blocker in details.get("blockers", ())),
    )


def _blocker(packed: dict[str, Any]) -> Blocker:
    return Blocker(**{**packed, "who": tuple(packed["who"])})
