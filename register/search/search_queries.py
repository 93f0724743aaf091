"""What a search finds: the best entries that its reader may see, and how many of each kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Row,
    RowMapping,
    Subquery,
    and_,
    bindparam,
    select,
)

from models.action import FINISHED_STATUSES, ActionStatus
from models.review import Stage
from register.queries.conditions import affects_service, is_visible_to
from register.search.entry_builder import MARKS
from register.search.full_text import (
    FTS_INDEX,
    ROWID,
    build_match,
    build_rank,
    build_score,
    build_snippets,
)
from register.tables import UtcDateTime, actions, reviews, search_entries
from register.transactions import begin_read
from rules.search.query_parser import SearchQuery
from rules.search.search_entries import EntryKind

MAX_RANKED = 1000
"""How many of what has the words are ranked closely; who looks for others adds a word."""

Segment = tuple[str, bool]
"""A piece of a text, and whether it is what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchConditions:
    """What else must hold: of this kind, of an incident of this service, opened since this day."""

    kind: EntryKind | None = None
    service: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
    """One thing that was found, in its review.

    `title` and `snippet` are in pieces; `status` and `due` are those of an action.
    """

    review: str
    review_title: str
    stage: Stage
    opened_at: datetime
    kind: EntryKind
    item: str
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    status: ActionStatus | None = None
    due: date | None = None

    def is_late(self, today: date) -> bool:
        """Return whether this is an unfinished action that was due before today."""
        is_open = self.status is not None and self.status not in FINISHED_STATUSES
        return is_open and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """What was found: some of it, the best first, and how much there is of each kind.

    `is_capped` says that there is more, for only so much is ranked.
    """

    hits: tuple[SearchHit, ...] = ()
    counts: Mapping[EntryKind, int] = field(default_factory=dict)
    is_capped: bool = False


def search_register(
    engine: Engine,
    query: SearchQuery,
    conditions: SearchConditions,
    *,
    reader: str,
    now: datetime,
    limit: int,
    offset: int = 0,
) -> SearchResult:
    """Find what `reader` may see; the counts are without the kind that was asked for.

    Of what has the words, the best thousand are ranked by kind and age, too. In at most four
    queries. Raises Unavailable.
    """
    if not query.wanted:
        return SearchResult()
    dialect = engine.dialect.name
    holds = tuple(_build_conditions(conditions))
    with begin_read(engine) as connection:
        load = partial(_load_ranked, connection, query, reader, now)
        ranked = load(holds)
        if not any(row.visible for row in ranked):
            holds = (*holds, is_visible_to(dialect, reader))
            ranked = load(holds)
        counts = Counter(row.kind for row in ranked if row.visible)
        of_kind = search_entries.c.kind == conditions.kind
        shown = load((*holds, of_kind)) if conditions.kind else ranked
        best = sorted((row.score, row.entry) for row in shown if row.visible)
        ids = [entry for _, entry in best[offset : offset + limit]]
        hits = tuple(_load_hits(connection, dialect, query, ids)) if ids else ()
    return SearchResult(
        hits=hits,
        counts={kind: counts[kind] for kind in EntryKind if kind in counts},
        is_capped=len(ranked) >= MAX_RANKED,
    )


def split_marks(text: str) -> tuple[Segment, ...]:
    """Split a text at the marks around what was found."""
    begin, end = MARKS
    first, *others = text.split(begin)
    pieces = [(first, False)]
    for other in others:
        match, _, rest = other.partition(end)
        pieces += [(match, True), (rest, False)]
    return tuple(piece for piece in pieces if piece[0])


def _load_ranked(
    connection: Connection,
    query: SearchQuery,
    reader: str,
    now: datetime,
    holds: tuple[ColumnElement[bool], ...],
) -> Sequence[Row[Any]]:
    """Load what matches best by its words: the entry, its kind, its score, and if it is visible."""
    dialect = connection.dialect.name
    ranked = _rank(dialect, query, holds)
    score = build_score(dialect, ranked.c.rank, bindparam("now", now, UtcDateTime))
    visible = is_visible_to(dialect, reader)
    statement = select(
        ranked.c.entry, search_entries.c.kind, visible.label("visible"), score.label("score")
    ).select_from(
        ranked.join(search_entries, search_entries.c.id == ranked.c.entry).join(
            reviews, reviews.c.id == search_entries.c.review
        )
    )
    return connection.execute(statement).all()


def _rank(dialect: str, query: SearchQuery, holds: tuple[ColumnElement[bool], ...]) -> Subquery:
    """Build the query for the entries that match best by their words, of those that must hold."""
    number = ROWID if dialect == "sqlite" else search_entries.c.id
    rank = build_rank(dialect, query).label("rank")
    plain: FromClause = FTS_INDEX if dialect == "sqlite" else search_entries
    matching = select(number.label("entry"), rank).select_from(
        _build_found(dialect) if holds else plain
    )
    best = matching.where(build_match(dialect, query), *holds).order_by(rank).limit(MAX_RANKED)
    return best.subquery("ranked")


def _build_found(dialect: str) -> FromClause:
    entries = search_entries.join(reviews, reviews.c.id == search_entries.c.review)
    if dialect != "sqlite":
        return entries
    return FTS_INDEX.join(search_entries, search_entries.c.id == ROWID).join(
        reviews, reviews.c.id == search_entries.c.review
    )


def _build_conditions(conditions: SearchConditions) -> Iterator[ColumnElement[bool]]:
    if conditions.service:
        yield affects_service(conditions.service)
    if conditions.since is not None:
        yield reviews.c.opened_at >= conditions.since


def _load_hits(
    connection: Connection, dialect: str, query: SearchQuery, ids: list[int]
) -> Iterator[SearchHit]:
    entries, columns = search_entries.c, reviews.c
    title, snippet = build_snippets(dialect, query)
    own = and_(actions.c.review == entries.review, actions.c.id == entries.item)
    is_action = and_(own, entries.kind == EntryKind.ACTION)
    statement = (
        select(
            *(entries.id, entries.review, entries.kind, entries.item),
            *(columns.title.label("review_title"), columns.stage, columns.opened_at),
            *(title.label("marked_title"), snippet.label("snippet")),
            *(actions.c.status, actions.c.due),
        )
        .select_from(_build_found(dialect).outerjoin(actions, is_action))
        .where(entries.id.in_(ids))
    )
    if dialect == "sqlite":
        statement = statement.where(build_match(dialect, query))
    rows = {row["id"]: row for row in connection.execute(statement).mappings()}
    return (_build_hit(rows[each]) for each in ids)


def _build_hit(row: RowMapping) -> SearchHit:
    return SearchHit(
        review=row["review"],
        review_title=row["review_title"],
        stage=Stage(row["stage"]),
        opened_at=row["opened_at"],
        kind=EntryKind(row["kind"]),
        item=row["item"],
        title=split_marks(row["marked_title"]),
        snippet=split_marks(row["snippet"]),
        status=ActionStatus(row["status"]) if row["status"] else None,
        due=row["due"],
    )
