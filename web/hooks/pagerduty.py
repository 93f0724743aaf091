"""PagerDuty's v3 webhooks: a resolved incident opens its review, a reopened one tells it.

PagerDuty wants an answer within 5 seconds, tries again for 48 hours on anything but a 2xx, and
gives up at once on a 4xx.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, Field

from models.incident import Incident
from web.fields import Moment
from web.hooks.arrivals import ANSWERS, Done, Event, came_back, ended, nothing, status_of
from web.hooks.reading import Line, before, fit, read, severity_of
from web.hooks.signatures import check_pagerduty
from web.house import Here, House
from web.openings import Asked

router = APIRouter(prefix="/hooks", tags=["hooks"])

SOURCE = "pagerduty"
ENDED = "incident.resolved"
BACK = ("incident.reopened", "incident.triggered")
BY_URGENCY = {"high": 2, "low": 4}
"""The severity of an incident to which nobody gave a priority."""


class Named(BaseModel):
    """A reference to something of PagerDuty's: a service, a priority."""

    summary: Line = ""


class Told(BaseModel):
    """What is read of an incident."""

    id: Annotated[Line, Field(min_length=1)]
    title: Line = ""
    html_url: Line = ""
    created_at: Moment | None = None
    resolved_at: Moment | None = None
    service: Named | None = None
    priority: Named | None = None
    urgency: Line = ""


class Envelope(BaseModel):
    """What is read of an event."""

    id: Annotated[Line, Field(min_length=1)]
    event_type: Line
    occurred_at: Moment
    data: dict[str, Any] = {}


class Webhook(BaseModel):
    """The body of a v3 webhook: one event."""

    event: Envelope


BODY = {
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
                                "event_type": ENDED,
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
    openapi_extra=BODY,
    operation_id="hook-pagerduty",
    summary="Take a PagerDuty v3 webhook.",
    responses=ANSWERS,
)
async def pagerduty(
    request: Request,
    response: Response,
    house: Here,
    x_pagerduty_signature: Annotated[
        str, Header(description="`v1=<hex HMAC-SHA256 of the body>`; several while you rotate.")
    ] = "",
) -> Done:
    """Open a review when an incident is resolved, once per incident; say so when it comes back.

    201: a review was opened. 200: it was there, or was told. 202: nothing was done, and why.
    """
    body = await request.body()
    check_pagerduty(house.settings.hooks.pagerduty, x_pagerduty_signature, body)
    done = await _take(house, read(Webhook, body).event, body)
    response.status_code = status_of(done)
    return done


async def _take(house: House, told: Envelope, body: bytes) -> Done:
    event = Event(source=SOURCE, delivery=told.id, body=body)
    if told.event_type == ENDED:
        return await ended(house, event, _incident(told), Asked())
    if told.event_type in BACK:
        return await came_back(house, event, _incident(told))
    return await nothing(house, event, f"Nothing was done: “{told.event_type}” changes no review.")


def _incident(told: Envelope) -> Incident:
    data = fit(Told, told.data)
    end: datetime = data.resolved_at or told.occurred_at
    return Incident(
        source=SOURCE,
        key=data.id,
        title=data.title or f"Incident {data.id}",
        ended_at=end,
        severity=_severity(data),
        services=(data.service.summary,) if data.service and data.service.summary else (),
        started_at=before(data.created_at, end),
        link=data.html_url,
    )


def _severity(data: Told) -> int | None:
    by_priority = severity_of(data.priority.summary) if data.priority else None
    return by_priority or BY_URGENCY.get(data.urgency)
