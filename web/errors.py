"""The one place where errors become HTTP answers: a code, a reason, and the way out."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import Away, Malformed, Refusal, Unknown

RETRY_AFTER = 5
"""Seconds after which asking again makes sense while a part is away."""

STATUS = {
    "no-token": 401,
    "bad-signature": 401,
    "restricted": 403,
    "not-allowed": 403,
    "too-slow": 408,
    "too-large": 413,
    "not-configured": 503,
    "away": 503,
}
"""Refusals that HTTP has a number of its own for; every other one is a 409."""

logger = logging.getLogger(__name__)


class Hindrance(BaseModel):
    """One reason why a gate is shut, and who can clear it."""

    code: str = Field(examples=["no-meeting"])
    sentence: str = Field(examples=["The meeting has no time and place."])
    who: list[str] = Field(examples=[["fay@example.org"]])
    item: str = ""
    way_out: str = ""


class Fault(BaseModel):
    """Every error looks like this: what is wrong, and what would make it right."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "not-yours",
                    "reason": "olga@example.org may not do this: it is for the lead.",
                    "way_out": "Ask ada@example.org.",
                    "hints": [],
                    "blockers": [],
                }
            ]
        }
    )

    code: str
    reason: str
    way_out: str = ""
    hints: list[str] = []
    blockers: list[Hindrance] = []


Page = Callable[[Request, int, Fault], Response]


def translate(error: Exception) -> tuple[int, Fault]:
    """Give the HTTP status and the words for an error."""
    for kind, told in TOLD.items():
        if isinstance(error, kind):
            return told(error)
    return 500, _ours()


def install(app: FastAPI, page: Page) -> None:
    """Translate every error of the app; `page` shows one to somebody with a browser."""

    async def answer(request: Request, error: Exception) -> Response:
        status, fault = translate(error)
        headers = dict(getattr(error, "headers", None) or {}) | _headers(status)
        if request.url.path.startswith(("/api", "/hooks", "/mail")):
            return JSONResponse(fault.model_dump(), status, headers)
        shown = page(request, status, fault)
        shown.headers.update(headers)
        return shown

    for kind in TOLD:
        app.add_exception_handler(kind, answer)
    app.add_middleware(Faults, answer=answer)


class Faults:
    """Answers what nobody foresaw: the log has all of it, the asker a sentence."""

    def __init__(
        self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an answer that has begun cannot be mended."""
        begun = False

        async def noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, noticed)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            logger.exception("%s %s failed", scope["method"], scope["path"])
            answered = await self.answer(Request(scope), error)
            await answered(scope, receive, send)


def _headers(status: int) -> dict[str, str]:
    if status == 401:  # noqa: PLR2004  (the number is its own name)
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}  # noqa: PLR2004  (same)


def _refused(error: Refusal) -> tuple[int, Fault]:
    blockers = [Hindrance.model_validate(asdict(blocker)) for blocker in error.blockers]
    fault = Fault(code=error.code, reason=error.reason, way_out=error.way_out, blockers=blockers)
    return STATUS.get(error.code, 409), fault


def _unknown(error: Unknown) -> tuple[int, Fault]:
    way_out = (
        "Say which one you mean."
        if len(error.hints) > 1
        else "Look at the list of what there is; any beginning that fits only one is enough."
    )
    return 404, Fault(code="unknown", reason=str(error), way_out=way_out, hints=list(error.hints))


def _malformed(reason: str) -> Fault:
    return Fault(code="malformed", reason=reason, way_out="Mend what is named and send it again.")


def sentence(away: Away) -> str:
    """Say in a sentence which part is away, and why."""
    said = str(away)
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."


def _away(error: Away) -> tuple[int, Fault]:
    return 503, Fault(
        code="away",
        reason=sentence(error),
        way_out=f"Nothing was lost. Try again in {RETRY_AFTER} seconds.",
    )


def _ours() -> Fault:
    return Fault(
        code="fault",
        reason="Something went wrong on our side.",
        way_out="Try again; if it stays, tell whoever runs Afterword. The log says what happened.",
    )


PLAIN = {
    404: ("unknown", "There is nothing at this address.", "/api/openapi.json lists the addresses."),
    405: (
        "malformed",
        "This address does not take that method.",
        "/api/openapi.json lists what each address takes.",
    ),
}


def _plain(error: HTTPException) -> tuple[int, Fault]:
    if error.status_code not in PLAIN:
        return error.status_code, _malformed(str(error.detail))
    code, reason, way_out = PLAIN[error.status_code]
    return error.status_code, Fault(code=code, reason=reason, way_out=way_out)


def _invalid(error: RequestValidationError) -> tuple[int, Fault]:
    return 400, _malformed("; ".join(said(detail) for detail in error.errors()))


TOLD: dict[type[Exception], Callable[[Any], tuple[int, Fault]]] = {
    Refusal: _refused,
    Unknown: _unknown,
    Malformed: lambda error: (400, _malformed(str(error))),
    Away: _away,
    RequestValidationError: _invalid,
    HTTPException: _plain,
}
"""How each kind of error is told."""

WHERE = ("body", "query", "path", "header")
WORDS = {
    "missing": "must be given",
    "string_type": "must be one text",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be an object of names and texts",
    "string_unicode": "holds characters that are no text",
    "too_short": "must not be empty",
    "too_long": "must hold at most {max_length} entries",
    "string_too_short": "must not be empty",
    "string_too_long": "must hold at most {max_length} characters",
    "string_pattern_mismatch": "must be a short name of letters and digits",
    "extra_forbidden": "is not known here",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object, sent with Content-Type: application/json",
}


def said(detail: ErrorDetails) -> str:
    """Say what is wrong with which field."""
    place = [part for part in detail["loc"] if part not in WHERE]
    known = WORDS.get(detail["type"], "").format(**detail.get("ctx", {}))
    words = known or _lowered(detail["msg"].removeprefix("Value error, "))
    words = words.replace("input should be", "must be")
    return f"{_place(place)}: {words}"


def _place(parts: list[int | str]) -> str:
    if not parts:
        return "the body"
    if isinstance(parts[0], int):
        return ", ".join([f"row {parts[0] + 1}", *(_place(parts[1:]) for _ in parts[1:2])])
    return ".".join(str(part) for part in parts)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
