"""Work over all reviews in the API: lists of actions, and what waits for the caller."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from models.action import FINISHED_STATUSES, ActionStatus, Priority
from models.review import Stage
from register.queries.action_queries import ActionConditions, ActionRow, build_cursor, list_actions
from web.auth import CurrentCaller, CurrentPerson
from web.dependencies import AppContext, ContextDep
from web.schemas.fields import Name
from web.schemas.strict_json import StrictRoute
from web.services.reader_time import find_today
from web.services.resolve_names import find_names, resolve_address, resolve_review
from web.services.todo_list import TodoItem, list_todo

router = APIRouter(prefix="/api", tags=["actions"], route_class=StrictRoute)

OWN_ADDRESS = "me"
"""Stands for the caller where a person is asked for."""


class ActionQuery(BaseModel):
    """Which actions to list: all that is given must hold."""

    model_config = {"extra": "forbid"}

    review: Name = Field(default="", description="Only those of this review.")
    owner: Name = Field(default="", description="An address, its beginning, or `me`.")
    verifier: Name = Field(default="", description="An address, its beginning, or `me`.")
    status: tuple[ActionStatus, ...] = Field(default=(), description="One of these statuses.")
    team: Name = Field(default="", description="The owner's team.")
    service: Name = Field(default="", description="A service that the incident affected.")
    overdue: bool = Field(default=False, description="Only unfinished ones that are overdue.")
    open: bool = Field(default=False, description="Only unfinished ones of open reviews.")
    limit: int = Field(default=50, ge=1, le=200)
    after: Name = Field(default="", description="The `after` of the previous page.")


class ActionListItem(BaseModel):
    """An action in a list, with its review."""

    review: str = Field(examples=["review-pagerduty-Q1ABC"])
    title: str
    stage: Stage
    id: str = Field(examples=["A1"])
    text: str
    status: ActionStatus
    since: datetime
    owner: str
    verifier: str
    due: date | None
    priority: Priority
    overdue: bool


class ActionListResponse(BaseModel):
    """One page of actions, the first due first; `after` is empty on the last one.

    `names` are those of the owners and verifiers, by address.
    """

    actions: list[ActionListItem]
    names: dict[str, str]
    after: str


class TodoQuery(BaseModel):
    """Which reviews to look through: `limit` of them, after those of the previous page."""

    model_config = {"extra": "forbid"}

    limit: int = Field(default=50, ge=1, le=200)
    after: Name = Field(default="", description="The `after` of the previous page.")


class TodoResponse(BaseModel):
    """What waits for the caller, the most urgent first; `after` is empty on the last page."""

    todo: list[TodoItem]
    after: str


@router.get("/actions", summary="List actions of all reviews.", operation_id="list-actions")
async def list_all_actions(
    query: Annotated[ActionQuery, Query()], context: ContextDep, caller: CurrentCaller
) -> ActionListResponse:
    """List the actions of all reviews that the caller may see, the first due first.

    On the command line: `afterword action list`.
    """
    today = await run_in_threadpool(find_today, context, caller.by)
    conditions = ActionConditions(
        review=await resolve_review(context, query.review, caller.by) if query.review else "",
        owner=await _resolve_person(context, query.owner, caller.by),
        verifier=await _resolve_person(context, query.verifier, caller.by),
        statuses=query.status,
        team=query.team,
        service=query.service,
        overdue_on=today if query.overdue else None,
        open_only=query.open,
    )
    rows = await run_in_threadpool(
        list_actions,
        context.engine,
        conditions,
        reader=caller.by,
        limit=query.limit + 1,
        after=query.after,
    )
    page = rows[: query.limit]
    addresses = {who for row in page for who in (row.action.owner, row.action.verifier) if who}
    return ActionListResponse(
        actions=[_build_item(row, today) for row in page],
        names=await run_in_threadpool(find_names, context, addresses),
        after=build_cursor(page[-1]) if len(rows) > len(page) else "",
    )


@router.get("/todo", summary="List what waits for me.")
async def show_todo(
    query: Annotated[TodoQuery, Query()], context: ContextDep, caller: CurrentPerson
) -> TodoResponse:
    """List what waits for the caller in all open reviews, the most urgent first.

    On the command line: `afterword todo`.
    """
    items, after = await run_in_threadpool(
        list_todo, context, caller.by, limit=query.limit, after=query.after
    )
    return TodoResponse(todo=items, after=after)


async def _resolve_person(context: AppContext, typed: str, caller: str) -> str:
    if typed in ("", OWN_ADDRESS):
        return caller if typed else ""
    people = await run_in_threadpool(context.archive.people.search_people, (typed,))
    return resolve_address(typed, people)


def _build_item(row: ActionRow, today: date) -> ActionListItem:
    action = row.action
    is_finished = action.status in FINISHED_STATUSES
    return ActionListItem(
        review=row.review,
        title=row.title,
        stage=row.stage,
        id=action.id,
        text=action.text,
        status=action.status,
        since=action.since,
        owner=action.owner,
        verifier=action.verifier,
        due=action.due,
        priority=action.priority,
        overdue=not is_finished and action.due is not None and action.due < today,
    )
