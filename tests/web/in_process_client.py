"""Requests to the app without a socket and without a second thread, which costs half the time."""

from __future__ import annotations

import asyncio

import httpx2
from fastapi import FastAPI

ADDRESS = "http://testserver"
CALLER = ("testclient", 50000)


class InProcessTransport(httpx2.BaseTransport):
    """Answer each request by running the app in this thread until it is done."""

    def __init__(self, app: FastAPI, runner: asyncio.Runner) -> None:
        self.app = httpx2.ASGITransport(app, raise_app_exceptions=False, client=CALLER)
        self.runner = runner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the whole response to a request."""
        return self.runner.run(self._ask(request))

    async def _ask(self, request: httpx2.Request) -> httpx2.Response:
        response = await self.app.handle_async_request(request)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        content = b"".join([part async for part in response.stream])
        return httpx2.Response(response.status_code, headers=response.headers, content=content)


def build_client(app: FastAPI, runner: asyncio.Runner) -> httpx2.Client:
    """Build a client that follows redirects and keeps cookies, as a browser does."""
    transport = InProcessTransport(app, runner)
    return httpx2.Client(transport=transport, base_url=ADDRESS, follow_redirects=True)
