"""What can be searched, and the full-text index over it: FTS5 on SQLite, tsvector on PostgreSQL."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WORD_TYPES = (
    "asciiword, word, numword, asciihword, hword, numhword, "
    "hword_asciipart, hword_part, hword_numpart"
)
FOLD = (
    r"regexp_replace(regexp_replace(normalize({}, NFKD), '[\u0300-\u036f]', '', 'g'), "
    r"'[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f]+', ' ', 'g')"
)
"""Returns a text without accents and punctuation, so that words are cut as on SQLite."""

REMOVE_ROW = (
    "INSERT INTO search_index (search_index, rowid, title, body, profile) "
    "VALUES ('delete', old.id, old.title, old.body, old.profile);"
)
ADD_ROW = (
    "INSERT INTO search_index (rowid, title, body, profile) "
    "VALUES (new.id, new.title, new.body, new.profile);"
)
CREATE_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5(title, body, profile, "
    "content='search_entries', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2')"
)
SQLITE_INDEX = (
    CREATE_INDEX,
    "CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search_index, 'row')",
    f"CREATE TRIGGER search_add AFTER INSERT ON search_entries BEGIN {ADD_ROW} END",
    f"CREATE TRIGGER search_remove AFTER DELETE ON search_entries BEGIN {REMOVE_ROW} END",
    f"CREATE TRIGGER search_edit AFTER UPDATE ON search_entries BEGIN {REMOVE_ROW} {ADD_ROW} END",
)
WORDS = (
    f"setweight(to_tsvector('afterword', {FOLD.format('title')}), 'A') || "
    f"setweight(to_tsvector('afterword', {FOLD.format('body')}), 'D')"
)
PROFILE_WORDS = f"to_tsvector('afterword', {FOLD.format('profile')})"
COLUMN = "ALTER TABLE search_entries ADD COLUMN {} tsvector GENERATED ALWAYS AS ({}) STORED"
POSTGRESQL_INDEX = (
    "CREATE TEXT SEARCH DICTIONARY afterword_stem (TEMPLATE = snowball, LANGUAGE = porter)",
    "CREATE TEXT SEARCH CONFIGURATION afterword (COPY = simple)",
    f"ALTER TEXT SEARCH CONFIGURATION afterword ALTER MAPPING FOR {WORD_TYPES} WITH afterword_stem",
    COLUMN.format("words", WORDS),
    COLUMN.format("profile_words", PROFILE_WORDS),
    "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)",
    "CREATE INDEX ix_search_entries_profile ON search_entries USING gin (profile_words)",
)
"""The words of each entry, which the database itself keeps in step with its texts."""

TRIGRAMS = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_search_entries_trigrams ON search_entries USING gin (title gin_trgm_ops)",
)
"""What finds near spellings; a role that may create no extension goes on without them."""


def upgrade() -> None:
    """Add the tables; the worker fills them from what is there when it starts."""
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["review"],
            ["reviews.id"],
            name=op.f("fk_search_entries_review"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
    )
    op.create_index(
        "uq_search_entries_item", "search_entries", ["review", "kind", "item"], unique=True
    )
    op.add_column("reviews", sa.Column("indexed_as", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_reviews_indexed_as", "reviews", ["indexed_as"])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_INDEX if is_sqlite else POSTGRESQL_INDEX:
        op.execute(statement)
    if not is_sqlite:
        _add_trigrams()


def _add_trigrams() -> None:
    """Add the index of near spellings, unless our role may not create the extension."""
    try:
        with op.get_bind().begin_nested():
            for statement in TRIGRAMS:
                op.execute(statement)
    except sa.exc.DBAPIError:
        return
