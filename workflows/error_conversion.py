"""How refusals travel through Temporal: as errors with all their details."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from pydantic_core import to_json
from temporalio.exceptions import ApplicationError

from models.codes import RefusalCode
from models.commands import Command
from models.errors import Blocker, NotFound, Refusal
from models.review import Review
from workflows import options

NOT_FOUND = "unknown"


def check_size(review: Review, command: Command) -> None:
    """Check that a record has room for a long command; raises Refusal `full` if not."""
    size = len(to_json(command))
    if (
        size > options.SMALL_COMMAND_BYTES
        and len(to_json(review)) + size > options.MAX_RECORD_BYTES
    ):
        raise Refusal(
            RefusalCode.FULL,
            f"This review is full (limit {options.MAX_RECORD_BYTES // 1_000_000} MB).",
            "Put long text into the document, or name its link here.",
        )


def build_application_error(error: Refusal | NotFound) -> ApplicationError:
    """Build the ApplicationError that carries a refusal to the caller of an update."""
    if isinstance(error, NotFound):
        details: dict[str, Any] = {
            "what": error.what,
            "name": error.name,
            "hints": list(error.hints),
        }
        return ApplicationError(str(error), details, type=NOT_FOUND, non_retryable=True)
    details = {
        "code": error.code,
        "reason": error.reason,
        "way_out": error.way_out,
        "blockers": [asdict(blocker) for blocker in error.blockers],
    }
    return ApplicationError(error.reason, details, type=error.code, non_retryable=True)


def parse_application_error(error: ApplicationError) -> Refusal | NotFound:
    """Parse an error that `build_application_error` built; any other becomes a Refusal."""
    details: dict[str, Any] = error.details[0] if error.details else {}
    if error.type == NOT_FOUND:
        return NotFound(details["what"], details["name"], tuple(details["hints"]))
    code = details.get("code", error.type)
    return Refusal(
        RefusalCode(code) if code in set(RefusalCode) else RefusalCode.REFUSED,
        details.get("reason", error.message),
        details.get("way_out", ""),
        tuple(_parse_blocker(blocker) for blocker in details.get("blockers", ())),
    )


def _parse_blocker(fields: dict[str, Any]) -> Blocker:
    return Blocker(**{**fields, "who": tuple(fields["who"])})
