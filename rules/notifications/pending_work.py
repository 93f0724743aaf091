"""The pending work of a review: gathered once, and handed to all that is planned from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from models.action import Action
from models.codes import BlockerCode
from models.commands import Appoint
from models.notifications import (
    Notification,
    NotificationItem,
    NotificationKind,
    PendingItem,
    SentCount,
)
from models.people import Person, Role, Roles
from models.review import OPEN_STAGES, Review
from rules.calendar.availability import Availability, list_leaders
from rules.command_lines import format_command_line
from rules.notifications.pending import (
    build_sent_counts,
    build_sent_key,
    list_pending_items,
)

ASSIGNEE_CODES = frozenset(
    {BlockerCode.NOT_ACCEPTED, BlockerCode.NOT_DONE, BlockerCode.NOT_VERIFIED, BlockerCode.QUESTION}
)
"""Codes of items that wait for an owner or a verifier; they are escalated to the lead first."""


@dataclass(frozen=True, slots=True)
class PlannedNotification:
    """A notification, when it falls due, and when its recipient, if away, returns.

    `expires_at` is when it is of no use any more, None for never.
    """

    notification: Notification
    due_at: datetime
    returns_at: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """A pending item, its action, and the people who are notified of it.

    `recipients` are notified first, `leaders` are those to escalate it to, lowest first;
    `revision` is the log line from which it is pending.
    """

    item: PendingItem
    action: Action | None
    recipients: tuple[str, ...]
    leaders: tuple[str, ...]
    revision: int

    @property
    def owner(self) -> str:
        """Return the owner of the action; empty without an action."""
        return self.action.owner if self.action else ""

    @property
    def due_on(self) -> date | None:
        """Return the due date of an action that is to be done; None for any other item."""
        return self.action.due if self.action and self.item.code == BlockerCode.NOT_DONE else None

    @property
    def is_for_assignee(self) -> bool:
        """Return whether the item waits for an owner or a verifier."""
        return self.item.code in ASSIGNEE_CODES

    def build_notification(
        self, to: str, *, kind: NotificationKind, item: NotificationItem, count: int, key: str = ""
    ) -> Notification:
        """Build the notification of this item, counted under `key` or under the item's own key."""
        return Notification(
            kind=kind,
            to=to,
            items=(item,),
            covers=(key or self.item.key,),
            counts=(count,),
            count=count,
            revision=self.revision,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingWork:
    """What is pending in a review as of one time, and who is at work to be notified."""

    review: Review
    availability: Availability
    entries: tuple[PendingEntry, ...]

    @property
    def now(self) -> datetime:
        """Return the time as of which the work was gathered."""
        return self.availability.now

    def find_last_sent(self, key: str, to: str, since: datetime) -> SentCount | None:
        """Find how often somebody was notified under a key since a time; None if never."""
        sent_count = self.review.sent.get(build_sent_key(key, to))
        return sent_count if sent_count is not None and sent_count.at >= since else None

    def is_sent(self, key: str, to: str) -> bool:
        """Return whether somebody was ever notified under a key."""
        return build_sent_key(key, to) in self.review.sent

    def is_in_flight(self, notification: Notification) -> bool:
        """Return whether a notification to the same person about the same items is in flight."""
        return any(
            other.to == notification.to and not set(notification.covers).isdisjoint(other.covers)
            for other in self.review.in_flight
        )

    def assume_delivered(self, notifications: tuple[Notification, ...]) -> PendingWork:
        """Return the work as if these notifications and those in flight were delivered."""
        sent_counts = dict(self.review.sent)
        for notification in (*self.review.in_flight, *notifications):
            sent_counts |= build_sent_counts(notification, self.now)
        return replace(self, review=replace(self.review, sent=sent_counts, in_flight=()))


def gather_pending_work(review: Review, people: Mapping[str, Person], now: datetime) -> PendingWork:
    """Build the record of what is pending: vacancies first, then all that people still have to do.

    `people` is the directory by address, `now` is aware.
    """
    availability = Availability(people, review.policy, now)
    items = (*_list_vacancies(review, availability), *list_pending_items(review, now))
    entries = tuple(_build_entry(review, item, availability) for item in items)
    return PendingWork(review=review, availability=availability, entries=entries)


def list_leaders_above(pending: PendingItem, roles: Roles) -> tuple[str, ...]:
    """List the leaders to escalate a pending item to, lowest first."""
    leaders = list_leaders(roles)
    if pending.code not in ASSIGNEE_CODES:
        leaders = leaders[
            max(
                (leaders.index(address) + 1 for address in pending.who if address in leaders),
                default=0,
            ) :
        ]
    return tuple(leader for leader in leaders if leader not in pending.who)


def list_first_recipients(
    pending: PendingItem, roles: Roles, availability: Availability
) -> tuple[str, ...]:
    """List who is notified of an item first: the people it waits for, or the first leader at work.

    The coordinator always counts as being at work; empty only if everybody else is absent and the
    item waits for the coordinator.
    """
    at_work = tuple(address for address in pending.who if availability.is_at_work(address))
    if at_work:
        return at_work
    leaders = list_leaders_above(pending, roles)
    return next(
        ((leader,) for leader in leaders if availability.is_at_work(leader)), (roles.coordinator,)
    )


def _list_vacancies(review: Review, availability: Availability) -> Iterator[PendingItem]:
    roles = review.roles
    if review.stage in OPEN_STAGES and availability.is_gone(roles.lead):
        yield PendingItem(
            code=BlockerCode.APPOINT_LEAD,
            sentence=f"{roles.lead}, who led this review, has left.",
            who=tuple(
                address
                for address in dict.fromkeys((roles.sponsor, roles.coordinator))
                if address != roles.lead
            ),
            since=review.opened_at,
            way_out=f"Appoint another: {format_command_line(review, Appoint, role=Role.LEAD)}.",
        )


def _build_entry(review: Review, item: PendingItem, availability: Availability) -> PendingEntry:
    earlier_revisions = (event.revision for event in reversed(review.log) if event.at < item.since)
    return PendingEntry(
        item=item,
        action=review.action(item.item),
        recipients=list_first_recipients(item, review.roles, availability),
        leaders=list_leaders_above(item, review.roles),
        revision=next(earlier_revisions, 0) + 1,
    )
