"""Notifications about meetings: invitations, late invitations and cancellations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo

from models.commands import ScheduleFollowUp, ScheduleMeeting
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import OPEN_STAGES, Event, Meeting, Review, Rsvp
from rules.audiences import list_ever_assigned_actions, list_follow_up_invitees, list_invitees
from rules.calendar.availability import Availability
from rules.command_lines import format_command_line
from rules.formatting import format_time, quote

MEETING_LEFT = "left-meeting"
FOLLOW_UP_LEFT = "left-follow-up"
"""The codes of cancellations for those only who are no longer invited."""

MAX_WORDS_LENGTH = 2_000
RSVP_PHRASES = {Rsvp.YES: "comes", Rsvp.NO: "does not come", Rsvp.MAYBE: "may come"}


def invite_to_meeting(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the invitations to an upcoming review meeting."""
    if review.stage in OPEN_STAGES:
        kind = NotificationKind.MEETING_INVITATION
        yield from _notify_invitees(review, event, availability, kind, "meeting")


def invite_to_follow_up(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the invitations to an upcoming follow-up meeting."""
    if review.stage in OPEN_STAGES:
        kind = NotificationKind.FOLLOW_UP_INVITATION
        yield from _notify_invitees(review, event, availability, kind, "follow-up")


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


def cancel_for_leavers(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the cancellations of upcoming meetings for those whom an event takes out of them."""
    if review.stage not in OPEN_STAGES:
        return
    for code, meeting, invitees in (
        (MEETING_LEFT, review.meeting, list_invitees(review)),
        (FOLLOW_UP_LEFT, review.follow_up, list_follow_up_invitees(review)),
    ):
        if meeting is None or meeting.held_at is not None or meeting.at <= event.at:
            continue
        for to, revision in meeting.left.items():
            if revision == event.revision and to not in invitees:
                yield _build_removal(event, to, code, meeting, availability)


def _build_removal(
    event: Event, to: str, code: str, meeting: Meeting, availability: Availability
) -> Notification:
    when = format_time(meeting.at, availability.get_calendar(to).zone)
    name = "review" if code == MEETING_LEFT else "follow-up"
    sentence = f"You are no longer invited to the {name} meeting on {when}."
    items = (NotificationItem(code=code, sentence=sentence, item=code),)
    kind = NotificationKind.MEETING_CANCELLED
    return Notification(kind=kind, to=to, items=items, revision=event.revision)


def tell_of_answer(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the notice for the organizer of an answer with words or with a proposed time."""
    meeting, to = review.next_meeting, review.roles.facilitator or review.roles.lead
    if meeting is None or event.by not in meeting.remarks.keys() | meeting.proposals.keys():
        return
    zone = availability.get_calendar(to).zone
    what, command_type = (
        ("the follow-up meeting", ScheduleFollowUp)
        if meeting is review.follow_up
        else ("the meeting", ScheduleMeeting)
    )
    name = f"{what} on {format_time(meeting.at, zone)}"
    sentence = f"{event.by} {format_rsvp(meeting, event.by, name, zone)}."
    if event.by in meeting.proposals:
        at = meeting.proposals[event.by].astimezone(zone).isoformat()
        command_line = format_command_line(review, command_type, at=at, place=meeting.place)
        sentence += f" To move it: {command_line}; everybody is invited again."
    items = (NotificationItem(code=event.kind, sentence=sentence),)
    yield Notification(kind=NotificationKind.NOTICE, to=to, items=items, revision=event.revision)


def format_rsvp(meeting: Meeting, who: str, name: str, zone: tzinfo) -> str:
    """Format whether somebody comes to a meeting, with their words and the time they propose."""
    phrase = f"{RSVP_PHRASES[meeting.rsvps[who]]} to {name}"
    if who in meeting.proposals:
        phrase += f", and proposes {format_time(meeting.proposals[who], zone)} instead"
    if who in meeting.remarks:
        phrase += f": {quote(meeting.remarks[who], MAX_WORDS_LENGTH)}"
    return phrase


def cancel_invitations(
    review: Review, event: Event, availability: Availability
) -> Iterator[Notification]:
    """Build the cancellations of upcoming meetings of a review that is over."""
    kind = NotificationKind.MEETING_CANCELLED
    for code in ("meeting", "follow-up"):
        yield from _notify_invitees(review, event, availability, kind, code)


def _notify_invitees(
    review: Review,
    event: Event,
    availability: Availability,
    kind: NotificationKind,
    code: str,
) -> Iterator[Notification]:
    """Build a notification about an upcoming meeting for all its invitees; `code` says which."""
    name, meeting, invitees = (
        ("review", review.meeting, list_invitees(review))
        if code == "meeting"
        else ("follow-up", review.follow_up, list_follow_up_invitees(review))
    )
    if meeting is None or meeting.held_at is not None or meeting.at <= event.at:
        return
    for to in invitees:
        when = format_time(meeting.at, availability.get_calendar(to).zone)
        sentence = (
            f"The {name} meeting on {when} is cancelled."
            if kind is NotificationKind.MEETING_CANCELLED
            else f"The {name} meeting is on {when}, {meeting.minutes} minutes, {meeting.place}."
        )
        items = (NotificationItem(code=code, sentence=sentence),)
        yield Notification(kind=kind, to=to, items=items, revision=event.revision)
