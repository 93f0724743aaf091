"""The agenda of a review meeting: what is open, what to ask, and what went well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.action import Action, ActionStatus
from models.codes import BlockerCode
from models.commands import BEFORE_ASSIGNMENT
from models.document import Cause, Section
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review
from rules.gates.action_blockers import is_addressed, list_open_findings
from rules.gates.gates import list_blockers
from rules.notifications.due_times import find_brief_time
from rules.notifications.pending_work import PendingWork, PlannedNotification

OPENING_LINES = (
    "We look for what made this possible, not for who did it. Everybody acted on what they saw.",
    "When a person comes up as the cause: what did they see, and what made it look right?",
    "Ask “what” and “how” before “why”.",
)
WENT_WELL_LINES = (
    "What went well? Take ten minutes for it, before the causes.",
    "What did people do that no procedure told them to, and that helped?",
    "Where did we get lucky, and what would have happened without it?",
)
NO_CAUSE_LINES = (
    "No cause is named yet. Begin with what users saw, and ask: what made that possible?",
    "What usually prevents this? What was different this time?",
    "How did it look from where people stood, at each step of the timeline?",
)
DEFAULT_QUESTION = "For each cause: what else had to be true for this to happen?"
NO_ACTION_LINE = "No action is proposed yet. For each cause: what will be different, who, by when?"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaTopic:
    """One topic of an agenda: its title and its lines."""

    title: str
    lines: tuple[str, ...]


def build_agenda(review: Review, now: datetime) -> tuple[AgendaTopic, ...]:
    """List the topics of the meeting; a topic without lines is left out."""
    topics = (
        AgendaTopic(title="Before we begin", lines=OPENING_LINES),
        AgendaTopic(title="What went well", lines=tuple(_list_went_well(review))),
        AgendaTopic(title="Still open", lines=tuple(_list_open(review, now))),
        AgendaTopic(title="Causes", lines=tuple(_list_causes(review))),
        AgendaTopic(title="Actions", lines=tuple(_list_actions(review))),
        AgendaTopic(title="Anonymous contributions", lines=tuple(_list_contributions(review))),
    )
    return tuple(topic for topic in topics if topic.lines)


def plan_agendas(work: PendingWork) -> tuple[PlannedNotification, ...]:
    """Build the agenda for the facilitator, once per meeting date, some working days ahead.

    Without a facilitator it goes to the lead. It is never sent after the meeting began.
    """
    review, availability = work.review, work.availability
    meeting = review.meeting
    to = review.roles.facilitator or review.roles.lead
    if meeting is None or meeting.held_at or review.stage not in BEFORE_ASSIGNMENT:
        return ()
    key = f"agenda:{meeting.at.isoformat()}"
    returns_at = availability.returns_at(to)
    is_too_late = (returns_at or work.now) >= meeting.at or work.now >= meeting.at
    if is_too_late or availability.is_gone(to) or work.is_sent(key, to):
        return ()
    items = tuple(_build_item(topic) for topic in build_agenda(review, work.now))
    notification = Notification(
        kind=NotificationKind.AGENDA, to=to, items=items, covers=(key,), counts=(1,)
    )
    due_at = find_brief_time(meeting, availability.get_calendar(to), review.policy)
    return (PlannedNotification(notification, due_at, returns_at, expires_at=meeting.at),)


def _build_item(topic: AgendaTopic) -> NotificationItem:
    lines = "\n".join(f"– {line}" for line in topic.lines)
    return NotificationItem(code="agenda", sentence=f"{topic.title}\n{lines}")


def _list_went_well(review: Review) -> Iterator[str]:
    yield from WENT_WELL_LINES
    if review.document is None or Section.WENT_WELL not in review.document.sections:
        yield "The document does not cover this yet; it is needed before actions can be approved."


def _list_open(review: Review, now: datetime) -> Iterator[str]:
    known_items = {
        *(cause.id for cause in review.causes),
        *(action.id for action in review.actions),
    }
    for blocker in list_blockers(review, now):
        if blocker.item not in known_items and blocker.code not in (
            BlockerCode.MEETING_NOT_HELD,
            BlockerCode.NO_CAUSES,
        ):
            yield blocker.sentence


def _list_causes(review: Review) -> Iterator[str]:
    live_causes = [cause for cause in review.causes if not cause.withdrawn]
    if not live_causes:
        yield from NO_CAUSE_LINES
    for cause in live_causes:
        question = _find_question(review, cause)
        head = _format_head(cause.id, cause.symptom)
        yield f"{head}: {question}" if question else f"{head}."
        if not is_addressed(review, cause):
            yield f"{cause.id} has no action: what can be changed, or is it a risk we accept?"
    if any(not _find_question(review, cause) for cause in live_causes):
        yield DEFAULT_QUESTION


def _find_question(review: Review, cause: Cause) -> str:
    """Return the next question to ask about a chain of whys, empty where any will do."""
    questions = (each.suggestion or each.problem for each in list_open_findings(review, cause))
    return next(questions, "")


def _list_actions(review: Review) -> Iterator[str]:
    live_actions = [a for a in review.actions if a.status is not ActionStatus.WITHDRAWN]
    if not live_actions:
        yield NO_ACTION_LINE
    for action in live_actions:
        for finding in list_open_findings(review, action):
            yield f"{_format_head(action.id, action.text)}: {finding.problem}"
        if action.status is ActionStatus.PROPOSED and (
            missing_fields := _format_missing_fields(action)
        ):
            yield f"{_format_head(action.id, action.text)}: {missing_fields}"


def _list_contributions(review: Review) -> Iterator[str]:
    for contribution in review.contributions:
        if not contribution.settled_by:
            when = f"{contribution.when}: " if contribution.when else ""
            words = f"{when}{contribution.text}" or "waits for the facilitator"
            yield f"{contribution.id} {words} (should this go into the document?)"


def _format_head(name: str, text: str) -> str:
    return f"{name} {text.rstrip('.')}"


def _format_missing_fields(action: Action) -> str:
    is_missing_by_question = {
        "Who owns it?": not action.owner,
        "By when?": action.due is None,
        "How will we know that it is done?": not action.measure,
        "Which cause does it address?": not action.causes,
        "Who verifies it?": not action.verifier,
    }
    return " ".join(question for question, is_open in is_missing_by_question.items() if is_open)
