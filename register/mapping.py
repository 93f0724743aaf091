"""How a review is mapped to rows of the register, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import RowMapping

from models.action import FINISHED_STATUSES, Action, Dropped
from models.codes import EventKind
from models.document import Cause
from models.people import Channel, Role
from models.review import Event, Gate, Review
from rules.identifiers import ID_PREFIX

ROLES = (Role.LEAD, Role.FACILITATOR, Role.SPONSOR, Role.COORDINATOR)

LAST_DAY = date(9999, 12, 31)
"""Stands for no due date, so that such actions come last."""

MAX_SYMPTOM_KEY = 400
"""Characters of a symptom that are kept to compare it with others."""


@cache
def get_review_adapter() -> TypeAdapter[Review]:
    """Return the adapter that converts JSON to a review; it is built once, for that is slow."""
    return TypeAdapter(Review)


def build_review_columns(review: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of `reviews` that follow from a review's id and its head as JSON.

    The title of a restricted review is not searchable: a match would reveal it.
    """
    incident, roles = head["incident"], head["roles"]
    title = "" if head["restricted_to"] else incident["title"]
    return {
        "source": incident["source"],
        "key": incident["key"],
        "title": incident["title"],
        "search_text": f"{review}\n{title}".casefold(),
        "stage": head["stage"],
        "severity": incident["severity"],
        "lead": roles["lead"],
        "facilitator": roles["facilitator"],
        "sponsor": roles["sponsor"],
        "opened_at": datetime.fromisoformat(head["opened_at"]),
        "stage_since": datetime.fromisoformat(head["stage_since"]),
        "meeting_at": _parse_time(head["meeting"], "at"),
        "follow_up_at": _parse_time(head["follow_up"], "at"),
        "closed_at": _parse_time(head, "closed_at"),
        "filed_at": _parse_time(head.get("filing"), "at"),
        "restricted_to": head["restricted_to"],
        "restricted": bool(head["restricted_to"]),
        "ended_at": _parse_time(incident, "ended_at"),
        "meeting_held_at": _parse_time(head["meeting"], "held_at"),
        "follow_up_held_at": _find_first_held(head),
        "came_back_at": _find_last_recurrence(head),
        "head": dict(head),
    }


def build_action_rows(
    review: str, actions: Iterable[Action], postponements: Mapping[str, int], *, is_open: bool
) -> list[dict[str, Any]]:
    """Return the rows of actions of a review that is open or not.

    `postponements` counts how often each was granted more time.
    """
    return [
        {
            "review": review,
            "id": action.id,
            "owner": action.owner,
            "verifier": action.verifier,
            "status": action.status,
            "due": action.due,
            "priority": action.priority,
            "number": int(action.id[1:]),
            "text": action.text,
            "search_text": f"{action.text}\n{action.measure}".casefold(),
            "open": is_open and action.status not in FINISHED_STATUSES,
            "sort_due": action.due or LAST_DAY,
            "first_due": action.first_due or (None if postponements.get(action.id) else action.due),
            "postponements": postponements.get(action.id, 0),
            "since": action.since,
            "assigned_at": action.assigned_at,
            "finished_at": _find_finish(action),
            "has_risk": isinstance(action.outcome, Dropped) and bool(action.outcome.risk.strip()),
            "record": to_jsonable_python(action),
        }
        for action in actions
    ]


def build_name_rows(review: str) -> list[dict[str, str]]:
    """Return the rows of the names that people type for a review: with its source, and without."""
    name = review.removeprefix(ID_PREFIX).lower()
    return [{"name": each, "review": review} for each in sorted({name, name.partition("-")[2]})]


def build_role_rows(review: str, head: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the rows of who has which role in a review."""
    roles = head["roles"]
    holders = {(roles[role] or "", role) for role in ROLES}
    holders |= {(address, Role.PARTICIPANT) for address in roles["participants"]}
    return [
        {"review": review, "address": address, "role": role}
        for address, role in sorted(holders)
        if address
    ]


def build_service_rows(review: str, head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the services that an incident affected, in lower case."""
    services = {service.strip().casefold() for service in head["incident"]["services"]}
    return [{"review": review, "service": service} for service in sorted(services - {""})]


def build_cause_rows(review: str, causes: Iterable[Cause]) -> list[dict[str, Any]]:
    """Return the rows of causes."""
    return [
        {
            "review": review,
            "id": cause.id,
            "search_text": "\n".join((cause.symptom, *cause.whys)).casefold(),
            "symptom_key": _build_symptom_key(cause),
            "record": to_jsonable_python(cause),
        }
        for cause in causes
    ]


def build_event_rows(review: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Return the rows of events; `seq` counts those of one revision."""
    return [
        {
            "review": review,
            "revision": event.revision,
            "seq": seq,
            "at": event.at,
            "by": event.by,
            "channel": event.channel,
            "kind": event.kind,
            "item": event.item,
            "gate": event.gate or "",
            "text": event.text,
            "link": event.link,
            "seal": event.seal,
            "covers": event.covers,
        }
        for _, same in groupby(events, key=lambda event: event.revision)
        for seq, event in enumerate(same)
    ]


def build_event(row: RowMapping) -> Event:
    """Build an event from its row."""
    return Event(
        revision=row["revision"],
        at=row["at"],
        by=row["by"],
        channel=Channel(row["channel"]),
        kind=EventKind(row["kind"]),
        item=row["item"],
        gate=Gate(row["gate"]) if row["gate"] else None,
        text=row["text"],
        link=row["link"],
        seal=row["seal"],
        covers=row["covers"],
    )


def build_review(
    row: RowMapping, actions: Iterable[Any], causes: Iterable[Any], log: Iterable[Event]
) -> Review:
    """Build a review from its row and its parts; receipts and notifications are not included."""
    return get_review_adapter().validate_python(
        {
            **row["head"],
            "id": row["id"],
            "revision": row["revision"],
            "actions": list(actions),
            "causes": list(causes),
            "log": list(log),
        }
    )


def _find_finish(action: Action) -> datetime | None:
    if action.outcome is not None:
        return action.outcome.at
    return action.since if action.status in FINISHED_STATUSES else None


def _find_first_held(head: Mapping[str, Any]) -> datetime | None:
    """Return when a follow-up meeting was held first."""
    meetings = [*head["past_follow_ups"], head["follow_up"]]
    held = [time for meeting in meetings if (time := _parse_time(meeting, "held_at"))]
    return min(held, default=None)


def _find_last_recurrence(head: Mapping[str, Any]) -> datetime | None:
    """Return when the incident came back last."""
    times = [_parse_time(each, "at") for each in head["recurrences"]]
    return max((time for time in times if time), default=None)


def _build_symptom_key(cause: Cause) -> str:
    """Return the words of a symptom by which it is known again; "" for a withdrawn cause.

    Of a long one it is their digest: PostgreSQL indexes no more than 2,704 octets of a row.
    """
    words = "" if cause.withdrawn else " ".join(cause.symptom.casefold().split()).rstrip(".")
    return words if len(words) <= MAX_SYMPTOM_KEY else sha256(words.encode()).hexdigest()


def _parse_time(part: Mapping[str, Any] | None, name: str) -> datetime | None:
    value = part[name] if part else None
    return datetime.fromisoformat(value) if value else None
