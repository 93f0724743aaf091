"""PagerDuty v3 webhooks: a resolved incident opens its review, a reopened one is a recurrence.

PagerDuty wants an answer within 5 seconds, tries again for 48 hours on anything but a 2xx, and
gives up at once on a 4xx.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from models.incident import Incident
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
from web.hooks.payload_parsing import Line, limit_start, parse_body, parse_severity, parse_value
from web.hooks.webhook_signatures import check_pagerduty_signature
from web.schemas.fields import DateTimeField
from web.services.review_opening import RequestedRoles

router = APIRouter(prefix="/hooks", tags=["hooks"])

SOURCE = "pagerduty"
RESOLVED = "incident.resolved"
REOPENED = ("incident.reopened", "incident.triggered")
SEVERITY_BY_URGENCY = {"high": 2, "low": 4}
"""The severity of an incident without a priority."""


class PagerDutyReference(BaseModel):
    """A reference to a PagerDuty object: a service, a priority."""

    summary: Line = ""


class PagerDutyIncident(BaseModel):
    """The fields of an incident that are read."""

    id: Annotated[Line, Field(min_length=1)]
    title: Line = ""
    html_url: Line = ""
    created_at: DateTimeField | None = None
    resolved_at: DateTimeField | None = None
    service: PagerDutyReference | None = None
    priority: PagerDutyReference | None = None
    urgency: Line = ""


class PagerDutyEvent(BaseModel):
    """The fields of an event that are read."""

    id: Annotated[Line, Field(min_length=1)]
    event_type: Line
    occurred_at: DateTimeField
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
    check_pagerduty_signature(context.settings.hooks.pagerduty, x_pagerduty_signature, body)
    result = await _handle_event(context, parse_body(PagerDutyWebhook, body).event, body)
    response.status_code = choose_status(result)
    return result


async def _handle_event(
    context: AppContext, payload: PagerDutyEvent, body: bytes
) -> WebhookResponse:
    event = IncidentEvent(source=SOURCE, delivery=payload.id, body=body)
    if payload.event_type == RESOLVED:
        return await open_from_event(context, event, _build_incident(payload), RequestedRoles())
    if payload.event_type in REOPENED:
        return await report_recurrence(context, event, _build_incident(payload))
    return await ignore_event(
        context, event, f"Nothing was done: “{payload.event_type}” changes no review."
    )


def _build_incident(payload: PagerDutyEvent) -> Incident:
    data = parse_value(PagerDutyIncident, payload.data)
    end: datetime = data.resolved_at or payload.occurred_at
    return Incident(
        source=SOURCE,
        key=data.id,
        title=data.title or f"Incident {data.id}",
        ended_at=end,
        severity=_choose_severity(data),
        services=(data.service.summary,) if data.service and data.service.summary else (),
        started_at=limit_start(data.created_at, end),
        link=data.html_url,
    )


def _choose_severity(data: PagerDutyIncident) -> int | None:
    by_priority = parse_severity(data.priority.summary) if data.priority else None
    return by_priority or SEVERITY_BY_URGENCY.get(data.urgency)
