"""Authentication: the person or tool that a bearer token belongs to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Header, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from models.audit.audit_event import Actor
from models.codes import RefusalCode
from models.errors import Refusal
from models.people import Channel
from register.repositories.tokens import SETUP_TOKEN
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
    """Who makes the request, through which channel; `by` is an address, or `tool:<name>`."""

    by: str
    channel: Channel
    token: str
    admin: bool = False
    origin: str = ""

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
    return replace(caller, origin=client)


def _find_caller(context: AppContext, token: str, channel: str) -> Caller:
    token_bearer = context.archive.tokens.find_bearer(token)
    if token_bearer is None:
        raise _build_invalid_token_refusal()
    if token_bearer.tool:
        return Caller(
            by=f"{TOOL_PREFIX}{token_bearer.name}", channel=Channel.TOOL, token=token_bearer.name
        )
    person = context.archive.people.find_person(token_bearer.person)
    if person is not None and person.gone:
        raise _build_invalid_token_refusal()
    by_cli = channel.strip().lower() == Channel.CLI
    return Caller(
        by=token_bearer.person or context.settings.coordinator,
        channel=Channel.CLI if by_cli else Channel.API,
        token=token_bearer.name,
        admin=token_bearer.name == SETUP_TOKEN
        or token_bearer.person == context.settings.coordinator,
    )


def _build_invalid_token_refusal() -> Refusal:
    return Refusal(
        RefusalCode.NO_TOKEN,
        "This token is unknown or was revoked.",
        "Ask whoever runs Afterword for a new one.",
    )


CurrentCaller = Annotated[Caller, Depends(get_caller)]


async def require_coordinator(caller: CurrentCaller) -> Caller:
    """Return the caller if they manage people. Raises Refusal `not-allowed`."""
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
