"""How the parts are reached by the settings, and how well that is protected."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy import Engine

from mail.outbound.smtp import IMPLICIT_TLS_PORT
from models.doctor.deployment import PartConnection, Protection
from models.errors import InvalidInput
from settings import Settings, SmtpSection
from workflows.connection import describe_connection

VERIFYING = "verify-full"
NEVER_ENCRYPTED = frozenset({"disable", "allow"})
"""Values of PostgreSQL's sslmode: one that verifies, those that do not insist, and others."""


def list_connections(
    settings: Settings, engine: Engine, *, stays_here: bool
) -> tuple[PartConnection, ...]:
    """List the connections that leave a process; `stays_here` says that no email does."""
    found = [*_iter_database(engine), *_iter_temporal(settings)]
    if not stays_here:
        found += _iter_mail(settings)
    return tuple(found)


def _iter_database(engine: Engine) -> Iterator[PartConnection]:
    if engine.dialect.name != "postgresql":
        return
    mode = str(engine.url.query.get("sslmode", ""))
    if mode == VERIFYING:
        protection = Protection.VERIFIED
    else:
        is_open = mode in NEVER_ENCRYPTED
        protection = Protection.NONE if is_open else Protection.ENCRYPTED
    yield PartConnection(
        part="The database",
        host=engine.url.host or str(engine.url.query.get("host", "")),
        protection=protection,
        setting="Add ?sslmode=verify-full&sslrootcert=FILE to AFTERWORD_DATABASE.",
    )


def _iter_temporal(settings: Settings) -> Iterator[PartConnection]:
    temporal = settings.temporal
    try:
        address, is_encrypted = describe_connection(temporal.profile, temporal.config_file)
    except InvalidInput:
        return
    yield PartConnection(
        part="Temporal",
        host=urlsplit(f"//{address}").hostname or "",
        protection=Protection.VERIFIED if is_encrypted else Protection.NONE,
        setting="Set TEMPORAL_TLS=true, and the certificates with TEMPORAL_TLS_….",
    )


def _iter_mail(settings: Settings) -> Iterator[PartConnection]:
    smtp, imap = settings.mail.smtp, settings.mail.imap
    yield PartConnection(
        part="The mail server",
        host=smtp.host,
        protection=_find_smtp_protection(smtp),
        setting="Set AFTERWORD_MAIL__SMTP__STARTTLS=true.",
    )
    if imap.host:
        yield PartConnection(
            part="The mailbox",
            host=imap.host,
            protection=Protection.VERIFIED if imap.tls else Protection.NONE,
            setting="Set AFTERWORD_MAIL__IMAP__TLS=true.",
        )


def _find_smtp_protection(smtp: SmtpSection) -> Protection:
    """Return how emails leave, as mail.outbound.smtp connects."""
    if smtp.port == IMPLICIT_TLS_PORT or smtp.starttls:
        return Protection.VERIFIED
    if smtp.starttls is None:
        return Protection.VERIFIED if smtp.username else Protection.ENCRYPTED
    return Protection.NONE
