"""End a token by the link in the email that told its person of it; no other token is needed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse

from mail.common import reply_token
from mail.token_emails import END_PATH, is_end_signature
from models.access.tokens import Token
from models.audit.audit_event import Actor
from models.errors import NotFound
from models.people import Channel
from web.dependencies import AppContext, ContextDep
from web.guards.rate_limits import WRONG_LINKS
from web.pages.templates import render_page

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get(f"{END_PATH}{{signature}}")
async def show_end_form(request: Request, context: ContextDep, signature: str) -> Response:
    """Show a form first, because mail scanners follow every link."""
    token = await _find_token(request, context, signature)
    return render_page(request, "end_token.html", token=token, signature=signature)


@router.post(f"{END_PATH}{{signature}}")
async def end_token(request: Request, context: ContextDep, signature: str) -> Response:
    """Show the page after revoking the token in its person's name."""
    token = await _find_token(request, context, signature)
    actor = Actor(by=token.person, channel=Channel.LINK, origin=context.find_client(request))
    await run_in_threadpool(context.archive.tokens.revoke_token, token.name, actor)
    token = await _find_token(request, context, signature)
    return render_page(request, "end_token.html", token=token, signature=signature)


async def _find_token(request: Request, context: AppContext, signature: str) -> Token:
    """Find the token that a link was signed for, with its newest secret. Raises NotFound."""
    secret = context.settings.secret.get_secret_value().encode()
    for token in await run_in_threadpool(context.archive.tokens.list_tokens):
        if token.person and is_end_signature(signature, token, secret):
            return token
    client = context.find_client(request)
    context.rate_limits.count_failure(WRONG_LINKS, client, context.clock())
    raise NotFound("link", reply_token.redact_tokens(signature))
