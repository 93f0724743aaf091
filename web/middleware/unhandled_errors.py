"""Answer an unexpected error like every other one, and log it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mail.common.reply_token import redact_tokens

logger = logging.getLogger(__name__)


class UnhandledErrorMiddleware:
    """Answers an unexpected error with a plain problem; the log has the traceback."""

    def __init__(
        self, app: ASGIApp, answer: Callable[[Request, Exception], Awaitable[Response]]
    ) -> None:
        self.app = app
        self.answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app; an error is answered unless the response has already started."""
        response_started = False

        async def send_and_note_start(message: Message) -> None:
            nonlocal response_started
            response_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_and_note_start)
        except Exception as error:
            if response_started or scope["type"] != "http":
                raise
            path = redact_tokens(scope["path"])
            logger.exception("%s %s failed", scope["method"], path)
            response = await self.answer(Request(scope), error)
            await response(scope, receive, send)
