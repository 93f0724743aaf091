"""Sign in at the company's own sign-in, and come back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from models.access.openid import OpenIdIdentity
from models.access.session import SignInWay
from models.audit.audit_event import Actor
from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.people import Channel
from rules.access.browser_sessions import may_sign_in
from rules.access.openid_groups import find_team, is_coordinator_by_group
from web.dependencies import AppContext, ContextDep
from web.guards.own_cookies import forget_cookie, read_cookie, set_cookie
from web.guards.rate_limits import WRONG_SIGN_INS
from web.pages.sign_in.session_response import sign_in_and_return
from web.services.sign_in.openid_flow import (
    FLOW_LIFETIME,
    OpenIdFlow,
    begin_flow,
    name_flow_cookie,
    parse_flow,
)
from web.services.sign_in.openid_identity import identify
from web.services.sign_in.openid_provider import (
    RETURN_PATH,
    OpenIdProvider,
    build_untrusted_refusal,
)

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

OPENID_PATH = "/sign-in/openid"
Parameter = Annotated[str, Query(max_length=4000)]


@router.get(OPENID_PATH)
async def go_to_company_sign_in(
    context: ContextDep, return_path: Annotated[str, Query(alias="next")] = ""
) -> Response:
    """Answer with the company's sign-in; the browser keeps by what it is known again."""
    _check_configured(context)
    flow = begin_flow(_get_key(context), return_path, context.clock())
    address = await OpenIdProvider(context).build_address(flow)
    response = RedirectResponse(address, status_code=303)
    seconds = round(FLOW_LIFETIME.total_seconds())
    set_cookie(response, flow.cookie, flow.format_cookie(), context.settings.web.url, seconds)
    return response


@router.get(RETURN_PATH)
async def return_from_company_sign_in(
    *,
    request: Request,
    context: ContextDep,
    code: Parameter = "",
    state: Parameter = "",
    error: Parameter = "",
    issuer: Annotated[str, Query(alias="iss", max_length=4000)] = "",
) -> Response:
    """Answer with where somebody wanted to go, after signing them in."""
    _check_configured(context)
    try:
        flow = _find_flow(request, context, state)
        _check_answer(context, error, issuer)
        identity = await identify(
            OpenIdProvider(context), context.settings.web.oidc, code, flow, context.clock()
        )
        person = await run_in_threadpool(_find_person, context, identity)
    except Refusal:
        client = context.find_client(request)
        context.rate_limits.count_failure(WRONG_SIGN_INS, client, context.clock())
        raise
    oidc = context.settings.web.oidc
    response = await sign_in_and_return(
        request,
        context,
        person,
        SignInWay.OPENID,
        flow.return_path,
        is_coordinator=is_coordinator_by_group(identity.groups, oidc.coordinator_groups),
    )
    forget_cookie(response, flow.cookie, context.settings.web.url)
    return response


def _check_configured(context: AppContext) -> None:
    if not context.settings.web.oidc.issuer:
        raise NotFound("page", OPENID_PATH)


def _find_flow(request: Request, context: AppContext, state: str) -> OpenIdFlow:
    """Find the way that this browser went. Raises Refusal where it went none, or long ago."""
    cookie = read_cookie(request.cookies, name_flow_cookie(state), context.settings.web.url)
    flow = parse_flow(_get_key(context), cookie, state, context.clock())
    if flow is None:
        raise Refusal(
            RefusalCode.SIGN_IN_REFUSED,
            "This browser did not begin to sign in, or it took longer than ten minutes.",
            "Begin again here.",
        )
    return flow


def _check_answer(context: AppContext, error: str, issuer: str) -> None:
    if issuer and issuer != context.settings.web.oidc.issuer:
        raise build_untrusted_refusal("somebody else gave it")
    if error:
        raise build_untrusted_refusal("you were not signed in there")


def _find_person(context: AppContext, identity: OpenIdIdentity) -> str:
    """Find who has the address, after noting their team. Raises Refusal for who is not known."""
    address, people = identity.address, context.archive.people
    person = people.find_person(address)
    if not may_sign_in(person, address, context.settings.coordinator):
        raise Refusal(
            RefusalCode.SIGN_IN_REFUSED,
            f"{address} is not among the people whom Afterword knows.",
            "Ask whoever runs Afterword to add you.",
        )
    team = find_team(identity.groups, context.settings.web.oidc.team_groups)
    if person is not None and team and person.team != team:
        actor = Actor(by=person.address, channel=Channel.WEB)
        people.merge_people([{"address": person.address, "team": team}], actor)
    return person.address if person else address


def _get_key(context: AppContext) -> bytes:
    return context.settings.secret.get_secret_value().encode()
