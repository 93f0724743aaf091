"""The figures: what each is called, what it counts in one plain paragraph, and by which date."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FigureId(StrEnum):
    """The figures, in the order in which they are shown; these names are in addresses."""

    VERIFIED_ON_TIME = "verified-on-time"
    VERIFIED_AS_PROMISED = "verified-as-promised"
    OPEN_AGE = "open-age"
    OPEN_BY_PRIORITY = "open-by-priority"
    POSTPONED_TWICE = "postponed-twice"
    STUCK_REVIEWS = "stuck-reviews"
    TIME_TO_STEP = "time-to-step"
    FOLLOW_UP_IN_WINDOW = "follow-up-in-window"
    CAME_BACK = "came-back"
    CAUSES_SEEN_AGAIN = "causes-seen-again"
    ACCEPTED_RISKS = "accepted-risks"


class FigureUnit(StrEnum):
    """How a figure is told: a share of something, a count out of something, or days."""

    SHARE = "share"
    COUNT = "count"
    DAYS = "days"


class FigureGroup(StrEnum):
    """By what a figure is divided into parts; the whole has one part."""

    WHOLE = "whole"
    MONTH = "month"
    TEAM = "team"
    SERVICE = "service"
    AGE = "age"
    PRIORITY = "priority"
    STAGE = "stage"
    STEP = "step"


class FigureItem(StrEnum):
    """What the rows behind a figure are."""

    ACTION = "action"
    REVIEW = "review"
    CAUSE = "cause"


class ReviewStep(StrEnum):
    """What a review reaches after its incident, whose time is measured."""

    DRAFT = "draft"
    MEETING = "meeting"
    ASSIGNED = "assigned"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: `counts` says in three words what is counted, `out_of` of what it is a part.

    `definition` is the whole truth about how it is counted; `is_present` says that it is about what
    is open today, whatever period is looked at.
    """

    id: FigureId
    name: str
    unit: FigureUnit
    item: FigureItem
    counts: str
    out_of: str
    definition: str
    groups: tuple[FigureGroup, ...] = (FigureGroup.WHOLE,)
    is_present: bool = False


LEFT_OUT = (
    "Left out everywhere: what was proposed and never assigned, post-mortems that were filed as "
    "history, reviews that were cancelled, and restricted reviews that are not open to you. "
    "A team is that of an action's owner, or of a review's lead. Days are counted in UTC."
)
"""What no figure counts, and what all of them have in common."""

