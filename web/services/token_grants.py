"""What a new token is for, as it was requested: its scope, its reach, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi.concurrency import run_in_threadpool

from models.access.tokens import EVERYTHING, SETUP_TOKEN, Token, TokenGrant, TokenScope
from models.codes import RefusalCode
from models.errors import InvalidInput, Refusal
from rules.access.tokens import compute_expiry, may_administer
from rules.access.tool_names import find_name_problem
from web.auth import Caller
from web.dependencies import AppContext
from web.services.resolve_names import check_not_gone, resolve_address


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedToken:
    """A token as it was requested; `person` as typed, "" for who requests it."""

    name: str
    person: str = ""
    scope: TokenScope | None = None
    tool: bool = False
    sources: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    days: int | None = None


async def build_grant(context: AppContext, caller: Caller, request: RequestedToken) -> TokenGrant:
    """Build what a new token is for. Raises InvalidInput, NotFound and Refusal."""
    _refuse_replaced_secret(caller)
    scope = _choose_scope(request)
    if request.name == SETUP_TOKEN or request.name.startswith(f"{SETUP_TOKEN}-"):
        raise InvalidInput("is kept for the first token; choose another name", field="name")
    expires_at = _compute_expiry(context, scope, request.days)
    if scope is TokenScope.TOOL:
        await _check_tool_name(context, request.name)
        sources, services = _choose_reach(request)
        return TokenGrant(
            name=request.name,
            scope=scope,
            expires_at=expires_at,
            sources=sources,
            services=services,
        )
    person = await _resolve_person(context, caller, request.person)
    if scope is TokenScope.ADMIN and person != context.settings.coordinator:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"Only the coordinator, {context.settings.coordinator}, manages people and tokens.",
            "Give the scope “own” or “read”.",
        )
    return TokenGrant(name=request.name, scope=scope, expires_at=expires_at, person=person)


def build_rotated_grant(
    context: AppContext, caller: Caller, token: Token, days: int | None
) -> TokenGrant:
    """Build what a token is for once it is rotated; one of before gets a scope of today.

    It lasts no longer than what the coordinator gave. Raises Refusal `not-allowed` where the caller
    would get more than they have, for a secret that was itself replaced, which others may have, and
    for a tool's token that has a name which is taken.
    """
    _refuse_replaced_secret(caller)
    _refuse_taken_name(context, token)
    is_admin = may_administer(token, context.settings.coordinator)
    if is_admin and not caller.admin:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"“{token.name}” may do more than the token that you use.",
            "Use a token with the scope “admin”.",
        )
    kept = TokenScope.ADMIN if is_admin else TokenScope.OWN
    scope = kept if token.scope is TokenScope.EARLIER else token.scope
    return TokenGrant(
        name=token.name,
        scope=scope,
        expires_at=_compute_rotated_expiry(context, caller, token, scope, days),
        person=token.person,
        sources=token.sources,
        services=token.services,
    )


async def _check_tool_name(context: AppContext, name: str) -> None:
    """Raise InvalidInput for a name that a webhook, Afterword itself or somebody has."""
    if problem := find_name_problem(name, context.settings.hooks.sources):
        raise InvalidInput(problem, field="name")
    person = await run_in_threadpool(context.archive.people.find_by_name, name)
    if person is not None:
        raise InvalidInput(
            f"is the name of {person.address}, and would be shown as theirs; choose another name",
            field="name",
        )


def _refuse_taken_name(context: AppContext, token: Token) -> None:
    problem = find_name_problem(token.name, context.settings.hooks.sources)
    if token.is_tool and problem:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"“{token.name}” {problem}.",
            "Ask the coordinator to create a token with another name, and to revoke this one: "
            f"`afterword token revoke {token.name}`.",
        )


def _refuse_replaced_secret(caller: Caller) -> None:
    if caller.grant is None or caller.grant.replaced_at is None:
        return
    raise Refusal(
        RefusalCode.NOT_ALLOWED,
        "The secret that you use was replaced, so it makes no other one.",
        "Use the new secret, or ask the coordinator for a token.",
    )


def _choose_scope(request: RequestedToken) -> TokenScope:
    """Choose the scope of a new token. Raises InvalidInput for what does not go together."""
    is_for_tool = request.tool or request.scope is TokenScope.TOOL
    if request.scope is TokenScope.EARLIER:
        raise InvalidInput("is that of old tokens; give read, own, tool or admin", field="scope")
    if request.tool and request.scope not in (None, TokenScope.TOOL):
        raise InvalidInput("a tool's token has the scope tool", field="scope")
    if not is_for_tool and (request.sources or request.services):
        raise InvalidInput("only a tool's token is bound to these", field="sources")
    return TokenScope.TOOL if is_for_tool else request.scope or TokenScope.OWN


def _choose_reach(request: RequestedToken) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what a tool's token is for. Raises InvalidInput where that is not named."""
    if request.person:
        raise InvalidInput("a token is a person's or a tool's, not both", field="person")
    if not request.sources and not request.services:
        raise InvalidInput(
            "name the sources or services that the tool is for; “*” is all of them",
            field="sources",
        )
    return request.sources or (EVERYTHING,), request.services or (EVERYTHING,)


def _compute_rotated_expiry(
    context: AppContext, caller: Caller, token: Token, scope: TokenScope, days: int | None
) -> datetime:
    """Return when a rotated token ends. Raises Refusal for one that has ended."""
    expires_at, now = _compute_expiry(context, scope, days), context.clock()
    if caller.admin:
        return expires_at
    if token.expires_at <= now:
        raise Refusal(
            RefusalCode.NOT_ALLOWED,
            f"“{token.name}” has ended, so you cannot rotate it.",
            f"Ask the coordinator, {context.settings.coordinator}, for a new one.",
        )
    return min(expires_at, now + (token.expires_at - token.made_at))


def _compute_expiry(context: AppContext, scope: TokenScope, days: int | None) -> datetime:
    limits = context.settings.tokens
    max_days = limits.admin_days if scope is TokenScope.ADMIN else limits.days
    return compute_expiry(context.clock(), days, max_days)


async def _resolve_person(context: AppContext, caller: Caller, typed: str) -> str:
    if not typed:
        return caller.by
    people = await run_in_threadpool(context.archive.people.search_people, (typed,))
    return check_not_gone(resolve_address(typed, people), people)
