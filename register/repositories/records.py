"""Repository of finished reviews, whole, as their workflows ended."""

from __future__ import annotations

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, select

from models.review import Review
from register.mapping import get_review_adapter
from register.repositories.base import Repository
from register.tables import records
from register.transactions import begin_read, begin_write, lock_table, upsert


class RecordRepository(Repository):
    """Closed and cancelled reviews; they are reopened from here."""

    def store_record(self, review: Review, run: str) -> None:
        """Store the record of a finished review; a newer record is not replaced."""
        row = {
            "review": review.id,
            "run": run,
            "revision": review.revision,
            "opened_at": review.opened_at,
            "record": to_jsonable_python(review),
        }
        with begin_write(self.engine) as connection:
            lock_table(connection, records)
            if not _has_newer_record(connection, review):
                upsert(connection, records, [row])

    def find_record(self, review_id: str) -> Review | None:
        """Return the record of a finished review; None where there is none."""
        statement = select(records.c.record).where(records.c.review == review_id)
        with begin_read(self.engine) as connection:
            record = connection.scalar(statement)
        return None if record is None else get_review_adapter().validate_python(record)

    def find_record_run(self, review_id: str) -> str:
        """Return the run in which a review ended, “” where there is no record."""
        statement = select(records.c.run).where(records.c.review == review_id)
        with begin_read(self.engine) as connection:
            return str(connection.scalar(statement) or "")

    def list_record_ids(self) -> tuple[str, ...]:
        """List the ids of the stored reviews, sorted."""
        with begin_read(self.engine) as connection:
            return tuple(sorted(connection.scalars(select(records.c.review))))


def _has_newer_record(connection: Connection, review: Review) -> bool:
    statement = select(records.c.opened_at, records.c.revision).where(records.c.review == review.id)
    row = connection.execute(statement).one_or_none()
    return row is not None and tuple(row) > (review.opened_at, review.revision)
