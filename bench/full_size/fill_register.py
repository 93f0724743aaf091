"""Fill an empty database with people, services, and reviews at every stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, insert, select, text

from bench.full_size.company import Company, build_company
from bench.full_size.stage_templates import build_templates
from bench.full_size.vary_review import vary_review
from models.review import Review, Stage
from register import tables
from register.archive import Archive
from register.recorder import record
from rules.projection import build_register_update
from tests.sample_people import COORDINATOR, PEOPLE

STAGE_WEIGHTS = {
    Stage.DRAFT: 5,
    Stage.MEETING: 5,
    Stage.ASSIGNED: 10,
    Stage.FOLLOW_UP: 25,
    Stage.CLOSED: 50,
    Stage.CANCELLED: 3,
    "history": 2,
}
EMAILS_PER_REVIEW = 10
DOCUMENT = """# Post-mortem

## Summary

Nothing limited what one tenant may hold, and the pool ran dry.

## Timeline

- 08:15 UTC the first errors
- 08:55 UTC somebody is paged
- 10:00 UTC everything answers again
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSize:
    """How many people and reviews there are; each review has ten actions on average."""

    people: int
    reviews: int


def fill_register(engine: Engine, size: RegisterSize, now: datetime, seed: int = 1) -> Company:
    """Return the company that an empty, migrated database was filled with."""
    random = Random(seed)  # noqa: S311  (no secret)
    company = build_company(size.people, random)
    archive = Archive(engine, lambda: now)
    archive.people.import_people((*company.people, PEOPLE[COORDINATOR]))
    archive.people.import_services(company.services)
    digest = archive.documents.store_document(DOCUMENT.encode())
    for review in _iter_reviews(company, size.reviews, now, digest, random):
        record(engine, build_register_update(review, "run-1", None))
        if review.closed_at:
            archive.records.store_record(review, "run-1")
    _add_emails(engine, company, now)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
    return company


def _iter_reviews(
    company: Company, count: int, now: datetime, digest: str, random: Random
) -> Iterator[Review]:
    templates = build_templates()
    stages = random.choices(list(STAGE_WEIGHTS), weights=list(STAGE_WEIGHTS.values()), k=count)
    for number, stage in enumerate(stages):
        review = vary_review(random.choice(templates[stage]), number, company, now)
        document = review.document
        yield replace(review, document=replace(document, digest=digest) if document else None)


def _add_emails(engine: Engine, company: Company, now: datetime) -> None:
    with engine.begin() as connection:
        for review in connection.scalars(select(tables.reviews.c.id)).all():
            rows = [_build_email(n, review, company, now) for n in range(EMAILS_PER_REVIEW)]
            connection.execute(insert(tables.notifications), rows)


def _build_email(number: int, review: str, company: Company, now: datetime) -> dict[str, Any]:
    person = company.people[(number + len(review) * 31) % len(company.people)]
    return {
        "message_id": f"<{number}.{review}@company.example>",
        "review": review,
        "person": person.address,
        "sent_at": now - timedelta(days=number),
        "text": f"Please accept A1.\n\n{DOCUMENT}",
    }


def count_rows_of(engine: Engine, names: Iterable[str]) -> dict[str, int]:
    """Count the rows of tables, by name."""
    with engine.connect() as connection:
        return {
            name: connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0  # noqa: S608  (our own names)
            for name in names
        }
