"""Where somebody who found a weakness tells of it: security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from web.dependencies import ContextDep

router = APIRouter(include_in_schema=False)

PATH = "/.well-known/security.txt"
VALIDITY = timedelta(days=90)
"""How long what was read holds; RFC 9116 recommends less than a year."""


@router.api_route(PATH, methods=["GET", "HEAD"])
async def show_security_contact(context: ContextDep) -> PlainTextResponse:
    """Show the contact: the one of the settings, or else the coordinator."""
    settings = context.settings
    expires = (context.clock() + VALIDITY).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {settings.security.contact or f'mailto:{settings.coordinator}'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {settings.web.url.rstrip('/')}{PATH}",
    )
    return PlainTextResponse("".join(f"{line}\r\n" for line in lines))
