"""Strict JSON: no duplicate names, no NaN or Infinity, and not more of it than a route takes.

How much there is gets counted before anything is built, in time linear in the length; and a body is
parsed in a thread, so that others are answered meanwhile.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from models.errors import InvalidInput
from web.schemas.request_limits import RequestLimits, find_limits

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{\]},:]', re.DOTALL)
"""A string, also one that never ends, or a sign of structure."""

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]


def parse_json(body: bytes, limits: RequestLimits) -> Any:
    """Parse a JSON text within these limits. Raises InvalidInput saying where it is wrong."""
    try:
        text = body.decode("utf-8-sig")
        _check_size(text, limits)
        return json.loads(
            text,
            object_pairs_hook=_reject_duplicate_names,
            parse_constant=_reject_constant,
        )
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the body is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"the body is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from None
    except ValueError:
        raise InvalidInput("the body contains a number that is too long") from None


def _check_size(text: str, limits: RequestLimits) -> None:
    """Check how many names and values a text has, and how deeply they are nested."""
    values = depth = 0
    for found in _TOKEN.finditer(text):
        mark = found[0]
        values += mark in ":,[{"
        depth += (mark in "[{") - (mark in "]}")
        if depth > limits.depth:
            raise InvalidInput(
                f"the body is nested too deeply; {limits.depth} levels are accepted here"
            )
        if values > limits.values:
            raise InvalidInput(
                f"the body has more than {limits.values} names and values, the most that are "
                "accepted here; send less at a time"
            )


def _reject_duplicate_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    counts = Counter(name for name, _ in pairs)
    duplicate = next((name for name, count in counts.items() if count > 1), None)
    if duplicate is not None:
        raise InvalidInput(f"{duplicate}: is given twice; send it once")
    return dict(pairs)


def _reject_constant(name: str) -> Any:
    raise InvalidInput(f"{name} is not a number in JSON")


class StrictRequest(Request):
    """A request whose JSON is parsed by `parse_json`."""

    async def json(self) -> Any:
        """Parse the body."""
        try:
            limits = find_limits(self.method, self.url.path)
            return await run_in_threadpool(parse_json, await self.body(), limits)
        except InvalidInput as error:
            raise HTTPException(400, str(error)) from error


class StrictRoute(APIRoute):
    """A route whose requests are parsed strictly."""

    def get_route_handler(self) -> RouteHandler:
        """Return FastAPI's own handler, called with a strict request."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly
