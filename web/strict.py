"""JSON taken at its word: no name twice, no depth without end, nothing that is no number."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from models.errors import Malformed

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def read_json(body: bytes) -> Any:
    """Read a JSON text. Raises Malformed saying where it stops making sense."""
    try:
        return json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except UnicodeDecodeError as bad:
        raise Malformed(f"the body is not UTF-8 (octet {bad.start})") from None
    except json.JSONDecodeError as bad:
        raise Malformed(
            f"the body is no JSON: {bad.msg} in line {bad.lineno}, column {bad.colno}"
        ) from None
    except RecursionError:
        raise Malformed("the body is nested too deeply") from None
    except ValueError:
        raise Malformed("the body holds a number that is too long") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise Malformed(f"{twice}: is given twice; say which one is meant")
    return dict(pairs)


def _no_number(name: str) -> Any:
    raise Malformed(f"{name} is no number that JSON knows")


class StrictRequest(Request):
    """A request whose JSON is read by `read_json`."""

    async def json(self) -> Any:
        """Read the body."""
        try:
            return read_json(await self.body())
        except Malformed as bad:
            raise HTTPException(400, str(bad)) from bad


class StrictRoute(APIRoute):
    """A route whose requests are strict about JSON."""

    def get_route_handler(self) -> Handler:
        """Wrap FastAPI's own handler."""
        handle = super().get_route_handler()

        async def strict(request: Request) -> Response:
            return await handle(StrictRequest(request.scope, request.receive))

        return strict
