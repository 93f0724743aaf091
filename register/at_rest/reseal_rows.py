"""Seal what is stored with the newest key, also what was stored before there were keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Engine, select, update

from models.errors import Unavailable
from register.tables import documents, mails
from register.transactions import begin_read, begin_write

PLACES = ((documents.c.digest, documents.c.content), (mails.c.command_id, mails.c.raw))


@dataclass(frozen=True, slots=True)
class Resealing:
    """How many rows were written again, and those that no key opens: table and key of the row."""

    count: int
    unopened: tuple[tuple[str, str], ...]


def reseal_rows(engine: Engine) -> Resealing:
    """Write each document and mail again with the newest key; return what became of them.

    What no key opens stays as it is. Safe to repeat. Raises Unavailable.
    """
    count = 0
    unopened = []
    for key, column in PLACES:
        for name in _list_names(engine, key):
            if _reseal_row(engine, key, column, name):
                count += 1
            else:
                unopened.append((key.table.name, name))
    return Resealing(count, tuple(unopened))


def _list_names(engine: Engine, key: Column[str]) -> Sequence[str]:
    with begin_read(engine) as connection:
        return connection.scalars(select(key).order_by(key)).all()


def _reseal_row(engine: Engine, key: Column[str], column: Column[bytes], name: str) -> bool:
    """Return whether a row could be opened, and write it again, in a transaction of its own."""
    table = documents if column.table is documents else mails
    with begin_write(engine) as connection:
        try:
            octets = connection.scalar(select(column).where(key == name).with_for_update())
        except Unavailable:
            return False
        if octets is not None:
            connection.execute(update(table).where(key == name).values({column: octets}))
    return True
