"""Recognize automated mail: bounces, auto-replies, lists, loops and calendar replies."""

from __future__ import annotations

import re

from mail.inbound.addresses import parse_addresses
from mail.inbound.automated_mail_patterns import (
    AUTO_REPLY_HEADER,
    AUTO_REPLY_OPENING,
    AUTO_REPLY_SUBJECT,
    BOUNCE_OPENING,
    BOUNCE_SUBJECT,
    NO_REPLY_ADDRESS,
)
from mail.inbound.mime import MimeMessage

MAX_HOPS = 50
"""Received headers above which a mail is a loop; ordinary mail has fewer than ten."""

MAX_OPENING_LENGTH = 1000
"""Characters of a text that are searched for the phrases automated mail begins with."""

_OWN_HEADER_PREFIX = "x-afterword"
_MAILER_DAEMONS = (
    *("mailer-daemon", "mailerdaemon", "mail-daemon", "mdaemon"),
    *("postmaster", "bounce", "bounces"),
)
_LIST_HEADERS = (
    *("list-id", "list-post", "list-unsubscribe", "list-archive", "mailing-list"),
    *("x-mailing-list", "x-mailman-version", "x-beenthere"),
)
_FALSE_VALUES = ("no", "false", "0")
_ITIP_REPLY = re.compile(r"^METHOD:(?:REPLY|COUNTER|DECLINECOUNTER)\s*$", re.MULTILINE)


def classify_automated_mail(mail: MimeMessage, subject: str, own_words: str = "") -> str:
    """Return the kind of automated mail (loop, bounce, list, calendar, auto-reply), "" if none."""
    subject_text, opening = subject.strip(), " ".join(own_words[:MAX_OPENING_LENGTH].split())
    looks_like_bounce = BOUNCE_SUBJECT.match(subject_text) or BOUNCE_OPENING.match(opening)
    looks_like_auto_reply = AUTO_REPLY_SUBJECT.match(subject_text) or AUTO_REPLY_OPENING.match(
        opening
    )
    tests = (
        ("loop", _is_loop(mail)),
        ("bounce", _is_bounce(mail) or looks_like_bounce),
        ("list", bool(mail.headers.get_all(*_LIST_HEADERS))),
        ("calendar", _is_calendar_reply(mail)),
        ("auto-reply", _is_auto_reply(mail) or looks_like_auto_reply),
        ("list", _is_bulk(mail)),
        ("bounce", _has_null_return_path(mail)),
    )
    return next((kind for kind, matches in tests if matches), "")


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
