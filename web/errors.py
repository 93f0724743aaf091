"""The one place where errors become HTTP responses: problem details with the way out."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from models.codes import RefusalCode
from models.errors import (
    AmbiguousName,
    InvalidInput,
    NotFound,
    Refusal,
    TooManyRequests,
    Unavailable,
)
from rules.formatting import join_words
from web.schemas.problem import (
    PROBLEM_JSON,
    BlockerSchema,
    FieldProblem,
    Problem,
    build_problem,
    format_validation_errors,
    list_field_problems,
)

RETRY_AFTER = 5
"""Seconds after which a client should try again while a part is unavailable."""

CHALLENGE, CHALLENGE_STATUS = {"WWW-Authenticate": "Bearer"}, 401
"""What a program is asked for that sends no token; a page asks people to sign in instead."""

API_PATHS = ("/api", "/hooks", "/mail")
"""Paths whose errors are answered as problem details; others are pages."""

STATUS_BY_CODE = {
    RefusalCode.NO_TOKEN: 401,
    RefusalCode.BAD_SIGNATURE: 401,
    RefusalCode.NOT_SIGNED_IN: 401,
    RefusalCode.NOT_ALLOWED: 403,
    RefusalCode.SIGN_IN_REFUSED: 403,
    RefusalCode.LINKS_OFF: 403,
    RefusalCode.LINK_INVALID: 404,
    RefusalCode.TOO_SLOW: 408,
    RefusalCode.LINK_EXPIRED: 410,
    RefusalCode.LINK_OUTDATED: 410,
    RefusalCode.LINK_REPLACED: 410,
    RefusalCode.TOO_LARGE: 413,
    RefusalCode.CROSS_SITE: 403,
    RefusalCode.WRONG_HOST: 421,
    RefusalCode.TOO_MANY_REQUESTS: 429,
    RefusalCode.NOT_CONFIGURED: 503,
    RefusalCode.OVERLOADED: 503,
}
"""HTTP status by refusal code; every other refusal is a 409."""

UNRESTRICTED = ("person", "service")
"""What no restriction hides."""

NOTHING_FOUND = "Check the name against the list; any unique beginning of it is enough."
NO_REVIEW_FOUND = f"{NOTHING_FOUND} What is restricted is listed for its own people only."
"""What helps whoever gave a name that no review has, or that only a restricted one has."""

NOT_FOUND, AMBIGUOUS, INVALID_INPUT = "not-found", "ambiguous", "invalid-input"
UNAVAILABLE, INTERNAL_ERROR = "unavailable", "internal-error"

RenderPage = Callable[[Request, Problem], Response]
ErrorHandler = Callable[[Request, Exception], Awaitable[Response]]


def to_problem(error: Exception) -> Problem:
    """Convert an error to problem details."""
    for kind, convert in CONVERTERS.items():
        if isinstance(error, kind):
            return convert(error)
    return _build_internal_error()


def build_problem_response(
    error: Exception, path: str, headers: Mapping[str, str] = {}, names: Mapping[str, str] = {}
) -> JSONResponse:
    """Build the response to a request whose path led to an error.

    `names` are those of the people in it, by address.
    """
    problem = to_problem(error)
    body = problem.model_copy(update={"instance": path, "names": dict(names)}).model_dump()
    challenge = CHALLENGE if problem.status == CHALLENGE_STATUS else {}
    all_headers = {**_build_headers(problem.status, error), **challenge, **headers}
    return JSONResponse(body, problem.status, all_headers, media_type=PROBLEM_JSON)


def build_error_handler(render_page: RenderPage) -> ErrorHandler:
    """Build the handler of every error; `render_page` renders one for a browser."""

    async def handle_error(request: Request, error: Exception) -> Response:
        path, headers = request.url.path, getattr(error, "headers", None) or {}
        if path.startswith(API_PATHS):
            names = await run_in_threadpool(_find_names, request, error)
            return build_problem_response(error, path, headers, names)
        problem = to_problem(error)
        response = render_page(request, problem)
        response.headers.update({**_build_headers(problem.status, error), **headers})
        return response

    return handle_error


def add_exception_handlers(app: FastAPI, handle_error: ErrorHandler) -> None:
    """Register one handler for every kind of error that is expected."""
    for kind in CONVERTERS:
        app.add_exception_handler(kind, handle_error)


def _find_names(request: Request, error: Exception) -> dict[str, str]:
    """Find the names of those who can clear what blocks; none while the database is away."""
    addresses = {who for blocker in getattr(error, "blockers", ()) for who in blocker.who}
    if not addresses:
        return {}
    with contextlib.suppress(Unavailable):
        people = request.app.state.context.archive.people.find_people(addresses)
        return {address: person.name for address, person in people.items() if person.name}
    return {}


def _build_headers(status: int, error: Exception) -> dict[str, str]:
    if isinstance(error, TooManyRequests):
        return {"Retry-After": str(error.retry_after)}
    is_unavailable = status == 503  # noqa: PLR2004  (the number is its own name)
    return {"Retry-After": str(RETRY_AFTER)} if is_unavailable else {}


def _convert_refusal(error: Refusal) -> Problem:
    return build_problem(
        STATUS_BY_CODE.get(error.code, 409),
        error.code,
        error.reason,
        error.way_out,
        blockers=[BlockerSchema.model_validate(asdict(blocker)) for blocker in error.blockers],
    )


def _convert_ambiguous_name(error: AmbiguousName) -> Problem:
    names = [hint.removeprefix("review-") for hint in error.hints]
    return build_problem(
        404,
        AMBIGUOUS,
        str(AmbiguousName(error.what, error.name)),
        f"Type more of the name{': ' if names else ''}{join_words(names, 'or')}.",
        hints=list(error.hints),
    )


def _convert_not_found(error: NotFound) -> Problem:
    detail = str(NotFound(error.what, error.name))
    nothing_found = NOTHING_FOUND if error.what in UNRESTRICTED else NO_REVIEW_FOUND
    way_out = f"Did you mean {join_words(error.hints, 'or')}?" if error.hints else nothing_found
    return build_problem(404, NOT_FOUND, detail, way_out, hints=list(error.hints))


def _build_invalid_input(
    detail: str, status: int = 400, errors: list[FieldProblem] | None = None
) -> Problem:
    return build_problem(
        status, INVALID_INPUT, detail, "Correct it and send it again.", errors=errors
    )


def _convert_invalid_input(error: InvalidInput) -> Problem:
    errors = [FieldProblem(field=error.field, problem=error.problem)] if error.field else []
    return _build_invalid_input(str(error), errors=errors)


def format_unavailable(error: Unavailable) -> str:
    """Return a sentence that says which part is unavailable, and why."""
    message = str(error)
    return f"{message[:1].upper()}{message[1:].rstrip('.')}."


def _convert_unavailable(error: Unavailable) -> Problem:
    way_out = f"Nothing was lost. Try again in {RETRY_AFTER} seconds."
    return build_problem(503, UNAVAILABLE, format_unavailable(error), way_out)


def _build_internal_error() -> Problem:
    return build_problem(
        500,
        INTERNAL_ERROR,
        "Something went wrong on our side.",
        "Try again. If it keeps happening, tell whoever runs Afterword; the log has the details.",
    )


HTTP_ERRORS = {
    404: (
        NOT_FOUND,
        "There is nothing at this address.",
        "See /api/openapi.json for all addresses.",
    ),
    405: (
        INVALID_INPUT,
        "This address does not support that method.",
        "See /api/openapi.json for what each address supports.",
    ),
}


def _convert_http_error(error: HTTPException) -> Problem:
    if error.status_code not in HTTP_ERRORS:
        return _build_invalid_input(str(error.detail), error.status_code)
    return build_problem(error.status_code, *HTTP_ERRORS[error.status_code])


def _convert_validation_error(error: RequestValidationError) -> Problem:
    details = error.errors()
    return _build_invalid_input(
        format_validation_errors(details), errors=list_field_problems(details)
    )


CONVERTERS: dict[type[Exception], Callable[[Any], Problem]] = {
    Refusal: _convert_refusal,
    AmbiguousName: _convert_ambiguous_name,
    NotFound: _convert_not_found,
    InvalidInput: _convert_invalid_input,
    Unavailable: _convert_unavailable,
    RequestValidationError: _convert_validation_error,
    HTTPException: _convert_http_error,
}
"""The function that converts each kind of error."""
