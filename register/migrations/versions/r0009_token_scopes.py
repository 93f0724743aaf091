"""Tokens have a scope and an end, and may have two secrets while one replaces the other."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SETUP, FIRST_LIKE = "setup", "setup-"
DAYS, ADMIN_DAYS = 365, 90

TOKENS = sa.table(
    "tokens",
    sa.column("name", sa.Text()),
    sa.column("person", sa.Text()),
    sa.column("scope", sa.Text()),
    sa.column("sources", sa.JSON()),
    sa.column("services", sa.JSON()),
    sa.column("created_at", sa.DateTime(timezone=True)),
    sa.column("revoked_at", sa.DateTime(timezone=True)),
)
SECRETS = sa.table(
    "token_secrets",
    sa.column("digest", sa.Text()),
    sa.column("token", sa.Text()),
    sa.column("maker", sa.Text()),
    sa.column("made_at", sa.DateTime(timezone=True)),
    sa.column("expires_at", sa.DateTime(timezone=True)),
    sa.column("announced_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    """Give each token of before an end: of whoever may administer in 90 days, else in a year."""
    before = [*op.get_bind().execute(_select_tokens()).mappings()]
    op.drop_table("tokens")
    _create_tables()
    if not before:
        return
    admins = {row["person"] for row in before if row["name"].startswith((SETUP, FIRST_LIKE))}
    op.bulk_insert(TOKENS, [_build_token(row) for row in before])
    op.bulk_insert(SECRETS, [_build_secret(row, admins) for row in before])


def _select_tokens() -> sa.TextualSelect:
    time = sa.DateTime(timezone=True)
    statement = sa.text("SELECT name, digest, person, tool, created_at, revoked_at FROM tokens")
    return statement.columns(created_at=time, revoked_at=time)


def _create_tables() -> None:
    op.create_table(
        "tokens",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tokens")),
    )
    op.create_table(
        "token_secrets",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("maker", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True)),
        sa.Column("announced_at", sa.DateTime(timezone=True)),
        sa.Column("warned_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["token"], ["tokens.name"], name=op.f("fk_token_secrets_token")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_token_secrets")),
    )
    op.create_index(op.f("ix_token_secrets_token"), "token_secrets", ["token"])


def _build_token(row: sa.RowMapping) -> dict[str, object]:
    return {
        "name": row["name"],
        "person": row["person"],
        "scope": "tool" if row["tool"] else "earlier",
        "sources": ["*"],
        "services": ["*"],
        "created_at": row["created_at"],
        "revoked_at": row["revoked_at"],
    }


def _build_secret(row: sa.RowMapping, admins: set[str]) -> dict[str, object]:
    is_admin = not row["tool"] and row["person"] in admins
    now = datetime.now(UTC)
    return {
        "digest": row["digest"],
        "token": row["name"],
        "maker": "",
        "made_at": row["created_at"],
        "expires_at": now + timedelta(days=ADMIN_DAYS if is_admin else DAYS),
        "announced_at": row["created_at"],
    }
