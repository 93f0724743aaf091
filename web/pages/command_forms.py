"""The forms by which somebody who is signed in gives a command, and the receipt they get."""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from models.action import Action
from models.commands import Approve
from models.document import Finding
from models.errors import InvalidInput, NotFound, Refusal
from rules.commands.descriptions import format_summary
from rules.gates.gates import list_blockers
from rules.visibility import get_title
from web.current_session import PageCaller
from web.dependencies import AppContext, ContextDep
from web.errors import to_problem
from web.guards.form_token import FORM_FIELD
from web.pages.command_titles import format_title
from web.pages.forms import check_session_form, make_form_token
from web.pages.templates import build_names, render_page
from web.services.acting.give_command import CommandForm, check_words, find_form, give_command
from web.services.resolve_names import resolve_review
from web.services.review_access import check_may_see

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

COMMAND_PATH = "/reviews/{name}/commands/{kind}"
CONFIRMED = "confirmed"
"""The button of a form whose findings were read."""

Item = Annotated[str, Query(max_length=40)]


@router.api_route(COMMAND_PATH, methods=["GET", "HEAD"])
async def show_command_form(
    *,
    request: Request,
    context: ContextDep,
    caller: PageCaller,
    name: str,
    kind: str,
    item: Item = "",
) -> Response:
    """Show the form of a command, filled in with what the address suggests; changes nothing."""
    form = await find_form(context, caller, name, kind, item)
    suggested = {field.name: request.query_params.get(field.name, "") for field in form.fields}
    typed = {**form.initial_values, **{field: text for field, text in suggested.items() if text}}
    return await _render_form(request, context, form, typed)


@router.post(COMMAND_PATH)
async def submit_command_form(
    *,
    request: Request,
    context: ContextDep,
    caller: PageCaller,
    name: str,
    kind: str,
    item: Item = "",
) -> Response:
    """Send the command; a refusal is shown above the form, with all that was typed in it.

    What the text checks find is shown once before anything is sent.
    """
    typed = {
        field: text.replace("\0", "")
        for field, text in (await request.form()).items()
        if isinstance(text, str)
    }
    check_session_form(request, context, typed.pop(FORM_FIELD, ""))
    form = await find_form(context, caller, name, kind, item)
    findings: tuple[Finding, ...] = ()
    try:
        if CONFIRMED not in typed:
            findings = await check_words(context, caller, form, typed)
        if not findings:
            response = await give_command(context, caller, form, typed)
            return _redirect_to_receipt(form, response.command_id)
    except (Refusal, NotFound, InvalidInput) as error:
        return await _render_form(request, context, form, typed, error=error)
    return await _render_form(request, context, form, typed, findings=findings)


@router.api_route("/reviews/{name}/receipts/{command_id}", methods=["GET", "HEAD"])
async def show_receipt(
    request: Request, context: ContextDep, caller: PageCaller, name: str, command_id: str
) -> Response:
    """Show what a command of whoever is signed in has changed."""
    review_id = await resolve_review(context, name, caller.by)
    review = await context.review_client.fetch_review(review_id)
    check_may_see(review, caller.by, name)
    receipt = review.receipts.get(command_id)
    revision = receipt.revision if receipt else -1
    event = next((each for each in review.log if each.revision == revision), None)
    if event is None or event.by != caller.by:
        raise NotFound("receipt", command_id)
    people = await run_in_threadpool(context.archive.people.find_named_people, review)
    return render_page(
        request,
        "receipt.html",
        review=review,
        title=get_title(review, caller.by),
        event=event,
        names=build_names(people),
        blockers=list_blockers(review, context.clock()),
    )


def _list_shown_actions(form: CommandForm, *, is_approval: bool) -> tuple[Action, ...]:
    """List the actions that are shown above the form: that which it is about, or all at a gate."""
    if form.action is not None:
        return (form.action,)
    return form.review.actions if is_approval else ()


def _redirect_to_receipt(form: CommandForm, command_id: str) -> Response:
    path = f"/reviews/{form.review.id}/receipts/{command_id}"
    return RedirectResponse(path, status_code=303)


async def _render_form(
    request: Request,
    context: AppContext,
    form: CommandForm,
    typed: dict[str, str],
    *,
    error: Refusal | NotFound | InvalidInput | None = None,
    findings: tuple[Finding, ...] = (),
) -> Response:
    review, now = form.review, context.clock()
    people = await run_in_threadpool(context.archive.people.find_named_people, review)
    problem = to_problem(error) if error else None
    is_approval = form.command_type is Approve
    return render_page(
        request,
        "command.html",
        status=problem.status if problem else 200,
        form=form,
        review=review,
        title=get_title(review, form.by),
        heading=format_title(form.command_type, review, form.item),
        summary=format_summary(form.command_type),
        typed=typed,
        form_id=typed.get("form_id") or uuid4().hex,
        form_token=make_form_token(request, context),
        actions=_list_shown_actions(form, is_approval=is_approval),
        blockers=list_blockers(review, now) if is_approval else (),
        names=build_names(people),
        problem=problem,
        wrong_field=getattr(error, "field", ""),
        findings=findings,
        today=now.date(),
    )
