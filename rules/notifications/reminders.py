"""The reminders and escalations of a review: to whom, which kind, and when each falls due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from models.action import ReminderSnooze
from models.codes import BlockerCode
from models.notifications import Notification, NotificationKind, SentCount
from models.review import Stage
from rules.formatting import format_count, format_date, join_words
from rules.notices import requests
from rules.notifications import due_times, wording
from rules.notifications.pending_work import PendingEntry, PendingWork, PlannedNotification

FIRST_KINDS: dict[str, NotificationKind] = {
    BlockerCode.NOT_ACCEPTED: NotificationKind.ASSIGNED,
    BlockerCode.NOT_VERIFIED: NotificationKind.TO_VERIFY,
    BlockerCode.POSTPONEMENT: NotificationKind.POSTPONEMENT_ASKED,
    BlockerCode.GIVEN_UP: NotificationKind.GIVEN_UP_ASKED,
    BlockerCode.QUESTION: NotificationKind.QUESTION,
}
CODES_BESIDE_DRAFT = due_times.IMMEDIATE_CODES | due_times.APPROVAL_CODES | {BlockerCode.NO_MEETING}
OVERDUE_LEVELS = 2
"""An overdue action is escalated to the lead and the sponsor, or to the leaders above them."""


def plan_reminders(work: PendingWork) -> tuple[PlannedNotification, ...]:
    """Build every notification about the pending items of a review, due now or later.

    Whoever can clear an item is notified. If none of them is at work, the first leader above who
    is gets it instead, and the notifications to people who are away wait for their return. Every
    `policy.emails_per_escalation` emails it is escalated one level further, and to all levels
    below again.
    """
    return tuple(planned for entry in work.entries for planned in _plan_for_entry(work, entry))


def _plan_for_entry(work: PendingWork, entry: PendingEntry) -> Iterator[PlannedNotification]:
    requests = {
        to: _plan_request(work, entry, to)
        for to in entry.item.who
        if not work.availability.is_gone(to)
    }
    request_times = [planned.due_at for planned in requests.values()]
    for to in entry.recipients:
        if to not in requests:
            requests[to] = _plan_substitute_request(work, entry, to, request_times)
    for planned in requests.values():
        yield from _delay_snoozed(work, entry, planned)
    if entry.due_on is not None:
        yield from _escalate_overdue(work, entry, entry.due_on)
    else:
        yield from _escalate_unanswered(work, entry, [requests[to] for to in entry.recipients])


def _delay_snoozed(
    work: PendingWork, entry: PendingEntry, planned: PlannedNotification
) -> Iterator[PlannedNotification]:
    """Build the next reminder after those that its recipient snoozed, and one that ends a snooze.

    The next one falls due, and is counted, as if nothing had been snoozed. The one that ends a
    snooze is counted under a key of its own, so that it changes neither.
    """
    notification, snoozes = planned.notification, _list_snoozes(entry, planned.notification)
    calendar = work.availability.get_calendar(notification.to)
    resumes_at = [calendar.get_opening_time(snooze.until) for snooze in snoozes]
    if entry.due_on is not None:
        yield replace(planned, due_at=max((planned.due_at, *resumes_at)))
        return
    snoozed_times, due_at = _find_snoozed_times(work, entry, planned)
    count = notification.count + len(snoozed_times)
    yield replace(
        planned, notification=replace(notification, count=count, counts=(count,)), due_at=due_at
    )
    if not snoozed_times or due_at <= work.now:
        return
    last_end = min(end for end in resumes_at if end > snoozed_times[-1])
    last_day = calendar.to_local_date(last_end)
    key = f"{entry.item.key}~{last_day}"
    is_sent = work.find_last_sent(key, notification.to, entry.item.since) is not None
    if not is_sent and last_day < calendar.to_local_date(due_at):
        resumed = replace(notification, covers=(key,), count=count - 1, counts=(count - 1,))
        yield replace(planned, notification=resumed, due_at=last_end)


def _list_snoozes(entry: PendingEntry, notification: Notification) -> tuple[ReminderSnooze, ...]:
    """List the snoozes of an action that concern a reminder; the first email is never snoozed."""
    is_first = notification.count == 1 and entry.item.code != BlockerCode.NOT_DONE
    if entry.action is None or is_first or not entry.is_for_assignee:
        return ()
    to = notification.to
    return tuple(s for s in entry.action.snoozes if s.by == to and to in entry.item.who)


def _find_snoozed_times(
    work: PendingWork, entry: PendingEntry, planned: PlannedNotification
) -> tuple[list[datetime], datetime]:
    """Find when the snoozed reminders would have been sent, and when the next one falls due.

    Both are found from the last email that was sent, so they stay the same when a snooze is over.
    """
    to, due_at = planned.notification.to, planned.due_at
    calendar = work.availability.get_calendar(to)
    is_weekly = work.availability.is_weekly(to)
    returns_at = work.availability.find_last_return(to)
    snoozed_times: list[datetime] = []
    for snooze in _list_snoozes(entry, planned.notification):
        resumes_at = calendar.get_opening_time(snooze.until)
        opens_at = calendar.find_opening(max(due_at, snooze.at, returns_at or due_at))
        while (sent_at := calendar.find_monday_opening(opens_at) if is_weekly else opens_at) < (
            resumes_at
        ):
            snoozed_times.append(opens_at)
            due_at = opens_at = due_times.find_due_time(
                work.review,
                entry.item,
                entry.due_on,
                to,
                last_sent=SentCount(count=1, at=sent_at),
                calendar=calendar,
            )
    return snoozed_times, due_at


def _plan_request(work: PendingWork, entry: PendingEntry, to: str) -> PlannedNotification:
    count, due_at = _find_next_turn(work, entry, to)
    today = _find_today(work, to)
    item = requests.add_request(
        wording.build_request(entry.item, entry.action, to, today), work.review, entry.item
    )
    kind = _choose_kind(work, entry, count, today)
    returns_at = work.availability.returns_at(to) if to != work.review.roles.coordinator else None
    notification = entry.build_notification(to, kind=kind, item=item, count=count)
    return PlannedNotification(notification, due_at, returns_at)


def _find_next_turn(work: PendingWork, entry: PendingEntry, to: str) -> tuple[int, datetime]:
    """Find which notification of an item somebody gets next, and when it falls due."""
    last_sent = work.find_last_sent(entry.item.key, to, entry.item.since)
    calendar = work.availability.get_calendar(to)
    due_at = due_times.find_due_time(
        work.review, entry.item, entry.due_on, to, last_sent=last_sent, calendar=calendar
    )
    return (last_sent.count + 1 if last_sent else 1), due_at


def _find_today(work: PendingWork, address: str) -> date:
    return work.availability.get_calendar(address).to_local_date(work.now)


def _choose_kind(
    work: PendingWork, entry: PendingEntry, count: int, today: date
) -> NotificationKind:
    if entry.due_on is not None and today > entry.due_on:
        return NotificationKind.OVERDUE
    if count > 1:
        return NotificationKind.REMINDER
    if work.review.stage is Stage.DRAFT and entry.item.code not in CODES_BESIDE_DRAFT:
        return NotificationKind.LATE_DRAFT
    return FIRST_KINDS.get(entry.item.code, NotificationKind.REMINDER)


def _plan_substitute_request(
    work: PendingWork, entry: PendingEntry, to: str, request_times: list[datetime]
) -> PlannedNotification:
    """Build the request to a leader while nobody who can clear the item is at work."""
    count, due_at = _find_next_turn(work, entry, to)
    reason = (
        " ".join(_format_absence(work, who) for who in entry.item.who)
        or "Nobody is responsible for it yet."
    )
    item = wording.build_substitute_request(
        entry.item, entry.action, to, _find_today(work, to), reason
    )
    item = requests.add_plea(item, work.review, entry.item)
    notification = entry.build_notification(
        to, kind=NotificationKind.ESCALATION, item=item, count=count
    )
    return PlannedNotification(notification, max(due_at, min(request_times, default=due_at)))


def _format_absence(work: PendingWork, who: str) -> str:
    returns_at = work.availability.returns_at(who)
    if returns_at is None:
        return f"{who} has left."
    back_on = work.availability.get_calendar(who).to_local_date(returns_at)
    return f"{who} is away until {format_date(back_on)}."


def _escalate_overdue(
    work: PendingWork, entry: PendingEntry, due_on: date
) -> Iterator[PlannedNotification]:
    review, availability = work.review, work.availability
    key = _build_escalation_key(entry, entry.owner)
    notified = set(entry.recipients)
    for level in range(min(OVERDUE_LEVELS, len(entry.leaders))):
        at_work = (leader for leader in entry.leaders[level:] if availability.is_at_work(leader))
        to = next(at_work, review.roles.coordinator)
        if to in notified:
            continue
        notified.add(to)
        last_sent = work.find_last_sent(key, to, review.opened_at)
        calendar = availability.get_calendar(to)
        due_at = due_times.find_overdue_time(due_on, level, last_sent, calendar, review.policy)
        count = last_sent.count + 1 if last_sent else 1
        yield _plan_escalation(work, entry, to, reason="", count=count, key=key, due_at=due_at)


def _escalate_unanswered(
    work: PendingWork, entry: PendingEntry, requests: list[PlannedNotification]
) -> Iterator[PlannedNotification]:
    """Build the escalations that are due, and those that fall due with later reminders.

    A reminder counts from when it falls due in working hours, also where it is snoozed or waits
    for Monday, so an escalation has a time of its own and waits for no other email.
    """
    emails = max(_count_emails(work, entry, planned) for planned in requests)
    yield from _escalate_after(work, entry, emails, work.now)
    step = work.review.policy.emails_per_escalation
    for planned in requests:
        snoozed_times, next_due_at = _find_snoozed_times(work, entry, planned)
        calendar = work.availability.get_calendar(planned.notification.to)
        times = (*snoozed_times, calendar.find_opening(next_due_at))
        for number, due_at in enumerate(times, planned.notification.count):
            if due_at > work.now and number % step == 0:
                yield from _escalate_after(work, entry, number, due_at)


def _escalate_after(
    work: PendingWork,
    entry: PendingEntry,
    emails: int,
    due_at: datetime,
) -> Iterator[PlannedNotification]:
    """Build the escalations of an item after so many emails, to those not yet notified."""
    item = entry.item
    escalations = emails // work.review.policy.emails_per_escalation
    if not escalations:
        return
    is_theirs = not set(item.who).isdisjoint(entry.recipients)
    key = _build_escalation_key(entry, item.who[0] if is_theirs else entry.recipients[0])
    is_snoozed = entry.action is not None and any(
        snooze.by in entry.recipients and snooze.at >= item.since for snooze in entry.action.snoozes
    )
    is_weekly = any(work.availability.is_weekly(to) for to in entry.recipients)
    outcomes = ("went unanswered", "were snoozed" * is_snoozed, "wait for Monday" * is_weekly)
    unanswered = join_words(tuple(filter(None, outcomes)), "or")
    reason = f"{format_count(emails, 'email')} to {join_words(entry.recipients)} {unanswered}."
    levels = range(escalations, 0, -1)
    for count, to in zip(levels, _list_available_above(work, entry), strict=False):
        last_sent = work.find_last_sent(key, to, item.since)
        if last_sent is None or last_sent.count < count:
            yield _plan_escalation(
                work, entry, to, reason=reason, count=count, key=key, due_at=due_at
            )


def _list_available_above(work: PendingWork, entry: PendingEntry) -> list[str]:
    """List the leaders at work above those who were notified first, lowest first."""
    leaders = entry.leaders
    first_above = max(
        (leaders.index(to) + 1 for to in entry.recipients if to in leaders), default=0
    )
    return [leader for leader in leaders[first_above:] if work.availability.is_at_work(leader)]


def _count_emails(work: PendingWork, entry: PendingEntry, planned: PlannedNotification) -> int:
    """Count the emails about an item: those sent, snoozed so far, sent now or in flight."""
    notification = planned.notification
    snoozed_times, due_at = _find_snoozed_times(work, entry, planned)
    emails = notification.count - 1 + sum(time <= work.now for time in snoozed_times)
    calendar = work.availability.get_calendar(notification.to)
    is_sent_now = due_at <= work.now and calendar.is_open(work.now)
    is_next_in_flight = work.is_in_flight(notification) and (
        not snoozed_times or due_at <= work.now
    )
    return emails + (is_sent_now or is_next_in_flight)


def _plan_escalation(
    work: PendingWork,
    entry: PendingEntry,
    to: str,
    *,
    reason: str,
    count: int,
    key: str,
    due_at: datetime,
) -> PlannedNotification:
    item = wording.build_escalation(entry.item, entry.action, to, _find_today(work, to), reason)
    item = requests.add_plea(item, work.review, entry.item)
    notification = entry.build_notification(
        to, kind=NotificationKind.ESCALATION, item=item, count=count, key=key
    )
    return PlannedNotification(notification, due_at)


def _build_escalation_key(entry: PendingEntry, below: str) -> str:
    """Build the key that counts the escalations above somebody, apart from their reminders."""
    return f"{entry.item.key}^{below}"
