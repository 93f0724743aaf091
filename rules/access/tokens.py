"""Tokens: how long they last, what a scope allows, and when one is to be told of."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.access.tokens import EVERYTHING, MADE_HERE, SETUP_TOKEN, Token, TokenScope
from models.errors import InvalidInput
from models.incident import Incident
from rules.formatting import format_count, format_short_date, join_words

DAYS = 365
"""For how many days a token lasts, unless the settings say otherwise."""

ADMIN_DAYS = 90
"""For how many days one lasts that may manage people and tokens."""

WARNING_DAYS = 14
"""How many days before its end a token's holder is told."""

YOUNG = timedelta(days=1)
"""For how long what is done with a token that somebody else made says so."""

MAX_OVERLAP = timedelta(days=7)
"""For how long the secret of before may be accepted beside the new one."""

USE_INTERVAL = timedelta(hours=1)
"""How exactly the last use is known; a write for each request would cost too much."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods of HTTP that change nothing."""

DESCRIPTIONS = {
    TokenScope.READ: "read what you may see, and change nothing",
    TokenScope.OWN: "do what you may do yourself: read, decide, report, in your name",
    TokenScope.TOOL: "report, claim, note and open reviews as a tool, and decide nothing",
    TokenScope.ADMIN: "do what you may do yourself, and manage people, services and tokens",
    TokenScope.EARLIER: "do what it could before there were scopes",
}
"""What a scope allows, for whoever holds the token."""


def compute_expiry(now: datetime, days: int | None, max_days: int) -> datetime:
    """Return when a new token ends. Raises InvalidInput for more days than it may have."""
    if days is not None and days > max_days:
        raise InvalidInput(
            f"a token of this scope lasts {format_count(max_days, 'day')} at most", field="days"
        )
    return now + timedelta(days=days or max_days)


def compute_overlap_end(now: datetime, overlap: timedelta, expires_at: datetime) -> datetime:
    """Return until when the secret of before is accepted. Raises InvalidInput for too long."""
    if not timedelta(0) <= overlap <= MAX_OVERLAP:
        raise InvalidInput(f"is 0 to {MAX_OVERLAP.days} days", field="overlap")
    return min(now + overlap, expires_at)


def may_request(scope: TokenScope, method: str) -> bool:
    """Return whether a token of this scope may make a request with this method of HTTP."""
    return scope is not TokenScope.READ or method.upper() in SAFE_METHODS


def may_administer(token: Token, coordinator: str) -> bool:
    """Return whether a token may manage people, services and tokens."""
    if token.scope not in (TokenScope.ADMIN, TokenScope.EARLIER):
        return False
    return token.name == SETUP_TOKEN or token.person == coordinator


def is_about(token: Token, incident: Incident) -> bool:
    """Return whether an incident is one that a tool's token is for."""
    by_source = EVERYTHING in token.sources or incident.source in token.sources
    by_service = EVERYTHING in token.services or bool({*incident.services} & {*token.services})
    return by_source and by_service


def is_made_by_another(token: Token) -> bool:
    """Return whether somebody else than its person made a token, or its newest secret."""
    return bool(token.person) and token.maker not in (*MADE_HERE, token.person)


def is_rotated_by_its_person(token: Token) -> bool:
    """Return whether a person's token has a new secret that it was itself enough for.

    Whoever holds it, and is not its person, could keep it alive like that.
    """
    return token.maker == token.person != "" and token.made_at > token.created_at


def is_young_and_foreign(token: Token, now: datetime) -> bool:
    """Return whether a token was made by somebody else so lately that its use has to say so."""
    return is_made_by_another(token) and now - token.made_at < YOUNG


def format_origin(token: Token, maker_name: str) -> str:
    """Format who made a token, and when, as it is told of what is done with it."""
    return f"by a token that {maker_name} made on {format_short_date(token.made_at.date())}"


def is_ending(token: Token, now: datetime, warning_days: int = WARNING_DAYS) -> bool:
    """Return whether a token that is still valid ends soon."""
    return token.is_valid(now) and token.expires_at - now <= timedelta(days=warning_days)


def is_warning_due(token: Token, now: datetime, warning_days: int = WARNING_DAYS) -> bool:
    """Return whether a token's holder is to be told of its end; of a short one, halfway to it."""
    notice = min(timedelta(days=warning_days), (token.expires_at - token.made_at) / 2)
    return token.is_valid(now) and token.expires_at - now <= notice


def is_use_to_record(token: Token, now: datetime) -> bool:
    """Return whether the last use that is known is so long ago that this one is written down."""
    return token.last_used_at is None or now - token.last_used_at >= USE_INTERVAL


def describe_reach(sources: tuple[str, ...], services: tuple[str, ...]) -> str:
    """Format about which incidents a tool's token may say something."""
    parts = [
        f"{word} {join_words(names, 'or')}"
        for word, names in (("source", sources), ("service", services))
        if EVERYTHING not in names
    ]
    return " and ".join(parts) or "everything"
