"""One-click unsubscribe: reminders come once a week instead, and never stop altogether."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from mail.common import reply_token
from models.email_address import UNSUBSCRIBE_KINDS
from models.errors import NotFound
from web.dependencies import AppContext, ContextDep
from web.guards.rate_limits import WRONG_LINKS
from web.pages.templates import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/unsubscribe/{token}")
async def show_unsubscribe_form(request: Request, context: ContextDep, token: str) -> Response:
    """Show a form first, because mail scanners follow every link."""
    await _find_person(request, context, token)
    return render_page(request, "unsubscribe.html", token=token, saved="")


@router.post("/unsubscribe/{token}")
async def unsubscribe(
    request: Request, context: ContextDep, token: str, often: str = ""
) -> Response:
    """Show the page after switching reminders to weekly (RFC 8058), or back with `often`."""
    person = await _find_person(request, context, token)
    await run_in_threadpool(context.archive.people.set_weekly, person, weekly=not often)
    return render_page(
        request, "unsubscribe.html", token=token, saved="often" if often else "weekly"
    )


async def _find_person(request: Request, context: AppContext, token: str) -> str:
    reply_address = await run_in_threadpool(
        context.archive.notifications.find_reply_address, token.lower()
    )
    person = await run_in_threadpool(
        context.archive.people.find_person, reply_address.person if reply_address else ""
    )
    generation = person.renewed if person else 0
    secret = context.settings.secret.get_secret_value().encode()
    if (
        reply_address is None
        or reply_address.kind not in UNSUBSCRIBE_KINDS
        or not reply_token.is_genuine(
            secret,
            token,
            reply_address.review,
            reply_address.person,
            reply_address.item,
            renewed=generation,
            kind=reply_address.kind,
        )
    ):
        client = context.find_client(request)
        context.rate_limits.count_failure(WRONG_LINKS, client, context.clock())
        raise NotFound("email", reply_token.redact_tokens(token))
    return reply_address.person
