"""What a verified event leads to: a review opened, a recurrence reported, or nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.commands import Recur
from models.errors import NotFound, Refusal, Unavailable
from models.incident import Incident
from models.people import Channel
from models.review import Stage
from rules.calendar.working_time import is_in_future
from rules.identifiers import build_review_id
from rules.permissions import TOOL_PREFIX
from web.dependencies import AppContext
from web.hooks.payload_parsing import limit_start
from web.services.opening.review_opening import RequestedRoles, limit_notes, open_leniently
from web.services.review_access import redact_refusals

RESPONSE_TIMEOUT = 4.0
"""Seconds in which an incident tool is answered: PagerDuty gives 5, Grafana OnCall 4."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """An event from an incident tool; the same `delivery` is the same event sent again.

    `notes` say what in it was not understood, `remarks` what the review's log is to say as well.
    """

    source: str
    delivery: str
    body: bytes
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class WebhookResponse(BaseModel):
    """What an event led to; `notes` list what in it was not understood or not known."""

    review: str = Field(default="", examples=["review-pagerduty-Q1ABC"])
    new: bool = False
    summary: str = Field(examples=["The review was opened."])
    notes: list[str] = []


RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "model": WebhookResponse,
        "description": "The review already existed, or the recurrence was reported to it.",
    },
    201: {"model": WebhookResponse, "description": "A review was opened."},
    202: {"model": WebhookResponse, "description": "Nothing was done; the answer says why."},
}


def choose_status(result: WebhookResponse) -> int:
    """Return the HTTP status for what an event led to."""
    if result.new:
        return 201
    return 200 if result.review else 202


async def open_from_event(
    context: AppContext, event: IncidentEvent, incident: Incident, requested: RequestedRoles
) -> WebhookResponse:
    """Open the review of an incident that is over; the same incident is the same review."""
    incident, notes = _limit_end(incident, context.clock())
    by = f"{TOOL_PREFIX}{event.source}"
    opening = await _run_with_timeout(
        open_leniently(context, incident, requested, by, event.remarks)
    )
    summary = "The review was opened." if opening.new else "This incident already has a review."
    result = WebhookResponse(
        review=opening.review,
        new=opening.new,
        summary=summary,
        notes=[*notes, *limit_notes(event.notes), *opening.notes],
    )
    return await _record_delivery(context, event, result)


async def report_recurrence(
    context: AppContext, event: IncidentEvent, incident: Incident
) -> WebhookResponse:
    """Send a recurrence to the review of an incident; the rules decide what it means."""
    incident, notes = _limit_end(incident, context.clock())
    result = await _run_with_timeout(_send_recurrence(context, event, incident))
    notes = [*notes, *limit_notes(event.notes)]
    return await _record_delivery(context, event, result.model_copy(update={"notes": notes}))


def _limit_end(incident: Incident, now: datetime) -> tuple[Incident, list[str]]:
    """Return the incident with an end no later than now, and a note if it was in the future."""
    if not is_in_future(incident.ended_at, now):
        return incident, []
    reported_end = f"{incident.ended_at.day} {incident.ended_at:%B %Y}"
    note = f"The end, {reported_end}, is in the future; the time of arrival was used."
    return replace(incident, ended_at=now, started_at=limit_start(incident.started_at, now)), [note]


async def ignore_event(context: AppContext, event: IncidentEvent, summary: str) -> WebhookResponse:
    """Record an event that leads to nothing, and return why."""
    return await _record_delivery(context, event, WebhookResponse(summary=summary))


async def _send_recurrence(
    context: AppContext, event: IncidentEvent, incident: Incident
) -> WebhookResponse:
    review_name = build_review_id(incident)
    try:
        review = await context.review_client.fetch_review(review_name)
        if review.stage is Stage.DRAFT:
            summary = "Nothing was done: the review is still being written, and covers this."
            return WebhookResponse(review=review_name, summary=summary)
        command = _build_recur(event, incident)
        with redact_refusals(review, command.by):
            receipt = await context.review_client.send_command(review_name, command)
    except NotFound:
        return WebhookResponse(
            summary="Nothing was done: the review opens when the incident is over."
        )
    except Refusal as refusal:
        return WebhookResponse(
            review=review_name,
            summary=f"Nothing was done: {refusal.reason} {refusal.way_out}".strip(),
        )
    return WebhookResponse(review=review_name, summary=f"Sent to the review: {receipt.summary}.")


def _build_recur(event: IncidentEvent, incident: Incident) -> Recur:
    seed = f"{event.source}\n{event.delivery}".encode()
    return Recur(
        id=hashlib.sha256(seed).hexdigest()[:32],
        by=f"{TOOL_PREFIX}{event.source}",
        channel=Channel.TOOL,
        incident=incident,
    )


async def _record_delivery(
    context: AppContext, event: IncidentEvent, result: WebhookResponse
) -> WebhookResponse:
    """Record the delivery last, so that one that failed does not count as seen."""
    digest = hashlib.sha256(event.body).hexdigest()
    is_repeated = await run_in_threadpool(
        context.archive.webhooks.record_webhook, event.source, event.delivery, digest
    )
    return (
        result.model_copy(update={"summary": f"{result.summary} (Received before.)"})
        if is_repeated
        else result
    )


async def _run_with_timeout(work: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(RESPONSE_TIMEOUT):
            return await work
    except TimeoutError:
        raise Unavailable("Temporal", f"no answer within {RESPONSE_TIMEOUT:.0f} seconds") from None
