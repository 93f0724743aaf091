"""Look at how this server is set up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import datetime, timedelta

from fastapi.concurrency import run_in_threadpool

from models.access.tokens import EVERYTHING, Token
from models.audit.audit_event import AuditKind
from models.doctor.deployment import Deployment
from models.incident import RESERVED_SOURCES
from register import doctor_queries
from rules.access.tokens import is_made_by_another, is_rotated_by_its_person
from settings import MIN_SECRET_LENGTH, Settings
from web.dependencies import OK, AppContext
from web.services.doctor.part_connections import list_connections
from web.services.doctor.probes import run_probe
from web.services.doctor.stored_files import list_exposed_files

LATELY = timedelta(days=30)
"""How far back it is looked for webhooks that came."""

PAGERDUTY, GENERIC, SIGNING = "pagerduty", "generic", "keys.signing"


async def inspect_deployment(context: AppContext) -> Deployment:
    """Return what this server sees of its own set-up."""
    answers = await asyncio.gather(
        run_probe("Temporal", context.temporal_probe),
        run_probe("The mail server", context.mail_probe),
    )
    unavailable = tuple(answer for answer in answers if answer != OK)
    return await run_in_threadpool(_inspect, context, unavailable)


def _inspect(context: AppContext, unavailable: tuple[str, ...]) -> Deployment:
    settings, engine = context.settings, context.engine
    tokens = context.archive.tokens.list_tokens()
    waiting = sorted(_iter_waiting(context))
    return Deployment(
        unavailable=unavailable,
        connections=list_connections(settings, engine, stays_here=context.stays_here),
        files=list_exposed_files(settings, engine, os.environ),
        role=doctor_queries.find_role(engine),
        short_secrets=tuple(_iter_short_secrets(settings)),
        silent_sources=tuple(_iter_silent_sources(context, tokens)),
        encryption_ids=tuple(key.id for key in settings.encryption_keys.keys),
        sealed=doctor_queries.count_sealed(engine),
        signing_keys=len(settings.signing_keys.keys),
        signing_since=_find_last_rotation(context),
        waiting_emails=len(waiting),
        waiting_since=waiting[0] if waiting else None,
    )


def _iter_waiting(context: AppContext) -> Iterator[datetime]:
    """Yield since when emails wait that the database knows of: about tokens, and with a link."""
    for token in context.archive.tokens.list_unannounced():
        if is_made_by_another(token) or is_rotated_by_its_person(token):
            yield token.made_at
    for request in context.archive.sign_in_requests.list_unsent(context.clock()):
        yield request.asked_at


def _iter_short_secrets(settings: Settings) -> Iterator[str]:
    """Yield the settings with a secret of a webhook that is short; our own never are."""
    hooks = settings.hooks
    named = {name: getattr(hooks, name) for name in (PAGERDUTY, GENERIC, "mail")}
    for name, secrets in {**named, **hooks.sources}.items():
        if any(len(each.get_secret_value().strip()) < MIN_SECRET_LENGTH for each in secrets):
            yield f"hooks.{name}" if name in named else f"hooks.sources.{name}"


def _iter_silent_sources(context: AppContext, tokens: tuple[Token, ...]) -> Iterator[str]:
    """Yield the sources that sent incidents lately, and that neither secret nor token lets in."""
    hooks, now = context.settings.hooks, context.clock()
    own = RESERVED_SOURCES - {PAGERDUTY}
    allowed = {name for name, secrets in hooks.sources.items() if secrets}
    allowed |= {PAGERDUTY} if hooks.pagerduty else set()
    allowed |= {GENERIC} if hooks.generic else set()
    tools = (token for token in tokens if token.is_tool and token.is_valid(now))
    allowed |= {each for token in tools for each in token.sources}
    if EVERYTHING in allowed:
        return
    for source in doctor_queries.list_sources(context.engine, now - LATELY):
        if source not in allowed | own:
            yield source


def _find_last_rotation(context: AppContext) -> datetime | None:
    kinds = (AuditKind.SECRET_ROTATED, AuditKind.SECRET_SEEN)
    found = [context.archive.audit.find_newest(kind, SIGNING) for kind in kinds]
    return max((event.at for event in found if event), default=None)
