"""Handlers of commands about causes and recurrences."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from models.codes import RefusalCode
from models.commands import AcceptRisk, AddCause, Command, Recur, ReviseCause
from models.document import Cause
from models.errors import NotFound, Refusal
from models.review import Review
from rules.commands.handler import ApplyResult, Handler, ignore_time
from rules.commands.refusals import build_text_validator, refuse_unless, validate_reason
from rules.commands.transitions import (
    add_recurrence,
    answer_recurrences,
    format_reason,
    update_cause,
)
from rules.formatting import format_date
from rules.identifiers import get_next_item_id
from rules.notices import notices

SAME_RECURRENCE = timedelta(hours=1)
"""How far apart the times of two events about one recurrence may be."""


def _apply_add_cause(review: Review, command: AddCause) -> ApplyResult:
    name = get_next_item_id("C", (c.id for c in review.causes))
    cause = Cause(id=name, symptom=command.symptom, whys=command.whys, findings=command.findings)
    return replace(review, causes=(*review.causes, cause)), f"named cause {name}: {command.symptom}"


def _apply_revise_cause(review: Review, command: ReviseCause) -> ApplyResult:
    names = ("symptom", "whys")
    changes = {name: v for name in names if (v := getattr(command, name)) is not None}
    updated = update_cause(review, command.cause, findings=command.findings, **changes)
    return updated, f"revised cause {command.cause}"


def _validate_accept_risk(review: Review, command: AcceptRisk) -> None:
    validate_reason(command)
    items = [c.id for c in review.causes if not c.withdrawn]
    items += [r.id for r in review.recurrences]
    if command.item not in items:
        raise NotFound("cause or recurrence", command.item, tuple(items))


def _apply_accept_risk(review: Review, command: AcceptRisk) -> ApplyResult:
    updated = update_cause(
        review,
        command.item,
        accepted_risk=command.reason,
        accepted_by=command.by,
        token_origin=command.token_origin,
    )
    updated = answer_recurrences(updated, (command.item,), f"risk: {command.reason}")
    return updated, f"accepted the risk of {command.item}{format_reason(command.reason)}"


def _validate_recur(review: Review, command: Recur, now: datetime) -> None:
    """Raise Refusal for an event from before the end, and for a recurrence that is recorded."""
    ended_at = review.incident.ended_at
    refuse_unless(
        command.incident.ended_at >= ended_at,
        RefusalCode.NO_RECURRENCE,
        f"This is from before the incident ended on {format_date(ended_at)}, so it is no "
        "recurrence.",
        "If it came back later, report it again with the time of that.",
    )
    at = _find_recurrence_time(review, command, now)
    known = next((r for r in review.recurrences if abs(r.at - at) <= SAME_RECURRENCE), None)
    if known is not None:
        raise Refusal(
            RefusalCode.ALREADY_RECORDED,
            f"That the incident came back on {format_date(known.at)} is already recorded, "
            f"as {known.id}.",
            "If it came back again since, report that with its own time.",
        )


def _apply_recur(review: Review, command: Recur, now: datetime) -> ApplyResult:
    incident = command.incident
    at = _find_recurrence_time(review, command, now)
    updated = add_recurrence(review, incident.title, incident.link, at)
    return updated, f"reported that the incident came back on {format_date(at)}: {incident.title}"


def _find_recurrence_time(review: Review, command: Recur, now: datetime) -> datetime:
    """Find when the incident came back: the first time of the event that is after the old end."""
    times = (command.incident.started_at, command.incident.ended_at)
    later_times = (time for time in times if time and time > review.incident.ended_at)
    return min(next(later_times, now), now)


HANDLERS: dict[type[Command], Handler] = {
    AddCause: Handler(
        validate=build_text_validator(
            "symptom", RefusalCode.EMPTY, "A cause needs a text.", "Say what happened."
        ),
        apply=ignore_time(_apply_add_cause),
    ),
    ReviseCause: Handler(apply=ignore_time(_apply_revise_cause)),
    AcceptRisk: Handler(
        validate=ignore_time(_validate_accept_risk), apply=ignore_time(_apply_accept_risk)
    ),
    Recur: Handler(
        validate=_validate_recur, apply=_apply_recur, notify=(notices.notify_of_recurrence,)
    ),
}
