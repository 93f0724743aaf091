"""The page that a link in an email opens: what is decided, for whom, and one button."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from mail.decision_links import DECISION_PATH, parse_decision_token
from models.action import Action
from models.codes import RefusalCode
from models.email_address import list_email_addresses
from models.errors import InvalidInput, NotFound, Refusal
from rules.formatting import format_time
from rules.gates.gates import list_blockers
from rules.replies.offers import needs_reason
from rules.visibility import get_title
from web.dependencies import AppContext, ContextDep
from web.errors import to_problem
from web.guards.form_token import FORM_FIELD
from web.guards.rate_limits import WRONG_LINKS
from web.pages.command_titles import format_title
from web.pages.forms import check_form_token, make_form_token
from web.pages.templates import PersonNames, build_names, render_page
from web.schemas.command_form import FormField
from web.schemas.problem import Problem
from web.services.acting.decide import Decision, decide, find_decision
from web.services.resolve_names import find_names

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

LATER_THAN_ALLOWED = "needed, as this is later than the policy allows for its priority"
LEFT_OUT = "leave-out"
"""What a link says where a contribution is to be left out, not to be put in."""

REASONS = {"not-mine": "This is not mine."}
"""Reasons for declining that an email offers, by what its link says of them."""


@router.api_route(f"{DECISION_PATH}{{token}}", methods=["GET", "HEAD"])
async def show_decision_page(
    request: Request, context: ContextDep, token: str, reason: str = ""
) -> Response:
    """Show what there is to decide; as mail scanners follow every link, this changes nothing."""
    try:
        decision = await find_decision(context, token)
    except (Refusal, NotFound) as refusal:
        return await _render_unusable(request, context, token, refusal)
    return await _render_decision(
        request,
        context,
        decision,
        typed=_list_suggested_words(decision, reason),
        is_left_out=reason == LEFT_OUT,
    )


@router.post(f"{DECISION_PATH}{{token}}")
async def submit_decision(request: Request, context: ContextDep, token: str) -> Response:
    """Record a decision and show it; a refusal is shown above the form, with the words typed."""
    form = await request.form()
    typed = {name: text for name, text in form.items() if isinstance(text, str)}
    check_form_token(request, context, typed.pop(FORM_FIELD, ""))
    try:
        decision = await find_decision(context, token)
    except (Refusal, NotFound) as refusal:
        return await _render_unusable(request, context, token, refusal)
    try:
        if decision.spent_by is None:
            await decide(context, decision, typed)
    except (Refusal, NotFound, InvalidInput) as refusal:
        return await _render_decision(
            request,
            context,
            decision,
            typed=typed,
            problem=to_problem(refusal),
            is_left_out="reason" in typed,
        )
    return RedirectResponse(f"{DECISION_PATH}{token}", status_code=303)


async def _render_decision(
    request: Request,
    context: AppContext,
    decision: Decision,
    *,
    typed: dict[str, str] | None = None,
    problem: Problem | None = None,
    is_left_out: bool = False,
) -> Response:
    review, now = decision.review, context.clock()
    people = await run_in_threadpool(context.archive.people.find_named_people, review)
    is_approval = decision.link.kind == "approve"
    return render_page(
        request,
        "decision_recorded.html" if decision.spent_by else "decision.html",
        status=problem.status if problem else 200,
        decision=decision,
        form_token=make_form_token(request, context),
        review=review,
        title=get_title(review, decision.person.address),
        heading=_format_heading(decision, is_left_out=is_left_out),
        form_fields=_list_form_fields(decision, now, is_left_out=is_left_out),
        actions=_list_shown_actions(decision),
        is_left_out=is_left_out,
        blockers=list_blockers(review, now) if is_approval else (),
        names=build_names({**people, decision.person.address: decision.person}),
        typed=typed or {},
        problem=problem,
        today=now.date(),
        expires_at=format_time(decision.link.expires_at, decision.zone),
        recorded_at=format_time(decision.spent_by.at, decision.zone) if decision.spent_by else "",
    )


def _format_heading(decision: Decision, *, is_left_out: bool) -> str:
    """Format what the button does: a contribution is put into the document, or left out."""
    if decision.contribution:
        what = "Leave {} out" if is_left_out else "Put {} into the document"
        return what.format(decision.contribution.id)
    return format_title(decision.command_type, decision.review, decision.item)


def _list_shown_actions(decision: Decision) -> tuple[Action, ...]:
    """List the actions that are decided about; for the review, all of its actions."""
    if decision.action:
        return (decision.action,)
    return () if decision.contribution else decision.review.actions


def _list_form_fields(
    decision: Decision, now: datetime, *, is_left_out: bool
) -> tuple[FormField, ...]:
    """List the fields of the form; a reason is asked for where the decision needs one."""
    if decision.contribution:
        reasons = (replace(field, is_required=True, note="") for field in decision.form_fields)
        return tuple(reasons) if is_left_out else ()
    if not needs_reason(decision.review, decision.command_type, decision.action, now):
        return decision.form_fields
    return tuple(
        replace(field, is_required=True, note=LATER_THAN_ALLOWED)
        if field.name == "reason"
        else field
        for field in decision.form_fields
    )


def _list_suggested_words(decision: Decision, reason: str) -> dict[str, str]:
    """Return the words that the form begins with: a reason chosen in the email, or an owner."""
    if decision.link.kind == "decline" and reason in REASONS:
        return {"reason": REASONS[reason]}
    if decision.link.kind == "reassign" and decision.action and decision.action.suggested_owner:
        return {"owner": decision.action.suggested_owner}
    return {}


async def _render_unusable(
    request: Request, context: AppContext, token: str, error: Refusal | NotFound
) -> Response:
    """Render why a link cannot be used, with a way out; to whom it belongs is not told.

    Raises TooManyRequests for who tries links that we never made.
    """
    link = parse_decision_token(token)
    is_ours = link is not None and getattr(error, "code", "") != RefusalCode.LINK_INVALID
    if not is_ours:
        client = context.find_client(request)
        context.rate_limits.count_failure(WRONG_LINKS, client, context.clock())
    problem = to_problem(error)
    named = list_email_addresses(f"{problem.detail} {problem.way_out}")
    return render_page(
        request,
        "decision_unusable.html",
        status=problem.status,
        problem=problem,
        names=PersonNames(await run_in_threadpool(find_names, context, named)),
        review_id=link.review if link and is_ours else "",
    )
