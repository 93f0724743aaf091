"""A form is read as UTF-8, which every page of ours says that it is written in.

What is said to be in another encoding would be read as something nobody typed, or as half
characters that nothing can store.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from python_multipart.multipart import parse_options_header
from starlette.types import ASGIApp, Receive, Scope, Send

from models.errors import InvalidInput
from web.errors import API_PATHS

FORM_TYPES = (b"multipart/form-data", b"application/x-www-form-urlencoded")
OWN_CHARSETS = (b"utf-8", b"utf8")
FOREIGN_CHARSET = "This form says that it is in another encoding than UTF-8, so it was not read."


class FormCharsetMiddleware:
    """Refuses forms that say they are in another encoding."""

    def __init__(
        self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app, or answer with a refusal."""
        if not _is_foreign_form(scope):
            await self.app(scope, receive, send)
            return
        response = await self.answer(Request(scope), InvalidInput(FOREIGN_CHARSET))
        await response(scope, receive, send)


def _is_foreign_form(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["path"].startswith(API_PATHS):
        return False
    content_type = Request(scope).headers.get("content-type", "")
    kind, options = parse_options_header(content_type)
    charset = options.get(b"charset", b"utf-8")
    return kind in FORM_TYPES and charset.strip().lower() not in OWN_CHARSETS
