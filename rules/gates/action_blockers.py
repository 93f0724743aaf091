"""Blockers of actions and causes: missing owner, measure, date, verifier, whys or action."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from models.action import Action, ActionStatus, Priority
from models.codes import BlockerCode, FindingCode
from models.commands import (
    AcceptRisk,
    ChangeVerifier,
    Propose,
    Revise,
    ReviseCause,
    Waive,
)
from models.document import Cause, Finding
from models.errors import Blocker
from models.review import Review
from rules.command_lines import format_command_line
from rules.formatting import format_date

MIN_WHYS = 2


def is_waived(review: Review, item: str, code: str) -> bool:
    """Return whether a check was waived for this item."""
    return any(w.item == item and w.code == code for w in review.waivers)


def list_open_findings(review: Review, item: Action | Cause) -> list[Finding]:
    """List the findings about the text of an action or a cause that were not waived."""
    return [found for found in item.findings if not is_waived(review, item.id, found.code)]


def is_addressed(review: Review, cause: Cause) -> bool:
    """Return whether a cause has an action that was not withdrawn, or an accepted risk."""
    return bool(cause.accepted_risk) or any(
        cause.id in a.causes and a.status is not ActionStatus.WITHDRAWN for a in review.actions
    )


def iter_action_blockers(review: Review, action: Action, now: datetime) -> Iterator[Blocker]:
    """Yield what an action still lacks before it can be assigned."""
    writers = list_organizers(review)
    for missing, code, sentence, field in (
        (not action.owner, BlockerCode.NO_OWNER, "has no owner", "owner"),
        (
            not action.measure,
            BlockerCode.NO_MEASURE,
            "does not say how we will know that it is done",
            "measure",
        ),
        (action.due is None, BlockerCode.NO_DUE_DATE, "has no due date", "due"),
        (not action.verifier, BlockerCode.NO_VERIFIER, "has nobody to verify it", "verifier"),
        (not action.causes, BlockerCode.NO_CAUSE, "addresses no cause", "causes"),
    ):
        if missing:
            yield Blocker(
                code=code,
                sentence=f"{action.id} {sentence}.",
                who=writers,
                item=action.id,
                way_out=f"Add it: {_format_revision(review, action, field)}.",
            )
    if action.verifier and action.verifier in (action.owner, *action.owners):
        yield Blocker(
            code=BlockerCode.VERIFIER_OWNS,
            sentence=f"{action.verifier} owns or owned {action.id} and cannot verify it.",
            who=writers,
            item=action.id,
            way_out="Name another verifier: "
            f"{format_command_line(review, ChangeVerifier, action=action.id)}.",
        )
    yield from _iter_due_date_blockers(review, action, now)
    yield from _iter_finding_blockers(review, action)


def _iter_due_date_blockers(review: Review, action: Action, now: datetime) -> Iterator[Blocker]:
    if action.due is None:
        return
    if action.due < now.date():
        yield Blocker(
            code=BlockerCode.DUE_IN_THE_PAST,
            sentence=f"{action.id} was due on {format_date(action.due)}, which is past.",
            who=list_organizers(review),
            item=action.id,
            way_out=f"Set a later date: {_format_revision(review, action, 'due')}.",
        )
    latest = find_latest_due_date(review, action.priority, now)
    if action.due > latest and not is_waived(review, action.id, BlockerCode.DUE_TOO_LATE):
        yield Blocker(
            code=BlockerCode.DUE_TOO_LATE,
            sentence=f"{action.id} is {action.priority} and due on {format_date(action.due)}; "
            f"the latest for that is {format_date(latest)}.",
            who=list_organizers(review),
            item=action.id,
            way_out=f"Set an earlier date: {_format_revision(review, action, 'due')}, or the lead "
            f"waives it: {_format_waiver(review, action.id, BlockerCode.DUE_TOO_LATE)}.",
        )


def find_latest_due_date(review: Review, priority: Priority, now: datetime) -> date:
    """Find the latest due date that the policy allows for a priority."""
    return now.date() + timedelta(days=review.policy.due_days[priority])


def _iter_finding_blockers(review: Review, item: Action | Cause) -> Iterator[Blocker]:
    for found in list_open_findings(review, item):
        yield Blocker(
            code=found.code,
            sentence=f"{item.id}: {found.problem}",
            who=list_organizers(review),
            item=item.id,
            way_out=f"Reword it: {_format_rewording(review, item, found)}, or the lead waives it: "
            f"{_format_waiver(review, item.id, found.code)}.",
        )


def list_organizers(review: Review) -> tuple[str, ...]:
    """List who can edit the document: facilitator and lead, by address."""
    return tuple(dict.fromkeys(a for a in (review.roles.facilitator, review.roles.lead) if a))


def iter_cause_blockers(review: Review, cause: Cause) -> Iterator[Blocker]:
    """Yield what a cause still lacks: a chain of whys, and an action or an accepted risk."""
    is_short = len(cause.whys) < MIN_WHYS
    if is_short and not is_waived(review, cause.id, BlockerCode.TOO_SHORT):
        yield Blocker(
            code=BlockerCode.TOO_SHORT,
            sentence=f"{cause.id} has {len(cause.whys)} of at least {MIN_WHYS} whys.",
            who=list_organizers(review),
            item=cause.id,
            way_out="Add to them: "
            f"{format_command_line(review, ReviseCause, cause=cause.id, whys=None)}.",
        )
    yield from _iter_finding_blockers(review, cause)
    if not is_addressed(review, cause):
        yield Blocker(
            code=BlockerCode.CAUSE_WITHOUT_ACTION,
            sentence=f"{cause.id} has neither an action nor an accepted risk.",
            who=list_organizers(review),
            item=cause.id,
            way_out="Propose an action: "
            f"{format_command_line(review, Propose, text=None, causes=cause.id)}, or accept the "
            f"risk: {format_command_line(review, AcceptRisk, item=cause.id)}.",
        )


def _format_revision(review: Review, action: Action, field: str) -> str:
    return format_command_line(review, Revise, action=action.id, **{field: None})


def _format_rewording(review: Review, item: Action | Cause, found: Finding) -> str:
    if isinstance(item, Action):
        field = "measure" if found.code == FindingCode.UNOBSERVABLE else "text"
        return _format_revision(review, item, field)
    return format_command_line(review, ReviseCause, cause=item.id, whys=None)


def _format_waiver(review: Review, item: str, code: str) -> str:
    return format_command_line(review, Waive, item=item, code=code)
