"""The brief before a follow-up meeting: where every action stands, to everybody concerned."""

from __future__ import annotations

from models.letters import Item, Letter, LetterKind
from models.orders import AFTER_ASSIGNMENT
from models.review import Meeting, Review
from rules import sentences
from rules.calendar import Calendar
from rules.circles import concerned, promised
from rules.nudges import Nudge
from rules.presence import Presence
from rules.waits import sent_key


def briefs(review: Review, presence: Presence) -> tuple[Nudge, ...]:
    """Write the status of every action, once for each follow-up meeting, to who is at work then.

    It falls due on the morning of the policy's working days before the meeting.
    """
    meeting = review.follow_up
    if review.stage not in AFTER_ASSIGNMENT or meeting is None or meeting.held_at is not None:
        return ()
    cover = f"brief:{meeting.at.isoformat()}"
    return tuple(
        _brief(review, meeting, to, cover, presence)
        for to in concerned(review)
        if presence.now < meeting.at
        and sent_key(cover, to) not in review.sent
        and (presence.back_at(to) or presence.now) < meeting.at
        and not presence.is_gone(to)
    )


def _brief(review: Review, meeting: Meeting, to: str, cover: str, presence: Presence) -> Nudge:
    calendar = presence.calendar(to)
    items = (_announced(meeting, calendar), *(sentences.status(a) for a in promised(review)))
    letter = Letter(kind=LetterKind.STATUS_BRIEF, to=to, items=items, covers=(cover,), counts=(1,))
    days = review.policy.brief_before_working_days
    due = calendar.morning(calendar.working_day(calendar.day(meeting.at), -days))
    return Nudge(letter, due, presence.back_at(to))


def _announced(meeting: Meeting, calendar: Calendar) -> Item:
    when = sentences.moment(meeting.at, calendar)
    return Item(code="status-brief", sentence=f"The follow-up meeting is on {when}.")
