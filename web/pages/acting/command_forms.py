"""The forms by which somebody who is signed in gives a command, and the receipt they get."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from models.commands import COMMANDS, Approve
from models.document import Finding
from models.errors import InvalidInput, NotFound, Refusal, Unavailable
from rules.commands.descriptions import format_summary
from rules.gates.gates import list_blockers
from rules.visibility import get_title
from web.auth import Caller
from web.current_session import PageCaller, SessionDep, get_page_caller, require_session
from web.dependencies import AppContext, ContextDep
from web.errors import to_problem
from web.guards.form_token import FORM_FIELD
from web.pages.acting.typed_words import check_encoding, read_form, render_refused
from web.pages.command_titles import format_title
from web.pages.forms import check_session_form, make_form_token
from web.pages.templates import build_names, render_page
from web.schemas.command_form import list_form_fields
from web.services.acting.give_command import (
    FORM_ID,
    CommandForm,
    check_current,
    find_form,
    has_receipt,
    prepare_form,
)
from web.services.resolve_names import resolve_review
from web.services.review_access import check_may_see
from web.services.send_command import send_command

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

COMMAND_PATH = "/reviews/{name}/commands/{kind}"
FORM_ID_PATTERN = re.compile("[0-9a-f]{32}")
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
    if form.obstacle is not None:
        raise form.obstacle
    suggested = {field.name: request.query_params.get(field.name, "") for field in form.fields}
    typed = {field: text for field, text in suggested.items() if text}
    return await _render_form(request, context, form, {**form.take_over({}), **typed})


@router.post(COMMAND_PATH)
async def submit_command_form(
    *,
    request: Request,
    context: ContextDep,
    session: SessionDep,
    name: str,
    kind: str,
    item: Item = "",
) -> Response:
    """Send the command; whatever is refused is shown with all that was typed.

    What the text checks find is shown once before anything is sent.
    """
    typed = await read_form(request)
    form: CommandForm | None = None
    try:
        check_encoding(typed)
        caller = get_page_caller(request, context, require_session(session))
        check_session_form(request, context, typed.pop(FORM_FIELD, ""))
        form = await find_form(context, caller, name, kind, item)
        return await _give(request, context, caller, form, typed)
    except (Refusal, NotFound, InvalidInput, Unavailable) as error:
        if form is None or form.obstacle is not None:
            return render_refused(request, error, typed, _list_labels(kind))
        return await _render_form(request, context, form, form.take_over(typed), error=error)


async def _give(
    request: Request,
    context: AppContext,
    caller: Caller,
    form: CommandForm,
    typed: dict[str, str],
) -> Response:
    """Send the command and lead to its receipt; of two clicks, both lead to the same one."""
    command = await prepare_form(context, caller, form, typed)
    try:
        check_current(form, typed)
        findings: tuple[Finding, ...] = getattr(command, "findings", ())
        if findings and CONFIRMED not in typed:
            return await _render_form(request, context, form, typed, findings=findings)
        await send_command(context, form.review, command)
    except (Refusal, NotFound):
        if not await has_receipt(context, form, command):
            raise
    path = f"/reviews/{form.review.id}/receipts/{command.id}"
    return RedirectResponse(path, status_code=303)


def _list_labels(kind: str) -> dict[str, str]:
    """List the labels of the fields of a command by name; none for an unknown command."""
    command_type = COMMANDS.get(kind)
    fields = list_form_fields(command_type) if command_type else ()
    return {field.name: field.label for field in fields}


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


async def _render_form(
    request: Request,
    context: AppContext,
    form: CommandForm,
    typed: dict[str, str],
    *,
    error: Refusal | NotFound | InvalidInput | Unavailable | None = None,
    findings: tuple[Finding, ...] = (),
) -> Response:
    review, now = form.review, context.clock()
    people = await run_in_threadpool(context.archive.people.find_named_people, review)
    problem = to_problem(error) if error else None
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
        form_id=_choose_form_id(typed),
        form_token=make_form_token(request, context),
        blockers=list_blockers(review, now) if form.command_type is Approve else (),
        names=build_names(people),
        problem=problem,
        wrong_field=getattr(error, "field", ""),
        findings=findings,
        today=now.date(),
    )


def _choose_form_id(typed: Mapping[str, str]) -> str:
    """Return the id of a form that was sent before, or that of a new one."""
    form_id = typed.get(FORM_ID, "")
    return form_id if FORM_ID_PATTERN.fullmatch(form_id) else uuid4().hex
