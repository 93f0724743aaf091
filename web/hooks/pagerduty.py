"""PagerDuty v3 webhooks: a resolved incident opens its review, a reopened one is a recurrence.

PagerDuty wants an answer within 5 seconds, tries again for 48 hours on anything but a 2xx, and
gives up at once on a 4xx.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, BeforeValidator, Field

from models.errors import InvalidInput
from models.incident import Incident
from rules.formatting import quote
from web.dependencies import AppContext, ContextDep
from web.hooks.incident_events import (
    RESPONSES,
    IncidentEvent,
    WebhookResponse,
    choose_status,
    ignore_event,
    open_from_event,
    report_recurrence,
)
from web.hooks.payload_parsing import (
    Line,
    limit_start,
    list_start_notes,
    parse_leniently,
    parse_severity,
)
from web.hooks.webhook_signatures import (
    check_pagerduty_signature,
    slow_down_forgers,
)
from web.schemas.fields import DateTimeField
from web.schemas.request_limits import COMMAND, HOOK
from web.schemas.strict_json import parse_json
from web.services.opening.review_opening import RequestedRoles

router = APIRouter(prefix="/hooks", tags=["hooks"])

SOURCE = "pagerduty"
RESOLVED = "incident.resolved"
REOPENED = ("incident.reopened", "incident.triggered")
SEVERITY_BY_URGENCY = {"high": 2, "low": 4}
"""The severity that is guessed where the priority does not say one."""
SEVERITY_BY_WORD = {
    **dict.fromkeys(("critical", "blocker", "emergency", "highest"), 1),
    **dict.fromkeys(("high", "major", "severe"), 2),
    **dict.fromkeys(("medium", "moderate", "normal"), 3),
    **dict.fromkeys(("low", "minor"), 4),
    **dict.fromkeys(("lowest", "trivial", "info", "informational"), 5),
}
"""The severity that is guessed from a priority in words."""
PRIORITY_NOUNS = frozenset({"priority", "severity", "sev", "impact", "incident"})
WORD_PATTERN = re.compile(r"\w+")
OLD_WEBHOOK = (
    "This is a webhook of PagerDuty’s version 1 or 2, which PagerDuty no longer supports and does "
    "not sign. In PagerDuty, open Integrations → Generic Webhooks (v3), choose New Webhook, and "
    "give it this address and the events incident.resolved, incident.reopened and "
    "incident.triggered; put the secret that PagerDuty then shows into AFTERWORD_HOOKS__PAGERDUTY, "
    "and delete the old webhook."
)
NO_WEBHOOK = (
    "event: must be given, as in a webhook of PagerDuty’s version 3. What another tool or script "
    "sends belongs to the address that ends in /hooks/generic"
)


def _convert_text_to_reference(value: Any) -> Any:
    return {"summary": value} if isinstance(value, str) else value


def _convert_text_to_reason(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


class PagerDutyReference(BaseModel):
    """A reference to a PagerDuty object: a service, a priority, another incident."""

    id: Line = ""
    summary: Line = ""


Reference = Annotated[PagerDutyReference | None, BeforeValidator(_convert_text_to_reference)]


class PagerDutyReason(BaseModel):
    """Why an incident was resolved; a merged one names the incident that goes on."""

    type: Line = ""
    incident: Reference = None


class PagerDutyIncident(BaseModel):
    """The fields of an incident that are read."""

    id: Annotated[Line, Field(min_length=1)]
    title: Line = ""
    html_url: Line = ""
    created_at: DateTimeField | None = None
    resolved_at: DateTimeField | None = None
    service: Reference = None
    priority: Reference = None
    urgency: Line = ""
    resolve_reason: Annotated[PagerDutyReason | None, BeforeValidator(_convert_text_to_reason)] = (
        None
    )

    @property
    def is_merged(self) -> bool:
        """Return whether it was resolved by merging it into another incident."""
        return self.resolve_reason is not None and "merge" in self.resolve_reason.type.casefold()


class PagerDutyEvent(BaseModel):
    """The fields of an event that are read."""

    id: Annotated[Line, Field(min_length=1)]
    event_type: Line
    occurred_at: DateTimeField | None = None
    data: dict[str, Any] = {}


class PagerDutyWebhook(BaseModel):
    """The body of a v3 webhook: one event."""

    event: PagerDutyEvent


REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "object"},
                "examples": {
                    "resolved": {
                        "value": {
                            "event": {
                                "id": "01CB7XYZ0000000000000000",
                                "event_type": RESOLVED,
                                "resource_type": "incident",
                                "occurred_at": "2026-03-02T10:00:00Z",
                                "data": {
                                    "id": "Q1ABC",
                                    "type": "incident",
                                    "title": "Checkout answered with errors",
                                    "html_url": "https://example.pagerduty.com/incidents/Q1ABC",
                                    "created_at": "2026-03-02T08:15:00Z",
                                    "service": {"id": "PX1", "summary": "checkout"},
                                    "priority": {"id": "PP1", "summary": "P1"},
                                    "urgency": "high",
                                },
                            }
                        }
                    }
                },
            }
        },
    }
}


@router.post(
    "/pagerduty",
    openapi_extra=REQUEST_BODY,
    operation_id="hook-pagerduty",
    summary="Receive a PagerDuty v3 webhook.",
    responses=RESPONSES,
)
async def receive_pagerduty_event(
    request: Request,
    response: Response,
    context: ContextDep,
    x_pagerduty_signature: Annotated[
        str, Header(description="`v1=<hex HMAC-SHA256 of the body>`; several while you rotate.")
    ] = "",
) -> WebhookResponse:
    """Open a review when an incident is resolved, once per incident; report it when it recurs.

    201: a review was opened. 200: the review already existed, or the recurrence was reported to it.
    202: nothing was done, and why.
    """
    body = await request.body()
    await run_in_threadpool(_reject_old_webhook, body)
    with slow_down_forgers(context, request):
        check_pagerduty_signature(context.settings.hooks.pagerduty, x_pagerduty_signature, body)
    webhook, notes = await run_in_threadpool(_parse_webhook, body)
    result = await _handle_event(context, webhook.event, body, notes)
    response.status_code = choose_status(result)
    return result


def _parse_webhook(body: bytes) -> tuple[PagerDutyWebhook, tuple[str, ...]]:
    payload = parse_json(body, HOOK)
    if isinstance(payload, dict) and "event" not in payload:
        raise InvalidInput(NO_WEBHOOK)
    return parse_leniently(PagerDutyWebhook, payload)


def _reject_old_webhook(body: bytes) -> None:
    """Raise InvalidInput for a webhook of PagerDuty's first versions, signed or not."""
    if len(body) > COMMAND.octets or b'"messages"' not in body:
        return
    try:
        payload = parse_json(body, HOOK)
    except InvalidInput:
        return
    if isinstance(payload, dict) and "messages" in payload and "event" not in payload:
        raise InvalidInput(OLD_WEBHOOK)


