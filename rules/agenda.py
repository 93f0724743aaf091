"""The agenda of a review's meeting: what is open, what to ask, and time for what went well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.action import Action, Standing
from models.document import Cause, Section
from models.letters import Item, Letter, LetterKind
from models.orders import BEFORE_ASSIGNMENT
from models.review import Review
from rules.gates import blockers
from rules.nudges import Nudge
from rules.presence import Presence
from rules.promises import waived
from rules.waits import sent_key

OPENING = (
    "We look for what made this possible, not for who did it. Everybody acted on what they saw.",
    "When a person comes up as the cause: what did they see, and what made it look right?",
    "Ask “what” and “how” before “why”.",
)
WENT_WELL = (
    "What went well? Take ten minutes for it, before the causes.",
    "What did people do that no procedure told them to, and that helped?",
    "Where did we get lucky, and what would have happened without it?",
)
NO_CAUSE = (
    "No cause is named yet. Begin with what users saw, and ask: what made that possible?",
    "What usually prevents this? What was different this time?",
    "How did it look from where people stood, at each step of the timeline?",
)
SOUND = "What else had to be true for this to happen?"
NO_ACTION = "No action is proposed yet. For each cause: what will be different, who, by when?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One point of an agenda: its title, and what to ask or to settle, a line each."""

    title: str
    lines: tuple[str, ...]


def agenda(review: Review, now: datetime) -> tuple[Topic, ...]:
    """List what the facilitator takes the meeting through; every topic has something to say."""
    topics = (
        Topic(title="Before we begin", lines=OPENING),
        Topic(title="What went well", lines=tuple(_went_well(review))),
        Topic(title="Still open", lines=tuple(_open(review, now))),
        Topic(title="Causes", lines=tuple(_causes(review))),
        Topic(title="Actions", lines=tuple(_actions(review))),
        Topic(title="Added without a name", lines=tuple(_contributions(review))),
    )
    return tuple(topic for topic in topics if topic.lines)


def reminders(review: Review, presence: Presence) -> tuple[Nudge, ...]:
    """Write the agenda to the facilitator, once for each date of the meeting, a working day ahead.

    Where there is none it goes to the lead. It is never written after the meeting began.
    """
    meeting = review.meeting
    to = review.roles.facilitator or review.roles.lead
    if meeting is None or meeting.held_at or review.stage not in BEFORE_ASSIGNMENT:
        return ()
    cover = f"agenda:{meeting.at.isoformat()}"
    back = presence.back_at(to)
    late = (back or presence.now) >= meeting.at or presence.now >= meeting.at
    if late or presence.is_gone(to) or sent_key(cover, to) in review.sent:
        return ()
    items = tuple(_item(topic) for topic in agenda(review, presence.now))
    letter = Letter(kind=LetterKind.AGENDA, to=to, items=items, covers=(cover,), counts=(1,))
    calendar = presence.calendar(to)
    days = review.policy.brief_before_working_days
    due = calendar.morning(calendar.working_day(calendar.day(meeting.at), -days))
    return (Nudge(letter, due, back),)


def _item(topic: Topic) -> Item:
    lines = "\n".join(f"– {line}" for line in topic.lines)
    return Item(code="agenda", sentence=f"{topic.title}\n{lines}")


def _went_well(review: Review) -> Iterator[str]:
    yield from WENT_WELL
    if review.document is None or Section.WENT_WELL not in review.document.sections:
        yield "The document does not say it yet; it is needed before actions can be approved."


def _open(review: Review, now: datetime) -> Iterator[str]:
    about = {*(cause.id for cause in review.causes), *(a.id for a in review.actions)}
    for blocker in blockers(review, now):
        if blocker.item not in about and blocker.code not in ("meeting-not-held", "no-causes"):
            yield blocker.sentence


def _causes(review: Review) -> Iterator[str]:
    live = [cause for cause in review.causes if not cause.withdrawn]
    if not live:
        yield from NO_CAUSE
    for cause in live:
        yield f"{cause.id} {cause.symptom}: {_question(review, cause)}"
        if not _is_answered(review, cause):
            yield f"{cause.id} has no action: what can be changed, or is it a risk we accept?"


def _question(review: Review, cause: Cause) -> str:
    """Give the next thing to ask about a chain of whys."""
    open_ones = [f for f in cause.findings if not waived(review, cause.id, f.code)]
    return next((f.better or f.why for f in open_ones), SOUND)


def _is_answered(review: Review, cause: Cause) -> bool:
    return bool(cause.accepted_risk) or any(cause.id in a.causes for a in _alive(review))


def _actions(review: Review) -> Iterator[str]:
    if not _alive(review):
        yield NO_ACTION
    for action in _alive(review):
        for found in action.findings:
            if not waived(review, action.id, found.code):
                yield f"{action.id} {action.text}: {found.why}"
        if action.standing is Standing.PROPOSED and (missing := _unsaid(action)):
            yield f"{action.id} {action.text}: {missing}"


def _contributions(review: Review) -> Iterator[str]:
    for added in review.contributions:
        if not added.settled_by:
            when = f"{added.when}: " if added.when else ""
            yield f"{added.id} {when}{added.text} (does it enter the document?)"


def _alive(review: Review) -> list[Action]:
    return [a for a in review.actions if a.standing is not Standing.WITHDRAWN]


def _unsaid(action: Action) -> str:
    asked = {
        "Who owns it?": not action.owner,
        "By when?": action.due is None,
        "How will we know that it is done?": not action.measure,
        "Which cause does it address?": not action.causes,
        "Who verifies it?": not action.verifier,
    }
    return " ".join(question for question, is_open in asked.items() if is_open)
