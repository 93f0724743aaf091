"""The record of a review as the API shows it, derived from the fields of the review itself."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, get_type_hints

from pydantic import BaseModel, WithJsonSchema, create_model

from models.policy import Policy
from models.review import Review

HIDDEN_FIELDS = frozenset(
    {"receipts", "sent", "held", "in_flight", "notified_revision", "log", "chain_key"}
)
"""Internal fields of the workflow, and the log, which has its own route."""

_HINTS = get_type_hints(Review) | {
    "policy": Annotated[
        Policy, WithJsonSchema({"type": "object", "description": "How soon things are due."})
    ]
}

ReviewRecord: type[BaseModel] = create_model(
    "ReviewRecord",
    __doc__="The whole record of a review.",
    **{f.name: (_HINTS[f.name], ...) for f in fields(Review) if f.name not in HIDDEN_FIELDS},  # type: ignore[call-overload]  # names known at run time only
)


def build_record(review: Review) -> BaseModel:
    """Build the shown record of a review, whose fields are valid already."""
    values = {name: getattr(review, name) for name in ReviewRecord.model_fields}
    return ReviewRecord.model_construct(**values)
