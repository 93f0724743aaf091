"""The headers of an email: addresses, threading, reply address and marks of automated mail."""

from __future__ import annotations

import hashlib
import re
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from functools import cache
from textwrap import wrap
from typing import Any

from mail.common import reply_token
from mail.common.email_tokens import EmailTokens
from mail.common.mail_settings import MailSettings
from mail.common.reply_subject import format_reply_subject
from mail.outbound.email_entries import find_only_item
from mail.outbound.email_formatting import LINE_WIDTH, encode_domain, format_header
from mail.outbound.recipient import EmailRecipient
from models.email_address import TokenKind
from models.messages.daily_reminders import DueReminder
from models.notifications import Notification, NotificationKind
from models.review import Review

LOOP_HEADER = "X-Afterword-Loop"
"""The header by which we recognize our own emails; its value is the mail domain."""

SENDER_NAME = "Afterword"
MAX_SUBJECT_LENGTH = 120
MAX_NAME_LENGTH = 60
MAX_ADDRESS_LENGTH = 320
HASH_LENGTH = 20
WORD_FOLDED_HEADERS = (
    *("subject", "message-id", "in-reply-to", "references", "list-id"),
    "list-unsubscribe",
)
_ACTION = re.compile(r"A\d+")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")


class WordFoldedHeader(UnstructuredHeader, BaseHeader):
    """A header folded between its words; the standard class encodes or misplaces long words."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """Return the header with as many words on a line as fit; encode what is not ASCII."""
        words = str(self)
        if not words.isascii():
            encoded = Header(words, "utf-8", header_name=self.name).encode(linesep=policy.linesep)
            return f"{self.name}: {encoded}{policy.linesep}"
        lines = wrap(
            words,
            LINE_WIDTH,
            initial_indent=f"{self.name}: ",
            subsequent_indent=" ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        return policy.linesep.join(lines) + policy.linesep


def choose_policy(*addresses: str) -> EmailPolicy[EmailMessage]:
    """Return the policy for an email: UTF-8 headers only where an address needs them."""
    return _build_policy(utf8=not all(encode_domain(address).isascii() for address in addresses))


@cache
def _build_policy(*, utf8: bool) -> EmailPolicy[EmailMessage]:
    registry = _CachedHeaderRegistry()
    for name in WORD_FOLDED_HEADERS:
        registry.map_to_type(name, WordFoldedHeader)
    return SMTP.clone(header_factory=registry, utf8=utf8)


class _CachedHeaderRegistry(HeaderRegistry):
    """A header registry that builds each class once; the library's builds one for every use."""

    @cache  # noqa: B019  (there is one registry for each policy, and both live as long as we do)
    def __getitem__(self, name: str) -> type[BaseHeader]:
        found: type[BaseHeader] = super().__getitem__(name)
        return found


def build_headers(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
    subject: str,
) -> dict[str, Any]:
    """Return every header of an email by name, in the order in which they are written."""
    is_answer = notification.kind is NotificationKind.ANSWER
    answered_id = _find_message_id(notification.in_reply_to)
    tokens = build_tokens(notification, review, mail_settings, recipient.person.renewed)
    return _build_common_headers(
        recipient,
        tokens,
        subject=format_reply_subject(notification.subject) or subject,
        message_id=build_message_id(notification, review, tokens),
        thread_ids=build_thread_ids(notification, review, tokens),
        answered_id=answered_id,
        item=find_token_item(notification),
        list_name=review.id.replace(".", "-"),
    ) | {"Auto-Submitted": "auto-replied" if is_answer else "auto-generated"}


def build_combined_headers(
    due: tuple[DueReminder, ...],
    recipient: EmailRecipient,
    mail_settings: MailSettings,
    subject: str,
) -> dict[str, Any]:
    """Return every header of an email about several reviews.

    Its Message-ID follows from what it tells, and its reply address is for all these reviews.
    """
    person = recipient.person
    tokens = build_combined_tokens(due, mail_settings, person.renewed)
    token = tokens.sign(TokenKind.MESSAGE)
    told = sorted(
        "\0".join((each.review.id, str(each.review.reopened), each.notification.key))
        for each in due
    )
    thread_id = f"<{_hash_parts('reminders', person.address)}@{mail_settings.domain}>"
    return _build_common_headers(
        recipient,
        tokens,
        subject=subject,
        message_id=f"<{_hash_parts(*told)}.{token}@{mail_settings.domain}>",
        thread_ids=(thread_id,),
        answered_id="",
        item="",
        list_name="reminders",
    )


