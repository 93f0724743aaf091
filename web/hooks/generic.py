"""Any other incident tool: one documented, signed JSON format, plain or as a CloudEvent."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import Message
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from models.codes import RefusalCode
from models.errors import InvalidInput, Refusal
from models.incident import RESERVED_SOURCES, Incident
from rules.formatting import join_words
from web.dependencies import AppContext, ContextDep
from web.hooks.incident_events import (
    RESPONSES,
    IncidentEvent,
    WebhookResponse,
    choose_status,
    open_from_event,
    report_recurrence,
)
from web.hooks.payload_parsing import (
    Line,
    Lines,
    SeverityLevel,
    limit_start,
    list_start_notes,
    parse_leniently,
)
from web.hooks.webhook_signatures import (
    SignatureHeader,
    find_signed_sources,
    slow_down_forgers,
)
from web.schemas.fields import DateTimeField, Source
from web.schemas.request_limits import HOOK
from web.schemas.strict_json import parse_json
from web.services.opening.review_opening import RequestedRoles

router = APIRouter(prefix="/hooks", tags=["hooks"])

SOURCE = "generic"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
SPECVERSION = "1.0"
PAGERDUTY_WEBHOOK = (
    "This is a webhook of PagerDuty. In PagerDuty, give its subscription the address that ends in "
    "/hooks/pagerduty"
)
ALERTS = (
    "This lists alerts, as Alertmanager and Grafana send them, and is not an incident. Send one "
    "JSON object for each incident, with “source”, “key”, “title” and “ended_at”; a template of "
    "your tool can write it"
)


class GenericIncident(BaseModel):
    """What a tool reports of an incident; the same source and key are the same review.

    A secret is for the incidents of its own source only.

    The service map, or else the coordinator, fills `lead`, `facilitator` and `sponsor`.
    `recurs` says that the incident came back: its review is notified, no new one is opened.
    What cannot be read is left out, with a note in the answer, except `source` and `key`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Source = Field(default="", description="That of the secret by default.")
    key: Annotated[Line, Field(min_length=1)]
    title: Line = Field(default="", description="“Incident” and its key by default.")
    ended_at: DateTimeField | None = Field(default=None, description="Now by default.")
    started_at: DateTimeField | None = None
    severity: Annotated[SeverityLevel, Field(description="From 1, the worst; “SEV-2” too.")] = None
    services: Lines = ()
    link: Line = ""
    lead: Line = ""
    facilitator: Line = ""
    sponsor: Line = ""
    participants: Lines = ()
    recurs: bool = False


class CloudEvent(BaseModel):
    """The attributes of a CloudEvent that are read."""

    specversion: str
    id: Annotated[Line, Field(min_length=1)]
    source: Annotated[Line, Field(min_length=1)]
    type: Annotated[Line, Field(min_length=1)]
    time: DateTimeField | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedIncident:
    """A received incident, however it was wrapped, with its delivery id and time.

    `notes` are on what could not be read.
    """

    incident: GenericIncident
    delivery: str
    at: datetime | None
    notes: tuple[str, ...]


EXAMPLE = {
    "source": "statuspage",
    "key": "INC-204",
    "title": "Checkout answered with errors",
    "started_at": "2026-03-02T08:15:00Z",
    "ended_at": "2026-03-02T10:00:00Z",
    "severity": 1,
    "services": ["checkout"],
    "link": "https://status.example.org/incidents/204",
    "lead": "ada@example.org",
    "participants": ["pia@example.org"],
}
CLOUD_EXAMPLE = {
    "specversion": "1.0",
    "id": "b1946ac9-2f1c-4b6e-9f0e-6f9a1b7c0d11",
    "source": "/statuspage",
    "type": "org.example.incident.resolved",
    "time": "2026-03-02T10:00:00Z",
    "data": EXAMPLE,
}
REQUEST_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": GenericIncident.model_json_schema(),
                "examples": {"plain": {"value": EXAMPLE}},
            },
            STRUCTURED: {
                "schema": {"type": "object"},
                "examples": {"structured": {"value": CLOUD_EXAMPLE}},
            },
        },
    }
}


@router.post(
    "/generic",
    openapi_extra=REQUEST_BODY,
    operation_id="hook-generic",
    summary="Receive an incident from any tool.",
    responses=RESPONSES,
)
async def receive_incident(
    request: Request,
    response: Response,
    context: ContextDep,
    signature: SignatureHeader = "",
) -> WebhookResponse:
    """Open the review of an incident, once; or, with `recurs`, report that it came back.

    Plain JSON, a structured CloudEvent whose `data` is that JSON, or a binary one (`ce-*` headers).
    201: a review was opened. 200: the review already existed, or the recurrence was reported to it.
    202: nothing was done, and why.
    """
    body = await request.body()
    hooks = context.settings.hooks
    secrets = {SOURCE: hooks.generic, **hooks.sources}
    with slow_down_forgers(context, request):
        signed = find_signed_sources(secrets, signature, body, context.clock())
    received = await run_in_threadpool(_parse_request, request, body)
    received = replace(received, incident=_bind_source(received.incident, signed))
    result = await _handle_event(context, received, body)
    response.status_code = choose_status(result)
    return result


