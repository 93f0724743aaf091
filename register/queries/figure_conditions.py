"""How the register counts a figure in SQL: from which rows, which of them count, by which parts.

It counts as `rules.figures.counting` does; the tests compare both over many rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from sqlalchemy import (
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    true,
)

from models.action import ActionStatus
from models.policy import Policy
from models.review import Stage
from register import tables
from register.queries.conditions import is_open, is_visible_to
from register.repositories.people import fold_team
from rules.figures.counting import (
    AGE_LIMITS,
    MANY_POSTPONEMENTS,
    NOT_PROMISED,
    find_age_bucket,
    list_stage_limits,
)
from rules.figures.definitions import FigureGroup, FigureId, ReviewStep
from rules.figures.figure_numbers import count_back

_actions, _reviews = tables.actions.c, tables.reviews.c
_owners, _leads = tables.people.alias("owners"), tables.people.alias("leads")
_services = tables.review_services.alias("affected_services")
ACTIONS = tables.actions.join(tables.reviews)
CAUSES = tables.causes.join(tables.reviews)
STEP_COLUMNS: Mapping[ReviewStep, ColumnElement[datetime]] = {
    ReviewStep.DRAFT: _reviews.drafted_at,
    ReviewStep.MEETING: _reviews.meeting_held_at,
    ReviewStep.ASSIGNED: _reviews.assigned_at,
    ReviewStep.CLOSED: _reviews.closed_at,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureScope:
    """What is counted: for whom ("" for anybody), on which day, since when, of whom.

    `team` and `service` are "" for all of them; `policy` has the limits.
    """

    dialect: str
    reader: str
    now: datetime
    since: date
    policy: Policy
    team: str = ""
    service: str = ""

    @property
    def today(self) -> date:
        """Return the day in UTC on which is counted."""
        return self.now.astimezone(UTC).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartColumn:
    """By which column rows are divided: its key, and what people read of it."""

    source: FromClause
    key: ColumnElement[str]
    label: ColumnElement[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How one figure is counted: out of which rows, which of them count, and by which parts.

    `base` are the conditions that it shares with others like it, `limits` are its own.
    """

    source: FromClause
    base: tuple[ColumnElement[bool], ...]
    counts: ColumnElement[bool]
    limits: tuple[ColumnElement[bool], ...] = ()
    parts: Mapping[FigureGroup, PartColumn] = field(default_factory=dict)


def build_counting(figure: FigureId, scope: FigureScope) -> Counting:
    """Build how a figure is counted in a scope."""
    return _BUILDERS[figure](scope)


def is_part(counting: Counting, group: FigureGroup, part: str) -> ColumnElement[bool]:
    """Return the condition that a row belongs to one part of a group."""
    if group is FigureGroup.STEP:
        return _is_at_step(ReviewStep(part))
    wanted = fold_team(part) if group in (FigureGroup.TEAM, FigureGroup.SERVICE) else part
    return counting.parts[group].key == wanted


def count_tenths(
    dialect: str, start: ColumnElement[datetime], end: ColumnElement[datetime]
) -> ColumnElement[int]:
    """Return the tenths of days between two times, none where the second is the earlier one."""
    if dialect == "sqlite":
        days = func.julianday(end) - func.julianday(start)
    else:
        days = func.extract("epoch", end - start) / literal_column("86400.0")
    tenths = cast(func.round(days * literal_column("10")), Integer)
    return case((tenths > 0, tenths), else_=literal_column("0"))


def quote_text(text: str) -> ColumnElement[str]:
    """Return a text of ours as it is in SQL, so that a statement may group by it."""
    return literal_column(f"'{text}'", Text)


def _count_on_time(scope: FigureScope) -> Counting:
    return Counting(
        source=ACTIONS,
        base=_list_promises(scope),
        limits=_list_passed(_actions.due, scope),
        counts=_is_verified_by(scope, _actions.due),
        parts={
            FigureGroup.MONTH: _divide_by_month(_actions.due),
            FigureGroup.TEAM: PartColumn(
                source=ACTIONS.outerjoin(_owners, _owners.c.address == _actions.owner),
                key=func.coalesce(_owners.c.team_key, literal_column("''")),
                label=func.coalesce(func.min(_owners.c.team), literal_column("''")),
            ),
            FigureGroup.SERVICE: PartColumn(
                source=ACTIONS.join(
                    tables.review_services, tables.review_services.c.review == _reviews.id
                ),
                key=tables.review_services.c.service,
                label=tables.review_services.c.service,
            ),
        },
    )


