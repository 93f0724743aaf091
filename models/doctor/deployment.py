"""How an installation is set up, as far as its own processes can see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Protection(StrEnum):
    """How a connection is protected; only a verified one is believed to lead where it should."""

    NONE = "none"
    ENCRYPTED = "encrypted"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartConnection:
    """How a part is reached, and which setting protects the way to it."""

    part: str
    host: str
    protection: Protection
    setting: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedFile:
    """A file of ours that other users of its machine can open; `mode` as chmod writes it."""

    path: str
    content: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRole:
    """The role by which we use PostgreSQL."""

    name: str
    is_superuser: bool
    makes_roles: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRows:
    """How many stored documents and mails one key sealed; `key_id` is "" for those in clear."""

    key_id: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What a server sees of its own set-up.

    `unavailable` has a sentence for each part that does not answer; `short_secrets` are names of
    settings; `silent_sources` sent incidents lately and have no secret now. `encryption_ids` are
    those of the keys in the settings, the newest first; `signing_keys` is how many sign or are
    accepted, since `signing_since`. Emails of ours wait since `waiting_since`.
    """

    unavailable: tuple[str, ...] = ()
    connections: tuple[PartConnection, ...] = ()
    files: tuple[ExposedFile, ...] = ()
    role: DatabaseRole | None = None
    short_secrets: tuple[str, ...] = ()
    silent_sources: tuple[str, ...] = ()
    encryption_ids: tuple[str, ...] = ()
    sealed: tuple[SealedRows, ...] = ()
    signing_keys: int = 1
    signing_since: datetime | None = None
    waiting_emails: int = 0
    waiting_since: datetime | None = None
