"""Notices of events: who is notified of which event, and in which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace

from models.action import Action
from models.codes import EventKind
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import OPEN_STAGES, Event, Review, Stage
from rules.audiences import list_follow_up_invitees, list_stakeholders
from rules.calendar.availability import Availability, list_leaders
from rules.formatting import end_sentence, format_item
from rules.notices import invitations
from rules.permissions import CLOCK, TOOL_PREFIX

WHOLE_SENTENCE_EVENTS = frozenset({EventKind.CANCEL_REQUESTED, EventKind.REFUSED})
"""Kinds of events whose text is a sentence with a subject of its own."""

GIVING_EVENTS = frozenset(
    {EventKind.APPOINT, EventKind.REASSIGN, EventKind.CHANGE_VERIFIER, EventKind.HAND_OVER}
)
"""Kinds of events by which somebody gets a role, an action or a verification."""

DROP_DECISIONS = frozenset(
    {
        EventKind.GIVE_UP,
        EventKind.REJECT_GIVE_UP,
        EventKind.ACCEPT,
        EventKind.REASSIGN,
        EventKind.REVISE,
        EventKind.OVERTURN,
        EventKind.TAKE_BACK,
        EventKind.DROP,
    }
)
"""Kinds of events after which an owner's request to drop an action is open, or is not."""

Notifications = Iterator[Notification]
Notifier = Callable[[Review, Event, Availability], Notifications]
"""Builds the notifications that one event gives rise to."""


def build_notices(review: Review, event: Event, to: Iterable[str]) -> Notifications:
    """Build a notice of an event for each address, with the action it is about."""
    action = review.action(event.item)
    for address in dict.fromkeys(to):
        if address:
            yield _build_notice(event, NotificationKind.NOTICE, address, action)


def build_event_notification(
    event: Event, kind: NotificationKind, to: str, sentence: str, item: str = ""
) -> Notification:
    """Build the notification of an event to one person."""
    built_item = NotificationItem(code=event.kind, sentence=sentence, item=item)
    return Notification(kind=kind, to=to, items=(built_item,), revision=event.revision)


def find_previous_event(review: Review, event: Event, kinds: frozenset[EventKind]) -> Event | None:
    """Find the last event before this one about the same item, of one of these kinds."""
    earlier_events = (
        other
        for other in reversed(review.log)
        if other.revision < event.revision and other.item == event.item and other.kind in kinds
    )
    return next(earlier_events, None)


def notify_appointee(review: Review, event: Event, availability: Availability) -> Notifications:
    """Build the notice and the invitations for somebody who was given a role."""
    yield from build_notices(review, event, (event.item,))
    yield from invitations.invite_appointee(review, event, availability, event.item)


def notify_of_closure(review: Review, event: Event, availability: Availability) -> Notifications:
    """Build the notifications of closure for everybody concerned; other approvals send none.

    Who is invited to a meeting ahead is told with its cancellation; who closed it knows.
    """
    if review.stage is not Stage.CLOSED or review.closed_at != event.at:
        return
    sentence = "The review is closed: every action has an outcome."
    told = yield from _cancel_meetings(review, event, availability, sentence)
    for to in list_stakeholders(review):
        if to not in told:
            yield build_event_notification(event, NotificationKind.CLOSED, to, sentence)


def notify_of_cancellation(
    review: Review, event: Event, availability: Availability
) -> Notifications:
    """Build the notices that a review is cancelled, with the cancellations of meetings ahead."""
    told = yield from _cancel_meetings(review, event, availability, _format_sentence(event))
    everybody = (*list_stakeholders(review), *review.restricted_to)
    yield from build_notices(review, event, (who for who in everybody if who not in told))


def _cancel_meetings(
    review: Review, event: Event, availability: Availability, sentence: str
) -> Generator[Notification, None, frozenset[str]]:
    """Yield the cancellations of meetings ahead, each with the reason; return who gets one."""
    told: set[str] = set()
    for notification in invitations.cancel_invitations(review, event, availability):
        reason = NotificationItem(code=event.kind, sentence=sentence)
        yield replace(notification, items=(*notification.items, reason))
        told.add(notification.to)
    return frozenset(told)


def notify_of_contribution(review: Review, event: Event, _: Availability) -> Notifications:
    """Build the notice for the facilitator, who alone reads what was contributed, and decides."""
    is_earlier = (e.kind == event.kind and e.revision < event.revision for e in review.log)
    number = sum(is_earlier)
    for contribution in review.contributions[number : number + 1]:
        when = f"{contribution.when}: " if contribution.when else ""
        sentence = (
            f"Somebody contributed {contribution.id} without their name: "
            f"“{when}{contribution.text}”"
        )
        to = review.roles.facilitator or review.roles.lead
        yield build_event_notification(
            event, NotificationKind.NOTICE, to, sentence, contribution.id
        )


