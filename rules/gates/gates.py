"""Gates: why a review may not leave its stage yet, and who can clear each blocker."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from models.action import ActionStatus
from models.codes import BlockerCode
from models.commands import AddCause, Appoint, HoldMeeting, ScheduleMeeting, Waive, Write
from models.document import Section
from models.errors import Blocker
from models.people import Role
from models.review import Gate, Review, Stage
from rules.command_lines import format_command_line
from rules.gates.action_blockers import (
    is_waived,
    iter_action_blockers,
    iter_cause_blockers,
    list_organizers,
)
from rules.gates.closure import iter_acceptance_blockers, iter_closure_blockers

GATE_BY_STAGE = {
    Stage.DRAFT: Gate.DRAFT,
    Stage.MEETING: Gate.ACTIONS,
    Stage.FOLLOW_UP: Gate.CLOSURE,
}
REQUIRED_SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE)


def find_gate(stage: Stage) -> Gate | None:
    """Return the gate that leads on from a stage, or None (“assigned” needs no approval)."""
    return GATE_BY_STAGE.get(stage)


def list_blockers(review: Review, now: datetime) -> tuple[Blocker, ...]:
    """List why the review may not leave its stage now; empty where nothing blocks it."""
    match review.stage:
        case Stage.DRAFT:
            return tuple(_iter_draft_blockers(review))
        case Stage.MEETING:
            return tuple(_iter_actions_blockers(review, now))
        case Stage.ASSIGNED:
            return tuple(iter_acceptance_blockers(review))
        case Stage.FOLLOW_UP:
            return tuple(iter_closure_blockers(review))
    return ()


def is_document_complete(review: Review) -> bool:
    """Return whether a review's document has all that the draft gate asks of it."""
    return not any((*_iter_document_blockers(review), *_iter_finding_blockers(review)))


def _iter_draft_blockers(review: Review) -> Iterator[Blocker]:
    yield from _iter_document_blockers(review)
    writers = list_organizers(review)
    if review.meeting is None:
        yield Blocker(
            code=BlockerCode.NO_MEETING,
            sentence="The meeting has no time and place.",
            who=writers,
            way_out=f"Schedule it: {format_command_line(review, ScheduleMeeting)}.",
        )
    if not review.roles.facilitator:
        yield Blocker(
            code=BlockerCode.NO_FACILITATOR,
            sentence="Nobody is named to facilitate.",
            who=(review.roles.lead,),
            way_out=f"Appoint one: {format_command_line(review, Appoint, role=Role.FACILITATOR)}.",
        )
    yield from _iter_finding_blockers(review)


def _iter_document_blockers(review: Review) -> Iterator[Blocker]:
    if review.document is None:
        yield Blocker(
            code=BlockerCode.NO_DOCUMENT,
            sentence="There is no document yet.",
            who=list_organizers(review),
            way_out=f"Write it: {format_command_line(review, Write)}.",
        )
        return
    for section in REQUIRED_SECTIONS:
        if section not in review.document.sections:
            yield Blocker(
                code=BlockerCode.SECTION_MISSING,
                sentence=f"The document has no {section}.",
                who=list_organizers(review),
                item=section.value,
                way_out=f"Add it: {format_command_line(review, Write)}.",
            )


def _iter_finding_blockers(review: Review) -> Iterator[Blocker]:
    for finding in review.findings:
        if not is_waived(review, finding.id, finding.code):
            yield Blocker(
                code=finding.code,
                sentence=f"“{finding.passage}”: {finding.problem}",
                who=list_organizers(review),
                item=finding.id,
                way_out="Reword the sentence, or waive it: "
                f"{format_command_line(review, Waive, item=finding.id, code=finding.code)}.",
            )


def _iter_actions_blockers(review: Review, now: datetime) -> Iterator[Blocker]:
    if review.meeting is None or review.meeting.held_at is None:
        yield Blocker(
            code=BlockerCode.MEETING_NOT_HELD,
            sentence="The meeting has not been held.",
            who=list_organizers(review),
            way_out="Record that it was held: "
            f"{format_command_line(review, HoldMeeting, attended=None)}.",
        )
    if review.document is None or Section.WENT_WELL not in review.document.sections:
        yield Blocker(
            code=BlockerCode.NOTHING_WENT_WELL,
            sentence="The document does not say what went well.",
            who=list_organizers(review),
            way_out=f"Add it: {format_command_line(review, Write)}.",
        )
    active_causes = [c for c in review.causes if not c.withdrawn]
    if not active_causes:
        yield Blocker(
            code=BlockerCode.NO_CAUSES,
            sentence="No contributing cause is named.",
            who=list_organizers(review),
            way_out=f"Name one: {format_command_line(review, AddCause, whys=None)}.",
        )
    for cause in active_causes:
        yield from iter_cause_blockers(review, cause)
    for action in review.actions:
        if action.status is ActionStatus.PROPOSED:
            yield from iter_action_blockers(review, action, now)
