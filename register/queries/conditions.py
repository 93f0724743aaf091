"""Conditions on reviews in SQL, on SQLite and PostgreSQL alike: who takes part, who may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, cast, exists, func, literal, or_, select
from sqlalchemy.sql.selectable import TableValuedAlias

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
        involves(dialect, reader),
    )


def is_reported_to_by(tool: str) -> ColumnElement[bool]:
    """Return the condition that a tool opened a review, or reported to it before."""
    events = tables.events.c
    return exists().where(events.review == _columns.id, events.by == tool)


def involves(dialect: str, address: str) -> ColumnElement[bool]:
    """Return the condition that somebody has a role in a review, or an action of it."""
    return or_(
        is_responsible(address),
        _holds(dialect, _columns.head, ("roles", "participants"), address),
    )


def is_responsible(address: str) -> ColumnElement[bool]:
    """Return the condition that somebody leads, helps to lead, owns or verifies in a review."""
    own = tables.actions.alias("own_actions").c
    is_assignee = exists().where(
        own.review == _columns.id, or_(own.owner == address, own.verifier == address)
    )
    roles = (_columns.lead, _columns.facilitator, _columns.sponsor)
    return or_(
        *(role == address for role in roles),
        _columns.head["roles", "coordinator"].as_string() == address,
        is_assignee,
    )


def affects_service(service: str) -> ColumnElement[bool]:
    """Return the condition that a review's incident affected a service, ignoring case."""
    services = tables.review_services.c
    wanted = service.strip().casefold()
    return exists().where(services.review == _columns.id, services.service == wanted)


def is_owned_by_team(team: str) -> ColumnElement[bool]:
    """Return the condition that an action's owner is in a team, ignoring case."""
    people = tables.people.c
    return exists().where(
        people.address == tables.actions.c.owner, people.team_key == fold_team(team)
    )


def has_cause(typed: str) -> ColumnElement[bool]:
    """Return the condition that a review has a cause with these words, in symptom or whys."""
    causes = tables.causes.c
    return exists().where(causes.review == _columns.id, contains_text(causes.search_text, typed))


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
