"""API tokens: the coordinator makes them; everybody lists, rotates and revokes their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.access.tokens import Token, TokenGrant, TokenRotation, TokenScope
from models.errors import NotFound
from rules.access.tokens import DESCRIPTIONS, MAX_OVERLAP, compute_overlap_end, describe_reach
from web.auth import Caller, CurrentCoordinator, CurrentPerson
from web.dependencies import AppContext, ContextDep
from web.schemas.fields import Name, Names, RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.token_grants import RequestedToken, build_grant, build_rotated_grant

router = APIRouter(prefix="/api/tokens", tags=["tokens"], route_class=StrictRoute)

TokenName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]
Days = Annotated[int | None, Field(ge=1, description="For how many days; else as long as it may.")]
DAY_HOURS = 24


class TokenRequest(RequestBody):
    """A token to create: for a person (yourself by default), or for a tool.

    A tool's is bound: `sources` and `services` name about which incidents it may say something;
    `*` is all of them.
    """

    name: Annotated[TokenName, Field(examples=["laptop"])]
    person: Name = ""
    scope: TokenScope | None = Field(default=None, description="`own` by default.")
    tool: bool = False
    sources: Names = ()
    services: Names = ()
    days: Days = None


class RotateRequest(RequestBody):
    """For how many hours the secret of before is accepted beside the new one."""

    overlap_hours: float = Field(
        default=DAY_HOURS, ge=0, le=MAX_OVERLAP / timedelta(hours=1), allow_inf_nan=False
    )
    days: Days = None


class TokenInfo(BaseModel):
    """A token in a list; `person` is empty for a tool's, `maker` is who made its secret."""

    name: str
    person: str
    tool: bool
    scope: TokenScope
    sources: list[str]
    services: list[str]
    maker: str
    created_at: datetime
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    bootstrap: bool

    @classmethod
    def of(cls, token: Token) -> Self:
        """Return what is shown of a token."""
        return cls(
            name=token.name,
            person=token.person,
            tool=token.is_tool,
            scope=token.scope,
            sources=list(token.sources),
            services=list(token.services),
            maker=token.maker,
            created_at=token.created_at,
            made_at=token.made_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            revoked_at=token.revoked_at,
            bootstrap=token.is_bootstrap,
        )


class IssuedTokenResponse(BaseModel):
    """A new secret; it is shown here and never again. `may` says what one may do with it."""

    name: str
    token: str = Field(examples=["aft_…"])
    person: str
    tool: bool
    scope: TokenScope
    expires_at: datetime
    may: str
    told: str = Field(description="Who is told of it by email: the person, if you are another.")


class TokensResponse(BaseModel):
    """Tokens by name, revoked ones too."""

    tokens: list[TokenInfo]


class RevokedTokenResponse(BaseModel):
    """The token that is no longer valid."""

    revoked: str


@router.get("", summary="List tokens.")
def list_tokens(context: ContextDep, caller: CurrentPerson) -> TokensResponse:
    """List your tokens; the coordinator sees all of them."""
    return TokensResponse(tokens=[TokenInfo.of(each) for each in _list_manageable(context, caller)])


@router.post("", summary="Create a token.", status_code=201)
async def create_token(
    request: TokenRequest, context: ContextDep, caller: CurrentCoordinator
) -> IssuedTokenResponse:
    """Return a new token; it is shown once, and stored as a digest only. For the coordinator.

    The person whose it is, if that is somebody else, is told by email.
    """
    requested = RequestedToken(**request.model_dump())
    grant = await build_grant(context, caller, requested)
    plain = await run_in_threadpool(
        context.archive.tokens.issue_token,
        grant,
        context.clock(),
        caller.actor,
        maker=caller.maker,
    )
    return _build_response(caller, grant, plain)


@router.post("/{name}/rotate", summary="Rotate a token.", status_code=201)
async def rotate_token(
    name: str, request: RotateRequest, context: ContextDep, caller: CurrentPerson
) -> IssuedTokenResponse:
    """Return a new secret of a token; the one of before is accepted until the overlap is over.

    What may manage people is rotated by what may do that, too. The coordinator may rotate any.
    """
    token = await run_in_threadpool(_find_manageable, context, caller, name)
    grant = build_rotated_grant(context, caller, token, request.days)
    now = context.clock()
    overlap = timedelta(hours=request.overlap_hours)
    rotation = TokenRotation(
        name=token.name,
        scope=grant.scope,
        expires_at=grant.expires_at,
        overlap_end=compute_overlap_end(now, overlap, grant.expires_at),
        maker=caller.maker or caller.by,
    )
    plain = await run_in_threadpool(
        context.archive.tokens.rotate_token, rotation, now, caller.actor
    )
    return _build_response(caller, grant, plain)


@router.delete("/{name}", summary="Revoke a token.")
def revoke_token(name: str, context: ContextDep, caller: CurrentPerson) -> RevokedTokenResponse:
    """Return the name of the token after revoking it; the coordinator may revoke any."""
    _find_manageable(context, caller, name)
    context.archive.tokens.revoke_token(name, caller.actor)
    return RevokedTokenResponse(revoked=name)


def _list_manageable(context: AppContext, caller: Caller) -> list[Token]:
    tokens = context.archive.tokens.list_tokens()
    return [each for each in tokens if caller.admin or _is_own(caller, each)]


def _is_own(caller: Caller, token: Token) -> bool:
    return token.person == caller.by and not token.is_tool


def _find_manageable(context: AppContext, caller: Caller, name: str) -> Token:
    """Find a token of the caller's, or any for the coordinator. Raises NotFound."""
    by_name = {token.name: token for token in _list_manageable(context, caller)}
    if name not in by_name:
        raise NotFound("token", name, tuple(each for each in by_name if each.startswith(name))[:5])
    return by_name[name]


def _build_response(caller: Caller, grant: TokenGrant, plain: str) -> IssuedTokenResponse:
    is_tool = grant.scope is TokenScope.TOOL
    reach = f", about {describe_reach(grant.sources, grant.services)}" if is_tool else ""
    return IssuedTokenResponse(
        name=grant.name,
        token=plain,
        person=grant.person,
        tool=is_tool,
        scope=grant.scope,
        expires_at=grant.expires_at,
        may=f"{DESCRIPTIONS[grant.scope]}{reach}",
        told=grant.person if grant.person != (caller.maker or caller.by) else "",
    )
