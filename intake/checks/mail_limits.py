"""How much mail is accepted in a day: from one person, and from all, each kind by itself."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from intake import smtp_replies
from intake.incoming_mail import IncomingMail
from intake.smtp_replies import SmtpReply
from register.repositories.mail import MailRepository

ONE_DAY = timedelta(days=1)
log = logging.getLogger("afterword.intake")


class MailKind(StrEnum):
    """What kind of mail is counted by itself."""

    PERSON = "person"
    CALENDAR = "calendar"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLimit:
    """How many mails of one kind are accepted in a day, and how many octets from one person."""

    per_person: int
    for_all: int
    octets: int


MEBIBYTE = 1024 * 1024
MAIL_LIMITS: Mapping[MailKind, MailLimit] = MappingProxyType(
    {
        MailKind.PERSON: MailLimit(per_person=200, for_all=20_000, octets=200 * MEBIBYTE),
        MailKind.CALENDAR: MailLimit(per_person=50, for_all=5_000, octets=10 * MEBIBYTE),
        MailKind.MACHINE: MailLimit(per_person=20, for_all=2_000, octets=10 * MEBIBYTE),
    }
)
"""Far more than anybody writes; what answers by itself, or is forged, reaches it."""


def find_limit_refusal(
    mails: MailRepository, incoming: IncomingMail, person: str, kind: MailKind, now: datetime
) -> SmtpReply | None:
    """Return the refusal of one more mail of a person; None where it is accepted.

    A mail that is in the archive already is no further one. Blocks: call it in a thread.
    """
    limit, since = MAIL_LIMITS[kind], now - ONE_DAY
    if mails.has_mail(incoming.digest):
        return None
    of_person = mails.count_mail(since, kind, person)
    octets = of_person.octets + len(incoming.raw)
    if of_person.mails >= limit.per_person or octets > limit.octets:
        log.warning("limit of a day: %s mail from %s is refused", kind, person)
        return smtp_replies.TOO_MANY_MAILS
    if mails.count_mail(since, kind).mails >= limit.for_all:
        log.warning("limit of a day: %s mail from everybody is deferred", kind)
        return smtp_replies.TOO_MANY_FROM_ALL
    return None
