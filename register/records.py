"""The part of the archive that keeps reviews which are over, whole, as their workflows ended."""

from __future__ import annotations

from pydantic_core import to_jsonable_python
from sqlalchemy import Connection, select

from models.review import Review
from register.parts import Part
from register.rows import adapter
from register.tables import records
from register.transactions import alone, reading, upsert, writing


class Records(Part):
    """Closed and cancelled reviews; from here they are reopened."""

    def close(self, review: Review, run: str) -> None:
        """Keep the record of a review that is over; a later record of it stays in its place."""
        row = {
            "review": review.id,
            "run": run,
            "revision": review.revision,
            "opened_at": review.opened_at,
            "record": to_jsonable_python(review),
        }
        with writing(self.engine) as connection:
            alone(connection, records)
            if not _kept_later(connection, review):
                upsert(connection, records, [row])

    def closed(self, review_id: str) -> Review | None:
        """Give the record of a review that is over, None where none was kept."""
        wanted = select(records.c.record).where(records.c.review == review_id)
        with reading(self.engine) as connection:
            found = connection.scalar(wanted)
        return None if found is None else adapter().validate_python(found)

    def closed_run(self, review_id: str) -> str:
        """Name the run in which a review ended, "" where no record was kept."""
        wanted = select(records.c.run).where(records.c.review == review_id)
        with reading(self.engine) as connection:
            return str(connection.scalar(wanted) or "")

    def closed_ids(self) -> tuple[str, ...]:
        """Name the reviews whose records are kept, in order of the alphabet."""
        with reading(self.engine) as connection:
            return tuple(sorted(connection.scalars(select(records.c.review))))


def _kept_later(connection: Connection, review: Review) -> bool:
    wanted = select(records.c.opened_at, records.c.revision).where(records.c.review == review.id)
    kept = connection.execute(wanted).one_or_none()
    return kept is not None and tuple(kept) > (review.opened_at, review.revision)