FIGURES: tuple[Figure, ...] = (
    Figure(
        id=FigureId.VERIFIED_ON_TIME,
        name="Verified on time",
        unit=FigureUnit.SHARE,
        item=FigureItem.ACTION,
        counts="verified on time",
        out_of="actions whose date has passed",
        groups=(FigureGroup.WHOLE, FigureGroup.MONTH, FigureGroup.TEAM, FigureGroup.SERVICE),
        definition=(
            "Of the actions whose due date in this period has passed, the share that somebody "
            "other than the owner had verified by the end of that day. The date is the one that "
            "was agreed last: a postponement that the lead granted moves it. An action that was "
            "only reported done counts as not on time, and so does one that was dropped, whether "
            "its risk was accepted or another action took its place. Where a verdict was "
            "overturned, only the next one counts."
        ),
    ),
    Figure(
        id=FigureId.VERIFIED_AS_PROMISED,
        name="Verified as first promised",
        unit=FigureUnit.SHARE,
        item=FigureItem.ACTION,
        counts="verified by the first date",
        out_of="actions whose first date has passed",
        groups=(FigureGroup.WHOLE, FigureGroup.MONTH),
        definition=(
            "The same share against the date that was promised first, when the action was "
            "assigned. An action that was postponed and verified after that first date counts as "
            "not on time here, also where it counts as on time above."
        ),
    ),
    Figure(
        id=FigureId.OPEN_AGE,
        name="Age of open actions",
        unit=FigureUnit.COUNT,
        item=FigureItem.ACTION,
        counts="open for so long",
        out_of="open actions",
        groups=(FigureGroup.AGE,),
        is_present=True,
        definition=(
            "How many days ago the actions were assigned that are open today: assigned, and "
            "neither verified nor dropped. Giving one to somebody else does not make it younger."
        ),
    ),
    Figure(
        id=FigureId.OPEN_BY_PRIORITY,
        name="Open longer than their priority allows",
        unit=FigureUnit.COUNT,
        item=FigureItem.ACTION,
        counts="past the limit",
        out_of="open actions of this priority",
        groups=(FigureGroup.PRIORITY,),
        is_present=True,
        definition=(
            "Of the open actions of each priority, how many were assigned longer ago than the "
            "policy gives an action of that priority, whatever due date was agreed."
        ),
    ),
    Figure(
        id=FigureId.POSTPONED_TWICE,
        name="Postponed twice or more",
        unit=FigureUnit.COUNT,
        item=FigureItem.ACTION,
        counts="postponed twice or more",
        out_of="open actions",
        is_present=True,
        definition=(
            "Of the open actions, how many the lead has granted more time twice or more often. "
            "What was asked for and not granted does not count."
        ),
    ),
    Figure(
        id=FigureId.STUCK_REVIEWS,
        name="Reviews that are stuck",
        unit=FigureUnit.COUNT,
        item=FigureItem.REVIEW,
        counts="stuck",
        out_of="reviews in this stage",
        groups=(FigureGroup.STAGE,),
        is_present=True,
        definition=(
            "Of the open reviews in each stage, how many have been in it for longer than the "
            "policy gives that stage, and for a whole reminder interval after that: "
            "a draft until it is due, a meeting until the actions are to be agreed, assigned "
            "actions until all are accepted, and a follow-up until the last day for its meeting."
        ),
    ),
    Figure(
        id=FigureId.TIME_TO_STEP,
        name="Time since the incident",
        unit=FigureUnit.DAYS,
        item=FigureItem.REVIEW,
        counts="took so long",
        out_of="reviews that got there",
        groups=(FigureGroup.STEP,),
        definition=(
            "Days from the end of an incident in this period to the first approval of the draft, "
            "to the meeting, to the first approval of the actions, and to the last closure. Half "
            "of the reviews took no longer than the median, nine in ten no longer than p90. "
            "Reviews that have not got there yet are not in it."
        ),
    ),
    Figure(
        id=FigureId.FOLLOW_UP_IN_WINDOW,
        name="Follow-up meetings in time",
        unit=FigureUnit.SHARE,
        item=FigureItem.REVIEW,
        counts="followed up in time",
        out_of="reviews that were due to",
        definition=(
            "Of the reviews whose meeting was held in this period, the share whose first "
            "follow-up meeting was held within the days of the policy (28 to 42 unless yours "
            "says otherwise) after it. Counted are those that have held it, and those for which "
            "the last of these days has passed."
        ),
    ),
    Figure(
        id=FigureId.CAME_BACK,
        name="Incidents that came back",
        unit=FigureUnit.SHARE,
        item=FigureItem.REVIEW,
        counts="came back",
        out_of="reviews",
        definition=(
            "Of the reviews that were opened in this period, the share whose incident was "
            "reported again, by a tool or a person, while the review was open or after it closed."
        ),
    ),
    Figure(
        id=FigureId.CAUSES_SEEN_AGAIN,
        name="Causes that come back",
        unit=FigureUnit.SHARE,
        item=FigureItem.CAUSE,
        counts="seen in another review",
        out_of="causes",
        definition=(
            "Of the causes in reviews that were opened in this period, the share that an earlier "
            "review names in the same words, upper and lower case aside. Causes that mean the "
            "same in other words are not found this way."
        ),
    ),
    Figure(
        id=FigureId.ACCEPTED_RISKS,
        name="Accepted risks that came true",
        unit=FigureUnit.COUNT,
        item=FigureItem.ACTION,
        counts="came true",
        out_of="actions dropped with an accepted risk",
        definition=(
            "Of the actions that were dropped in this period for an accepted risk, how many are "
            "of a review whose incident was reported again after that day."
        ),
    ),
)


def get_figure(figure_id: FigureId) -> Figure:
    """Return a figure by its id."""
    return next(figure for figure in FIGURES if figure.id is figure_id)
