"""API tokens: people create and revoke their own; the coordinator does it for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from register.repositories.tokens import SETUP_TOKEN, Token
from web.auth import Caller, CurrentPerson
from web.dependencies import AppContext, ContextDep
from web.schemas.fields import Name, RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.resolve_names import check_not_gone, resolve_address

router = APIRouter(prefix="/api/tokens", tags=["tokens"], route_class=StrictRoute)

TokenName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]


class TokenRequest(RequestBody):
    """A token to create: for a person (yourself by default), or for a tool."""

    name: Annotated[TokenName, Field(examples=["laptop"])]
    person: Name = ""
    tool: bool = False


class IssuedTokenResponse(BaseModel):
    """A new token; it is shown here and never again."""

    name: str
    token: str = Field(examples=["aft_…"])
    person: str
    tool: bool


class TokenInfo(BaseModel):
    """A token in a list; `person` is empty for a tool's."""

    name: str
    person: str
    tool: bool
    created_at: datetime
    revoked_at: datetime | None


class TokensResponse(BaseModel):
    """Tokens by name, revoked ones too."""

    tokens: list[TokenInfo]


class RevokedTokenResponse(BaseModel):
    """The token that is no longer valid."""

    revoked: str


@router.get("", summary="List tokens.")
def list_tokens(context: ContextDep, caller: CurrentPerson) -> TokensResponse:
    """List your tokens; the coordinator sees all of them."""
    visible = (
        token for token in context.archive.tokens.list_tokens() if _may_manage(caller, token)
    )
    return TokensResponse(
        tokens=[TokenInfo.model_validate(one, from_attributes=True) for one in visible]
    )


@router.post("", summary="Create a token.", status_code=201)
async def create_token(
    request: TokenRequest, context: ContextDep, caller: CurrentPerson
) -> IssuedTokenResponse:
    """Return a new token; it is shown once, and stored as a digest only."""
    person = await _resolve_bearer(context, caller, request)
    token = await run_in_threadpool(
        context.archive.tokens.issue_token,
        request.name,
        person,
        request.tool,
        context.clock(),
        caller.actor,
    )
    return IssuedTokenResponse(name=request.name, token=token, person=person, tool=request.tool)


@router.delete("/{name}", summary="Revoke a token.")
def revoke_token(name: str, context: ContextDep, caller: CurrentPerson) -> RevokedTokenResponse:
    """Return the name of the token after revoking it; the coordinator may revoke any."""
    names = [
        token.name for token in context.archive.tokens.list_tokens() if _may_manage(caller, token)
    ]
    if name not in names:
        raise NotFound(
            "token",
            name,
            tuple(token_name for token_name in names if token_name.startswith(name))[:5],
        )
    context.archive.tokens.revoke_token(name, caller.actor)
    return RevokedTokenResponse(revoked=name)


def _may_manage(caller: Caller, token: Token) -> bool:
    return caller.admin or (token.person == caller.by and not token.tool)


async def _resolve_bearer(context: AppContext, caller: Caller, request: TokenRequest) -> str:
    if request.tool:
        _check_admin(caller, "Only the coordinator creates tokens for tools.")
        return ""
    people = await run_in_threadpool(context.archive.people.search_people, (request.person,))
    person = (
        check_not_gone(resolve_address(request.person, people), people)
        if request.person
        else caller.by
    )
    if person != caller.by:
        _check_admin(caller, "You may create tokens only for yourself.")
    if request.name == SETUP_TOKEN:
        _check_admin(caller, f"“{SETUP_TOKEN}” is reserved for the token that may manage people.")
    return person


def _check_admin(caller: Caller, reason: str) -> None:
    if not caller.admin:
        raise Refusal(RefusalCode.NOT_ALLOWED, reason, "Ask the coordinator.")
