"""Find the earlier reviews that are most like a new one, in what all its readers may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, func, literal, select, union_all

from models.review import Review, Stage
from register.queries.action_queries import get_action_adapter
from register.queries.conditions import is_visible_to
from register.search.full_text import FTS_INDEX, ROWID, build_ts_words, matches_fts, matches_ts
from register.tables import actions, reviews, search_entries
from register.transactions import begin_read
from rules.search.past_promises import EarlierReview, list_past_promises
from rules.search.search_entries import EntryKind
from rules.search.similarity_words import (
    MIN_SIMILARITY,
    compute_similarity,
    list_similarity_words,
    weigh_words,
)

CANDIDATES = 20
"""How many reviews with the most words in common are compared closely."""

FEW, COMMON_SHARE = 200, 0.2
"""A word that more reviews have, and a larger share of all, leads to none of them."""

MAX_TELLING = 16
"""How many words lead to earlier reviews."""

MAX_MATCHING = 200
"""How many reviews with some of these words are looked at before it is known who may see them."""

MAX_COUNT = 1000
"""Up to how many reviews with a word are counted; what more have tells little in any case."""

MAX_FOUND = 3


def find_similar_reviews(
    engine: Engine, review: Review, readers: Iterable[str], *, limit: int = MAX_FOUND
) -> tuple[EarlierReview, ...]:
    """Find the reviews of earlier incidents most like this one that every reader may see.

    The most alike first, with what was promised in them; in five queries. Raises Unavailable.
    """
    with begin_read(engine) as connection:
        words = _list_words(connection, review)
        counts, total = _count_words(connection, words)
        weights = weigh_words(counts, total)
        telling = _choose_telling(words, weights, counts, total)
        if not telling:
            return ()
        rows = connection.execute(_build_search(connection, review, telling, readers)).mappings()
        best = sorted(_compare_rows(review, weights, rows), key=lambda each: -each.similarity)
        alike = [each for each in best[:limit] if each.similarity >= MIN_SIMILARITY]
        return _add_promises(connection, alike, _find_begin(review))


def _choose_telling(
    words: Mapping[str, str], weights: Mapping[str, float], counts: Mapping[str, int], total: int
) -> dict[str, float]:
    """Choose the words that lead to earlier reviews: the rarest that another one has, too."""
    most = max(FEW, total * COMMON_SHARE)
    known = (stem for stem, count in counts.items() if 1 <= count <= most)
    rarest = sorted(known, key=lambda stem: -weights[stem])[:MAX_TELLING]
    return {words[stem]: weights[stem] for stem in rarest}


def _list_words(connection: Connection, review: Review) -> dict[str, str]:
    """List the words of a review: of its incident, its causes and, once written, its summary."""
    entries = search_entries.c
    is_own = (entries.review == review.id, entries.kind == EntryKind.REVIEW)
    profile = connection.scalar(select(entries.profile).where(*is_own)) or ""
    causes = (text for cause in review.causes for text in (cause.symptom, *cause.whys))
    incident = review.incident
    return list_similarity_words("\n".join((incident.title, *incident.services, *causes, profile)))


def _count_words(connection: Connection, words: Mapping[str, str]) -> tuple[dict[str, int], int]:
    """Count the reviews that have each of some words, by stem, and all reviews."""
    total = connection.scalar(select(func.count()).select_from(reviews)) or 0
    if not words:
        return {}, total
    some = (
        _select_entries(connection, word, literal(stem).label("stem")).limit(MAX_COUNT).subquery()
        for stem, word in words.items()
    )
    counts = union_all(*(select(func.max(each.c.stem), func.count()) for each in some))
    found: dict[str, int] = dict(iter(connection.execute(counts)))
    return {stem: found.get(stem, 0) for stem in words}, total


def _build_search(
    connection: Connection, review: Review, weights: Mapping[str, float], readers: Iterable[str]
) -> Select[Any]:
    """Build the query for the reviews that have the most words in common."""
    dialect = connection.dialect.name
    number: ColumnElement[int] = ROWID if dialect == "sqlite" else search_entries.c.id
    matches = union_all(
        *(
            _select_entries(
                connection, word, number.label("entry"), literal(weight).label("weight")
            )
            for word, weight in weights.items()
        )
    ).subquery()
    score = func.sum(matches.c.weight).label("score")
    best = select(matches.c.entry, score).group_by(matches.c.entry).order_by(score.desc())
    found = best.limit(MAX_MATCHING).subquery()
    columns = (reviews.c.id, reviews.c.title, reviews.c.stage, reviews.c.ended_at)
    return (
        select(*columns, search_entries.c.profile)
        .select_from(found)
        .join(search_entries, search_entries.c.id == found.c.entry)
        .join(reviews, reviews.c.id == search_entries.c.review)
        .where(reviews.c.id != review.id, reviews.c.ended_at < _find_begin(review))
        .where(*(is_visible_to(dialect, reader) for reader in readers))
        .order_by(found.c.score.desc(), reviews.c.ended_at.desc(), reviews.c.id)
        .limit(CANDIDATES)
    )


def _select_entries(connection: Connection, word: str, *columns: Any) -> Select[Any]:
    """Build a query over the entries of the reviews that are about a word."""
    if connection.dialect.name == "sqlite":
        return select(*columns).select_from(FTS_INDEX).where(matches_fts(f'profile : "{word}"'))
    matches = matches_ts(build_ts_words((word,)), "profile_words")
    return select(*columns).select_from(search_entries).where(matches)


def _compare_rows(
    review: Review, weights: Mapping[str, float], rows: Iterable[Mapping[Any, Any]]
) -> list[EarlierReview]:
    title = review.incident.title
    return [
        EarlierReview(
            id=row["id"],
            title=row["title"],
            stage=Stage(row["stage"]),
            ended_at=row["ended_at"],
            similarity=compute_similarity(title, weights, row["title"], row["profile"]),
        )
        for row in rows
    ]


def _add_promises(
    connection: Connection, found: Iterable[EarlierReview], began_at: datetime
) -> tuple[EarlierReview, ...]:
    """Return reviews with what was promised in them before an incident began."""
    columns, earlier = actions.c, tuple(found)
    if not earlier:
        return ()
    statement = (
        select(columns.review, columns.record)
        .where(columns.review.in_([each.id for each in earlier]))
        .order_by(columns.review, columns.number)
    )
    read = get_action_adapter().validate_python
    rows = groupby(connection.execute(statement), key=lambda row: row.review)
    promised = {review: tuple(read(row.record) for row in mine) for review, mine in rows}
    return tuple(
        replace(each, promises=list_past_promises(promised.get(each.id, ()), began_at))
        for each in earlier
    )


def _find_begin(review: Review) -> datetime:
    return review.incident.started_at or review.incident.ended_at
