"""Letters about meetings: who is invited, who joins later, and what will not take place."""

from __future__ import annotations

from collections.abc import Iterator

from models.letters import Item, Letter, LetterKind
from models.review import OPEN_STAGES, Event, Meeting, Review
from rules import sentences
from rules.circles import invited, invited_to_follow_up, promised
from rules.presence import Presence


def to_meeting(review: Review, event: Event, presence: Presence) -> Iterator[Letter]:
    """Invite to the meeting that is ahead."""
    meeting = review.meeting
    if review.stage in OPEN_STAGES and meeting is not None and _is_ahead(meeting, event):
        for to in invited(review):
            said = f"The review meeting is on {_when(meeting, to, presence)}."
            yield _letter(event, LetterKind.MEETING_INVITATION, to, "meeting", said)


def to_follow_up(review: Review, event: Event, presence: Presence) -> Iterator[Letter]:
    """Invite to the follow-up meeting that is ahead."""
    meeting = review.follow_up
    if review.stage in OPEN_STAGES and meeting is not None and _is_ahead(meeting, event):
        for to in invited_to_follow_up(review):
            said = f"The follow-up meeting is on {_when(meeting, to, presence)}."
            yield _letter(event, LetterKind.FOLLOW_UP_INVITATION, to, "follow-up", said)


def to_newcomers(review: Review, event: Event, presence: Presence) -> Iterator[Letter]:
    """Invite who came by an action after the invitations to the follow-up went out."""
    new = [a for a in promised(review) if event.item == a.id or event.at == a.assigned_at]
    names = {a.id for a in new}
    others = {a.owner for a in promised(review) if a.id not in names}
    late = {a.owner for a in new} - others - set(invited(review))
    yield from (x for x in to_follow_up(review, event, presence) if x.to in late)


def to_appointed(review: Review, event: Event, presence: Presence, to: str) -> Iterator[Letter]:
    """Invite who was given a part after the invitations went out."""
    yield from (x for x in to_meeting(review, event, presence) if x.to == to)
    if all(a.owner != to for a in promised(review)):
        yield from (x for x in to_follow_up(review, event, presence) if x.to == to)


def called_off(review: Review, event: Event, presence: Presence) -> Iterator[Letter]:
    """Take back the invitations to meetings that a review which is over will not hold."""
    kind = LetterKind.MEETING_CANCELLED
    plans = (
        ("meeting", "review", review.meeting, invited(review)),
        ("follow-up", "follow-up", review.follow_up, invited_to_follow_up(review)),
    )
    for code, name, meeting, people in plans:
        if meeting is not None and _is_ahead(meeting, event):
            for to in people:
                when = sentences.moment(meeting.at, presence.calendar(to))
                said = f"The {name} meeting on {when} will not take place."
                yield _letter(event, kind, to, code, said)


def _is_ahead(meeting: Meeting, event: Event) -> bool:
    return meeting.held_at is None and meeting.at > event.at


def _when(meeting: Meeting, to: str, presence: Presence) -> str:
    when = sentences.moment(meeting.at, presence.calendar(to))
    return f"{when}, {meeting.minutes} minutes, {meeting.place}"


def _letter(event: Event, kind: LetterKind, to: str, code: str, sentence: str) -> Letter:
    """Write about a meeting; its item's code names which of the two kinds it is."""
    said = Item(code=code, sentence=sentence)
    return Letter(kind=kind, to=to, items=(said,), revision=event.revision)
