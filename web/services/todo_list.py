"""What waits for somebody over all open reviews: to accept, verify, decide, answer and do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from models.codes import BlockerCode
from models.commands import Appoint, ChangeVerifier, Reassign
from models.people import Person, Role
from models.review import Gate, Review
from register.queries.action_queries import list_reviews_of
from register.queries.page_cursor import build_review_cursor
from rules.command_lines import format_command_line
from rules.notifications.pending_work import ASSIGNEE_CODES, PendingEntry, gather_pending_work
from web.dependencies import AppContext
from web.services.reader_time import find_today


class TodoKind(StrEnum):
    """What somebody is expected to do about an item, the most urgent first."""

    LATE = "late"
    ANSWER = "answer"
    VERIFY = "verify"
    DECIDE = "decide"
    ACCEPT = "accept"
    DO = "do"
    PREPARE = "prepare"


KIND_BY_CODE: dict[str, TodoKind] = {
    BlockerCode.NOT_ACCEPTED: TodoKind.ACCEPT,
    BlockerCode.NOT_VERIFIED: TodoKind.VERIFY,
    BlockerCode.QUESTION: TodoKind.ANSWER,
    BlockerCode.NOT_DONE: TodoKind.DO,
    BlockerCode.DECLINED: TodoKind.DECIDE,
    BlockerCode.POSTPONEMENT: TodoKind.DECIDE,
    BlockerCode.GIVEN_UP: TodoKind.DECIDE,
    BlockerCode.NOT_ASSIGNED: TodoKind.DECIDE,
    BlockerCode.RECURRENCE: TodoKind.DECIDE,
    BlockerCode.APPOINT_LEAD: TodoKind.DECIDE,
    **{f"approve-{gate}": TodoKind.DECIDE for gate in Gate},
}
"""What is to be done about each kind of pending item; all others are to be prepared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TodoItem:
    """One thing that waits for somebody: in which review, since when, and how to do it.

    `text` is that of the action, `due` its due date; `way_out` has command lines in backticks.
    """

    kind: TodoKind
    review: str
    title: str
    item: str
    code: str
    sentence: str
    text: str
    due: date | None
    since: datetime
    way_out: str


def list_todo(
    context: AppContext, address: str, *, limit: int, after: str, today: date | None = None
) -> tuple[list[TodoItem], str]:
    """Return what waits for somebody in a page of open reviews, and the `after` of the next.

    `today` is the day where they are; it is looked up unless it is known.
    """
    reviews = list_reviews_of(context.engine, address, limit=limit + 1, after=after)
    page = reviews[:limit]
    is_last = len(reviews) <= limit or not page
    next_after = "" if is_last else build_review_cursor(page[-1].opened_at, page[-1].id)
    people = context.archive.people.find_named_people([_list_people(each) for each in page])
    today = today or find_today(context, address)
    return gather_todo(page, people, address, now=context.clock(), today=today), next_after


def gather_todo(
    reviews: Iterable[Review],
    people: Mapping[str, Person],
    address: str,
    *,
    now: datetime,
    today: date,
) -> list[TodoItem]:
    """Return what waits for somebody in some reviews, the most urgent first.

    `people` are those with a role or an action in them, by address; `today` is where they are.
    """
    items = (
        item for review in reviews for item in _iter_items(review, people, address, now, today)
    )
    return sorted(items, key=_build_sort_key)


def _iter_items(
    review: Review, people: Mapping[str, Person], address: str, now: datetime, today: date
) -> Iterator[TodoItem]:
    for entry in gather_pending_work(review, people, now).entries:
        is_ahead = entry.item.since > now
        if not is_ahead and address in entry.item.who:
            yield _build_item(review, entry, today)
        elif not is_ahead and address in entry.recipients:
            yield _replace_way_out(_build_item(review, entry, today), review, address)


def _list_people(review: Review) -> tuple[object, ...]:
    """List the people whose absence decides for whom something waits."""
    assignees = ((action.owner, action.verifier) for action in review.actions)
    return (review.roles, *assignees)


def _build_item(review: Review, entry: PendingEntry, today: date) -> TodoItem:
    kind = KIND_BY_CODE.get(entry.item.code, TodoKind.PREPARE)
    due = entry.action.due if entry.action else None
    if kind is TodoKind.DO and due is not None and due < today:
        kind = TodoKind.LATE
    return TodoItem(
        kind=kind,
        review=review.id,
        title=review.incident.title,
        item=entry.item.item,
        code=entry.item.code,
        sentence=entry.item.sentence,
        text=entry.action.text if entry.action else "",
        due=due,
        since=entry.item.since,
        way_out=entry.item.way_out,
    )


def _replace_way_out(item: TodoItem, review: Review, address: str) -> TodoItem:
    """Return an item with what a leader can do while those it waits for are away or gone."""
    if address not in (review.roles.lead, review.roles.sponsor):
        command_line = format_command_line(review, Appoint, role=Role.LEAD)
        way_out = f"Appoint a lead who is there: {command_line}."
    elif item.code == BlockerCode.NOT_VERIFIED:
        command_line = format_command_line(review, ChangeVerifier, action=item.item)
        way_out = f"Name another verifier: {command_line}."
    elif item.code in ASSIGNEE_CODES:
        command_line = format_command_line(review, Reassign, action=item.item)
        way_out = f"Give it to somebody else: {command_line}."
    else:
        return item
    return replace(item, kind=TodoKind.DECIDE, way_out=way_out)


def _build_sort_key(item: TodoItem) -> tuple[int, date, datetime]:
    return list(TodoKind).index(item.kind), item.due or date.max, item.since