async def _handle_event(
    context: AppContext, payload: PagerDutyEvent, body: bytes, notes: tuple[str, ...]
) -> WebhookResponse:
    event = IncidentEvent(source=SOURCE, delivery=payload.id, body=body, notes=notes)
    if payload.event_type not in (RESOLVED, *REOPENED):
        summary = f"Nothing was done: “{payload.event_type}” changes no review."
        return await ignore_event(context, event, summary)
    data, data_notes = parse_leniently(PagerDutyIncident, payload.data)
    at = payload.occurred_at or context.clock()
    if payload.event_type in REOPENED:
        event = replace(event, notes=(*notes, *data_notes))
        return await report_recurrence(context, event, _build_incident(data, at))
    if data.is_merged:
        return await ignore_event(context, event, _describe_merge(data))
    end = data.resolved_at or at
    severity, guess = _choose_severity(data)
    event = replace(
        event,
        notes=(*notes, *data_notes, *list_start_notes(data.created_at, end)),
        remarks=(guess,) if guess else (),
    )
    incident = replace(
        _build_incident(data, end), severity=severity, started_at=limit_start(data.created_at, end)
    )
    return await open_from_event(context, event, incident, RequestedRoles())


def _build_incident(data: PagerDutyIncident, at: datetime) -> Incident:
    return Incident(
        source=SOURCE,
        key=data.id,
        title=data.title or f"Incident {data.id}",
        ended_at=at,
        services=(data.service.summary,) if data.service and data.service.summary else (),
        link=data.html_url,
    )


def _describe_merge(data: PagerDutyIncident) -> str:
    target = data.resolve_reason.incident if data.resolve_reason else None
    name = target.summary or target.id if target else ""
    other = f"incident {quote(name)}" if name else "another incident"
    return f"Nothing was done: it was merged into {other}, whose review covers it."


def _choose_severity(data: PagerDutyIncident) -> tuple[int | None, str]:
    """Return the severity, None where nothing says one; and the sentence that it is a guess."""
    priority = data.priority.summary if data.priority else ""
    severity = parse_severity(priority)
    if severity is not None:
        return severity, ""
    by_word = _guess_from_words(priority)
    if by_word is not None:
        return by_word, f"Severity {by_word} is a guess from the priority {quote(priority)}."
    why = f"the priority {quote(priority)} names none" if priority else "no priority was set"
    by_urgency = SEVERITY_BY_URGENCY.get(data.urgency.casefold())
    if by_urgency is None:
        return None, f"The severity is not known: {why}."
    return by_urgency, f"Severity {by_urgency} is a guess from the urgency “{data.urgency}”: {why}."


def _guess_from_words(priority: str) -> int | None:
    """Return the severity of a priority all of whose words are known and agree, else None."""
    words = set(WORD_PATTERN.findall(priority.casefold())) - PRIORITY_NOUNS
    severities = {SEVERITY_BY_WORD.get(word) for word in words}
    return severities.pop() if len(severities) == 1 else None
