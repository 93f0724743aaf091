"""Notices of events: who hears of which event, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Event, Review, Stage
from rules.audiences import list_follow_up_invitees, list_stakeholders
from rules.availability import Availability, list_leaders
from rules.formatting import format_action
from rules.notices import invitations
from rules.permissions import CLOCK, TOOL_PREFIX

WHOLE_SENTENCE_EVENTS = frozenset(
    {"cancel-requested", "refused", "recur", "block", "unblock", "change-verifier", "appoint"}
)
"""Kinds of events whose text is a sentence with a subject of its own."""

Notifications = Iterator[Notification]
Notifier = Callable[[Review, Event, Availability], Notifications]
"""Builds the notifications that one event gives rise to."""


def build_notification(
    event: Event, kind: NotificationKind, to: str, sentence: str, item: str = ""
) -> Notification:
    built_item = NotificationItem(code=event.kind, sentence=sentence, item=item)
    return Notification(kind=kind, to=to, items=(built_item,), revision=event.revision)


def _format_sentence(event: Event) -> str:
    """Format an event as a whole sentence: who did or wrote what."""
    text = event.text.rstrip(".")
    if event.kind in WHOLE_SENTENCE_EVENTS and event.by == CLOCK:
        return f"{text[:1].upper()}{text[1:]}."
    who = "Afterword" if event.by == CLOCK else event.by.removeprefix(TOOL_PREFIX)
    return f"{who}: {text}." if event.kind in WHOLE_SENTENCE_EVENTS else f"{who} {text}."


def build_notices(review: Review, event: Event, *to: str) -> Notifications:
    """Build a notice of an event for each address, with the action it is about."""
    item = event.item if find_action(review, event.item) else ""
    reference = f" It is about {wording.format_action_reference(review, item)}." if item else ""
    for address in dict.fromkeys(to):
        if address:
            sentence = f"{_format_sentence(event)}{reference}"
            yield build_notification(event, NotificationKind.NOTICE, address, sentence, item)


def notify_everybody(review: Review, event: Event, availability: Availability) -> Notifications:
    del availability
    yield from build_notices(review, event, *list_stakeholders(review), *review.restricted_to)


def notify_lead(review: Review, event: Event, availability: Availability) -> Notifications:
    del availability
    yield from build_notices(review, event, review.roles.lead)


def notify_facilitator(review: Review, event: Event, availability: Availability) -> Notifications:
    del availability
    yield from build_notices(review, event, review.roles.facilitator or review.roles.lead)


def _find_appointee(event: Event) -> str:
    return event.item


def notify_appointee(review: Review, event: Event, availability: Availability) -> Notifications:
    to = _find_appointee(event)
    yield from build_notices(review, event, to)
    yield from invitations.invite_appointee(review, event, availability, to)


def notify_of_closure(review: Review, event: Event, availability: Availability) -> Notifications:
    """Build the notifications of closure for everybody concerned; other approvals send none."""
    if review.stage is not Stage.CLOSED or review.closed_at != event.at:
        return
    count = sum(action.outcome is not None for action in review.actions)
    sentence = f"The review is closed: every action has an outcome ({count})."
    for to in list_stakeholders(review):
        yield build_notification(event, NotificationKind.CLOSED, to, sentence)
    yield from invitations.cancel_invitations(review, event, availability)


def notify_invited(review: Review, event: Event, availability: Availability) -> Notifications:
    del availability
    yield from build_notices(review, event, *list_follow_up_invitees(review))


def make_owner_notifier(kind: NotificationKind) -> Notifier:
    def notify(review: Review, event: Event, availability: Availability) -> Notifications:
        del availability
        action = find_action(review, event.item)
        if action is not None and action.owner:
            reference = wording.format_action_reference(review, action.id)
            sentence = f"{_format_sentence(event)} It is about {reference}."
            yield build_notification(event, kind, action.owner, sentence, action.id)

    return notify


def notify_of_drop(review: Review, event: Event, availability: Availability) -> Notifications:
    decision_kinds = (
        "give-up",
        "reject-give-up",
        "accept",
        "reassign",
        "revise",
        "overturn",
        "take-back",
        "drop",
    )
    earlier_events = (other for other in reversed(review.log) if other.revision < event.revision)
    last_event = next(
        (
            other
            for other in earlier_events
            if other.item == event.item and other.kind in decision_kinds
        ),
        None,
    )
    was_requested = last_event is not None and last_event.kind == "give-up"
    kind = NotificationKind.GIVEN_UP_ANSWERED if was_requested else NotificationKind.NOTICE
    yield from make_owner_notifier(kind)(review, event, availability)


def notify_previous_owner(
    review: Review, event: Event, availability: Availability
) -> Notifications:
    del availability
    action = find_action(review, event.item)
    previous_owners = [owner for owner in action.owners if owner != action.owner] if action else []
    yield from build_notices(review, event, *previous_owners[-1:])


def notify_owner_and_verifier(
    review: Review, event: Event, availability: Availability
) -> Notifications:
    del availability
    action = find_action(review, event.item)
    if action is not None:
        yield from build_notices(review, event, action.owner, action.verifier)


def notify_verifier(review: Review, event: Event, availability: Availability) -> Notifications:
    del availability
    action = find_action(review, event.item)
    if action is not None:
        yield from build_notices(review, event, action.verifier)


def notify_of_bounce(review: Review, event: Event, availability: Availability) -> Notifications:
    """Build the notice of a bounce for the lead, or the first leader above who never bounced."""
    del availability
    refused_addresses = {bounce.item for bounce in review.log if bounce.kind == "report-bounce"}
    reachable = (leader for leader in list_leaders(review.roles) if leader not in refused_addresses)
    yield from build_notices(review, event, next(reachable, ""))