def notify_of_recurrence(review: Review, event: Event, _: Availability) -> Notifications:
    """Build the notices of a recurrence, but none for a lead who is asked to decide about it."""
    is_lead_asked = review.stage in OPEN_STAGES and review.stage is not Stage.DRAFT
    asked = (review.roles.lead,) if is_lead_asked else ()
    everybody = (*list_stakeholders(review), *review.restricted_to)
    yield from build_notices(review, event, (who for who in everybody if who not in asked))


def notify_of_drop(review: Review, event: Event, _: Availability) -> Notifications:
    """Build the answer to an owner who asked to drop an action, or the notice that it is."""
    last_decision = find_previous_event(review, event, DROP_DECISIONS)
    was_requested = last_decision is not None and last_decision.kind == EventKind.GIVE_UP
    kind = NotificationKind.GIVEN_UP_ANSWERED if was_requested else NotificationKind.NOTICE
    yield from _notify_owner(review, event, kind)


def _make_notifier(find_recipients: Callable[[Review, Event], Iterable[str]]) -> Notifier:
    def notify(review: Review, event: Event, _: Availability) -> Notifications:
        yield from build_notices(review, event, find_recipients(review, event))

    return notify


def _make_owner_notifier(kind: NotificationKind) -> Notifier:
    def notify(review: Review, event: Event, _: Availability) -> Notifications:
        yield from _notify_owner(review, event, kind)

    return notify


def _notify_owner(review: Review, event: Event, kind: NotificationKind) -> Notifications:
    action = review.action(event.item)
    if action is not None and action.owner:
        yield _build_notice(event, kind, action.owner, action)


def _build_notice(
    event: Event, kind: NotificationKind, to: str, action: Action | None
) -> Notification:
    sentence = _format_sentence(_address_reader(event, to))
    if action is None:
        return build_event_notification(event, kind, to, sentence)
    if not re.search(rf"\b{action.id}\b", event.text):
        sentence = f"{sentence} It is about {format_item(action.text, action.id)}."
    return build_event_notification(event, kind, to, sentence, action.id)


def _address_reader(event: Event, to: str) -> Event:
    """Return an event that gives a reader something with “you” in place of their address."""
    if event.kind not in GIVING_EVENTS or event.by == to:
        return event
    what, separator, reason = event.text.partition(": ")
    words = ("you" if word == to else word for word in what.split(" "))
    return replace(event, text=f"{' '.join(words)}{separator}{reason}")


def _format_sentence(event: Event) -> str:
    """Format an event as a whole sentence: who did or wrote what."""
    text = end_sentence(event.text)
    is_whole = event.kind in WHOLE_SENTENCE_EVENTS
    is_bounce = event.kind == EventKind.REPORT_BOUNCE and event.by.startswith(TOOL_PREFIX)
    if is_bounce or (is_whole and event.by == CLOCK):
        return f"{text[:1].upper()}{text[1:]}"
    who = "Afterword" if event.by == CLOCK else event.by.removeprefix(TOOL_PREFIX)
    return f"{who}: {text}" if is_whole else f"{who} {text}"


def _find_previous_owner(review: Review, event: Event) -> tuple[str, ...]:
    action = review.action(event.item)
    previous = [owner for owner in action.owners if owner != action.owner] if action else []
    return tuple(previous[-1:])


def _list_assignees(review: Review, event: Event) -> tuple[str, ...]:
    action = review.action(event.item)
    return (action.owner, action.verifier) if action else ()


def _find_verifier(review: Review, event: Event) -> tuple[str, ...]:
    return _list_assignees(review, event)[1:]


def _find_reachable_leader(review: Review, _: Event) -> tuple[str, ...]:
    """Find the lead, or the first leader above to whom no email ever bounced."""
    bounced = {event.item for event in review.log if event.kind == EventKind.REPORT_BOUNCE}
    return tuple(leader for leader in list_leaders(review.roles) if leader not in bounced)[:1]


notify_everybody = _make_notifier(
    lambda review, _: (*list_stakeholders(review), *review.restricted_to)
)
notify_lead = _make_notifier(lambda review, _: (review.roles.lead,))
notify_lead_and_facilitator = _make_notifier(
    lambda review, _: (review.roles.lead, review.roles.facilitator)
)
notify_facilitator = _make_notifier(
    lambda review, _: (review.roles.facilitator or review.roles.lead,)
)
notify_invited = _make_notifier(lambda review, _: list_follow_up_invitees(review))
notify_previous_owner = _make_notifier(_find_previous_owner)
notify_owner_and_verifier = _make_notifier(_list_assignees)
notify_verifier = _make_notifier(_find_verifier)
notify_of_bounce = _make_notifier(_find_reachable_leader)
notify_verdict = _make_owner_notifier(NotificationKind.VERDICT)
notify_postponement_answer = _make_owner_notifier(NotificationKind.POSTPONEMENT_ANSWERED)
notify_give_up_answer = _make_owner_notifier(NotificationKind.GIVEN_UP_ANSWERED)
