"""The postbox's pages: the list of emails, each email in a sandbox, and a form to reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from aiosmtplib import SMTPException
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from local.postbox import Postbox, StoredEmail, build_reply, send_message
from local.postbox_pages.access import PostboxAccess
from models.errors import NotFound, Refusal, Unavailable
from web.guards.form_token import FORM_FIELD, build_form_token, is_form_token

PAGE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
"""Sandbox of an email's HTML: it can only open links, in a new window."""
EMAIL_POLICY = (
    f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'"
)
SESSION = "postbox"
"""What the form of a reply is bound to, beside its address and the token of the postbox."""

SENT_NOTICE = "Sent. Afterword’s answer arrives as an email; what was recorded is in the register."


class PostboxPages:
    """The pages of one postbox; replies are sent by SMTP to the intake at `smtp_port`.

    `describe_waiting` says which emails are still to come, `postbox_id` is that of `build_reply`,
    `token` the one that opens the pages.
    """

    def __init__(
        self,
        postbox: Postbox,
        smtp_port: int,
        clock: Callable[[], datetime],
        describe_waiting: Callable[[], Awaitable[str]],
        postbox_id: str = "",
        *,
        token: str,
    ) -> None:
        self._token = token
        self._postbox = postbox
        self._smtp_port = smtp_port
        self._clock = clock
        self._describe_waiting = describe_waiting
        self._postbox_id = postbox_id
        self._templates = _load_templates()

    def build_app(self) -> ASGIApp:
        """Build the ASGI app that serves the pages under /postbox, to whoever has the token."""
        app = Starlette(
            routes=[
                Route("/postbox", self.list_emails),
                Route("/postbox/{number:int}", self.show_email),
                Route("/postbox/{number:int}/html", self.show_html),
                Route("/postbox/{number:int}/raw", self.download_raw),
                Route("/postbox/{number:int}/reply", self.send_reply, methods=["POST"]),
            ]
        )
        app.router.redirect_slashes = False
        return PostboxAccess(app, self._token)

    async def list_emails(self, request: Request) -> Response:
        """List the emails, newest first."""
        to = request.query_params.get("to", "").strip()
        emails = self._postbox.list_emails(to)[::-1]
        try:
            waiting = await self._describe_waiting()
        except (NotFound, Refusal, Unavailable) as error:
            waiting = f"What waits cannot be found out just now: {error}."
        return self._render_page("list.html", emails=emails, to=to, waiting=waiting)

    async def show_email(self, request: Request) -> Response:
        """Show one email."""
        stored = self._find_email(request)
        return self._render_email(stored, SENT_NOTICE if "sent" in request.query_params else "")

    async def show_html(self, request: Request) -> Response:
        """Return an email's HTML, which can only open links."""
        stored = self._find_email(request)
        page = stored.get_body("html").replace("<head>", '<head><base target="_blank">', 1)
        headers = {"Content-Security-Policy": EMAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"}
        return HTMLResponse(page, headers=headers)

    async def download_raw(self, request: Request) -> Response:
        """Return the email as a file, byte by byte."""
        stored = self._find_email(request)
        return Response(
            stored.file.read_bytes(),
            media_type="message/rfc822",
            headers={"Content-Disposition": f'attachment; filename="{stored.number}.eml"'},
        )

    async def send_reply(self, request: Request) -> Response:
        """Send a reply by SMTP, and show the error where the intake refuses it."""
        stored = self._find_email(request)
        form = await request.form()
        form_token, text = str(form.get(FORM_FIELD, "")), str(form.get("text", ""))
        secret, path = self._token.encode(), request.url.path
        if not is_form_token(secret, form_token, path, SESSION, self._clock()):
            return HTMLResponse("A reply must come from the postbox’s own page.", status_code=403)
        try:
            reply = build_reply(stored, text, self._clock(), self._postbox_id)
            await send_message(self._smtp_port, reply)
        except (SMTPException, OSError) as refused:
            return self._render_email(stored, f"The reply was refused: {refused}", status=502)
        return RedirectResponse(f"/postbox/{stored.number}?sent", status_code=303)

    def _find_email(self, request: Request) -> StoredEmail:
        stored = self._postbox.find_email(request.path_params["number"])
        if stored is None:
            raise HTTPException(404, "There is no such email in the postbox.")
        return stored

    def _render_email(self, stored: StoredEmail, notice: str, status: int = 200) -> Response:
        message = stored.message
        return self._render_page(
            "email.html",
            status,
            email=stored,
            message=message,
            text=stored.get_body("plain"),
            html=bool(stored.get_body("html")),
            attachments=[part.get_filename() or "a file" for part in message.iter_attachments()],
            notice=notice,
            sandbox=SANDBOX,
            form_token=self._make_form_token(stored),
        )

    def _make_form_token(self, stored: StoredEmail) -> str:
        path = f"/postbox/{stored.number}/reply"
        return build_form_token(self._token.encode(), path, SESSION, self._clock())

    def _render_page(self, name: str, status: int = 200, /, **context: object) -> Response:
        page = self._templates.get_template(name).render(context)
        headers = {"Content-Security-Policy": PAGE_POLICY, "X-Frame-Options": "DENY"}
        return HTMLResponse(page, status, headers=headers)


def _load_templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("local", "postbox_pages"), autoescape=True, undefined=StrictUndefined
    )
    templates.filters["time"] = _format_time
    return templates


def _format_time(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at else ""
