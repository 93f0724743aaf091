"""Who is asking: a person or a tool, by bearer token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from models.errors import Refusal
from models.people import Way
from rules.authority import TOOL_PREFIX
from web.house import Here, House

SETUP = "setup"
"""The name of the token made when Afterword was set up; it may manage people."""

bearer = HTTPBearer(
    auto_error=False,
    bearerFormat="opaque",
    description="A token of a person or a tool: `afterword token create`, or the one that "
    "`make up` printed.",
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(bearer)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, by which way; `by` is an address, or `tool:<name>`."""

    by: str
    way: Way
    token: str
    admin: bool = False

    @property
    def is_tool(self) -> bool:
        """Whether a tool asks, not a person."""
        return self.way is Way.TOOL


async def caller_of(
    house: Here,
    credentials: Credentials,
    x_afterword_way: Annotated[
        str, Header(description="`cli` when the command line asks; it stands in the log.")
    ] = "",
) -> Caller:
    """Say who asks. Raises Refusal `no-token` for a missing, unknown or revoked token."""
    if credentials is None or not credentials.credentials:
        raise Refusal(
            "no-token",
            "This needs a token.",
            "Send it as “Authorization: Bearer …”, or set AFTERWORD_TOKEN.",
        )
    return await run_in_threadpool(_caller, house, credentials.credentials, x_afterword_way)


def _caller(house: House, plain: str, way: str) -> Caller:
    found = house.archive.bearer(plain)
    if found is None:
        raise _refused()
    if found.tool:
        return Caller(by=f"{TOOL_PREFIX}{found.name}", way=Way.TOOL, token=found.name)
    person = house.archive.person(found.person)
    if person is not None and person.gone:
        raise _refused()
    by_cli = way.strip().lower() == Way.CLI
    return Caller(
        by=found.person or house.settings.desk,
        way=Way.CLI if by_cli else Way.API,
        token=found.name,
        admin=found.name == SETUP or found.person == house.settings.desk,
    )


def _refused() -> Refusal:
    return Refusal(
        "no-token",
        "This token is not known, or was revoked.",
        "Ask whoever runs Afterword for a new one.",
    )


Asking = Annotated[Caller, Depends(caller_of)]


async def admin_of(caller: Asking) -> Caller:
    """Let only those pass who manage people. Raises Refusal `not-allowed`."""
    if not caller.admin:
        raise Refusal(
            "not-allowed",
            f"{caller.by} may not do this: it is for the desk.",
            "Use the token of the desk, or the one made at set-up.",
        )
    return caller


Admin = Annotated[Caller, Depends(admin_of)]


async def person_of(caller: Asking) -> Caller:
    """Let people pass, not tools. Raises Refusal `not-allowed`."""
    if caller.is_tool:
        raise Refusal("not-allowed", "Tools may not see or manage people.", "Ask the desk.")
    return caller


APerson = Annotated[Caller, Depends(person_of)]
