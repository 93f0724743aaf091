"""Send a command to a review: names resolved, wording checked, refusals fit for the reader."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, cast
from uuid import uuid4

from fastapi import Header
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from activities.write_contribution import ContributionWriter
from models.codes import RefusalCode
from models.commands import (
    AddCause,
    AnyCommand,
    Claim,
    Command,
    HandOver,
    ReviseCause,
    ScheduleFollowUp,
    Settle,
    Verify,
    Write,
)
from models.errors import InvalidInput, NotFound, Refusal
from models.people import Person
from models.review import Receipt, Review
from rules.commands import dispatch
from rules.commands.verification import build_ask_back
from rules.permissions import explain_delegation
from rules.visibility import list_people
from text_checks import actions
from web.auth import Caller
from web.dependencies import AppContext
from web.services import findings
from web.services.resolve_names import list_typed_people, resolve_any_review, resolve_fields
from web.services.review_access import check_may_command, load_review, redact_refusals

CAUSE_COMMANDS = (AddCause, ReviseCause)
MAX_KEY_LENGTH = 200

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Your own name for the command; the same key is carried out only once.",
    ),
]


class CommandResponse(BaseModel):
    """The answer to a command: what was done, as of which revision of the review."""

    command_id: str = Field(examples=["7f0c2f0e1c6e4d5a8f5d0f6a3b1c9e24"])
    revision: int = Field(examples=[12])
    summary: str = Field(examples=["accepted A1"])


async def prepare_command(
    context: AppContext,
    caller: Caller,
    typed: str,
    command_type: type[Command],
    values: dict[str, Any],
    *,
    key: str | None,
) -> tuple[Review, AnyCommand]:
    """Find the review that is meant and build the complete command.

    Raises Refusal, NotFound (also for somebody who may not see the review), InvalidInput and
    Unavailable.
    """
    review_id = await resolve_any_review(context, typed, caller.by, is_tool=caller.is_tool)
    review = await load_review(context, review_id)
    check_may_command(review, caller, typed)
    people = await run_in_threadpool(_find_people, context, review, command_type, values)
    return review, build_command(
        context, caller, review, command_type, values, people=people, key=key
    )


def build_command(
    context: AppContext,
    caller: Caller,
    review: Review,
    command_type: type[Command],
    values: dict[str, Any],
    *,
    people: Mapping[str, Person],
    key: str | None,
) -> AnyCommand:
    """Build a complete command: who gives it, with names resolved and wording checked.

    Raises NotFound, InvalidInput and Refusal `gone` for what it names.
    """
    resolved = resolve_fields(command_type, values, people)
    command = command_type(
        id=_build_command_id(caller, command_type, resolved, key),
        by=caller.by,
        channel=caller.channel,
        on_behalf=explain_delegation(
            review, caller.by, people.get(review.roles.lead), context.clock().date()
        ),
        token_origin=caller.token_origin,
        **resolved,
        **_find_findings(command_type, review, resolved, people),
        **_find_question(command_type, review, resolved, caller),
        **_find_calendar_fields(command_type, review, people),
        **_find_gone(command_type, review, people),
    )
    return cast("AnyCommand", command)


async def send_command(context: AppContext, review: Review, command: AnyCommand) -> CommandResponse:
    """Send a command to a review and return what was done.

    What a command accepts into the document is written there once it is accepted, and accepted only
    if it can be; sent again, the command writes what it could not write before. Raises Refusal,
    NotFound, InvalidInput and Unavailable, as the review client does.
    """
    with redact_refusals(review, command.by):
        if isinstance(command, Settle):
            await _build_writer(context).find_place(review.id, command)
        receipt = await _send_or_ask_back(context, review, command)
        place = await _write_contribution(context, review, command)
    response = CommandResponse.model_validate(receipt, from_attributes=True)
    return response.model_copy(update={"summary": f"{response.summary}{place}"})


async def _write_contribution(context: AppContext, review: Review, command: AnyCommand) -> str:
    """Write a contribution that was accepted into the document; return where, for the answer."""
    if not isinstance(command, Settle):
        return ""
    section = await _build_writer(context).write_contribution(review.id, command)
    return f", under “{section}”" if section else ""


def _build_writer(context: AppContext) -> ContributionWriter:
    return ContributionWriter(
        archive=context.archive,
        clock=context.clock,
        fetch_review=context.review_client.fetch_review,
        send_command=context.review_client.send_command,
    )


async def _send_or_ask_back(context: AppContext, review: Review, command: AnyCommand) -> Receipt:
    """Send a command; where its words are asked back, let the review remember that."""
    try:
        return await context.review_client.send_command(review.id, command)
    except Refusal as refusal:
        if refusal.code is RefusalCode.ASKED_BACK and isinstance(command, Claim | Verify):
            asked = build_ask_back(command, uuid4().hex)
            await context.review_client.send_command(review.id, asked)
        raise


async def validate_before_sending(context: AppContext, review: Review, command: AnyCommand) -> None:
    """Validate a command against the rules before anything is stored for it.

    The register may lag behind and keeps no receipts: the last word has the review itself.
    """
    with redact_refusals(review, command.by):
        try:
            dispatch.validate(review, command, context.clock())
        except (Refusal, NotFound):
            dispatch.validate(
                await context.review_client.fetch_review(review.id), command, context.clock()
            )


def _build_command_id(
    caller: Caller, command_type: type[Command], values: dict[str, Any], key: str | None
) -> str:
    """Build the command id from the key, the caller and the values.

    Somebody else's key, or the same key on another command, must not be taken for a repetition:
    that command would be lost without a word.
    """
    if key is None:
        return uuid4().hex
    if not key.strip() or len(key) > MAX_KEY_LENGTH:
        raise InvalidInput(f"Idempotency-Key: must have 1 to {MAX_KEY_LENGTH} characters")
    content = json.dumps(
        [key, caller.by, command_type.__name__, values], sort_keys=True, default=str
    )
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _find_people(
    context: AppContext, review: Review, command_type: type[Command], values: dict[str, Any]
) -> dict[str, Person]:
    """Find the people who matter to a command; to a cause, also those whom it may mention."""
    people = context.archive.people
    involved = list_people(review) if command_type is HandOver else ()
    roles = people.find_people((review.roles.lead, review.roles.facilitator, *involved))
    if command_type in CAUSE_COMMANDS:
        return roles | people.find_mentionable_people((values, review.causes))
    return roles | people.search_people(list_typed_people(command_type, values))


def _find_calendar_fields(
    command_type: type[Command], review: Review, people: Mapping[str, Person]
) -> dict[str, str]:
    """Return the facilitator's zone and country, in whose working days a follow-up is counted."""
    facilitator = people.get(review.roles.facilitator)
    if command_type is not ScheduleFollowUp or facilitator is None:
        return {}
    return {"zone": facilitator.zone, "country": facilitator.country}


