"""The list of reviews, as each reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from models.review import Review, Stage
from register import queries
from register.queries import Row
from rules.visibility import NEUTRAL_TITLE, may_see
from web.house import House

LIKE_IT = 200
"""Of how many reviews a review's whole name may be a part; more is out of the question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a reader looks for; `after` is the id of the last review of the page before."""

    stage: Stage | None = None
    lead: str = ""
    open: bool = False
    q: str = ""
    limit: int = 50
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One review in a list. A restricted one shows a neutral title and no names.

    By words it is found only by those who may see it.

    `readable` says whether this reader may open it, `overdue` that an open action's due date has
    passed, `lost` that an open review has no workflow any more.
    """

    id: str
    title: str
    stage: Stage
    severity: int | None
    lead: str
    facilitator: str
    sponsor: str
    opened_at: datetime
    stage_since: datetime
    meeting_at: datetime | None
    follow_up_at: datetime | None
    closed_at: datetime | None
    open_actions: int
    next_due: date | None
    overdue: bool
    restricted: bool
    readable: bool
    lost: bool
    revision: int


def page_of(house: House, wanted: Filter, reader: str) -> tuple[list[Shown], str]:
    """Give one page of the list for a reader ("" for a passer-by), and the `after` of the next."""
    rows = queries.reviews(
        house.engine,
        stage=wanted.stage,
        lead=wanted.lead or None,
        open_only=wanted.open,
        q=wanted.q,
        limit=wanted.limit + 1,
        after=wanted.after,
    )
    here = rows[: wanted.limit]
    after = here[-1].id if len(rows) > len(here) and here else ""
    return list(_for(house, here, wanted, reader)), after


def is_lost(house: House, review: Review) -> bool:
    """Tell whether an open review has no workflow any more."""
    rows = queries.reviews(house.engine, stage=review.stage, q=review.id, limit=LIKE_IT)
    return any(row.lost for row in rows if row.id == review.id)


def _for(house: House, rows: Iterable[Row], wanted: Filter, reader: str) -> Iterable[Shown]:
    today = house.clock().astimezone(UTC).date()
    for row in rows:
        shown = _shown(row, today)
        if _visible(house, row, reader):
            yield shown
        elif not (wanted.lead or wanted.q.strip()):
            yield _neutral(shown)


def _visible(house: House, row: Row, reader: str) -> bool:
    if not row.restricted_to:
        return True
    if not reader:
        return False
    review = queries.review(house.engine, row.id)
    return review is not None and may_see(review, reader)


def _shown(row: Row, today: date) -> Shown:
    return Shown(
        id=row.id,
        title=row.title,
        stage=row.stage,
        severity=row.severity,
        lead=row.lead,
        facilitator=row.facilitator,
        sponsor=row.sponsor,
        opened_at=row.opened_at,
        stage_since=row.stage_since,
        meeting_at=row.meeting_at,
        follow_up_at=row.follow_up_at,
        closed_at=row.closed_at,
        open_actions=row.open_actions,
        next_due=row.next_due,
        overdue=row.next_due is not None and row.next_due < today,
        restricted=bool(row.restricted_to),
        readable=True,
        lost=row.lost,
        revision=row.revision,
    )


def _neutral(shown: Shown) -> Shown:
    return replace(
        shown,
        title=NEUTRAL_TITLE,
        lead="",
        facilitator="",
        sponsor="",
        severity=None,
        readable=False,
    )
