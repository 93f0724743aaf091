"""Any other incident tool: one documented JSON, signed and stamped; CloudEvents are taken too."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from models.errors import Malformed
from models.incident import Incident
from web.fields import Body, Moment, Source
from web.hooks.arrivals import ANSWERS, Done, Event, came_back, ended, status_of
from web.hooks.reading import Level, Line, Lines, before, fit
from web.hooks.signatures import Stamped, check_stamped
from web.house import Here, House
from web.openings import Asked
from web.strict import read_json

router = APIRouter(prefix="/hooks", tags=["hooks"])

SOURCE = "generic"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
SPECVERSION = "1.0"


class Told(Body):
    """What a tool tells of an incident; the same source and key are the same review.

    Whom you do not name in `lead`, `facilitator` and `sponsor`, the service map does, or the desk.
    `recurs` says that the incident came back: its review is told, no new one is opened.
    """

    source: Source = SOURCE
    key: Annotated[Line, Field(min_length=1)]
    title: Annotated[Line, Field(min_length=1)]
    ended_at: Moment | None = Field(default=None, description="Now, if you leave it out.")
    started_at: Moment | None = None
    severity: Annotated[Level, Field(ge=1, le=9, description="From 1, the worst; “SEV-2” too.")] = (
        None
    )
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
    time: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came, however it was wrapped: the tool's words, a delivery's name, a time."""

    told: Told
    delivery: str
    at: datetime | None


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
BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": Told.model_json_schema(),
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
    openapi_extra=BODY,
    operation_id="hook-generic",
    summary="Take an incident from any tool.",
    responses=ANSWERS,
)
async def generic(
    request: Request,
    response: Response,
    house: Here,
    signature: Stamped = "",
) -> Done:
    """Open the review of an incident, once; or, with `recurs`, tell its review that it came back.

    Plain JSON, a structured CloudEvent whose `data` is that JSON, or a binary one (`ce-*` headers).
    201: a review was opened. 200: it was there, or was told. 202: nothing was done, and why.
    """
    body = await request.body()
    secrets = house.settings.hooks.generic
    check_stamped(secrets, signature, body, house.clock())
    done = await _take(house, _arrived(request, body), body)
    response.status_code = status_of(done)
    return done


async def _take(house: House, arrived: Arrived, body: bytes) -> Done:
    told = arrived.told
    event = Event(source=told.source, delivery=arrived.delivery, body=body)
    incident = _incident(told, told.ended_at or arrived.at or house.clock())
    if told.recurs:
        return await came_back(house, event, incident)
    asked = Asked(
        lead=told.lead,
        facilitator=told.facilitator,
        sponsor=told.sponsor,
        participants=told.participants,
    )
    return await ended(house, event, incident, asked)


def _incident(told: Told, end: datetime) -> Incident:
    return Incident(
        source=told.source,
        key=told.key,
        title=told.title,
        ended_at=end,
        severity=told.severity,
        services=tuple(name for name in told.services if name),
        started_at=before(told.started_at, end),
        link=told.link,
    )


def _arrived(request: Request, body: bytes) -> Arrived:
    kind = _media_type(request)
    if kind == BATCH:
        raise Malformed("batches of CloudEvents are not taken; send one event at a time")
    if kind == STRUCTURED:
        return _structured(read_json(body))
    if "ce-specversion" in request.headers:
        attributes = {
            name[3:]: unquote(value)
            for name, value in request.headers.items()
            if name.startswith("ce-")
        }
        return _cloud(attributes, read_json(body))
    delivery = hashlib.sha256(body).hexdigest()
    return Arrived(told=fit(Told, read_json(body)), delivery=delivery, at=None)


def _structured(given: Any) -> Arrived:
    if not isinstance(given, dict):
        raise Malformed("the body: must be a JSON object")
    if "data_base64" in given:
        return _cloud(given, read_json(_decoded(given["data_base64"])))
    return _cloud(given, given.get("data"))


def _decoded(given: Any) -> bytes:
    try:
        return base64.b64decode(str(given), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("data_base64: is not Base64") from None


def _cloud(attributes: dict[str, Any], data: Any) -> Arrived:
    event = fit(CloudEvent, attributes)
    if event.specversion != SPECVERSION:
        raise Malformed(f"specversion: “{event.specversion[:20]}” is not known; 1.0 is")
    delivery = f"{event.source} {event.id}"
    return Arrived(told=fit(Told, data), delivery=delivery, at=event.time)


def _media_type(request: Request) -> str:
    header = Message()
    header["content-type"] = request.headers.get("content-type", "application/json")
    return header.get_content_type()
