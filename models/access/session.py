"""Sessions: a person who signed in with a browser, and until when they stay so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SignInWay(StrEnum):
    """How somebody signed in."""

    MAIL = "mail"
    OPENID = "openid"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """How long a session lasts without being used, and how long at most."""

    idle: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Somebody who signs in: who, how, with which browser, and from where.

    `is_coordinator` says that a group of theirs lets them manage who is signed in.
    """

    person: str
    way: SignInWay
    agent: str = ""
    origin: str = ""
    is_coordinator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session without its secret; `id` is the digest of that.

    `name` and `zone` are the person's, "" where the directory has none; `last_seen_at` is only
    about right.
    """

    id: str
    person: str
    name: str
    way: SignInWay
    agent: str
    origin: str
    made_at: datetime
    last_seen_at: datetime
    ends_at: datetime
    is_coordinator: bool = False
    zone: str = ""

    @property
    def short_id(self) -> str:
        """Return the beginning of the id, by which the audit log names the session."""
        return self.id[:12]

    def is_valid(self, now: datetime, idle: timedelta) -> bool:
        """Return whether it holds at a time; one that was not used for `idle` does not."""
        return now < self.ends_at and now - self.last_seen_at < idle
