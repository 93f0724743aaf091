"""What stands with one person: what waits for them, what they promised, and what they verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from mail.outbound.recipient import find_time_zone
from models.action import ActionStatus
from models.people import Person
from register.queries.action_queries import list_reviews_of
from register.queries.lists.action_pages import ActionLine
from register.queries.lists.people_pages import list_lines_of_person, list_reviews_led_by
from register.queries.review_queries import ReviewRow
from rules.visibility import may_see
from web.dependencies import AppContext
from web.services.todo_list import TodoItem, gather_todo

MAX_LINES = 300
MAX_REVIEWS_WAITING = 50
LATEST = 10
"""How many reviews and verdicts are shown; lists lead to the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonOverview:
    """What a reader may see of a person, as of `today` where that person is.

    `owned` and `to_verify` are open, the oldest first; `verified_by` and `verified_of` are the
    latest that they verified, and that somebody verified of theirs. `is_cut` says that there is
    more than was read.
    """

    person: Person
    today: date
    todo: list[TodoItem]
    owned: list[ActionLine]
    to_verify: list[ActionLine]
    verified_by: list[ActionLine]
    verified_of: list[ActionLine]
    reviews: list[ReviewRow]
    people: Mapping[str, Person]
    is_cut: bool


def build_person_overview(context: AppContext, address: str, reader: str) -> PersonOverview | None:
    """Build what there is of a person; None where nobody is known by the address."""
    lines = list_lines_of_person(context.engine, address, reader=reader, limit=MAX_LINES)
    led = list_reviews_led_by(context.engine, address, reader=reader, limit=LATEST)
    open_reviews = [
        review
        for review in list_reviews_of(context.engine, address, limit=MAX_REVIEWS_WAITING)
        if may_see(review, reader)
    ]
    named = {who for line in lines for who in (line.owner, line.verifier)}
    named |= {row.lead for row in led} | {address}
    assignees = [(action.owner, action.verifier) for r in open_reviews for action in r.actions]
    people = context.archive.people.find_named_people(
        (sorted(named), [review.roles for review in open_reviews], assignees)
    )
    if address not in people and not lines and not led:
        return None
    person = people.get(address) or Person(address=address)
    now = context.clock()
    today = now.astimezone(find_time_zone(person)).date()
    return PersonOverview(
        person=person,
        today=today,
        todo=gather_todo(open_reviews, people, address, now=now, today=today),
        owned=_list_oldest(line for line in lines if line.is_open and line.owner == address),
        to_verify=_list_oldest(
            line
            for line in lines
            if line.verifier == address and line.status is ActionStatus.CLAIMED and line.is_open
        ),
        verified_by=_list_verified(line for line in lines if line.verifier == address),
        verified_of=_list_verified(line for line in lines if line.owner == address),
        reviews=led,
        people=people,
        is_cut=len(lines) == MAX_LINES,
    )


def _list_oldest(lines: Iterable[ActionLine]) -> list[ActionLine]:
    return sorted(lines, key=_get_start)


def _get_start(line: ActionLine) -> datetime:
    return line.assigned_at or line.since


def _list_verified(lines: Iterable[ActionLine]) -> list[ActionLine]:
    return [line for line in lines if line.status is ActionStatus.VERIFIED][:LATEST]
