"""Strict JSON: no duplicate names, no endless nesting, no NaN or Infinity."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from models.errors import InvalidInput

RouteHandler = Callable[[Request], Coroutine[Any, Any, Response]]


def parse_json(body: bytes) -> Any:
    """Parse a JSON text. Raises InvalidInput saying where it is wrong."""
    try:
        return json.loads(
            body.decode("utf-8-sig"),
            object_pairs_hook=_reject_duplicate_names,
            parse_constant=_reject_constant,
        )
    except UnicodeDecodeError as error:
        raise InvalidInput(f"the body is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise InvalidInput(
            f"the body is not valid JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        ) from None
    except RecursionError:
        raise InvalidInput("the body is nested too deeply") from None
    except ValueError:
        raise InvalidInput("the body contains a number that is too long") from None


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
            return parse_json(await self.body())
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
