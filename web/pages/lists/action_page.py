"""The page of one action: its promise, what became of it so far, and what happens next."""

from __future__ import annotations

from datetime import UTC

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from models.action import FINISHED_STATUSES, Action
from models.codes import EventKind
from models.errors import NotFound
from models.review import Event, Review
from register.queries import review_queries
from rules.delivery.outlook import list_entries_of, list_upcoming_steps
from rules.visibility import get_title
from web.dependencies import ContextDep
from web.pages.reader import ReaderDep
from web.pages.reviews import list_offers, load_page_review
from web.pages.templates import build_names, render_page
from web.services.acting.give_command import describe_respondent

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

POSTPONING = (EventKind.POSTPONE, EventKind.GRANT, EventKind.REFUSE)
JUDGING = (
    EventKind.CLAIM,
    EventKind.TAKE_BACK,
    EventKind.VERIFY,
    EventKind.REJECT,
    EventKind.OVERTURN,
)
ASKING = (EventKind.ASK, EventKind.REPORT)


@router.api_route("/reviews/{name}/actions/{action_id}", methods=["GET", "HEAD"])
def show_action_page(
    request: Request, context: ContextDep, reader: ReaderDep, name: str, action_id: str
) -> Response:
    """Show an action: promise, measure, verdicts, postponements, log, and what happens next."""
    review = load_page_review(request, context, name, reader)
    action = review.action(action_id.upper())
    if action is None:
        raise NotFound("action", action_id)
    now = context.clock()
    people = context.archive.people.find_named_people(review)
    is_lost = review_queries.is_lost(context.engine, review.id)
    events = tuple(event for event in review.log if event.item == action.id)
    return render_page(
        request,
        "action.html",
        review=review,
        action=action,
        title=get_title(review, reader),
        names=build_names(people),
        is_open=action.status not in FINISHED_STATUSES and review.closed_at is None,
        today=now.astimezone(UTC).date(),
        causes=[cause for cause in review.causes if cause.id in action.causes],
        days_allowed=review.policy.due_days[action.priority],
        entries=() if is_lost else list_entries_of(review, action.id, people, now),
        steps=() if is_lost else list_upcoming_steps(review, action.id, people, now),
        events=events,
        postponements=_choose(events, POSTPONING),
        verdicts=_choose(events, JUDGING),
        questions=_list_questions(events, action),
        offers=list_offers(
            review,
            describe_respondent(review, reader, people.get(review.roles.lead), now),
            now,
        ),
        neighbours=_find_neighbours(review, action),
    )


def _choose(events: tuple[Event, ...], kinds: tuple[EventKind, ...]) -> list[Event]:
    return [event for event in events if event.kind in kinds]


def _list_questions(events: tuple[Event, ...], action: Action) -> list[Event]:
    """List the questions about an action, and the reports that came after the first of them."""
    chosen = _choose(events, ASKING)
    first = next((n for n, event in enumerate(chosen) if event.kind is EventKind.ASK), None)
    return [] if first is None and action.question is None else chosen[first or 0 :]


def _find_neighbours(review: Review, action: Action) -> tuple[Action | None, Action | None]:
    """Find the actions before and after this one in its review."""
    place = review.actions.index(action)
    before = review.actions[place - 1] if place else None
    after = review.actions[place + 1] if place + 1 < len(review.actions) else None
    return before, after
