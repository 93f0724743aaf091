"""The ways to say no that many checks share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.action import Action
from models.errors import Blocker, Refusal, Unknown
from models.review import Review


def action_of(review: Review, name: str) -> Action:
    """Find an action by name. Raises Unknown."""
    found = next((a for a in review.actions if a.id == name), None)
    if found is None:
        raise Unknown("action", name, tuple(a.id for a in review.actions))
    return found


def refuse_unless(holds: object, code: str, reason: str, way_out: str = "") -> None:
    """Raise Refusal unless something holds."""
    if not holds:
        raise Refusal(code, reason, way_out)


def reason(review: Review, order: Any, now: datetime) -> None:
    """Refuse an order that gives no reason."""
    del review, now
    refuse_unless(
        order.reason.strip(),
        "no-reason",
        "This needs a reason; it stands in the log for everybody.",
        "Say why.",
    )


def blocked(what: str, listed: tuple[Blocker, ...]) -> Refusal:
    """Make the refusal of what blockers stand in the way of."""
    count = "one thing stands" if len(listed) == 1 else f"{len(listed)} things stand"
    return Refusal("blocked", f"{what}: {count} in the way.", "Clear what is listed.", listed)
