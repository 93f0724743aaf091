"""Transitions of a review and its actions, the changes that go with them, and the log of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from models.codes import EventKind
from models.incident import Recurrence
from models.people import Channel
from models.review import Event, Gate, Review
from rules.audit.log_chain import append_to_chain
from rules.identifiers import get_next_item_id
from rules.permissions import CLOCK
from rules.states import find_next_stage, find_next_status


def move_review(review: Review, trigger: str, now: datetime) -> Review:
    """Return the review after a transition, or as it is where the table has no such one."""
    stage = find_next_stage(review.stage, trigger)
    return review if stage is None else replace(review, stage=stage, stage_since=now)


def move_action(review: Review, name: str, trigger: str, now: datetime, **changes: Any) -> Review:
    """Return the review with one action moved and changed, or as it is without such a move."""
    action = review.action(name)
    status = find_next_status(action.status, trigger) if action else None
    if status is None:
        return review
    return update_action(
        review, name, **{"status": status, "since": now, "handed_over": False, **changes}
    )


def update_action(review: Review, name: str, **changes: Any) -> Review:
    """Return the review with the given fields of one action set."""
    actions = tuple(replace(a, **changes) if a.id == name else a for a in review.actions)
    return replace(review, actions=actions)


def update_cause(review: Review, name: str, **changes: Any) -> Review:
    """Return the review with the given fields of one cause set."""
    causes = tuple(replace(c, **changes) if c.id == name else c for c in review.causes)
    return replace(review, causes=causes)


def mark_actions_changed(review: Review, now: datetime) -> Review:
    """Record that the actions changed, so that a follow-up meeting must go through them."""
    return replace(review, plan_changed_at=now)


def format_reason(reason: str) -> str:
    """Return the reason as a suffix for a sentence, or "" without one."""
    text = reason.strip()
    return f": {text}" if text else ""


def answer_recurrences(review: Review, names: tuple[str, ...], answer: str) -> Review:
    """Record how recurrences were answered."""
    recurrences = tuple(
        replace(r, answer=answer) if r.id in names and not r.answer else r
        for r in review.recurrences
    )
    return replace(review, recurrences=recurrences)


def assign_action(review: Review, name: str, now: datetime) -> Review:
    """Return the review with one action assigned and the recurrences it addresses answered."""
    action = review.action(name)
    if action is None:
        return review
    owners = tuple(dict.fromkeys((*action.owners, action.owner)))
    updated = move_action(review, name, "assign", now, assigned_at=now, owners=owners)
    return answer_recurrences(updated, action.causes, f"{name} addresses it")


def overturn_action(review: Review, name: str, reason: str, now: datetime) -> Review:
    """Return the review with one outcome taken back."""
    return move_action(
        review, name, "overturn", now, outcome=None, evidence="", last_comment=reason
    )


def add_recurrence(review: Review, text: str, link: str, at: datetime) -> Review:
    """Return the review with a recurrence at a time, unless `text` is the id of one that it has."""
    if any(r.id == text for r in review.recurrences):
        return review
    recurrence_id = get_next_item_id("R", (r.id for r in review.recurrences))
    recurrence = Recurrence(id=recurrence_id, at=at, text=text, link=link)
    return replace(review, recurrences=(*review.recurrences, recurrence))


def append_event(
    review: Review,
    now: datetime,
    *,
    by: str,
    channel: Channel,
    kind: EventKind,
    text: str,
    item: str = "",
    gate: Gate | None = None,
) -> Review:
    """Add a line to the log and return the review; each line is one revision."""
    revision = review.revision + 1
    event = Event(
        revision=revision,
        at=now,
        by=by,
        channel=channel,
        kind=kind,
        text=text,
        item=item,
        gate=gate,
    )
    return append_to_chain(review, event)


def append_clock_event(
    review: Review, now: datetime, *, kind: EventKind, text: str, item: str = ""
) -> Review:
    """Return the review with a log line for an event caused by time alone."""
    return append_event(
        review, now, by=CLOCK, channel=Channel.CLOCK, kind=kind, text=text, item=item
    )
