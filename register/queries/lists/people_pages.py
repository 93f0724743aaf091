"""What the pages of a person and of a team read from the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import Engine, Select, and_, case, func, or_, select, union

from models.action import ActionStatus
from register import tables
from register.queries.action_queries import ActionConditions
from register.queries.conditions import is_open, is_visible_to
from register.queries.lists.action_pages import ActionLine, build_line, select_lines
from register.queries.review_queries import ReviewRow, build_review_row
from register.repositories.people import fold_team
from register.transactions import begin_read

MAX_MEMBERS = 500
"""How many people of a team are listed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMember:
    """Somebody in a team, and how many of their actions are open, overdue and verified."""

    address: str
    name: str
    open: int = 0
    overdue: int = 0
    verified: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team as its people's directory writes it, and its people by name."""

    name: str
    members: tuple[TeamMember, ...]


def list_lines_of_person(
    engine: Engine, address: str, *, reader: str, limit: int
) -> list[ActionLine]:
    """List the actions that somebody owns or verifies: open ones, then the latest finished ones.

    Raises Unavailable.
    """
    actions = tables.actions.c
    lines = select_lines(engine.dialect.name, ActionConditions(), reader)
    found = union(
        lines.where(actions.owner == address), lines.where(actions.verifier == address)
    ).subquery()
    statement = (
        select(found)
        .order_by(found.c.is_open.desc(), found.c.since.desc(), found.c.review, found.c.id)
        .limit(limit)
    )
    with begin_read(engine) as connection:
        return [build_line(row) for row in connection.execute(statement).mappings()]


def list_reviews_led_by(
    engine: Engine, address: str, *, reader: str, limit: int
) -> list[ReviewRow]:
    """List the reviews in which somebody is lead, facilitator or sponsor, open ones first.

    Raises Unavailable.
    """
    columns = tables.reviews.c
    roles = (columns.lead, columns.facilitator, columns.sponsor)
    statement = (
        select(*(columns[field.name] for field in fields(ReviewRow)))
        .where(or_(*(role == address for role in roles)))
        .where(is_visible_to(engine.dialect.name, reader))
        .order_by(case((is_open(), 0), else_=1), columns.opened_at.desc(), columns.id)
        .limit(limit)
    )
    with begin_read(engine) as connection:
        return [build_review_row(row) for row in connection.execute(statement).mappings()]


def find_team(engine: Engine, typed: str, *, reader: str, today: date) -> Team | None:
    """Find a team and what is open with its people; None where nobody is in it.

    Raises Unavailable.
    """
    people = tables.people.c
    members = (
        select(people.address, people.name, people.team)
        .where(people.team_key == fold_team(typed), ~people.gone)
        .order_by(people.name, people.address)
        .limit(MAX_MEMBERS)
    )
    with begin_read(engine) as connection:
        found = connection.execute(members).all() if fold_team(typed) else []
        if not found:
            return None
        counting = _count_by_owner(engine.dialect.name, typed, reader, today)
        counts = {row.owner: tuple(row)[1:] for row in connection.execute(counting)}
    return Team(
        name=found[0].team,
        members=tuple(
            TeamMember(address=row.address, name=row.name, **dict(_pair(counts.get(row.address))))
            for row in found
        ),
    )


def _pair(counts: tuple[int, ...] | None) -> Iterator[tuple[str, int]]:
    yield from zip(("open", "overdue", "verified"), counts or (0, 0, 0), strict=True)


def _count_by_owner(dialect: str, typed: str, reader: str, today: date) -> Select[Any]:
    actions, people = tables.actions.c, tables.people.c
    is_overdue = and_(actions.open, actions.sort_due < today)
    return (
        select(
            actions.owner,
            func.count(case((actions.open, 1))),
            func.count(case((is_overdue, 1))),
            func.count(case((actions.status == ActionStatus.VERIFIED, 1))),
        )
        .join_from(tables.people, tables.actions, people.address == actions.owner)
        .join(tables.reviews, tables.reviews.c.id == actions.review)
        .where(people.team_key == fold_team(typed), is_visible_to(dialect, reader))
        .group_by(actions.owner)
    )
