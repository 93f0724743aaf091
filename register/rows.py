"""How a review is laid out in rows, and put together again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import RowMapping

from models.action import Action, Standing
from models.document import Cause
from models.people import Way
from models.review import Event, Review

FINISHED = (Standing.WITHDRAWN, Standing.VERIFIED, Standing.DROPPED)
"""The standings in which nobody has anything left to do."""


@cache
def adapter() -> TypeAdapter[Review]:
    """Give what turns JSON into a review; built once, for building takes a while."""
    return TypeAdapter(Review)


def columns(review: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """Give the columns of `reviews` that follow from a review's id and its head as JSON.

    The title of a restricted review cannot be searched for: a hit would tell it.
    """
    incident, roles = head["incident"], head["roles"]
    title = "" if head["restricted_to"] else incident["title"]
    return {
        "source": incident["source"],
        "key": incident["key"],
        "title": incident["title"],
        "words": f"{review}\n{title}".casefold(),
        "stage": head["stage"],
        "severity": incident["severity"],
        "lead": roles["lead"],
        "facilitator": roles["facilitator"],
        "sponsor": roles["sponsor"],
        "opened_at": datetime.fromisoformat(head["opened_at"]),
        "stage_since": datetime.fromisoformat(head["stage_since"]),
        "meeting_at": _moment(head["meeting"], "at"),
        "follow_up_at": _moment(head["follow_up"], "at"),
        "closed_at": _moment(head, "closed_at"),
        "restricted_to": head["restricted_to"],
        "head": dict(head),
    }


def action_rows(review: str, actions: Iterable[Action]) -> list[dict[str, Any]]:
    """Lay out actions."""
    return [
        {
            "review": review,
            "id": action.id,
            "owner": action.owner,
            "verifier": action.verifier,
            "standing": action.standing,
            "due": action.due,
            "priority": action.priority,
            "record": to_jsonable_python(action),
        }
        for action in actions
    ]


def cause_rows(review: str, causes: Iterable[Cause]) -> list[dict[str, Any]]:
    """Lay out causes."""
    return [
        {"review": review, "id": cause.id, "record": to_jsonable_python(cause)} for cause in causes
    ]


def event_rows(review: str, events: Iterable[Event]) -> list[dict[str, Any]]:
    """Lay out lines of the log; `seq` counts those of one revision."""
    return [
        {
            "review": review,
            "revision": event.revision,
            "seq": seq,
            "at": event.at,
            "by": event.by,
            "way": event.way,
            "kind": event.kind,
            "item": event.item,
            "text": event.text,
        }
        for _, same in groupby(events, key=lambda event: event.revision)
        for seq, event in enumerate(same)
    ]


def event(row: RowMapping) -> Event:
    """Read a line of the log."""
    return Event(
        revision=row["revision"],
        at=row["at"],
        by=row["by"],
        way=Way(row["way"]),
        kind=row["kind"],
        item=row["item"],
        text=row["text"],
    )


def put_together(
    row: RowMapping, actions: Iterable[Any], causes: Iterable[Any], log: Iterable[Event]
) -> Review:
    """Make a review of its row and the records of its parts; receipts and letters stay behind."""
    return adapter().validate_python(
        {
            **row["head"],
            "id": row["id"],
            "revision": row["revision"],
            "actions": list(actions),
            "causes": list(causes),
            "log": list(log),
        }
    )


def _moment(part: Mapping[str, Any] | None, name: str) -> datetime | None:
    said = part[name] if part else None
    return datetime.fromisoformat(said) if said else None
