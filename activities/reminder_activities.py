"""The activities of reminder emails: announce and remind. Each is safe to do twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from temporalio import activity

from activities.review_activities import MAX_DEFERRAL
from activities.sent_texts import (
    build_sent_notification,
    grant_thread_tokens,
    list_sent_sections,
)
from mail.common.email_tokens import build_return_path
from mail.common.mail_settings import MailSettings
from mail.common.reply_token import redact_tokens
from mail.outbound.combined_email import compose_combined
from mail.outbound.compose import compose
from mail.outbound.smtp import AddressRefused, Deferred, Mailer
from models.errors import Unavailable
from models.messages.daily_reminders import (
    Announcement,
    DueReminder,
    ReminderQueue,
    ReminderRound,
    ReviewDeliveries,
    WaitingReview,
)
from models.notifications import Delivery
from models.people import Person
from register.archive import Archive
from register.repositories.sent_notifications import SentNotification
from rules.delivery import reminder_queue

MIN_TRIES_TIME = timedelta(minutes=30)
"""How long a deferred address is tried again even after days of failures; some pass by then."""

MAX_QUERIES = 10
"""How many reviews are asked side by side, so that those without an answer hold up no others."""

log = logging.getLogger("afterword.send")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderActivities:
    """The activities of reminder emails, with the tools they use.

    `announce_to` tells one person's reminder workflow of a review, and starts it where needed;
    `fetch_due_reminder` asks a review what it has for a person now.
    """

    archive: Archive
    mailer: Mailer
    site: MailSettings
    announce_to: Callable[[str, Announcement], Awaitable[None]]
    fetch_due_reminder: Callable[[str, str], Awaitable[DueReminder | None]]

    @activity.defn
    async def announce(self, announcement: Announcement, people: tuple[str, ...]) -> None:
        """Announce to people's reminder workflows that a review has something for them."""
        await asyncio.gather(*(self.announce_to(person, announcement) for person in people))

    @activity.defn
    async def remind(self, queue: ReminderQueue, now: datetime) -> ReminderRound:
        """Send one person what reviews have for them now, unless it is not the time.

        A review that does not answer, or cannot be put into words, holds up no other. Raises what
        the mail server raises; the next attempt asks the reviews again, so that nothing is sent
        that is no longer true.
        """
        due, kept = await self._collect(queue)
        person = await asyncio.to_thread(self._find_person, queue.person)
        due = reminder_queue.list_sendable(due, queue, person, now)
        if not due:
            return ReminderRound(kept=kept)
        sent: list[ReviewDeliveries] = []
        for group in reminder_queue.group_by_email(due):
            try:
                sent += await self._send(group, person, queue, now)
            except Unavailable:
                if not sent:
                    raise
                break
        told = {each.review for each in sent}
        days = reminder_queue.list_days(
            (each for each in due if each.review.id in told), queue, person, now
        )
        return ReminderRound(sent=tuple(sent), days=days, kept=kept)

    async def _send(
        self, due: tuple[DueReminder, ...], person: Person, queue: ReminderQueue, now: datetime
    ) -> list[ReviewDeliveries]:
        """Send one email, and return what came of it for each review that it speaks of."""
        at = reminder_queue.find_latest_time(queue, now)
        message = await asyncio.to_thread(self._compose, due, person, at)
        refused = await self._deliver(message, queue, now)
        message_id = redact_tokens(str(message["Message-ID"]))
        return [_build_deliveries(each, message_id, at, refused) for each in due]

    async def _collect(
        self, queue: ReminderQueue
    ) -> tuple[tuple[DueReminder, ...], tuple[str, ...]]:
        """Return what is due in each review, and the reviews that could not say."""
        limit = asyncio.Semaphore(MAX_QUERIES)
        found = await asyncio.gather(
            *(self._fetch_checked(waiting, queue.person, limit) for waiting in queue.waiting),
            return_exceptions=True,
        )
        kept: list[str] = []
        for waiting, outcome in zip(queue.waiting, found, strict=True):
            if isinstance(outcome, Exception):
                log.warning("%s has to wait with its reminders: %s", waiting.review, outcome)
                kept.append(waiting.review)
        return tuple(each for each in found if isinstance(each, DueReminder)), tuple(kept)

    async def _fetch_checked(
        self, waiting: WaitingReview, person: str, limit: asyncio.Semaphore
    ) -> DueReminder | None:
        """Return what a review has for a person, once it is known that it can be put into words."""
        async with limit:
            reminder = await self.fetch_due_reminder(waiting.review, person)
            if reminder is not None:
                await asyncio.to_thread(self._check_words, reminder, waiting.announced_at)
            return reminder

    def _check_words(self, due: DueReminder, now: datetime) -> None:
        """Check that an email about one review can be composed; raises what is wrong with it."""
        people = self.archive.people.find_named_people((due.review, due.notification))
        compose(due.notification, due.review, people, self.site, now)

    def _find_person(self, address: str) -> Person:
        return self.archive.people.find_person(address) or Person(address=address)

    def _compose(self, due: tuple[DueReminder, ...], person: Person, now: datetime) -> EmailMessage:
        """Build the email, and store its text and reply addresses before it is sent."""
        people = self.archive.people.find_named_people(due)
        if len(due) == 1:
            (only,) = due
            message = compose(only.notification, only.review, people, self.site, now)
            sent: Iterable[SentNotification] = [
                build_sent_notification(only.notification, message, only.review, people, self.site)
            ]
            if not self.site.delimiter:
                told = (only.notification,)
                grant_thread_tokens(self.archive, told, only.review, people, self.site)
        else:
            message = compose_combined(due, people, self.site, now)
            sent = list_sent_sections(due, message, self.site, person.renewed)
        self.archive.notifications.store_sent_notifications(sent)
        return message

    async def _deliver(self, message: EmailMessage, queue: ReminderQueue, now: datetime) -> str:
        """Send the email; return why it is refused for good, "" where it was accepted."""
        try:
            return_path = build_return_path(str(message["Message-ID"]), self.site)
            await self.mailer.send(message, return_path)
        except AddressRefused as error:
            return str(error)
        except Deferred as error:
            if not _is_deferred_too_long(queue, now):
                raise
            return f"for days: {error}"
        return ""


def _is_deferred_too_long(queue: ReminderQueue, now: datetime) -> bool:
    """Return whether an address has been deferred for days, and is not just greeted slowly."""
    info = activity.info()
    tried_for = info.current_attempt_scheduled_time - info.scheduled_time
    return tried_for >= MIN_TRIES_TIME and now - (queue.failing_since or now) >= MAX_DEFERRAL


def _build_deliveries(
    due: DueReminder, message_id: str, now: datetime, refused: str
) -> ReviewDeliveries:
    delivery = Delivery(
        key=due.notification.key,
        message_id=message_id,
        at=now,
        refused=refused,
        notification=due.notification,
    )
    return ReviewDeliveries(review=due.review.id, deliveries=(delivery,))