def _count_as_promised(scope: FigureScope) -> Counting:
    return Counting(
        source=ACTIONS,
        base=_list_promises(scope),
        limits=_list_passed(_actions.first_due, scope),
        counts=_is_verified_by(scope, _actions.first_due),
        parts={FigureGroup.MONTH: _divide_by_month(_actions.first_due)},
    )


def _count_by_age(scope: FigureScope) -> Counting:
    days = AGE_LIMITS[-1]
    bucket = case(
        *(
            (_actions.assigned_at >= _start_of(scope, limit), quote_text(find_age_bucket(limit)))
            for limit in AGE_LIMITS
        ),
        else_=quote_text(find_age_bucket(days + 1)),
    )
    return Counting(
        source=ACTIONS,
        base=_list_open(scope),
        counts=true(),
        parts={FigureGroup.AGE: PartColumn(source=ACTIONS, key=bucket, label=bucket)},
    )


def _count_by_priority(scope: FigureScope) -> Counting:
    limits = scope.policy.due_days.items()
    column = _actions.priority
    return Counting(
        source=ACTIONS,
        base=_list_open(scope),
        counts=or_(
            *(
                and_(column == priority, _actions.assigned_at < _start_of(scope, days))
                for priority, days in limits
            )
        ),
        parts={FigureGroup.PRIORITY: PartColumn(source=ACTIONS, key=column, label=column)},
    )


def _count_postponed(scope: FigureScope) -> Counting:
    return Counting(
        source=ACTIONS,
        base=_list_open(scope),
        counts=_actions.postponements >= MANY_POSTPONEMENTS,
    )


def _count_stuck(scope: FigureScope) -> Counting:
    limits = list_stage_limits(scope.policy, scope.now).items()
    column = _reviews.stage
    return Counting(
        source=tables.reviews,
        base=_list_reviews(scope),
        limits=(is_open(),),
        counts=or_(
            *(and_(column == stage, _reviews.stage_since < since) for stage, since in limits)
        ),
        parts={FigureGroup.STAGE: PartColumn(source=tables.reviews, key=column, label=column)},
    )


def _count_steps(scope: FigureScope) -> Counting:
    return Counting(
        source=tables.reviews,
        base=_list_reviews(scope),
        limits=(_reviews.ended_at >= _convert_day(scope.since),),
        counts=true(),
    )


def _count_follow_ups(scope: FigureScope) -> Counting:
    policy, met_at, held_at = scope.policy, _reviews.meeting_held_at, _reviews.follow_up_held_at
    days = _count_days(scope.dialect, met_at, held_at)
    first, last = policy.follow_up_earliest_days, policy.follow_up_latest_days
    has_passed = met_at < _start_of(scope, last)
    return Counting(
        source=tables.reviews,
        base=_list_reviews(scope),
        limits=(met_at >= _convert_day(scope.since), or_(held_at.is_not(None), has_passed)),
        counts=and_(held_at.is_not(None), days.between(first, last)),
    )


def _count_came_back(scope: FigureScope) -> Counting:
    return Counting(
        source=tables.reviews,
        base=_list_reviews(scope),
        limits=(_is_new(scope),),
        counts=_reviews.came_back_at.is_not(None),
    )


def _count_causes(scope: FigureScope) -> Counting:
    causes, earlier = tables.causes.c, tables.causes.alias("earlier")
    before = tables.reviews.alias("before")
    is_public = ~before.c.restricted
    is_earlier = exists().where(
        earlier.c.symptom_key == causes.symptom_key,
        earlier.c.review == before.c.id,
        before.c.opened_at < _reviews.opened_at,
        before.c.stage != Stage.CANCELLED,
        is_public,
    )
    return Counting(
        source=CAUSES,
        base=_list_reviews(scope),
        limits=(_is_new(scope), causes.symptom_key != ""),
        counts=is_earlier,
    )


def _count_risks(scope: FigureScope) -> Counting:
    return Counting(
        source=ACTIONS,
        base=_list_promises(scope),
        limits=(
            _actions.status == ActionStatus.DROPPED,
            _actions.finished_at >= _convert_day(scope.since),
            _actions.has_risk,
        ),
        counts=func.coalesce(_reviews.came_back_at > _actions.finished_at, literal(value=False)),
    )


