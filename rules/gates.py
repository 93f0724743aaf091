"""The gates: each reason why a review may not yet leave its stage, and who can clear it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from models.action import Standing
from models.document import Section
from models.errors import Blocker
from models.review import Gate, Review, Stage
from rules.closure import accepted, closure
from rules.promises import cause_blockers, promise, waived, writers_of

GATES = {Stage.DRAFT: Gate.DRAFT, Stage.MEETING: Gate.ACTIONS, Stage.FOLLOW_UP: Gate.CLOSURE}
REQUIRED_SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE)


def gate_of(stage: Stage) -> Gate | None:
    """Name the gate that leads on from a stage; `assigned` is left without anybody's approval."""
    return GATES.get(stage)


def blockers(review: Review, now: datetime) -> tuple[Blocker, ...]:
    """List why the review may not leave its stage now; empty where nothing stands in the way."""
    by_stage: dict[Stage, Callable[[Review, datetime], Iterator[Blocker]]] = {
        Stage.DRAFT: _draft,
        Stage.MEETING: _actions,
        Stage.ASSIGNED: accepted,
        Stage.FOLLOW_UP: closure,
    }
    listed = by_stage.get(review.stage)
    return tuple(listed(review, now)) if listed else ()


def _draft(review: Review, now: datetime) -> Iterator[Blocker]:
    del now
    yield from _document(review)
    writers = writers_of(review)
    if review.meeting is None:
        yield Blocker(
            code="no-meeting",
            sentence="The meeting has no time and place.",
            who=writers,
            way_out="afterword meeting schedule",
        )
    if not review.roles.facilitator:
        yield Blocker(
            code="no-facilitator",
            sentence="Nobody is named to facilitate.",
            who=(review.roles.lead,),
            way_out="afterword review appoint … facilitator",
        )
    yield from _words(review)


def _document(review: Review) -> Iterator[Blocker]:
    if review.document is None:
        yield Blocker(
            code="no-document",
            sentence="There is no document yet.",
            who=writers_of(review),
            way_out="afterword review write",
        )
        return
    for section in REQUIRED_SECTIONS:
        if section not in review.document.sections:
            yield Blocker(
                code="section-missing",
                sentence=f"The document has no {section}.",
                who=writers_of(review),
                item=section.value,
                way_out="afterword review write",
            )


def _words(review: Review) -> Iterator[Blocker]:
    for found in review.findings:
        if not waived(review, found.id, found.code):
            yield Blocker(
                code=found.code,
                sentence=f"“{found.where}”: {found.why}",
                who=writers_of(review),
                item=found.id,
                way_out="mend the sentence, or afterword review waive with a reason",
            )


def _actions(review: Review, now: datetime) -> Iterator[Blocker]:
    if review.meeting is None or review.meeting.held_at is None:
        yield Blocker(
            code="meeting-not-held",
            sentence="The meeting has not been held.",
            who=writers_of(review),
            way_out="afterword meeting hold",
        )
    if review.document is None or Section.WENT_WELL not in review.document.sections:
        yield Blocker(
            code="nothing-went-well",
            sentence="The document does not say what went well.",
            who=writers_of(review),
            way_out="afterword review write",
        )
    live = [c for c in review.causes if not c.withdrawn]
    if not live:
        yield Blocker(
            code="no-causes",
            sentence="No contributing cause is named.",
            who=writers_of(review),
            way_out="afterword cause add",
        )
    for cause in live:
        yield from cause_blockers(review, cause)
    for action in review.actions:
        if action.standing is Standing.PROPOSED:
            yield from promise(review, action, now)
