"""The hand-over of all that somebody has to do, in every open review, to somebody else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverRequest:
    """Who asks to hand everything of whom over to whom; the same `id` is done once."""

    id: str
    leaver: str
    to: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewHandOver:
    """What came of a hand-over in one review: what was done, or why it was refused."""

    review: str
    summary: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverReport:
    """What came of a hand-over, in each review that had something of the leaver's."""

    reviews: tuple[ReviewHandOver, ...] = ()
