"""The single steps of which changes are made: moves by the tables, and what goes with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from models.action import Action
from models.review import Review
from rules.machines import stage_after, standing_after


def moved(review: Review, verb: str, now: datetime) -> Review:
    """Move a review by a verb of its table; where the table has no such move, nothing changes."""
    after = stage_after(review.stage, verb)
    return review if after is None else replace(review, stage=after, stage_since=now)


def step(review: Review, name: str, verb: str, now: datetime, **said: Any) -> Review:
    """Move one action by a verb of its table, and set what was said along with it."""

    def stepped(action: Action) -> Action:
        after = standing_after(action.standing, verb)
        if after is None:
            return action
        return replace(action, standing=after, since=now, **said)

    return each(review, name, stepped)


def each(review: Review, name: str, changed: Callable[[Action], Action]) -> Review:
    """Change the one action of that name."""
    actions = tuple(changed(a) if a.id == name else a for a in review.actions)
    return replace(review, actions=actions)


def action_named(review: Review, name: str) -> Action | None:
    """Find an action by name."""
    return next((a for a in review.actions if a.id == name), None)


def plan_changed(review: Review, now: datetime) -> Review:
    """Note that the plan changed, so that a follow-up meeting must go through it."""
    return replace(review, plan_changed_at=now)


def because(reason: str) -> str:
    """Put a reason behind a sentence, where there is one."""
    return f": {reason}" if reason.strip() else ""


def answered(review: Review, names: tuple[str, ...], how: str) -> Review:
    """Note how recurrences were taken account of."""
    recurrences = tuple(
        replace(r, answered=how) if r.id in names and not r.answered else r
        for r in review.recurrences
    )
    return replace(review, recurrences=recurrences)


def assigned(review: Review, name: str, now: datetime) -> Review:
    """Assign one action; a recurrence it addresses is answered by that."""
    action = action_named(review, name)
    owners = (*action.owners, action.owner) if action else ()
    after = step(review, name, "assign", now, assigned_at=now, owners=tuple(dict.fromkeys(owners)))
    return _answered_by(after, name)


def _answered_by(review: Review, name: str) -> Review:
    """Take an assigned action that addresses a recurrence as the lead's answer to it."""
    action = action_named(review, name)
    addressed = action.causes if action else ()
    return answered(review, addressed, f"{name} addresses it")


def overturned(review: Review, name: str, reason: str, now: datetime) -> Review:
    """Take one outcome back."""
    return step(review, name, "overturn", now, outcome=None, evidence="", said=reason)
