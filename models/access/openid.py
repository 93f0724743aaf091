"""Whom a company's sign-in says that somebody is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIdIdentity:
    """A verified address, and the groups that its person is in."""

    address: str
    groups: tuple[str, ...] = ()
