"""The words by which people are found, and indexes for the beginnings of their addresses."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WORD = re.compile(r"[^\W_]+")
BATCH = 1_000


def upgrade() -> None:
    """Add them, and fill the words from the names and addresses of everybody."""
    op.create_table(
        "people_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["address"], ["people.address"], op.f("fk_people_words_address"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "address", name=op.f("pk_people_words")),
    )
    op.create_index(op.f("ix_people_words_address"), "people_words", ["address"])
    for table, column in (("people", "address"), ("aliases", "alias")):
        ops = {column: "text_pattern_ops"}
        op.create_index(f"ix_{table}_prefix", table, [column], postgresql_ops=ops)
    _fill_words()


def _fill_words() -> None:
    texts: dict[str, list[str]] = {}
    people = sa.table("people", sa.column("address"), sa.column("name"))
    aliases = sa.table("aliases", sa.column("alias"), sa.column("address"))
    for address, name in op.get_bind().execute(sa.select(people.c.address, people.c.name)):
        texts[address] = [name, address.partition("@")[0]]
    for alias, address in op.get_bind().execute(sa.select(aliases.c.alias, aliases.c.address)):
        texts[address].append(alias.partition("@")[0])
    rows = [
        {"word": word, "address": address}
        for address, parts in texts.items()
        for word in sorted(set(WORD.findall("\n".join(parts).casefold())))
    ]
    words = sa.table("people_words", sa.column("word"), sa.column("address"))
    for start in range(0, len(rows), BATCH):
        op.bulk_insert(words, rows[start : start + BATCH])
