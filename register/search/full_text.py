"""A search in the words of each database: FTS5 on SQLite, tsquery on PostgreSQL."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Float, Text, case, cast, func, literal, literal_column
from sqlalchemy import table as make_table

from register.search.entry_builder import MARKS
from register.tables import reviews, search_entries
from rules.search.query_parser import SearchQuery, SearchTerm, split_words
from rules.search.search_entries import EntryKind

TITLE_WEIGHT, BODY_WEIGHT = 4.0, 1.0
KIND_WEIGHTS = {EntryKind.REVIEW: 1.6, EntryKind.CAUSE: 1.3, EntryKind.ACTION: 1.2}
"""How much more a match counts in one of these than in a document or a recurrence."""

RECENCY = 0.5
"""By which share a match of today counts more than one of long ago; after a year, half of it."""

SECONDS_PER_DAY = 86_400
SECONDS_PER_YEAR = 365.25 * SECONDS_PER_DAY
SNIPPET_WORDS = 28
HEADLINE = f"StartSel={MARKS[0]}, StopSel={MARKS[1]}"
FRAGMENTS = f"{HEADLINE}, MaxFragments=2, MinWords=10, MaxWords={SNIPPET_WORDS // 2}"
WHOLE = f"{HEADLINE}, HighlightAll=true"
CONFIGURATION: ColumnElement[Any] = literal_column("'afterword'::regconfig")
FTS_NAME: ColumnElement[Any] = literal_column("search_index")
FTS_INDEX = make_table("search_index")
ROWID: ColumnElement[int] = literal_column("search_index.rowid")

_ACCENTS = re.compile("[\u0300-\u036f]")


def build_fts_query(query: SearchQuery) -> str:
    """Build FTS5's own expression of a search; each word is quoted, so none is a command."""
    wanted = " AND ".join(map(_format_fts_term, query.wanted))
    excluded = " OR ".join(map(_format_fts_term, query.excluded))
    expression = f"({wanted}) NOT ({excluded})" if excluded else f"({wanted})"
    return f"{{title body}} : ({expression})"


def build_ts_query(query: SearchQuery) -> str:
    """Build PostgreSQL's own expression of a search, to be read by `to_tsquery`."""
    excluded = (f"!({_format_ts_term(term)})" for term in query.excluded)
    return " & ".join((*map(_format_ts_term, query.wanted), *excluded))


def build_fts_words(words: Iterable[str], column: str) -> str:
    """Build FTS5's expression of any of some words in one column."""
    alternatives = " OR ".join(f'"{word}"' for word in words)
    return f"{column} : ({alternatives})"


def fold_words(text: str) -> tuple[str, ...]:
    """Return the words of a text as PostgreSQL's index has them: without accents."""
    return split_words(_ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower())


def build_ts_words(words: Iterable[str]) -> str:
    """Build PostgreSQL's expression of any of some words."""
    return " | ".join(f"'{part}'" for word in words for part in fold_words(word))


def matches_fts(expression: str) -> ColumnElement[bool]:
    """Return the condition that a row of SQLite's index matches an expression."""
    return FTS_NAME.op("MATCH")(literal(expression, Text))


def matches_ts(expression: str, column: str = "words") -> ColumnElement[bool]:
    """Return the condition that an entry of PostgreSQL matches an expression."""
    return literal_column(f"search_entries.{column}").op("@@")(parse_ts(expression))


def parse_ts(expression: str) -> ColumnElement[Any]:
    """Return PostgreSQL's query for an expression."""
    return func.to_tsquery(CONFIGURATION, literal(expression, Text))


def build_match(dialect: str, query: SearchQuery) -> ColumnElement[bool]:
    """Return the condition that an entry is what is looked for."""
    if dialect == "sqlite":
        return matches_fts(build_fts_query(query))
    return matches_ts(build_ts_query(query))


def build_rank(dialect: str, query: SearchQuery) -> ColumnElement[float]:
    """Return how well an entry matches by its words alone; the lowest is best."""
    return _rank_by_fts() if dialect == "sqlite" else _rank_by_ts(query)


def build_score(
    dialect: str, rank: ColumnElement[float], now: ColumnElement[Any]
) -> ColumnElement[float]:
    """Return how well an entry matches: by its rank, its kind and its age; the lowest is best."""
    is_sqlite = dialect == "sqlite"
    seconds = _count_seconds_on_sqlite(now) if is_sqlite else _count_seconds(now)
    years = func.abs(cast(seconds, Float)) / SECONDS_PER_YEAR
    by_kind = {str(kind): each for kind, each in KIND_WEIGHTS.items()}
    weight = case(by_kind, value=search_entries.c.kind, else_=1.0)
    return rank * weight * (1 + RECENCY / (1 + years))


def _rank_by_fts() -> ColumnElement[float]:
    return func.bm25(FTS_NAME, TITLE_WEIGHT, BODY_WEIGHT, 0.0)


def _rank_by_ts(query: SearchQuery) -> ColumnElement[float]:
    weights: ColumnElement[Any] = literal_column(
        f"'{{{BODY_WEIGHT / TITLE_WEIGHT}, 0, 0, 1}}'::float4[]"
    )
    words: ColumnElement[Any] = literal_column("search_entries.words")
    return -func.ts_rank(weights, words, parse_ts(build_ts_query(query)), 1)


def _count_seconds_on_sqlite(now: ColumnElement[Any]) -> ColumnElement[Any]:
    return (func.julianday(now) - func.julianday(reviews.c.opened_at)) * SECONDS_PER_DAY


def _count_seconds(now: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.extract("epoch", now - reviews.c.opened_at)


def build_snippets(dialect: str, query: SearchQuery) -> tuple[ColumnElement[str], ...]:
    """Return an entry's title and a part of its body, with marks around what was found."""
    if dialect == "sqlite":
        return (
            func.highlight(FTS_NAME, 0, *MARKS),
            func.snippet(FTS_NAME, 1, *MARKS, " … ", SNIPPET_WORDS),
        )
    parsed, columns = parse_ts(build_ts_query(query)), search_entries.c
    return (
        func.ts_headline(CONFIGURATION, columns.title, parsed, WHOLE),
        func.ts_headline(CONFIGURATION, columns.body, parsed, FRAGMENTS),
    )


def _format_fts_term(term: SearchTerm) -> str:
    return f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}'


def _format_ts_term(term: SearchTerm) -> str:
    words = [part for word in term.words for part in fold_words(word)] or ["?"]
    last = f"'{words[-1]}'{':*' if term.is_prefix else ''}"
    return " <-> ".join((*(f"'{word}'" for word in words[:-1]), last))
