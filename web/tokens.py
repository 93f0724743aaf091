"""Tokens: everybody makes and revokes their own; the desk does it for people and tools."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.errors import Refusal, Unknown
from register.tokens import Token
from web.callers import SETUP, APerson, Caller
from web.fields import Body, Name
from web.house import Here, House
from web.naming import address_of, here
from web.strict import StrictRoute

router = APIRouter(prefix="/api/tokens", tags=["tokens"], route_class=StrictRoute)

TokenName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]


class NewToken(Body):
    """A token to be made: of a person (yourself, if you name nobody), or of a tool."""

    name: Annotated[TokenName, Field(examples=["laptop"])]
    person: Name = ""
    tool: bool = False


class PlainToken(BaseModel):
    """A new token; it is shown here and nowhere again."""

    name: str
    token: str = Field(examples=["aft_…"])
    person: str
    tool: bool


class KnownToken(BaseModel):
    """A token in a list; `person` is empty for a tool's."""

    name: str
    person: str
    tool: bool
    created_at: datetime
    revoked_at: datetime | None


class Tokens(BaseModel):
    """Tokens by name, revoked ones too."""

    tokens: list[KnownToken]


class Revoked(BaseModel):
    """The token that is worth nothing any more."""

    revoked: str


@router.get("", summary="List tokens.")
def tokens(house: Here, caller: APerson) -> Tokens:
    """List your tokens; the desk sees all of them."""
    found = (token for token in house.archive.tokens() if _may_manage(caller, token))
    return Tokens(tokens=[KnownToken.model_validate(one, from_attributes=True) for one in found])


@router.post("", summary="Make a token.", status_code=201)
async def make(new: NewToken, house: Here, caller: APerson) -> PlainToken:
    """Make a token. It is shown once, and kept as a digest only."""
    person = await _bearer(house, caller, new)
    plain = await run_in_threadpool(
        house.archive.issue_token, new.name, person, new.tool, house.clock()
    )
    return PlainToken(name=new.name, token=plain, person=person, tool=new.tool)


@router.delete("/{name}", summary="Revoke a token.")
def revoke(name: str, house: Here, caller: APerson) -> Revoked:
    """Let a token be worth nothing from now on: your own; the desk may revoke any."""
    mine = [token.name for token in house.archive.tokens() if _may_manage(caller, token)]
    if name not in mine:
        raise Unknown("token", name, tuple(one for one in mine if one.startswith(name))[:5])
    house.archive.revoke(name)
    return Revoked(revoked=name)


def _may_manage(caller: Caller, token: Token) -> bool:
    return caller.admin or (token.person == caller.by and not token.tool)


async def _bearer(house: House, caller: Caller, new: NewToken) -> str:
    if new.tool:
        _check_admin(caller, "Tokens of tools are made by the desk.")
        return ""
    people = await run_in_threadpool(house.archive.people)
    person = here(address_of(new.person, people), people) if new.person else caller.by
    if person != caller.by:
        _check_admin(caller, "You may make tokens for yourself.")
    if new.name == SETUP:
        _check_admin(caller, f"“{SETUP}” names the token that may manage people.")
    return person


def _check_admin(caller: Caller, reason: str) -> None:
    if not caller.admin:
        raise Refusal("not-allowed", reason, "Ask the desk.")
