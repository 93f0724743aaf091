"""What the coordinator should see to before it goes wrong."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.doctor.concern import Concern
from register.search.spellings import finds_spellings
from rules.access.sign_in_concerns import SignInWays, list_sign_in_concerns
from rules.access.token_concerns import list_token_concerns
from rules.doctor.deployment_concerns import list_deployment_concerns
from rules.doctor.history_concerns import list_history_concerns
from rules.search.search_concerns import list_search_concerns
from settings import WebSection
from web.auth import CurrentCoordinator
from web.dependencies import AppContext, ContextDep
from web.guards.own_cookies import is_secure
from web.guards.own_site import is_own_machine
from web.services.doctor.examine_history import examine_history
from web.services.doctor.inspect_deployment import inspect_deployment

router = APIRouter(prefix="/api/doctor", tags=["doctor"])


class ConcernSchema(BaseModel):
    """Something to see to, and what would settle it."""

    code: str = Field(examples=["ending-token"])
    subject: str = Field(examples=["jira"])
    sentence: str
    way_out: str


class DoctorResponse(BaseModel):
    """Everything that is to be seen to; empty is well. `notes` say what was not looked at."""

    concerns: list[ConcernSchema]
    notes: list[str]


@router.get("", summary="List what is to be seen to.", operation_id="doctor")
async def list_concerns(context: ContextDep, _: CurrentCoordinator) -> DoctorResponse:
    """List what is to be seen to: parts that do not answer, logs, keys, files, tokens and more.

    It looks from where the web server runs. For the coordinator. On the command line:
    `afterword doctor`.
    """
    now = context.clock()
    deployment = await inspect_deployment(context)
    history, notes = await examine_history(context)
    found = (
        *list_history_concerns(history, now),
        *list_deployment_concerns(deployment, now),
        *await run_in_threadpool(_list_ways_in, context),
    )
    return DoctorResponse(
        concerns=[ConcernSchema.model_validate(each, from_attributes=True) for each in found],
        notes=list(notes),
    )


def _list_ways_in(context: AppContext) -> tuple[Concern, ...]:
    """List what is to be seen to about tokens, signing in and searching."""
    settings = context.settings
    tokens = context.archive.tokens.list_tokens()
    return (
        *list_token_concerns(
            tokens, context.clock(), settings.tokens.warning_days, settings.hooks.sources
        ),
        *list_sign_in_concerns(_describe_ways(settings.web)),
        *list_search_concerns(finds_spellings=finds_spellings(context.engine)),
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
