"""The names that people type for reviews, who has which role in each, and its mails' index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BATCH = 500
ROLES = ("lead", "facilitator", "sponsor", "coordinator")


def upgrade() -> None:
    """Add them, and fill them from the reviews."""
    _create_table("review_names", "name", "review")
    _create_table("review_roles", "address", "review", "role")
    ops = {"name": "text_pattern_ops"}
    op.create_index("ix_review_names_prefix", "review_names", ["name"], postgresql_ops=ops)
    op.create_index("ix_mails_review", "mails", ["review", "received_at"])
    names, roles = (
        sa.table(table, *map(sa.column, columns))
        for table, columns in (
            ("review_names", ("name", "review")),
            ("review_roles", ("address", "review", "role")),
        )
    )
    for rows in _iter_reviews():
        op.bulk_insert(names, [each for row in rows for each in _iter_names(row["id"])])
        held = [
            each for row in rows for each in _iter_roles(row["id"], row["head"].get("roles", {}))
        ]
        if held:
            op.bulk_insert(roles, held)


def _create_table(name: str, *columns: str) -> None:
    op.create_table(
        name,
        *(sa.Column(column, sa.Text(), nullable=False) for column in columns),
        sa.ForeignKeyConstraint(
            ["review"], ["reviews.id"], op.f(f"fk_{name}_review"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_review"), name, ["review"])


def _iter_reviews() -> Iterator[Sequence[sa.RowMapping]]:
    reviews = sa.table("reviews", sa.column("id"), sa.column("head", sa.JSON()))
    after = ""
    while True:
        statement = sa.select(reviews).where(reviews.c.id > after).order_by(reviews.c.id)
        rows = op.get_bind().execute(statement.limit(BATCH)).mappings().all()
        if not rows:
            return
        yield rows
        after = rows[-1]["id"]


def _iter_names(review: str) -> Iterator[dict[str, str]]:
    name = review.removeprefix("review-").lower()
    yield from ({"name": n, "review": review} for n in sorted({name, name.partition("-")[2]}))


def _iter_roles(review: str, roles: dict[str, Any]) -> Iterator[dict[str, str]]:
    holders = {(roles[role], role) for role in ROLES if roles.get(role)}
    holders |= {(address, "participant") for address in roles.get("participants", ())}
    for address, role in sorted(holders):
        yield {"address": address, "review": review, "role": role}
