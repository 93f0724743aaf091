"""Find the reviews that may be meant by a typed name, by an index on their names."""

from __future__ import annotations

from sqlalchemy import Engine, case, func, or_, select, union_all

from register import tables
from register.lookup.prefixes import begins_with
from register.queries.conditions import is_reported_to_by, is_visible_to
from register.transactions import begin_read

MAX_NAME_LENGTH = 200
"""Characters of a name that are read; nobody types more by hand."""

MAX_MATCHING_IDS = 6
"""How many ids are read to find the one that is meant: five hints and one too many."""

MAX_NAMES = 2 * MAX_MATCHING_IDS
"""How many names are read at most: a review may have two that begin alike."""


def find_matching_ids(
    engine: Engine, typed: str, reader: str, *, is_tool: bool = False
) -> dict[str, bool]:
    """Find the ids of reviews that may be meant by a typed name, the likeliest first.

    Each has whether it is there for this reader (“” for anybody): one that they may see and, for a
    tool that sends a command, one that it opened or reported to before. At most `MAX_MATCHING_IDS`:
    enough to tell one from several. Raises Unavailable.
    """
    prefix = typed.strip().removeprefix("review-").lower()
    if not prefix or len(prefix) > MAX_NAME_LENGTH or not prefix.isascii() or "\0" in prefix:
        return {}
    columns, names = tables.reviews.c, tables.review_names.c
    is_visible = is_visible_to(engine.dialect.name, reader)
    if is_tool:
        is_visible = or_(is_visible, is_reported_to_by(reader))
    first = (
        select(names.review)
        .where(begins_with(engine.dialect.name, names.name, prefix))
        .order_by(names.name)
        .limit(MAX_NAMES)
    )
    first_visible = first.join(tables.reviews, columns.id == names.review).where(is_visible)
    found = union_all(
        select(first.subquery().c.review), select(first_visible.subquery().c.review)
    ).subquery()
    whole_id = columns.id == f"review-{typed.strip().removeprefix('review-')}"
    key = func.substr(columns.id, func.length(columns.source) + len("review--") + 1)
    statement = (
        select(columns.id, is_visible)
        .where(columns.id.in_(select(found.c.review)))
        .order_by(
            case((is_visible, 0), else_=1),
            whole_id.desc(),
            (key == typed.strip()).desc(),
            columns.id,
        )
        .limit(MAX_MATCHING_IDS)
    )
    with begin_read(engine) as connection:
        return {review_id: bool(visible) for review_id, visible in connection.execute(statement)}
