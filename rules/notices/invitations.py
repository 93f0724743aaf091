"""Notifications about meetings: invitations, late invitations and cancellations."""

from __future__ import annotations

from collections.abc import Iterator

from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import OPEN_STAGES, Event, Meeting, Review
from rules.audiences import list_ever_assigned_actions, list_follow_up_invitees, list_invitees
from rules.availability import Availability
from rules.formatting import format_time


def invite_to_meeting(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the invitations to an upcoming review meeting."""
    meeting = review.meeting
    if review.stage in OPEN_STAGES and meeting is not None and _is_ahead(meeting, event):
        for to in list_invitees(review):
            sentence = (
                f"The review meeting is on {_format_time_and_place(meeting, to, availability)}."
            )
            yield _build_notification(
                event, NotificationKind.MEETING_INVITATION, to, "meeting", sentence
            )


def invite_to_follow_up(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the invitations to an upcoming follow-up meeting."""
    meeting = review.follow_up
    if review.stage in OPEN_STAGES and meeting is not None and _is_ahead(meeting, event):
        for to in list_follow_up_invitees(review):
            sentence = (
                f"The follow-up meeting is on {_format_time_and_place(meeting, to, availability)}."
            )
            yield _build_notification(
                event, NotificationKind.FOLLOW_UP_INVITATION, to, "follow-up", sentence
            )


def invite_new_owners(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build invitations for people who became owners after the follow-up invitations were sent."""
    new_actions = [
        action
        for action in list_ever_assigned_actions(review)
        if event.item == action.id or event.at == action.assigned_at
    ]
    new_ids = {action.id for action in new_actions}
    other_owners = {
        action.owner for action in list_ever_assigned_actions(review) if action.id not in new_ids
    }
    late_owners = (
        {action.owner for action in new_actions} - other_owners - set(list_invitees(review))
    )
    yield from (
        notification
        for notification in invite_to_follow_up(review, event, availability)
        if notification.to in late_owners
    )


def invite_appointee(
    review: Review, event: Event, availability: Availability, to: str
) -> Iterator[Notification]:
    """Build the invitations for somebody who was given a role after the others were sent."""
    yield from (
        notification
        for notification in invite_to_meeting(review, event, availability)
        if notification.to == to
    )
    if all(action.owner != to for action in list_ever_assigned_actions(review)):
        yield from (
            notification
            for notification in invite_to_follow_up(review, event, availability)
            if notification.to == to
        )


def cancel_invitations(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the cancellations of upcoming meetings of a review that is over."""
    kind = NotificationKind.MEETING_CANCELLED
    meetings = (
        ("meeting", "review", review.meeting, list_invitees(review)),
        ("follow-up", "follow-up", review.follow_up, list_follow_up_invitees(review)),
    )
    for code, name, meeting, people in meetings:
        if meeting is not None and _is_ahead(meeting, event):
            for to in people:
                when = format_time(meeting.at, availability.get_calendar(to).zone)
                sentence = f"The {name} meeting on {when} is cancelled."
                yield _build_notification(event, kind, to, code, sentence)


def _is_ahead(meeting: Meeting, event: Event) -> bool:
    return meeting.held_at is None and meeting.at > event.at


def _format_time_and_place(meeting: Meeting, to: str, availability: Availability) -> str:
    when = format_time(meeting.at, availability.get_calendar(to).zone)
    return f"{when}, {meeting.minutes} minutes, {meeting.place}"


def _build_notification(
    event: Event, kind: NotificationKind, to: str, code: str, sentence: str
) -> Notification:
    """Build a notification about a meeting; the code of its item says which of the two."""
    item = NotificationItem(code=code, sentence=sentence)
    return Notification(kind=kind, to=to, items=(item,), revision=event.revision)
