"""Grants of tokens for tests: a year long, of the sample people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from models.access.tokens import TokenGrant, TokenScope
from tests.sample_people import COORDINATOR, MONDAY

YEAR = timedelta(days=365)


def build_grant(name: str, person: str = "", **changes: Any) -> TokenGrant:
    """Build the grant of a person's token or, without one, of a tool's."""
    scope = TokenScope.TOOL
    if person:
        scope = TokenScope.ADMIN if person == COORDINATOR else TokenScope.OWN
    grant = TokenGrant(name=name, person=person, scope=scope, expires_at=MONDAY + YEAR)
    return replace(grant, **changes)
