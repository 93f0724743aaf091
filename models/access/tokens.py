"""Tokens of the API: whose they are, what they may do, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EVERYTHING = "*"
"""Among the sources or services of a tool's token: all of them."""

SETUP_TOKEN = "setup"  # noqa: S105  (the name of a token, not one)
"""The name of the coordinator's first token, which is made on the machine itself."""


MADE_HERE = ("", "server")
"""Makers of tokens that no person made; "" is that of one from before it was known."""


class TokenScope(StrEnum):
    """What a token may do; one of before there were scopes may do what it always could."""

    READ = "read"
    OWN = "own"
    TOOL = "tool"
    ADMIN = "admin"
    EARLIER = "earlier"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenGrant:
    """What a new token is for: a person's address or a tool, its scope, and until when.

    `sources` and `services` say about which incidents a tool may say something.
    """

    name: str
    scope: TokenScope
    expires_at: datetime
    person: str = ""
    sources: tuple[str, ...] = (EVERYTHING,)
    services: tuple[str, ...] = (EVERYTHING,)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRotation:
    """A new secret for a token: its scope from now on, until when, and who answers for it.

    The secrets of before are accepted until `overlap_end`.
    """

    name: str
    scope: TokenScope
    expires_at: datetime
    overlap_end: datetime
    maker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token without its secret.

    A rotated one has several secrets for a while; `maker`, `made_at` and `expires_at` are those of
    the one that was used or, in a list, of the newest. `maker` is `server` where it was made on the
    machine itself; `replaced_at` is when a secret was replaced by a newer one. `last_used_at` is
    only about right.
    """

    name: str
    person: str
    scope: TokenScope
    sources: tuple[str, ...]
    services: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    maker: str
    made_at: datetime
    expires_at: datetime
    replaced_at: datetime | None = None

    @property
    def is_tool(self) -> bool:
        """Return whether it is a tool's, not a person's."""
        return self.scope is TokenScope.TOOL

    @property
    def is_bootstrap(self) -> bool:
        """Return whether it is the first token, as it was made on the machine itself."""
        is_first = self.name == SETUP_TOKEN or self.name.startswith(f"{SETUP_TOKEN}-")
        return is_first and self.maker in MADE_HERE

    def is_valid(self, now: datetime) -> bool:
        """Return whether it is accepted at a time."""
        return self.revoked_at is None and now < self.expires_at
