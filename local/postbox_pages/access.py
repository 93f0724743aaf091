"""Who may read the postbox: whoever has the link that the start prints, and then its cookie."""

from __future__ import annotations

import hashlib
import hmac

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "afterword_postbox"
QUERY = "token"
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
LOCKED = (
    "<!doctype html><html lang='en'><title>Postbox</title><main><h1>The postbox is locked</h1>"
    "<p>Open it with the link that was printed when Afterword started. The folder of its state has "
    "the same link, in the file <code>postbox.url</code>.</p></main></html>"
)


def build_postbox_token(secret: str) -> str:
    """Return the token of the postbox of one installation: the same at every start."""
    return hmac.new(secret.encode(), b"postbox", hashlib.sha256).hexdigest()[:43]


def build_postbox_link(url: str, token: str) -> str:
    """Return the address by which the postbox is opened."""
    return f"{url.rstrip('/')}/postbox?{QUERY}={token}"


class PostboxAccess:
    """Lets through who has the token, from a link once and from a cookie afterwards."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self.app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app, open the postbox with a cookie, or say how it is opened."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        app = self._choose_app(Request(scope))
        await app(scope, receive, send_with_headers)

    def _choose_app(self, request: Request) -> ASGIApp:
        if self._is_right(request.query_params.get(QUERY, "")) and request.method == "GET":
            return self._build_opening(request.url.path)
        if self._is_right(request.cookies.get(COOKIE, "")):
            return self.app
        policy = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
        return HTMLResponse(LOCKED, 403, headers=policy)

    def _build_opening(self, path: str) -> RedirectResponse:
        """Build the redirect to the same page without the token, which then is in a cookie."""
        response = RedirectResponse(path, status_code=303)
        response.set_cookie(COOKIE, self._token, path="/postbox", httponly=True, samesite="strict")
        return response

    def _is_right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())
