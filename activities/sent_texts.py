"""What is stored of an email before it is sent: its text, and what its reply addresses grant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from email.message import EmailMessage

from mail.common.email_tokens import EmailTokens, sign_bounce_token
from mail.common.mail_settings import MailSettings
from mail.common.reply_token import compute_digest, join_reviews, redact_tokens
from mail.inbound.quoting.own_messages import extract_quotable_text
from mail.outbound.calendar_invitation import INVITATIONS, find_token_meeting
from mail.outbound.headers import (
    build_combined_tokens,
    build_message_id,
    build_tokens,
    find_token_item,
)
from models.email_address import TokenKind
from models.messages.daily_reminders import DueReminder
from models.notifications import Notification
from models.people import Person
from models.review import Review
from register.archive import Archive
from register.repositories.sent_notifications import IssuedToken, SentNotification


def build_sent_notification(
    notification: Notification,
    message: EmailMessage,
    review: Review,
    people: Mapping[str, Person],
    mail_settings: MailSettings,
) -> SentNotification:
    """Build what is stored of the email about one review."""
    tokens = build_tokens(
        notification, review, mail_settings, _count_renewals(notification, people)
    )
    message_id, item = str(message["Message-ID"]), find_token_item(notification)
    issued = [
        _issue_token(tokens, TokenKind.REPLY, item),
        _issue_token(tokens, TokenKind.MESSAGE, item),
        _issue_token(tokens, TokenKind.UNSUBSCRIBE),
        _issue_bounce_token(message_id, mail_settings),
    ]
    if notification.kind in INVITATIONS:
        meeting = find_token_meeting(notification, review)
        issued.append(_issue_token(tokens, TokenKind.MEETING, meeting))
    return SentNotification(
        message_id=message_id,
        text=redact_tokens(extract_quotable_text(message)),
        review=review.id,
        person=notification.to,
        tokens=tuple(issued),
    )


def grant_thread_tokens(
    archive: Archive,
    notifications: Iterable[Notification],
    review: Review,
    people: Mapping[str, Person],
    mail_settings: MailSettings,
) -> None:
    """Store the tokens by which replies are known that refer to nothing but their thread."""
    for each in {notification.to: notification for notification in notifications}.values():
        tokens = build_tokens(each, review, mail_settings, _count_renewals(each, people))
        kind = TokenKind.MESSAGE
        archive.notifications.add_reply_address(tokens.sign(kind), review.id, each.to, "", kind)


def list_sent_sections(
    due: tuple[DueReminder, ...], message: EmailMessage, mail_settings: MailSettings, renewed: int
) -> Iterator[SentNotification]:
    """Yield what is stored of an email about several reviews: for all of them, and for each.

    Each section has a reply address of its own. It is stored under the Message-ID that an email
    about its review alone would have had.
    """
    text, message_id = redact_tokens(extract_quotable_text(message)), str(message["Message-ID"])
    person = due[0].notification.to
    combined = build_combined_tokens(due, mail_settings, renewed)
    yield SentNotification(
        message_id=message_id,
        text=text,
        review=join_reviews(each.review.id for each in due),
        person=person,
        tokens=(
            _issue_token(combined, TokenKind.REPLY),
            _issue_token(combined, TokenKind.MESSAGE),
            _issue_token(combined, TokenKind.UNSUBSCRIBE),
            _issue_bounce_token(message_id, mail_settings),
        ),
    )
    for each in due:
        tokens = build_tokens(each.notification, each.review, mail_settings, renewed)
        yield SentNotification(
            message_id=build_message_id(each.notification, each.review, tokens),
            text=text,
            review=each.review.id,
            person=person,
            tokens=(_issue_token(tokens, TokenKind.REPLY, find_token_item(each.notification)),),
        )


def _issue_token(tokens: EmailTokens, kind: TokenKind, item: str = "") -> IssuedToken:
    return IssuedToken(kind=kind, token=tokens.sign(kind, item), item=item)


def _issue_bounce_token(message_id: str, mail_settings: MailSettings) -> IssuedToken:
    token = sign_bounce_token(message_id, mail_settings)
    return IssuedToken(kind=TokenKind.BOUNCE, token=token, item=compute_digest(message_id))


def _count_renewals(notification: Notification, people: Mapping[str, Person]) -> int:
    person = people.get(notification.to)
    return person.renewed if person else 0
