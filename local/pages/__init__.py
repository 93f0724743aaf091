"""The postbox as pages: its letters, each letter in a sandbox, and a form to reply."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from aiosmtplib import SMTPException
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from local.postbox import Post, Postbox, answer, post_to

OURS = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'"
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
"""A letter can do nothing but open its links, beside itself."""
THEIRS = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
SENT = "Sent. What Afterword makes of it comes as a letter, or stands in the register."


class Pages:
    """The pages of one postbox; replies go by SMTP to the intake that listens at `intake`."""

    def __init__(self, postbox: Postbox, intake: int, clock: Callable[[], datetime]) -> None:
        self._postbox = postbox
        self._intake = intake
        self._clock = clock
        self._templates = _templates()

    def app(self) -> Starlette:
        """Give the pages as an ASGI app that stands at /postbox."""
        return Starlette(
            routes=[
                Route("/postbox", self.every),
                Route("/postbox/{number:int}", self.one),
                Route("/postbox/{number:int}/html", self.html),
                Route("/postbox/{number:int}/raw", self.raw),
                Route("/postbox/{number:int}/reply", self.reply, methods=["POST"]),
            ]
        )

    async def every(self, request: Request) -> Response:
        """List the letters, newest first."""
        to = request.query_params.get("to", "").strip()
        return self._page("list.html", posts=self._postbox.letters(to)[::-1], to=to)

    async def one(self, request: Request) -> Response:
        """Show one letter."""
        post = self._wanted(request)
        if post is None:
            return _missing()
        return self._letter(post, SENT if "sent" in request.query_params else "")

    async def html(self, request: Request) -> Response:
        """Give a letter's HTML, which can do nothing but open links."""
        post = self._wanted(request)
        if post is None:
            return _missing()
        page = post.part("html").replace("<head>", '<head><base target="_blank">', 1)
        return HTMLResponse(page, headers={"Content-Security-Policy": THEIRS})

    async def raw(self, request: Request) -> Response:
        """Give the mail, octet by octet."""
        post = self._wanted(request)
        if post is None:
            return _missing()
        return Response(
            post.file.read_bytes(),
            media_type="message/rfc822",
            headers={"Content-Disposition": f'attachment; filename="{post.number}.eml"'},
        )

    async def reply(self, request: Request) -> Response:
        """Send a reply by real mail, and show what the intake said where it did not take it."""
        post = self._wanted(request)
        if post is None:
            return _missing()
        if _from_elsewhere(request):
            return HTMLResponse("A reply must come from the postbox’s own page.", status_code=403)
        text = str((await request.form()).get("text", ""))
        try:
            await post_to(self._intake, answer(post, text, self._clock()))
        except (SMTPException, OSError) as refused:
            return self._letter(post, f"The reply was not taken: {refused}", status=502)
        return RedirectResponse(f"/postbox/{post.number}?sent", status_code=303)

    def _wanted(self, request: Request) -> Post | None:
        return self._postbox.letter(request.path_params["number"])

    def _letter(self, post: Post, said: str, status: int = 200) -> Response:
        letter = post.message
        return self._page(
            "letter.html",
            status,
            post=post,
            letter=letter,
            text=post.part("plain"),
            html=bool(post.part("html")),
            attachments=[part.get_filename() or "a file" for part in letter.iter_attachments()],
            said=said,
            sandbox=SANDBOX,
        )

    def _page(self, name: str, status: int = 200, /, **shown: object) -> Response:
        page = self._templates.get_template(name).render(shown)
        return HTMLResponse(page, status, headers={"Content-Security-Policy": OURS})


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("local", "pages"), autoescape=True, undefined=StrictUndefined
    )
    templates.filters["moment"] = _moment
    return templates


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""


def _missing() -> Response:
    return HTMLResponse("There is no such letter in the postbox.", status_code=404)


def _from_elsewhere(request: Request) -> bool:
    origin = request.headers.get("origin", "")
    return bool(origin) and origin.partition("://")[2] != request.headers.get("host", "")
