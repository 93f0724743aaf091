"""What the coordinator should see to before it goes wrong."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from register.search.spellings import finds_spellings
from rules.access.sign_in_concerns import SignInWays, list_sign_in_concerns
from rules.access.token_concerns import list_token_concerns
from rules.search.search_concerns import list_search_concerns
from settings import WebSection
from web.auth import CurrentCoordinator
from web.dependencies import ContextDep
from web.guards.own_cookies import is_secure
from web.guards.own_site import is_own_machine

router = APIRouter(prefix="/api/doctor", tags=["doctor"])


class ConcernSchema(BaseModel):
    """Something to see to, and what would settle it."""

    code: str = Field(examples=["ending-token"])
    subject: str = Field(examples=["jira"])
    sentence: str
    way_out: str


class DoctorResponse(BaseModel):
    """Everything that is to be seen to; empty is well."""

    concerns: list[ConcernSchema]


@router.get("", summary="List what is to be seen to.", operation_id="doctor")
def list_concerns(context: ContextDep, _: CurrentCoordinator) -> DoctorResponse:
    """List what is to be seen to: tokens, ways to sign in, the search.

    For the coordinator. On the command line: `afterword doctor`.
    """
    tokens = context.archive.tokens.list_tokens()
    settings = context.settings
    found = (
        *list_token_concerns(
            tokens, context.clock(), settings.tokens.warning_days, settings.hooks.sources
        ),
        *list_sign_in_concerns(_describe_ways(settings.web)),
        *list_search_concerns(finds_spellings=finds_spellings(context.engine)),
    )
    return DoctorResponse(
        concerns=[ConcernSchema.model_validate(each, from_attributes=True) for each in found]
    )


def _describe_ways(web: WebSection) -> SignInWays:
    return SignInWays(
        url=web.url,
        is_encrypted=is_secure(web.url) or is_own_machine(web.url),
        has_links=web.sign_in_links,
        has_company=bool(web.oidc.issuer),
        proxy_header=web.proxy_header,
        proxy_addresses=web.proxy_addresses,
    )