def _build_common_headers(
    recipient: EmailRecipient,
    tokens: EmailTokens,
    *,
    subject: str,
    message_id: str,
    thread_ids: tuple[str, ...],
    answered_id: str,
    item: str,
    list_name: str,
) -> dict[str, Any]:
    to, mail_settings = recipient.person.address, tokens.mail_settings
    return {
        "From": _build_address(SENDER_NAME, mail_settings.sender),
        "To": _build_address(recipient.format_name(to), to),
        "Subject": format_header(subject, MAX_SUBJECT_LENGTH),
        "Date": recipient.now,
        "Message-ID": message_id,
        "In-Reply-To": answered_id or thread_ids[0],
        "References": " ".join(filter(None, (*thread_ids, answered_id))),
        "Reply-To": _build_address(SENDER_NAME, tokens.build_address(TokenKind.REPLY, item)),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        LOOP_HEADER: mail_settings.domain,
        "List-Id": f"<{list_name}.{mail_settings.domain}>",
        **_build_unsubscribe_headers(tokens),
    }


def build_message_id(notification: Notification, review: Review, tokens: EmailTokens) -> str:
    """Return a notification's Message-ID: equal for every attempt, with a token of its own kind."""
    digest = _hash_parts(review.id, str(review.reopened), notification.key)
    token = tokens.sign(TokenKind.MESSAGE, find_token_item(notification))
    return f"<{digest}.{token}@{tokens.mail_settings.domain}>"


def build_thread_id(review: Review, mail_settings: MailSettings) -> str:
    """Return the message id that all emails of one review refer to."""
    return f"<{_hash_parts(review.id)}@{mail_settings.domain}>"


def build_thread_ids(
    notification: Notification, review: Review, tokens: EmailTokens
) -> tuple[str, ...]:
    """Return the message ids that an email refers to, the first of them that of its thread.

    Where replies are known by nothing else, they carry tokens: servers that pass an email on may
    replace its Message-ID, and mail programs copy what it refers to into every reply.
    """
    mail_settings = tokens.mail_settings
    if mail_settings.delimiter:
        return (build_thread_id(review, mail_settings),)
    items = dict.fromkeys(("", find_token_item(notification)))
    return tuple(
        f"<{_hash_parts(review.id, item)}.{tokens.sign(TokenKind.MESSAGE, item)}"
        f"@{mail_settings.domain}>"
        for item in items
    )


def build_tokens(
    notification: Notification, review: Review, mail_settings: MailSettings, renewed: int
) -> EmailTokens:
    """Build what signs the tokens of an email about one review."""
    return EmailTokens(
        mail_settings=mail_settings, reviews=review.id, person=notification.to, renewed=renewed
    )


def build_combined_tokens(
    due: tuple[DueReminder, ...], mail_settings: MailSettings, renewed: int
) -> EmailTokens:
    """Build what signs the tokens of an email about several reviews."""
    reviews = reply_token.join_reviews(each.review.id for each in due)
    person = due[0].notification.to
    return EmailTokens(mail_settings=mail_settings, reviews=reviews, person=person, renewed=renewed)


def find_token_item(notification: Notification) -> str:
    """Return the id of a notification's only action, as in its reply token; "" for none."""
    name = find_only_item(notification)
    return name if _ACTION.fullmatch(name) else ""


def _build_unsubscribe_headers(tokens: EmailTokens) -> dict[str, str]:
    """Return the unsubscribe headers: by mail (RFC 2369), by one click over https (RFC 8058)."""
    links, mail_settings = [], tokens.mail_settings
    if mail_settings.delimiter:
        address = tokens.build_address(TokenKind.UNSUBSCRIBE)
        links.append(f"<mailto:{address}?subject=unsubscribe>")
    if not mail_settings.url.startswith("https://"):
        return {"List-Unsubscribe": links[0]} if links else {}
    token = tokens.sign(TokenKind.UNSUBSCRIBE)
    links.append(f"<{mail_settings.url.rstrip('/')}/unsubscribe/{token}>")
    one_click = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {"List-Unsubscribe": ", ".join(links), **one_click}


def _build_address(name: str, address: str) -> Address:
    local, _, domain = encode_domain(format_header(address, MAX_ADDRESS_LENGTH)).rpartition("@")
    display_name = "" if name == address else format_header(name, MAX_NAME_LENGTH)
    return Address(display_name, local or domain, domain if local else "")


def _find_message_id(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[0] if found else ""


def _hash_parts(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:HASH_LENGTH]
