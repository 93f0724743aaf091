"""What is asked under another name, or sent by another website, goes no further."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from models.codes import RefusalCode
from models.errors import Refusal
from settings import WebSection
from web.errors import build_problem_response
from web.guards.own_site import Origin, judge_origin, list_own_hosts, parse_host

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})
"""What load balancers ask by the address of a machine."""

TOOL_PATHS = ("/hooks/", "/mail/")
"""Where tools send by whatever name they know this machine; what they sign is checked."""

SIGNED_PATHS = (*TOOL_PATHS, "/unsubscribe/")
"""Where programs send with a signature or a token of their own, whatever site they run on."""

WRONG_HOST = Refusal(
    RefusalCode.WRONG_HOST,
    "This server is not asked by that name.",
    "Use its own address. Whoever runs it adds names with AFTERWORD_WEB__ALLOWED_HOSTS.",
)
CROSS_SITE = Refusal(
    RefusalCode.CROSS_SITE,
    "This was sent by another website, so nothing was recorded.",
    "Open the page here, and send its form yourself.",
)


class SiteGuardMiddleware:
    """Lets through what is asked by a name of ours and, where it changes something, by our pages.

    A page of somebody else's, whose name was made to lead to this machine, reads nothing and sends
    nothing. `find_web` returns the settings as they are now.
    """

    def __init__(self, app: ASGIApp, find_web: Callable[[], WebSection]) -> None:
        self.app = app
        self.find_web = find_web

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app, or answer with a refusal."""
        refusal = self._find_refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self.app(scope, receive, send)
            return
        response = build_problem_response(refusal, scope["path"], {"Connection": "close"})
        await response(scope, receive, send)

    def _find_refusal(self, scope: Scope) -> Refusal | None:
        path, headers, web = scope["path"], Headers(scope=scope), self.find_web()
        host = parse_host(headers.get("host", ""))
        is_asked_by_any_name = path in HEALTH_PATHS or path.startswith(TOOL_PATHS)
        if host not in list_own_hosts(web) and not is_asked_by_any_name:
            return WRONG_HOST
        is_reading = scope["method"] in READING_METHODS or path.startswith(SIGNED_PATHS)
        if not is_reading and judge_origin(headers, web) is Origin.FOREIGN:
            return CROSS_SITE
        return None
