"""The archive: the truth that outlives workflows."""

from __future__ import annotations

from register.repositories.documents import DocumentRepository
from register.repositories.mail import MailRepository
from register.repositories.people import PeopleRepository
from register.repositories.records import RecordRepository
from register.repositories.sent_notifications import SentNotificationRepository
from register.repositories.tokens import TokenRepository


class Archive(
    DocumentRepository,
    RecordRepository,
    PeopleRepository,
    TokenRepository,
    SentNotificationRepository,
    MailRepository,
):
    """All repositories of the archive on one engine.

    Built from an engine (see register.database) and, for virtual time, a clock. Call it in a
    thread; every method raises Unavailable where the database does not answer.
    """
