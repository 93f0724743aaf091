"""A register full of random reviews, actions and causes, as facts and as rows of the tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, insert

from models.action import ActionStatus, Priority
from models.review import OPEN_STAGES, Stage
from register import tables
from register.transactions import begin_write
from rules.figures.counting import PromisedAction

NOW = datetime(2026, 11, 29, 13, tzinfo=UTC)
TODAY = NOW.date()
TEAMS = ("", "Payments", "Search", "Übung")
PEOPLE = {f"p{n}@example.org": TEAMS[n % len(TEAMS)] for n in range(6)}
SERVICES = ("checkout", "search", "mail")
SYMPTOMS = ("The disk was full.", "the  disk was FULL", "Nobody was on call", "A typo", "")
UNKNOWN_OWNER = "stranger@example.org"
FINISHED = (ActionStatus.VERIFIED, ActionStatus.DROPPED)
NOT_OPEN = (*FINISHED, ActionStatus.WITHDRAWN, ActionStatus.UNVERIFIED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts:
    """What counts of a review."""

    id: str
    stage: Stage
    stage_since: datetime
    opened_at: datetime
    lead: str
    services: tuple[str, ...]
    restricted: bool
    filed: bool
    times: dict[str, datetime | None]

    @property
    def is_counted(self) -> bool:
        """Return whether anybody sees it in figures."""
        return not (self.restricted or self.filed or self.stage is Stage.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    """What counts of an action, and whose it is."""

    review: ReviewFacts
    action: PromisedAction
    owner: str
    risk: str


@dataclass(slots=True, kw_only=True)
class RandomRegister:
    """Reviews, their actions and the symptoms of their causes."""

    reviews: list[ReviewFacts] = field(default_factory=list)
    actions: list[ActionFacts] = field(default_factory=list)
    causes: list[tuple[ReviewFacts, str]] = field(default_factory=list)


def build_random_register(seed: int, reviews: int = 60) -> RandomRegister:
    """Build a register that is the same for the same seed."""
    random, register = Random(seed), RandomRegister()  # noqa: S311  (no secret)
    for number in range(reviews):
        review = _build_review(random, number)
        register.reviews.append(review)
        register.actions += [_build_action(random, review) for _ in range(random.randint(0, 6))]
        register.causes += [(review, random.choice(SYMPTOMS)) for _ in range(random.randint(0, 3))]
    return register


def store_register(engine: Engine, register: RandomRegister) -> None:
    """Store it as rows, without records."""
    people = [
        {"address": address, "name": "", "zone": "UTC", "country": "", "manager": "", "gone": False}
        | {"team": team, "team_key": team.casefold()}
        for address, team in PEOPLE.items()
    ]
    services = [
        {"review": review.id, "service": service}
        for review in register.reviews
        for service in review.services
    ]
    counters: dict[str, int] = {}
    actions = [_build_action_row(each, counters) for each in register.actions]
    causes = [
        {"review": review.id, "id": f"C{number}", "record": {}}
        | {"symptom_key": " ".join(symptom.casefold().split()).rstrip(".")}
        for number, (review, symptom) in enumerate(register.causes)
    ]
    with begin_write(engine) as connection:
        connection.execute(insert(tables.people), people)
        connection.execute(insert(tables.reviews), list(map(_build_review_row, register.reviews)))
        for table, rows in (
            (tables.review_services, services),
            (tables.actions, actions),
            (tables.causes, causes),
        ):
            connection.execute(insert(table), rows)


def _build_review(random: Random, number: int) -> ReviewFacts:
    opened_at = _choose_time(random, 700)
    met_at = opened_at + timedelta(days=random.randint(0, 20)) if random.random() < 0.8 else None
    follow_up = met_at and met_at + timedelta(days=random.randint(20, 50))
    has_stage = random.random()
    times = {
        "ended_at": opened_at - timedelta(hours=random.randint(0, 100)),
        "drafted_at": opened_at + timedelta(hours=random.randint(0, 200)),
        "meeting_held_at": met_at,
        "assigned_at": met_at,
        "follow_up_held_at": follow_up if random.random() < 0.6 else None,
        "closed_at": opened_at + timedelta(days=random.randint(30, 90)),
        "came_back_at": _choose_time(random, 700) if random.random() < 0.3 else None,
    }
    return ReviewFacts(
        id=f"review-random-{number:03}",
        stage=random.choice(OPEN_STAGES if has_stage < 0.7 else (Stage.CLOSED, Stage.CANCELLED)),
        stage_since=_choose_time(random, 60),
        opened_at=opened_at,
        lead=random.choice([*PEOPLE]),
        services=tuple(random.sample(SERVICES, random.randint(0, 2))),
        restricted=random.random() < 0.1,
        filed=random.random() < 0.1,
        times=times,
    )


def _build_action(random: Random, review: ReviewFacts) -> ActionFacts:
    assigned_at = _choose_time(random, 400)
    first_due = assigned_at.date() + timedelta(days=random.randint(1, 90))
    is_postponed = random.random() < 0.4
    due = first_due + timedelta(days=30) if is_postponed else first_due
    status = random.choice([*ActionStatus, ActionStatus.VERIFIED, ActionStatus.DROPPED])
    finished_at = datetime(due.year, due.month, due.day, 23, 59, tzinfo=UTC) + timedelta(
        minutes=random.choice((-60 * 24 * 40, -10, 0, 1, 60 * 24 * 9))
    )
    action = PromisedAction(
        status=status,
        priority=random.choice([*Priority]),
        due=due if random.random() < 0.95 else None,
        first_due=first_due if random.random() < 0.9 else None,
        assigned_at=assigned_at if random.random() < 0.9 else None,
        finished_at=finished_at if status in FINISHED else None,
        postponements=random.randint(1, 3) if is_postponed else 0,
    )
    return ActionFacts(
        review=review,
        action=action,
        owner=random.choice([*PEOPLE, UNKNOWN_OWNER]),
        risk=random.choice(("", "We live with it")) if status is ActionStatus.DROPPED else "",
    )


def _choose_time(random: Random, days: int) -> datetime:
    return NOW - timedelta(minutes=random.randint(0, days * 24 * 60))


def _build_review_row(review: ReviewFacts) -> dict[str, Any]:
    texts = ("source", "key", "title", "search_text", "facilitator", "sponsor", "run")
    return {
        **dict.fromkeys(texts, ""),
        "id": review.id,
        "revision": 1,
        "lost": False,
        "stage": review.stage,
        "lead": review.lead,
        "opened_at": review.opened_at,
        "stage_since": review.stage_since,
        "filed_at": NOW if review.filed else None,
        "restricted_to": ["x@example.org"] if review.restricted else [],
        "restricted": review.restricted,
        "open_actions": 0,
        "head": {"roles": {"coordinator": "", "participants": []}},
        **review.times,
    }


def _build_action_row(facts: ActionFacts, counters: dict[str, int]) -> dict[str, Any]:
    action, review = facts.action, facts.review
    number = counters[review.id] = counters.get(review.id, 0) + 1
    is_open = review.stage in OPEN_STAGES and action.status not in NOT_OPEN
    return {
        "review": review.id,
        "id": f"A{number}",
        "number": number,
        "owner": facts.owner,
        "verifier": "",
        "status": action.status,
        "due": action.due,
        "first_due": action.first_due,
        "sort_due": action.due or date.max,
        "priority": action.priority,
        "open": is_open,
        "postponements": action.postponements,
        "assigned_at": action.assigned_at,
        "finished_at": action.finished_at,
        "has_risk": bool(facts.risk),
        "record": {},
    }
