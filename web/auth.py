"""Authentication: the person or tool that a bearer token belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from models.access.tokens import Token
from models.audit.audit_event import Actor
from models.codes import RefusalCode
from models.errors import Refusal
from models.people import Channel
from rules.access.tokens import (
    format_origin,
    is_ending,
    is_use_to_record,
    is_young_and_foreign,
    may_administer,
    may_request,
)
from rules.formatting import format_short_time
from rules.permissions import TOOL_PREFIX
from web.dependencies import AppContext, ContextDep
from web.guards.rate_limits import WRONG_TOKENS

bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="opaque",
    description="A token of a person or a tool: `afterword token create`, or the one that "
    "`make up` printed.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes the request, through which channel; `by` is an address, or `tool:<name>`.

    `grant` is the token, None for a link of an email. `token_origin` says who made it, where
    somebody else did so lately; `maker` is then who answers for what it makes.
    """

    by: str
    channel: Channel
    token: str
    admin: bool = False
    origin: str = ""
    grant: Token | None = None
    token_origin: str = ""
    maker: str = ""

    @property
    def is_tool(self) -> bool:
        """Return whether the caller is a tool, not a person."""
        return self.channel is Channel.TOOL

    @property
    def actor(self) -> Actor:
        """Return the caller as the audit log names them."""
        return Actor(by=self.by, channel=self.channel, origin=self.origin)


async def get_caller(
    request: Request,
    context: ContextDep,
    credentials: Credentials,
    x_afterword_channel: Annotated[
        str, Header(description="`cli` for requests of the command line; it is shown in the log.")
    ] = "",
) -> Caller:
    """Return the caller. Raises Refusal `no-token` for a missing, unknown or revoked token.

    Who sends wrong ones too often hears to wait; a right one is always accepted, since many people
    may share the address of one who guesses.
    """
    if credentials is None or not credentials.credentials:
        raise Refusal(
            RefusalCode.NO_TOKEN,
            "A token is needed.",
            "Send one as “Authorization: Bearer …”, or set AFTERWORD_TOKEN.",
        )
    client = context.find_client(request)
    try:
        caller = await run_in_threadpool(
            _find_caller, context, credentials.credentials, x_afterword_channel
        )
    except Refusal:
        context.rate_limits.count_failure(WRONG_TOKENS, client, context.clock())
        raise
    if caller.grant is not None:
        _check_method(caller.grant, request.method)
        request.state.token_end = _find_announced_end(context, caller.grant)
    return replace(caller, origin=client)


def _find_caller(context: AppContext, plain: str, channel: str) -> Caller:
    return _build_caller(context, _find_token(context, plain), channel)


def _find_token(context: AppContext, plain: str) -> Token:
    """Find the token with this secret, and record its use. Raises Refusal `no-token`."""
    now, tokens = context.clock(), context.archive.tokens
    token = tokens.find_token(plain)
    if token is None or token.revoked_at is not None or _has_left(context, token.person):
        raise _build_invalid_token_refusal()
    if not token.is_valid(now):
        raise _build_ended_token_refusal(token)
    if is_use_to_record(token, now):
        tokens.record_use(token.name, now)
    return token


def _has_left(context: AppContext, address: str) -> bool:
    person = context.archive.people.find_person(address) if address else None
    return person is not None and person.gone


def _check_method(token: Token, method: str) -> None:
    """Raise Refusal `not-allowed` where a token that may only read would change something."""
    if not may_request(token.scope, method):
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"The token “{token.name}” may only read.",
            "Use a token with the scope “own”; the coordinator makes one with "
            "`afterword token create`.",
        )


def _find_announced_end(context: AppContext, token: Token) -> datetime | None:
    """Return when a token ends, if it is soon enough to say so; None otherwise."""
    ends_soon = is_ending(token, context.clock(), context.settings.tokens.warning_days)
    return token.expires_at if ends_soon else None


def _build_caller(context: AppContext, token: Token, channel: str) -> Caller:
    if token.is_tool:
        by = f"{TOOL_PREFIX}{token.name}"
        return Caller(by=by, channel=Channel.TOOL, token=token.name, grant=token)
    coordinator = context.settings.coordinator
    is_foreign = is_young_and_foreign(token, context.clock())
    return Caller(
        by=token.person or coordinator,
        channel=Channel.CLI if channel.strip().lower() == Channel.CLI else Channel.API,
        token=token.name,
        admin=may_administer(token, coordinator),
        grant=token,
        token_origin=_format_token_origin(context, token) if is_foreign else "",
        maker=token.maker if is_foreign else "",
    )


def _format_token_origin(context: AppContext, token: Token) -> str:
    maker = context.archive.people.find_person(token.maker)
    return format_origin(token, (maker.name if maker else "") or token.maker)


def _build_invalid_token_refusal() -> Refusal:
    return Refusal(
        RefusalCode.NO_TOKEN,
        "This token is unknown or was revoked.",
        "Ask whoever runs Afterword for a new one.",
    )


def _build_ended_token_refusal(token: Token) -> Refusal:
    ended = format_short_time(token.expires_at, UTC)
    if token.replaced_at is not None:
        return Refusal(
            RefusalCode.NO_TOKEN,
            f"This token was replaced by a newer one, and was valid beside it until {ended}.",
            f"Use the newer one; whoever has lost it asks the coordinator to run "
            f"`afterword token rotate {token.name}`.",
        )
    return Refusal(
        RefusalCode.NO_TOKEN,
        f"This token was valid until {ended}.",
        f"The coordinator renews it: `afterword token rotate {token.name}`. The coordinator gets "
        "another on the machine of the server: `python -m local.bootstrap_token`, or start "
        "`afterword up` again.",
    )


CurrentCaller = Annotated[Caller, Depends(get_caller)]


async def require_coordinator(caller: CurrentCaller, context: ContextDep) -> Caller:
    """Return the caller if they manage people. Raises Refusal `not-allowed`."""
    if not caller.admin and caller.by == context.settings.coordinator:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"The token “{caller.token}” may not do this: it is for one with the scope “admin”.",
            "Make one with `afterword token create NAME --scope admin`, by one that may do that.",
        )
    if not caller.admin:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"{caller.by} may not do this: it is for the coordinator.",
            "Use the coordinator's token, or the one created at set-up.",
        )
    return caller


CurrentCoordinator = Annotated[Caller, Depends(require_coordinator)]


async def require_person(caller: CurrentCaller) -> Caller:
    """Return the caller if they are a person, not a tool. Raises Refusal `not-allowed`."""
    if caller.is_tool:
        raise Refusal(
            RefusalCode.NOT_ALLOWED, "Tools may not see or manage people.", "Ask the coordinator."
        )
    return caller


CurrentPerson = Annotated[Caller, Depends(require_person)]
