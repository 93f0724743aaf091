"""What is stored of an email before it is sent: its text, and what its reply addresses grant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.message import EmailMessage

from mail.common.mail_settings import MailSettings
from mail.common.reply_token import find_token_in_message_id, join_reviews, redact_tokens
from mail.inbound.quoting.own_messages import extract_quotable_text
from mail.outbound.headers import (
    build_message_id,
    find_token_item,
    sign_reply_token,
    sign_thread_token,
)
from models.messages.daily_reminders import DueReminder
from models.notifications import Notification
from models.people import Person
from models.review import Review
from register.archive import Archive
from register.repositories.sent_notifications import SentNotification


def build_sent_notification(
    notification: Notification, message: EmailMessage, review: str, mail_settings: MailSettings
) -> SentNotification:
    """Build what is stored of the email about one review."""
    message_id = str(message["Message-ID"])
    return SentNotification(
        message_id=message_id,
        text=redact_tokens(extract_quotable_text(message)),
        token=find_token_in_message_id(message_id, mail_settings.domain),
        review=review,
        person=notification.to,
        item=find_token_item(notification),
    )


def grant_thread_tokens(
    archive: Archive,
    notifications: Iterable[Notification],
    review: Review,
    people: Mapping[str, Person],
    mail_settings: MailSettings,
) -> None:
    """Store the tokens by which replies are known that refer to nothing but their thread."""
    for notification in {each.to: each for each in notifications}.values():
        person = people.get(notification.to)
        renewed = person.renewed if person else 0
        token = sign_thread_token(notification, review, mail_settings, renewed)
        archive.notifications.add_reply_address(token, review.id, notification.to, "")


def list_sent_sections(
    due: tuple[DueReminder, ...], message: EmailMessage, mail_settings: MailSettings, renewed: int
) -> Iterator[SentNotification]:
    """Yield what is stored of an email about several reviews: for all of them, and for each.

    Each section has a reply address of its own. It is stored under the Message-ID that an email
    about its review alone would have had.
    """
    text, message_id = redact_tokens(extract_quotable_text(message)), str(message["Message-ID"])
    person = due[0].notification.to
    yield SentNotification(
        message_id=message_id,
        text=text,
        token=find_token_in_message_id(message_id, mail_settings.domain),
        review=join_reviews(each.review.id for each in due),
        person=person,
        item="",
    )
    for each in due:
        token = sign_reply_token(each.notification, each.review, mail_settings, renewed)
        yield SentNotification(
            message_id=build_message_id(each.notification, each.review, mail_settings, token),
            text=text,
            token=token,
            review=each.review.id,
            person=person,
            item=find_token_item(each.notification),
        )
