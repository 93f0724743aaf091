"""Recognize automated mail: bounces, auto-replies, lists, loops, receipts and the like."""

from __future__ import annotations

import re
from enum import StrEnum

from mail.common.reply_subject import strip_reply_prefixes
from mail.inbound.addresses import parse_addresses
from mail.inbound.automated_mail_patterns import (
    AUTO_REPLY_HEADER,
    AUTO_REPLY_OPENING,
    AUTO_REPLY_SUBJECT,
    BOUNCE_OPENING,
    BOUNCE_SUBJECT,
    NO_REPLY_ADDRESS,
)
from mail.inbound.containers.unpack import read_winmail
from mail.inbound.mime import MimeMessage
from mail.inbound.notice_patterns import (
    REACTION,
    RECALL,
    RECALL_SUBJECT,
    RECEIPT,
    RECEIPT_SUBJECT,
)
from rules.pattern_table import PatternTable
from rules.replies.line_parser import parse_line


class AutomatedKind(StrEnum):
    """What kind of mail no person wrote."""

    LOOP = "loop"
    BOUNCE = "bounce"
    LIST = "list"
    CALENDAR = "calendar"
    AUTO_REPLY = "auto-reply"
    REACTION = "reaction"
    RECALL = "recall"
    RECEIPT = "receipt"


MAX_HOPS = 50
"""Received headers above which a mail is a loop; ordinary mail has fewer than ten."""

MAX_OPENING_LENGTH = 1000
"""Characters of a text that are searched for the phrases automated mail begins with."""

MAX_ANSWER_LINES = 20
MAX_ANSWER_LENGTH = 400
"""Lines of a text, and characters of one, that are searched for a command."""

MAX_TAGS = 6

_OWN_HEADER_PREFIX = "x-afterword"
_MAILER_DAEMONS = (
    *("mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon"),
    *("postmaster", "bounce", "bounces"),
)
_LIST_HEADERS = (
    *("list-id", "list-post", "list-unsubscribe", "list-archive", "mailing-list"),
    *("x-mailing-list", "x-mailman-version", "x-beenthere"),
)
_REACTION_TYPE = "text/vnd.google.email-reaction+json"
_RECEIPT_TYPE = "message/disposition-notification"
_TAG = re.compile(
    r"(?:\[[^\[\]]{1,40}\]|【[^【】]{1,30}】|［[^［］]{1,30}］|\([^()]{1,30}\)|\{[^{}]{1,30}\}"
    r"|<[^<>]{1,30}>|\*{2,5}[^*]{1,30}\*{2,5}"
    r"|(?:external|extern[aeo]?|ext|caution|warning|(?:suspected |possible )?spam)\s?[:|-])\s*",
    re.IGNORECASE,
)
"""What gateways put before a subject: “[External]”, “***SPAM***”, “EXT:”."""

_QUOTES = ('"', "“", "„", "«", "« ", "»", "'", "‘", "‚", "‹", "「", "『", "《", "”")
_NAME_END = re.compile(r"\w*\s?(?:[:：]|[-–] |$)")
_CLASSES = (
    (
        AutomatedKind.CALENDAR,
        re.compile(r"ipm\.schedule\.meeting\.resp|ipm\.microsoft schedule\.mtgresp"),
    ),
    (AutomatedKind.RECALL, re.compile(r"ipm\.outlook\.recall|ipm\.recall")),
    (AutomatedKind.RECEIPT, re.compile(r"report\.|ipm\.microsoft mail\.(?:read|non-delivery)")),
    (AutomatedKind.AUTO_REPLY, re.compile(r"ipm\.note\.rules\.(?:oof|reply)template")),
)
"""What Outlook's classes of mail in a winmail.dat are."""

_FALSE_VALUES = ("no", "false", "0")
_ITIP_REPLY = re.compile(r"^METHOD:(?:REPLY|COUNTER|DECLINECOUNTER)\s*$", re.MULTILINE)


def classify_automated_mail(
    mail: MimeMessage, subject: str, own_words: str = ""
) -> AutomatedKind | None:
    """Return the kind of automated mail, None if a person wrote it."""
    tagless, opening = _strip_tags(subject), " ".join(own_words[:MAX_OPENING_LENGTH].split())
    subjects = (subject.strip(), tagless)
    kinds = AutomatedKind
    tests = (
        (kinds.LOOP, _is_loop(mail)),
        (kinds.BOUNCE, _is_bounce(mail) or _matches(BOUNCE_SUBJECT, subjects)),
        (kinds.BOUNCE, BOUNCE_OPENING.match(opening)),
        (kinds.LIST, bool(mail.headers.get_all(*_LIST_HEADERS))),
        (kinds.CALENDAR, _is_calendar_reply(mail)),
        (kinds.AUTO_REPLY, _is_auto_reply(mail) or _matches(AUTO_REPLY_SUBJECT, subjects)),
        (kinds.AUTO_REPLY, AUTO_REPLY_OPENING.match(opening)),
        (
            kinds.AUTO_REPLY,
            _answers_automatically(subject) and not _gives_command(own_words),
        ),
        (kinds.REACTION, _REACTION_TYPE in mail.content_types or REACTION.match(opening)),
        (kinds.RECALL, _is_recall(tagless, opening) and not _gives_command(own_words)),
        (
            kinds.RECEIPT,
            _is_receipt(mail, tagless, opening) and not _gives_command(own_words),
        ),
        *((kind, True) for kind in _list_winmail_kinds(mail)),
        (kinds.LIST, _is_bulk(mail)),
        (kinds.BOUNCE, _has_null_return_path(mail)),
    )
    return next((kind for kind, matches in tests if matches), None)


