"""What of the register is counted for whoever looks at the figures."""

from __future__ import annotations

from datetime import UTC, date

from models.errors import InvalidInput
from register.queries.figure_conditions import FigureScope
from register.queries.figure_rows import FigurePart
from rules.figures.definitions import FigureGroup, FigureId, get_figure
from rules.figures.figure_numbers import find_first_day, list_parts
from web.dependencies import AppContext

MAX_NAME_LENGTH = 200
COUNTED = {"": None, "yes": True, "no": False}
"""What `counted` may say: all rows, only those that count, only those that do not."""


def build_figure_scope(
    context: AppContext, reader: str, *, team: str = "", service: str = "", since: str = ""
) -> FigureScope:
    """Build what is counted for a reader: the last twelve months, unless another day is given.

    Raises InvalidInput for a day that is none.
    """
    now = context.clock()
    return FigureScope(
        dialect=context.engine.dialect.name,
        reader=reader,
        now=now,
        since=_parse_day(since) or find_first_day(now.astimezone(UTC).date()),
        policy=context.settings.opening_policy,
        team=_clean(team),
        service=_clean(service),
    )


def build_figure_part(
    scope: FigureScope, figure: str, group: str = "", part: str = "", counted: str = ""
) -> FigurePart:
    """Build which number's rows are meant. Raises InvalidInput where there is no such number."""
    if figure not in set(FigureId):
        raise InvalidInput(f"“{_clean(figure)}” is no figure", field="figure")
    groups = get_figure(FigureId(figure)).groups
    if group and group not in groups:
        raise InvalidInput(f"is one of: {', '.join(groups)}", field="group")
    chosen = FigureGroup(group) if group else groups[0]
    known = list_parts(chosen, scope.since, scope.today)
    if chosen is not FigureGroup.MONTH and known and part not in known:
        raise InvalidInput(f"is one of: {', '.join(known)}", field="part")
    if counted not in COUNTED:
        raise InvalidInput("is “yes” or “no”, or missing for both", field="counted")
    return FigurePart(
        figure=FigureId(figure), group=chosen, part=_clean(part), counted=COUNTED[counted]
    )


def _parse_day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput("is no day; write it as 2026-03-31", field="since") from None


def _clean(text: str) -> str:
    return " ".join(text.replace("\0", "").split())[:MAX_NAME_LENGTH]
