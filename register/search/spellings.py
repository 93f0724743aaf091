"""Find near spellings of a word that is found nowhere, in what its reader may see."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, column, func, literal, literal_column, select
from sqlalchemy import table as make_table

from register.queries.conditions import is_visible_to
from register.search.entry_builder import MARKS
from register.search.full_text import FTS_INDEX, FTS_NAME, ROWID, matches_fts
from register.search.search_queries import split_marks
from register.tables import reviews, search_entries
from register.transactions import begin_read
from rules.search.near_words import MIN_LENGTH, choose_near_stems, choose_near_words
from rules.search.query_parser import split_words

MAX_TITLES = 60
"""How many entries are looked through for a near spelling."""

TRIGRAMS = "pg_trgm"
"""PostgreSQL's extension that finds words by three characters of them."""

MIN_TRIGRAMS = "0.35"
"""Which share of a word's trigrams an entry must have: two may be the wrong way round."""

LAST_CHARACTER = "\U0010ffff"
VOCABULARY = make_table("search_vocabulary", column("term"))
HAS_TRIGRAMS = select(literal(1)).select_from(make_table("pg_extension", column("extname")))


def find_near_words(engine: Engine, word: str, reader: str) -> tuple[str, ...]:
    """Find words that are near to a typed one, the nearest first; none for a short one.

    Only of what `reader` may see. Raises Unavailable.
    """
    if len(word) < MIN_LENGTH:
        return ()
    with begin_read(engine) as connection:
        is_sqlite = engine.dialect.name == "sqlite"
        list_words = _list_words_by_vocabulary if is_sqlite else _list_words_by_trigrams
        return choose_near_words(word, list_words(connection, word, reader))


def finds_spellings(engine: Engine) -> bool:
    """Return whether this database can find near spellings. Raises Unavailable."""
    if engine.dialect.name == "sqlite":
        return True
    with begin_read(engine) as connection:
        return _has_trigrams(connection)


def _has_trigrams(connection: Connection) -> bool:
    extension = HAS_TRIGRAMS.where(literal_column("extname") == TRIGRAMS)
    return connection.scalar(extension) is not None


def _list_words_by_vocabulary(connection: Connection, word: str, reader: str) -> Iterator[str]:
    """Yield the words of SQLite's index whose stem is near: words that begin alike."""
    term, first = VOCABULARY.c.term, word[0]
    is_alike = term.between(first, f"{first}{LAST_CHARACTER}")
    near = choose_near_stems(word, connection.scalars(select(term).where(is_alike)))
    # The same is asked without one, so that time tells nothing of hidden reviews.
    expression = " OR ".join(f'"{stem}" *' for stem in near or (word,))
    statement = (
        select(
            func.highlight(FTS_NAME, 0, *MARKS),
            func.snippet(FTS_NAME, 1, *MARKS, "", len(MARKS)),
        )
        .select_from(
            FTS_INDEX.join(search_entries, search_entries.c.id == ROWID).join(
                reviews, reviews.c.id == search_entries.c.review
            )
        )
        .where(matches_fts(f"{{title body}} : ({expression})"), is_visible_to("sqlite", reader))
        .limit(MAX_TITLES)
    )
    for texts in connection.execute(statement):
        yield from (piece for text in texts for piece, is_match in split_marks(text) if is_match)


def _list_words_by_trigrams(connection: Connection, word: str, reader: str) -> Iterator[str]:
    """Yield the words of titles that are alike; none where the extension is not there."""
    if not _has_trigrams(connection):
        return
    threshold = ("pg_trgm.word_similarity_threshold", MIN_TRIGRAMS, True)
    connection.execute(select(func.set_config(*threshold)))
    title = search_entries.c.title
    statement = (
        select(title)
        .join(reviews, reviews.c.id == search_entries.c.review)
        .where(literal(word).op("<%")(title), is_visible_to("postgresql", reader))
        .order_by(func.word_similarity(word, title).desc())
        .limit(MAX_TITLES)
    )
    for text in connection.scalars(statement):
        yield from split_words(text)
