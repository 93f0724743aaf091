"""Seal what is stored with the newest key, also what was stored before there were keys."""

from __future__ import annotations

from sqlalchemy import Column, Engine, select, update

from register.tables import documents, mails
from register.transactions import begin_read, begin_write

PLACES = ((documents.c.digest, documents.c.content), (mails.c.command_id, mails.c.raw))


def reseal_rows(engine: Engine) -> int:
    """Write each document and mail again with the newest key; return how many. Safe to repeat."""
    return sum(_reseal_column(engine, key, column) for key, column in PLACES)


def _reseal_column(engine: Engine, key: Column[str], column: Column[bytes]) -> int:
    """Write a column again, row by row, so that nobody waits for long."""
    table = documents if column.table is documents else mails
    with begin_read(engine) as connection:
        names = connection.scalars(select(key)).all()
    for name in names:
        with begin_write(engine) as connection:
            octets = connection.scalar(select(column).where(key == name).with_for_update())
            if octets is not None:
                connection.execute(update(table).where(key == name).values({column: octets}))
    return len(names)
