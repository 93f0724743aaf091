"""The archive: the truth that outlives workflows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine

from register.repositories.audit import AuditRepository
from register.repositories.base import utc_now
from register.repositories.documents import DocumentRepository
from register.repositories.erased_rows import ErasureRepository
from register.repositories.mail import MailRepository
from register.repositories.people import PeopleRepository
from register.repositories.records import RecordRepository
from register.repositories.sent_notifications import SentNotificationRepository
from register.repositories.sessions import SessionRepository
from register.repositories.sign_in_requests import SignInRequestRepository
from register.repositories.tokens import TokenRepository
from register.repositories.webhooks import WebhookRepository
from register.workflow_pseudonyms import WorkflowPseudonyms


class Archive:
    """All repositories of the archive on one engine.

    Built from an engine (see register.database) and, for virtual time, a clock. Call it in a
    thread; every method of a repository raises Unavailable where the database does not answer.
    """

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self.engine = engine
        self.documents = DocumentRepository(engine, clock)
        self.records = RecordRepository(engine, clock)
        self.people = PeopleRepository(engine, clock)
        self.tokens = TokenRepository(engine, clock)
        self.sessions = SessionRepository(engine, clock)
        self.sign_in_requests = SignInRequestRepository(engine, clock)
        self.notifications = SentNotificationRepository(engine, clock)
        self.mail = MailRepository(engine, clock)
        self.erasure = ErasureRepository(engine, clock)
        self.audit = AuditRepository(engine, clock)
        self.pseudonyms = WorkflowPseudonyms(engine)
        self.webhooks = WebhookRepository(engine, clock)