_BUILDERS = {
    FigureId.VERIFIED_ON_TIME: _count_on_time,
    FigureId.VERIFIED_AS_PROMISED: _count_as_promised,
    FigureId.OPEN_AGE: _count_by_age,
    FigureId.OPEN_BY_PRIORITY: _count_by_priority,
    FigureId.POSTPONED_TWICE: _count_postponed,
    FigureId.STUCK_REVIEWS: _count_stuck,
    FigureId.TIME_TO_STEP: _count_steps,
    FigureId.FOLLOW_UP_IN_WINDOW: _count_follow_ups,
    FigureId.CAME_BACK: _count_came_back,
    FigureId.CAUSES_SEEN_AGAIN: _count_causes,
    FigureId.ACCEPTED_RISKS: _count_risks,
}


def _list_counted(scope: FigureScope) -> tuple[ColumnElement[bool], ...]:
    """List the conditions of a review that is counted at all."""
    conditions = (
        is_visible_to(scope.dialect, scope.reader),
        _reviews.stage != Stage.CANCELLED,
        _reviews.filed_at.is_(None),
    )
    if not scope.service:
        return conditions
    is_affected = exists().where(
        _services.c.review == _reviews.id, _services.c.service == fold_team(scope.service)
    )
    return (*conditions, is_affected)


def _list_reviews(scope: FigureScope) -> tuple[ColumnElement[bool], ...]:
    if not scope.team:
        return _list_counted(scope)
    is_led = exists().where(
        _leads.c.address == _reviews.lead, _leads.c.team_key == fold_team(scope.team)
    )
    return (*_list_counted(scope), is_led)


def _list_promises(scope: FigureScope) -> tuple[ColumnElement[bool], ...]:
    people = tables.people.alias("team_owners").c
    conditions = (
        *_list_counted(scope),
        _actions.assigned_at.is_not(None),
        _actions.status.not_in(NOT_PROMISED),
    )
    if not scope.team:
        return conditions
    is_owner = exists().where(
        people.address == _actions.owner, people.team_key == fold_team(scope.team)
    )
    return (*conditions, is_owner)


def _list_open(scope: FigureScope) -> tuple[ColumnElement[bool], ...]:
    return (*_list_promises(scope), _actions.open)


def _list_passed(due: ColumnElement[date], scope: FigureScope) -> tuple[ColumnElement[bool], ...]:
    return (due >= scope.since, due < scope.today)


def _is_new(scope: FigureScope) -> ColumnElement[bool]:
    return _reviews.opened_at >= _convert_day(scope.since)


def _is_at_step(step: ReviewStep) -> ColumnElement[bool]:
    is_there = STEP_COLUMNS[step].is_not(None)
    return and_(is_there, _reviews.stage == Stage.CLOSED) if step is ReviewStep.CLOSED else is_there


def _is_verified_by(scope: FigureScope, due: ColumnElement[date]) -> ColumnElement[bool]:
    day = _convert_to_day(scope.dialect, _actions.finished_at)
    is_verified = _actions.status == ActionStatus.VERIFIED
    return and_(is_verified, func.coalesce(day <= due, literal(value=False)))


def _divide_by_month(day: ColumnElement[date]) -> PartColumn:
    month = func.substr(cast(day, Text), literal_column("1"), literal_column("7"))
    return PartColumn(source=ACTIONS, key=month, label=month)


def _convert_to_day(dialect: str, at: ColumnElement[datetime]) -> ColumnElement[date]:
    """Return the day of a time in UTC."""
    if dialect == "sqlite":
        return func.date(at, type_=Date)
    return cast(func.timezone(literal_column("'UTC'"), at), Date)


def _count_days(
    dialect: str, start: ColumnElement[datetime], end: ColumnElement[datetime]
) -> ColumnElement[int]:
    """Return the days from the day of one time to that of another, in UTC."""
    first, last = _convert_to_day(dialect, start), _convert_to_day(dialect, end)
    if dialect == "sqlite":
        return cast(func.julianday(last) - func.julianday(first), Integer)
    return cast(last - first, Integer)


def _start_of(scope: FigureScope, days: int) -> datetime:
    """Return the first moment in UTC of the day so many days ago."""
    return _convert_day(count_back(scope.today, days))


def _convert_day(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
