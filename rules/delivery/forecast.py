"""Which emails would go out, and when, as long as nothing happens but time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from models.messages.daily_reminders import (
    Announcement,
    ReminderQueue,
    ReminderRound,
    ReviewDeliveries,
)
from models.messages.notification_plan import NotificationPlan
from models.notifications import Delivery, Notification
from models.people import Person
from models.review import Review
from rules.commands import dispatch
from rules.delivery import outbox, reminder_queue
from rules.notifications import planner
from rules.notifications.recall import list_daily

MAX_STEPS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastEmail:
    """One email: to whom, when, and what it tells, by review; several where it is combined.

    `reviews` are those of the sections as they would be then.
    """

    to: str
    at: datetime
    sections: tuple[tuple[str, Notification], ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The reviews and reminder queues as they would be at `now`, and the emails sent until then.

    `moments` are when each review is planned next; one that is missing is planned now.
    """

    now: datetime
    gathering: timedelta
    people: Mapping[str, Person]
    reviews: dict[str, Review]
    queues: dict[str, ReminderQueue] = field(default_factory=dict)
    moments: dict[str, datetime | None] = field(default_factory=dict)
    emails: tuple[ForecastEmail, ...] = ()


def start_forecast(
    reviews: Iterable[Review],
    people: Mapping[str, Person],
    now: datetime,
    gathering: timedelta,
    queues: Iterable[ReminderQueue] = (),
) -> Forecast:
    """Return the forecast as of now, with what people's reminder workflows have waiting."""
    return Forecast(
        now=now,
        gathering=gathering,
        people=people,
        reviews={review.id: review for review in reviews},
        queues={queue.person: queue for queue in queues},
    )


def update_review(forecast: Forecast, review: Review) -> Forecast:
    """Return the forecast with a review as a command has left it."""
    moments = {name: at for name, at in forecast.moments.items() if name != review.id}
    return replace(forecast, reviews={**forecast.reviews, review.id: review}, moments=moments)


def run_forecast(forecast: Forecast, until: datetime) -> Forecast:
    """Return the forecast at a later time, with the emails that go out on the way."""
    for _ in range(MAX_STEPS):
        forecast = _do_what_is_due(forecast)
        next_at = _find_next_moment(forecast)
        if next_at is None or next_at > until:
            return replace(forecast, now=max(until, forecast.now))
        forecast = replace(forecast, now=max(next_at, forecast.now))
    return forecast


def _find_next_moment(forecast: Forecast) -> datetime | None:
    moments = (forecast.moments.get(name, forecast.now) for name in forecast.reviews)
    times = (*moments, *(queue.next_at for queue in forecast.queues.values()))
    return min((at for at in times if at is not None), default=None)


def _do_what_is_due(forecast: Forecast) -> Forecast:
    for name in forecast.reviews:
        moment = forecast.moments.get(name, forecast.now)
        if moment is not None and moment <= forecast.now:
            forecast = _plan_review(forecast, name)
    for queue in forecast.queues.values():
        if reminder_queue.is_due(queue, forecast.now):
            forecast = _remind(forecast, queue)
    return forecast


def _plan_review(forecast: Forecast, name: str) -> Forecast:
    """Return the forecast with all done that is due in one review, as its workflow does it."""
    while True:
        review = forecast.reviews[name]
        plan = planner.plan(review, forecast.people, review.policy, forecast.now)
        forecast = _apply_plan(forecast, review, plan)
        if not plan.commands and all(each.daily for each in plan.notifications):
            moments = {**forecast.moments, name: plan.next_moment}
            return _announce(replace(forecast, moments=moments), name)


def _apply_plan(forecast: Forecast, review: Review, plan: NotificationPlan) -> Forecast:
    updated = outbox.apply_plan(review, plan, review)
    for command in plan.commands:
        applied = dispatch.apply(updated, command, forecast.now)
        updated = dispatch.advance_stage(applied, forecast.now)
    emails = []
    for notification in plan.notifications:
        if not notification.daily:
            delivery = Delivery(key=notification.key, message_id="", at=forecast.now)
            updated = outbox.record_delivery(updated, delivery, forecast.now)
            emails.append(_build_email(forecast, ((review.id, notification),)))
    return replace(
        forecast,
        reviews={**forecast.reviews, review.id: updated},
        emails=(*forecast.emails, *emails),
    )


def _announce(forecast: Forecast, name: str) -> Forecast:
    queues, now = dict(forecast.queues), forecast.now
    for notification in list_daily(forecast.reviews[name]):
        person = notification.to
        empty = ReminderQueue(person=person, gathering=forecast.gathering)
        announcement = Announcement(review=name, at=now)
        queue = queues.get(person, empty)
        queues[person] = reminder_queue.add_announcement(queue, announcement, now)
    return replace(forecast, queues=queues)


def _remind(forecast: Forecast, queue: ReminderQueue) -> Forecast:
    """Return the forecast after a look at what waits for one person's daily email."""
    now = forecast.now
    reviews = [forecast.reviews[each.review] for each in queue.waiting]
    found = (outbox.find_due_reminder(review, queue.person) for review in reviews)
    person = forecast.people.get(queue.person) or Person(address=queue.person)
    due = reminder_queue.list_sendable(
        [each for each in found if each is not None], queue, person, now
    )
    sent = tuple(_build_deliveries(each.review.id, each.notification, now) for each in due)
    days = reminder_queue.list_days(due, queue, person, now)
    outcome = ReminderRound(sent=sent, days=days)
    updated = reminder_queue.apply_round(queue, queue, outcome, now)
    forecast = replace(forecast, queues={**forecast.queues, queue.person: updated})
    for each in sent:
        review = forecast.reviews[each.review]
        for delivery in each.deliveries:
            review = outbox.record_delivery(review, delivery, now)
        forecast = update_review(forecast, review)
    emails = (
        _build_email(forecast, tuple((each.review.id, each.notification) for each in group))
        for group in reminder_queue.group_by_email(due)
    )
    return replace(forecast, emails=(*forecast.emails, *emails))


def _build_deliveries(name: str, notification: Notification, now: datetime) -> ReviewDeliveries:
    delivery = Delivery(key=notification.key, message_id="", at=now, notification=notification)
    return ReviewDeliveries(review=name, deliveries=(delivery,))


def _build_email(
    forecast: Forecast, sections: tuple[tuple[str, Notification], ...]
) -> ForecastEmail:
    return ForecastEmail(
        to=sections[0][1].to,
        at=forecast.now,
        sections=sections,
        reviews=tuple(forecast.reviews[name] for name, _ in sections),
    )