def _bind_source(payload: GenericIncident, signed: frozenset[str]) -> GenericIncident:
    """Return an incident of a source whose secret signed it; raises Refusal for another one's."""
    default = SOURCE if SOURCE in signed else min(signed)
    source = payload.source or default
    if source in signed:
        return payload.model_copy(update={"source": source})
    raise Refusal(
        RefusalCode.NOT_ALLOWED,
        f"This was signed with the secret of {join_words(sorted(signed), 'or')}, which is for no "
        f"incidents of “{source}”.",
        f"Leave “source” out, or give {source} a secret of its own: AFTERWORD_HOOKS__SOURCES."
        if source not in RESERVED_SOURCES
        else "Leave “source” out.",
    )


async def _handle_event(
    context: AppContext, received: ReceivedIncident, body: bytes
) -> WebhookResponse:
    payload = received.incident
    end = payload.ended_at or received.at or context.clock()
    event = IncidentEvent(
        source=payload.source,
        delivery=received.delivery,
        body=body,
        notes=(*received.notes, *list_start_notes(payload.started_at, end)),
    )
    incident = _build_incident(payload, end)
    if payload.recurs:
        return await report_recurrence(context, event, incident)
    requested = RequestedRoles(
        lead=payload.lead,
        facilitator=payload.facilitator,
        sponsor=payload.sponsor,
        participants=payload.participants,
    )
    return await open_from_event(context, event, incident, requested)


def _build_incident(payload: GenericIncident, end: datetime) -> Incident:
    return Incident(
        source=payload.source,
        key=payload.key,
        title=payload.title or f"Incident {payload.key}",
        ended_at=end,
        severity=payload.severity,
        services=tuple(name for name in payload.services if name),
        started_at=limit_start(payload.started_at, end),
        link=payload.link,
    )


def _parse_request(request: Request, body: bytes) -> ReceivedIncident:
    media_type = _get_media_type(request)
    if media_type == BATCH:
        raise InvalidInput("batches of CloudEvents are not supported; send one event at a time")
    if media_type == STRUCTURED:
        return _parse_structured(parse_json(body, HOOK))
    if "ce-specversion" in request.headers:
        attributes = {
            name[3:]: unquote(value)
            for name, value in request.headers.items()
            if name.startswith("ce-")
        }
        return _parse_cloud_event(attributes, parse_json(body, HOOK))
    delivery = hashlib.sha256(body).hexdigest()
    incident, notes = _parse_incident(parse_json(body, HOOK))
    return ReceivedIncident(incident=incident, delivery=delivery, at=None, notes=notes)


def _parse_incident(value: Any) -> tuple[GenericIncident, tuple[str, ...]]:
    _reject_other_formats(value)
    return parse_leniently(GenericIncident, value, required=("source",))


def _reject_other_formats(value: Any) -> None:
    """Raise InvalidInput for what a tool sends in a format of its own, saying what to do."""
    if not isinstance(value, dict) or "key" in value:
        return
    if isinstance(value.get("event"), dict) or isinstance(value.get("messages"), list):
        raise InvalidInput(PAGERDUTY_WEBHOOK)
    if isinstance(value.get("alerts"), list):
        raise InvalidInput(ALERTS)


def _parse_structured(value: Any) -> ReceivedIncident:
    if not isinstance(value, dict):
        raise InvalidInput("the body: must be a JSON object")
    if "data_base64" in value:
        return _parse_cloud_event(value, parse_json(_decode_base64(value["data_base64"]), HOOK))
    return _parse_cloud_event(value, value.get("data"))


def _decode_base64(value: Any) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput("data_base64: is not Base64") from None


def _parse_cloud_event(attributes: dict[str, Any], data: Any) -> ReceivedIncident:
    event, event_notes = parse_leniently(CloudEvent, attributes)
    if event.specversion != SPECVERSION:
        raise InvalidInput(f"specversion: “{event.specversion[:20]}” is not supported; use 1.0")
    delivery = f"{event.source} {event.id}"
    incident, notes = _parse_incident(data)
    return ReceivedIncident(
        incident=incident, delivery=delivery, at=event.time, notes=(*event_notes, *notes)
    )


def _get_media_type(request: Request) -> str:
    header = Message()
    header["content-type"] = request.headers.get("content-type", "application/json")
    return header.get_content_type()