def _strip_tags(subject: str) -> str:
    """Return a subject without what gateways put before it."""
    subject = subject.strip()
    for _ in range(MAX_TAGS):
        tag = _TAG.match(subject)
        if tag is None:
            break
        subject = subject[tag.end() :]
    return subject


def _matches(table: PatternTable, subjects: tuple[str, ...]) -> bool:
    return any(table.match(subject) for subject in subjects)


def _answers_automatically(subject: str) -> bool:
    """Return whether the subject of a reply names what it replies to by an automatic answer.

    What an incident is called may say the same, but neither a colon nor nothing follows it.
    """
    plain = strip_reply_prefixes(_strip_tags(subject))
    if plain == _strip_tags(subject):
        return False
    found = AUTO_REPLY_SUBJECT.match(_strip_tags(plain))
    return found is not None and _NAME_END.match(_strip_tags(plain), found.end()) is not None


def _is_recall(subject: str, opening: str) -> bool:
    """Return whether a mail asks to take another back; its one sentence quotes its subject."""
    if RECALL.match(opening):
        return True
    found = RECALL_SUBJECT.match(subject)
    recalled = " ".join(subject[found.end() :].split()) if found else ""
    return bool(recalled) and any(f"{quote}{recalled}" in opening for quote in _QUOTES)


def _is_receipt(mail: MimeMessage, subject: str, opening: str) -> bool:
    if _RECEIPT_TYPE in mail.content_types or RECEIPT.match(opening):
        return True
    return RECEIPT_SUBJECT.match(subject) is not None


def _list_winmail_kinds(mail: MimeMessage) -> list[AutomatedKind]:
    """List what the classes of Outlook's mails in a winmail.dat say."""
    messages = (read_winmail(part) for part in mail.attachments)
    classes = [message.message_class.lower() for message in messages if message is not None]
    return [kind for kind, pattern in _CLASSES for name in classes if pattern.match(name)]


def _gives_command(own_words: str) -> bool:
    """Return whether a line of a text is an answer that would count."""
    lines = own_words.split("\n")[:MAX_ANSWER_LINES]
    parsed = (parse_line(line[:MAX_ANSWER_LENGTH]) for line in lines)
    return any(each.verb is not None and not each.doubt for each in parsed)


def _is_loop(mail: MimeMessage) -> bool:
    own = any(name.startswith(_OWN_HEADER_PREFIX) for name, _ in mail.headers.fields)
    return own or len(mail.headers.get_all("received")) > MAX_HOPS


def _is_bounce(mail: MimeMessage) -> bool:
    if mail.headers.content_type == "multipart/report":
        return True
    return any(local in _MAILER_DAEMONS for local in _list_local_parts(mail))


def _is_calendar_reply(mail: MimeMessage) -> bool:
    parts = mail.list_parts("text/calendar")
    reply_methods = ("reply", "counter", "declinecounter")
    return any(
        part.headers.get_parameter("content-type", "method").lower() in reply_methods
        or _ITIP_REPLY.search(part.text)
        for part in parts
    )


def _is_auto_reply(mail: MimeMessage) -> bool:
    headers = mail.headers
    auto_submitted = [
        value.partition(";")[0].strip().lower() for value in headers.get_all("auto-submitted")
    ]
    if any(value not in ("", "no") for value in auto_submitted):
        return True
    if headers.get_first("precedence").strip().lower() in ("auto_reply", "auto-reply"):
        return True
    has_auto_header = any(
        AUTO_REPLY_HEADER.fullmatch(name) and value.strip().lower() not in _FALSE_VALUES
        for name, value in headers.fields
    )
    if headers.get_first("x-apple-action").strip().lower() == "vacation":
        return True
    return has_auto_header or any(
        NO_REPLY_ADDRESS.match(local) for local in _list_local_parts(mail)
    )


def _is_bulk(mail: MimeMessage) -> bool:
    return mail.headers.get_first("precedence").strip().lower() in ("list", "bulk", "junk")


def _has_null_return_path(mail: MimeMessage) -> bool:
    """Return whether the return path is empty, as in delivery reports and automatic replies."""
    return any(value.replace(" ", "") == "<>" for value in mail.headers.get_all("return-path"))


def _list_local_parts(mail: MimeMessage) -> list[str]:
    senders = parse_addresses(mail.headers.get_all("from"))
    without_domain = [
        value.strip().lower() for value in mail.headers.get_all("from") if "@" not in value
    ]
    return [address.partition("@")[0] for address in senders] + without_domain
