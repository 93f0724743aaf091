"""The activities of a review: plan, record, send, file. Each is safe to do twice."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import Engine
from temporalio import activity

from activities.sent_texts import build_sent_notification, grant_thread_tokens
from mail.common.email_tokens import build_return_path
from mail.common.mail_settings import MailSettings
from mail.common.reply_token import redact_tokens
from mail.outbound.compose import compose
from mail.outbound.smtp import AddressRefused, Deferred, Mailer
from models.messages.notification_plan import NotificationPlan
from models.messages.register_update import RegisterUpdate
from models.notifications import Delivery, Notification, NotificationKind
from models.review import Review
from register import recorder
from register.archive import Archive
from register.search.index_documents import PassageReader
from register.search.similar_reviews import find_similar_reviews
from rules.notifications import planner
from rules.search.past_promises import EarlierReview

log = logging.getLogger("afterword.send")
MAX_DEFERRAL = timedelta(days=3)
"""How long an address may be deferred before it counts as undeliverable."""

MAX_FAILURES_BEFORE_OUTAGE = 1
"""How many notifications may fail before the mail server itself is taken to be unavailable."""


@dataclass(frozen=True, slots=True)
class ReviewActivities:
    """The activities of a review, with the tools they use.

    `parse_document` reads documents for the full-text search; without it, none is searched.
    """

    engine: Engine
    archive: Archive
    mailer: Mailer
    site: MailSettings
    parse_document: PassageReader | None = None

    @activity.defn
    async def plan(self, review: Review, now: datetime) -> NotificationPlan:
        """Return what is due: notifications, automatic commands, and when to plan next."""
        people = await asyncio.to_thread(self.archive.people.find_named_people, review)
        return planner.plan(review, people, review.policy, now)

    @activity.defn
    async def record(self, change: RegisterUpdate) -> int:
        """Write an update of a review to the register; return the revision recorded before."""
        return await asyncio.to_thread(recorder.record, self.engine, change, self.parse_document)

    @activity.defn
    async def send(
        self, notifications: tuple[Notification, ...], review: Review, now: datetime
    ) -> list[Delivery]:
        """Send notifications; return a delivery for each that was accepted or refused for good.

        One that is deferred does not block the others: each attempt starts with another one.
        Raises Unavailable where none could be sent.
        """
        messages = await asyncio.to_thread(self._compose_all, notifications, review, now)
        deadline = asyncio.get_running_loop().time() + _compute_time_budget()
        deliveries: list[Delivery] = []
        failures: list[Exception] = []
        for notification in _rotate(notifications, activity.info().attempt - 1):
            if deliveries and asyncio.get_running_loop().time() > deadline:
                break
            try:
                async with asyncio.timeout(_compute_time_budget()):
                    deliveries.append(
                        await self._deliver(notification, messages[notification.key], now)
                    )
            except Exception as error:  # noqa: BLE001  (one email's trouble holds up no other)
                log.warning(
                    "an email to %s waits: %s", notification.to, error or "no answer in time"
                )
                failures.append(error)
            if len(failures) > MAX_FAILURES_BEFORE_OUTAGE and not deliveries:
                break
        if failures and not deliveries:
            raise failures[0]
        return deliveries

    @activity.defn
    async def file(self, review: Review, run: str) -> None:
        """Store the record of a finished review in the archive."""
        await asyncio.to_thread(self.archive.records.store_record, review, run)

    async def _deliver(
        self, notification: Notification, message: EmailMessage | Exception, now: datetime
    ) -> Delivery:
        if isinstance(message, Exception):
            raise message
        message_id = str(message["Message-ID"])
        masked = redact_tokens(message_id)
        try:
            await self.mailer.send(message, build_return_path(message_id, self.site))
        except AddressRefused as error:
            return Delivery(key=notification.key, message_id=masked, at=now, refused=str(error))
        except Deferred as error:
            if not _is_deferred_too_long():
                raise
            return Delivery(
                key=notification.key, message_id=masked, at=now, refused=f"for days: {error}"
            )
        return Delivery(key=notification.key, message_id=masked, at=now)

    def _compose_all(
        self, notifications: tuple[Notification, ...], review: Review, now: datetime
    ) -> dict[str, EmailMessage | Exception]:
        """Build the messages of notifications, by key, and store their texts before one is sent."""
        people = self.archive.people.find_named_people((review, notifications))
        messages: dict[str, EmailMessage | Exception] = {}
        for notification in notifications:
            try:
                earlier = self._find_earlier(notification, review)
                messages[notification.key] = compose(
                    notification, review, people, self.site, now, earlier=earlier
                )
            except Exception as error:  # noqa: BLE001  (one email's trouble holds up no other)
                messages[notification.key] = error
        pairs = ((notification, messages[notification.key]) for notification in notifications)
        self.archive.notifications.store_sent_notifications(
            build_sent_notification(notification, message, review, people, self.site)
            for notification, message in pairs
            if isinstance(message, EmailMessage)
        )
        if not self.site.delimiter:
            grant_thread_tokens(self.archive, notifications, review, people, self.site)
        return messages

    def _find_earlier(
        self, notification: Notification, review: Review
    ) -> tuple[EarlierReview, ...]:
        """Find what lead and facilitator of a new review may both see of earlier ones like it."""
        readers = tuple(filter(None, (review.roles.lead, review.roles.facilitator)))
        if notification.kind is not NotificationKind.OPENED or notification.to not in readers:
            return ()
        return find_similar_reviews(self.engine, review, readers)


def _rotate(notifications: tuple[Notification, ...], offset: int) -> tuple[Notification, ...]:
    first = offset % len(notifications)
    return (*notifications[first:], *notifications[:first])


def _compute_time_budget() -> float:
    """Return after how many seconds to report what was sent, well before the attempt ends."""
    limit = activity.info().start_to_close_timeout
    return limit.total_seconds() / 3 if limit else 60.0


def _is_deferred_too_long() -> bool:
    """Return whether a notification has been deferred for days, by the review's own time."""
    info = activity.info()
    return info.current_attempt_scheduled_time - info.scheduled_time >= MAX_DEFERRAL