def _find_question(
    command_type: type[Command], review: Review, values: dict[str, Any], caller: Caller
) -> dict[str, str]:
    """Return what to ask back about evidence or a finding; of tools, nothing is asked."""
    action = review.action(values.get("action", ""))
    if caller.is_tool or action is None:
        return {}
    if command_type is Claim:
        return {"question": actions.ask_for_evidence(values["evidence"], action.measure)}
    if command_type is Verify:
        return {"question": actions.ask_for_finding(values["finding"], action.measure)}
    return {}


def _find_gone(
    command_type: type[Command], review: Review, people: Mapping[str, Person]
) -> dict[str, Any]:
    """Return who of a review has left, and can take nothing over in it."""
    if command_type is not HandOver:
        return {}
    gone = (who for who in list_people(review) if who in people and people[who].gone)
    return {"gone": tuple(sorted(gone))}


def _find_findings(
    command_type: type[Command],
    review: Review,
    values: dict[str, Any],
    people: Mapping[str, Person],
) -> dict[str, Any]:
    """Return the findings on the wording of a cause or an action, as a field of the command."""
    if command_type is Write or all(field.name != "findings" for field in fields(command_type)):
        return {}
    if command_type in CAUSE_COMMANDS:
        names = {address: person.name for address, person in people.items()}
        return {"findings": findings.check_cause(review, values, names)}
    return {"findings": findings.check_action(review, values)}
