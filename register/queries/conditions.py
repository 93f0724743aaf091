"""Conditions on reviews in SQL, on SQLite and PostgreSQL alike: who takes part, who may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.sql.selectable import TableValuedAlias

from models.people import Role
from models.review import OPEN_STAGES
from register import tables
from register.queries.search_text import contains_text
from register.repositories.people import fold_team

_columns = tables.reviews.c


def is_open() -> ColumnElement[bool]:
    """Return the condition that a review is neither closed nor cancelled."""
    return _columns.stage.in_(OPEN_STAGES)


def is_visible_to(dialect: str, reader: str) -> ColumnElement[bool]:
    """Return the condition that somebody (“” for anybody) may see a review, as `may_see` says."""
    is_public = ~_columns.restricted
    if not reader:
        return is_public
    return or_(
        is_public,
        _holds(dialect, _columns.restricted_to, (), reader),
        involves(reader),
    )


def is_reported_to_by(tool: str) -> ColumnElement[bool]:
    """Return the condition that a tool opened a review, or reported to it before."""
    events = tables.events.c
    return exists().where(events.review == _columns.id, events.by == tool)


def involves(address: str) -> ColumnElement[bool]:
    """Return the condition that somebody has a role in a review, or an action of it.

    It looks into each review; `is_one_of` finds all at once.
    """
    roles, own = tables.review_roles.c, tables.actions.alias("own_actions").c
    has_role = exists().where(roles.review == _columns.id, roles.address == address)
    is_assignee = or_(own.owner == address, own.verifier == address)
    return or_(has_role, exists().where(own.review == _columns.id, is_assignee))


def is_open_and_one_of(address: str, *, as_participant: bool = True) -> ColumnElement[bool]:
    """Return the condition that a review is open, and one of somebody's, as `is_one_of` says."""
    stage = _columns.stage + ""  # else SQLite reads all that are open, by the index on the stage
    return and_(is_one_of(address, as_participant=as_participant), stage.in_(OPEN_STAGES))


def is_one_of(address: str, *, as_participant: bool = True) -> ColumnElement[bool]:
    """Return the condition that a review is one in which somebody has a role or an action.

    It finds theirs by an index, without a look at others; taking part alone may not count.
    """
    roles, actions = tables.review_roles.c, tables.actions.c
    in_role = select(roles.review).where(roles.address == address)
    if not as_participant:
        in_role = in_role.where(roles.role != Role.PARTICIPANT)
    owned = select(actions.review).where(actions.owner == address)
    to_verify = select(actions.review).where(actions.verifier == address)
    return _columns.id.in_(union_all(in_role, owned, to_verify))


def affects_service(service: str) -> ColumnElement[bool]:
    """Return the condition that a review's incident affected a service, ignoring case."""
    services = tables.review_services.c
    wanted = service.strip().casefold()
    return _columns.id.in_(select(services.review).where(services.service == wanted))


def is_owned_by_team(team: str) -> ColumnElement[bool]:
    """Return the condition that an action's owner is in a team, ignoring case."""
    people = tables.people.c
    members = select(people.address).where(people.team_key == fold_team(team))
    return tables.actions.c.owner.in_(members)


def has_cause(typed: str) -> ColumnElement[bool]:
    """Return the condition that a review has a cause with these words, in symptom or whys."""
    causes = tables.causes.c
    found = select(causes.review).where(contains_text(causes.search_text, typed))
    return _columns.id.in_(found)


def says(typed: str) -> ColumnElement[bool]:
    """Return the condition that an action, or its measure, has these words.

    They are looked for in one go, and not row by row in the order of a list.
    """
    inner = tables.actions.alias("telling_actions").c
    found = select(inner.review, inner.id).where(contains_text(inner.search_text, typed))
    return tuple_(tables.actions.c.review, tables.actions.c.id).in_(found)


def _holds(
    dialect: str,
    column: Column[Any],
    path: tuple[str, ...],
    text: str,
) -> ColumnElement[bool]:
    """Return the condition that the list at a path of a JSON column holds a text."""
    elements = _list_elements(dialect, column, path)
    value = cast(elements.c.value, tables.SafeText)
    return exists(select(1).select_from(elements).where(value == literal(text)))


def _list_elements(dialect: str, column: Column[Any], path: tuple[str, ...]) -> TableValuedAlias:
    if dialect == "sqlite":
        elements = func.json_each(column, ".".join(("$", *path)))
    else:
        elements = func.json_array_elements_text(column[path] if path else column)
    return elements.table_valued("value")
