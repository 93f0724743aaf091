"""What the list of actions can be filtered and sorted by."""

from __future__ import annotations

from datetime import date

from models.action import ActionStatus, Priority
from register.queries.action_queries import ActionConditions
from register.queries.lists.sorting import SortOrder
from web.pages.lists.list_view import FilterKind, ListFilter, ListLayout, ListView

OPEN, ANY = "open", "any"
MAX_SEVERITY = 9
SEVERITIES = tuple((str(n), str(n)) for n in range(1, MAX_SEVERITY + 1))
PRIORITIES = tuple((each.value, each.value) for each in Priority)

ACTION_LAYOUT = ListLayout(
    path="/actions",
    filters=(
        ListFilter(name="q", label="Words", hint="in action or measure", is_main=True),
        ListFilter(
            name="status",
            label="Status",
            kind=FilterKind.CHOICE,
            choices=(
                (OPEN, "all open"),
                (ANY, "any"),
                *((each.value, each.value) for each in ActionStatus),
            ),
            is_main=True,
        ),
        ListFilter(
            name="owner",
            label="Owner",
            kind=FilterKind.PERSON,
            hint="name or address",
            is_main=True,
        ),
        ListFilter(name="team", label="Team of the owner"),
        ListFilter(name="overdue", label="Overdue", kind=FilterKind.FLAG),
        ListFilter(
            name="verifier", label="Verifier", kind=FilterKind.PERSON, hint="name or address"
        ),
        ListFilter(name="service", label="Service", hint="that was affected"),
        ListFilter(name="severity", label="Severity", kind=FilterKind.CHOICE, choices=SEVERITIES),
        ListFilter(name="priority", label="Priority", kind=FilterKind.CHOICE, choices=PRIORITIES),
        ListFilter(
            name="postponed",
            label="Postponed at least",
            kind=FilterKind.COUNT,
            hint="how often more time was granted",
        ),
        ListFilter(name="cause", label="Cause", hint="words of a cause of the review"),
    ),
    sorts=(
        ("due", "due date"),
        ("status", "status"),
        ("owner", "owner"),
        ("verifier", "verifier"),
        ("priority", "priority"),
        ("postponed", "times postponed"),
        ("since", "last change of status"),
        ("review", "review"),
    ),
    default=SortOrder(by="due"),
    falling=frozenset({"postponed", "since"}),
)


def build_action_conditions(view: ListView, today: date) -> ActionConditions:
    """Build the conditions that a view of actions stands for; open ones, unless it says more."""
    statuses = view.values.get("status", ())
    return ActionConditions(
        q=view.get("q"),
        owner=view.get("owner"),
        verifier=view.get("verifier"),
        team=view.get("team"),
        service=view.get("service"),
        cause=view.get("cause"),
        statuses=tuple(ActionStatus(each) for each in statuses if each not in {OPEN, ANY}),
        severities=tuple(int(each) for each in view.values.get("severity", ())),
        priorities=tuple(Priority(each) for each in view.values.get("priority", ())),
        postponed=view.get_count("postponed"),
        overdue_on=today if view.get("overdue") else None,
        open_only=not statuses or OPEN in statuses,
    )
