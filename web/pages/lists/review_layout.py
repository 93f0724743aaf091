"""What the list of reviews can be filtered and sorted by."""

from __future__ import annotations

from datetime import date

from models.action import Priority
from models.review import Stage
from register.queries.action_queries import ActionConditions
from register.queries.lists.sorting import SortOrder
from register.queries.review_queries import ReviewConditions
from web.pages.lists.action_layout import PRIORITIES, SEVERITIES
from web.pages.lists.list_view import FilterKind, ListFilter, ListLayout, ListView

OPEN, HISTORY = "open", "history"

REVIEW_LAYOUT = ListLayout(
    path="/reviews",
    filters=(
        ListFilter(name="q", label="Search", hint="title or ID", is_main=True),
        ListFilter(
            name="stage",
            label="Stage",
            kind=FilterKind.CHOICE,
            choices=(
                (OPEN, "all open"),
                *((each.value, each.value) for each in Stage),
                (HISTORY, "filed as history"),
            ),
            is_main=True,
        ),
        ListFilter(
            name="lead", label="Lead", kind=FilterKind.PERSON, hint="name or address", is_main=True
        ),
        ListFilter(name="service", label="Service", hint="that was affected"),
        ListFilter(name="overdue", label="With an overdue action", kind=FilterKind.FLAG),
        ListFilter(name="severity", label="Severity", kind=FilterKind.CHOICE, choices=SEVERITIES),
        ListFilter(name="cause", label="Cause", hint="words of a cause"),
        ListFilter(
            name="owner",
            label="Owner of an action",
            kind=FilterKind.PERSON,
            hint="name or address",
        ),
        ListFilter(
            name="verifier",
            label="Verifier of an action",
            kind=FilterKind.PERSON,
            hint="name or address",
        ),
        ListFilter(name="team", label="Team of an owner"),
        ListFilter(
            name="priority",
            label="Priority of an action",
            kind=FilterKind.CHOICE,
            choices=PRIORITIES,
        ),
        ListFilter(
            name="postponed",
            label="An action postponed at least",
            kind=FilterKind.COUNT,
            hint="how often more time was granted",
        ),
    ),
    sorts=(
        ("opened", "when it was opened"),
        ("title", "title"),
        ("stage", "stage"),
        ("severity", "severity"),
        ("lead", "lead"),
        ("actions", "open actions"),
        ("due", "next due date"),
        ("since", "when its stage began"),
    ),
    default=SortOrder(by="opened", descending=True),
    falling=frozenset({"opened", "actions"}),
)

ACTION_FILTERS = ("owner", "verifier", "team", "priority", "postponed")
HISTORY_BY_STAGE = {HISTORY: True, Stage.CLOSED.value: False}
"""What a stage shows of history: its own choice only that, “closed” only what was carried."""


def build_review_conditions(view: ListView, today: date) -> ReviewConditions:
    """Build the conditions that a view of reviews stands for."""
    stage = view.get("stage")
    return ReviewConditions(
        stage=Stage(stage) if stage in set(Stage) else None,
        open_only=stage == OPEN,
        history=HISTORY_BY_STAGE.get(stage),
        q=view.get("q"),
        lead=view.get("lead"),
        service=view.get("service"),
        cause=view.get("cause"),
        severities=tuple(int(each) for each in view.values.get("severity", ())),
        overdue_on=today if view.get("overdue") else None,
        action=_build_action_conditions(view),
    )


def _build_action_conditions(view: ListView) -> ActionConditions | None:
    """Build what one action must be like; None where the view asks nothing of actions."""
    if not any(view.get(name) for name in ACTION_FILTERS):
        return None
    return ActionConditions(
        owner=view.get("owner"),
        verifier=view.get("verifier"),
        team=view.get("team"),
        priorities=tuple(Priority(each) for each in view.values.get("priority", ())),
        postponed=view.get_count("postponed"),
    )
