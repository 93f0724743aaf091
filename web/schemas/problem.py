"""Problem details (RFC 9457): the body of every error of the API."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails

PROBLEM_JSON = "application/problem+json"
TYPE_PREFIX = "urn:afterword:"
LOCATIONS = ("body", "query", "path", "header")
MAX_PROBLEMS = 20
"""Wrong fields that are named in one answer; whoever has more of them corrects these first."""

MESSAGES = {
    "missing": "must be given",
    "string_type": "must be a text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object of names and texts",
    "string_unicode": "contains invalid characters",
    "too_short": "must not be empty",
    "too_long": "may have at most {max_length} entries",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
    "string_pattern_mismatch": "must be a short name of letters and digits",
    "extra_forbidden": "is not a known field",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object, sent with Content-Type: application/json",
}


class BlockerSchema(BaseModel):
    """One reason why a gate is shut, and who can clear it."""

    code: str = Field(examples=["no-meeting"])
    sentence: str = Field(examples=["The meeting has no time and place."])
    who: list[str] = Field(examples=[["fay@example.org"]])
    item: str = ""
    way_out: str = ""


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    field: str = Field(examples=["ended_at"])
    problem: str = Field(examples=["4 March 2027 is in the future"])


class Problem(BaseModel):
    """Problem details (RFC 9457): what is wrong, and what would make it right."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:afterword:not-yours",
                    "title": "Not yours",
                    "status": 409,
                    "detail": "olga@example.org may not do this: it is for the lead.",
                    "instance": "/api/reviews/Q1ABC/approve",
                    "code": "not-yours",
                    "way_out": "Ask ada@example.org.",
                    "hints": [],
                    "blockers": [],
                    "errors": [],
                    "names": {},
                }
            ]
        }
    )

    type: str = Field(description="The kind of problem, as a URI that ends in its code.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What is wrong this time.")
    instance: str = Field(default="", description="The path of the request.")
    code: str = Field(description="The kind of problem, for programs.")
    way_out: str = Field(default="", description="What would make it right.")
    hints: list[str] = Field(default=[], description="Names like the one that was not found.")
    blockers: list[BlockerSchema] = Field(default=[], description="Why a gate is shut.")
    errors: list[FieldProblem] = Field(default=[], description="Which fields are wrong, and how.")
    names: dict[str, str] = Field(
        default={}, description="Names of those who can clear the blockers, by address."
    )


def build_problem(
    status: int,
    code: str,
    detail: str,
    way_out: str = "",
    *,
    hints: list[str] | None = None,
    blockers: list[BlockerSchema] | None = None,
    errors: list[FieldProblem] | None = None,
) -> Problem:
    """Build problem details; type and title follow from the code."""
    return Problem(
        type=f"{TYPE_PREFIX}{code}",
        title=code.replace("-", " ").capitalize(),
        status=status,
        detail=detail,
        code=code,
        way_out=way_out,
        hints=hints or [],
        blockers=blockers or [],
        errors=errors or [],
    )


def format_validation_errors(details: Sequence[ErrorDetails]) -> str:
    """Format validation errors: which fields, and what is wrong with each."""
    shown = [_format_validation_error(each) for each in details[:MAX_PROBLEMS]]
    excess = len(details) - len(shown)
    return "; ".join((*shown, f"and {excess} more") if excess else shown)


def list_field_problems(details: Sequence[ErrorDetails]) -> list[FieldProblem]:
    """List the fields that validation errors are about, and what is wrong with each."""
    return [
        FieldProblem(field=_format_location(_get_location(each)), problem=_format_message(each))
        for each in details[:MAX_PROBLEMS]
    ]


def _format_validation_error(detail: ErrorDetails) -> str:
    return f"{_format_location(_get_location(detail))}: {_format_message(detail)}"


def _get_location(detail: ErrorDetails) -> list[int | str]:
    return [part for part in detail["loc"] if part not in LOCATIONS]


def _format_message(detail: ErrorDetails) -> str:
    template_text = MESSAGES.get(detail["type"], "").format(**detail.get("ctx", {}))
    message = template_text or _lowercase_first(detail["msg"].removeprefix("Value error, "))
    return message.replace("input should be", "must be")


def _format_location(parts: list[int | str]) -> str:
    if not parts:
        return "the body"
    if isinstance(parts[0], int):
        return ", ".join(
            [f"row {parts[0] + 1}", *(_format_location(parts[1:]) for _ in parts[1:2])]
        )
    return ".".join(str(part) for part in parts)


def _lowercase_first(message: str) -> str:
    return message[:1].lower() + message[1:]
