"""An anchor: the newest link of every chain on one day, kept where nobody here can change it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The newest line of a chain: its number and its link. `chain` is a review's id, or `audit`."""

    chain: str
    line: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The heads of all chains on one day."""

    day: date
    heads: tuple[ChainHead, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorState:
    """What the anchoring workflow remembers: the audit event of the last anchor, if any.

    It is remembered outside the database, so that a database put back to an earlier state shows.
    """

    line: int = 0
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAnchor:
    """An anchor that was taken, stored under its digest; "" where there was nothing new."""

    state: AnchorState
    day: date
    document: str = ""
