"""Refusals that many validators share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from models.action import Action
from models.codes import RefusalCode
from models.errors import Blocker, NotFound, Refusal
from models.review import Review


def find_action(review: Review, name: str) -> Action:
    """Return the action with this id. Raises NotFound."""
    action = next((a for a in review.actions if a.id == name), None)
    if action is None:
        raise NotFound("action", name, tuple(a.id for a in review.actions))
    return action


def refuse_unless(condition: object, code: RefusalCode, reason: str, way_out: str = "") -> None:
    """Raise Refusal unless the condition holds."""
    if not condition:
        raise Refusal(code, reason, way_out)


def validate_reason(review: Review, command: Any, now: datetime) -> None:
    """Raise Refusal unless the command gives a reason."""
    del review, now
    refuse_unless(
        command.reason.strip(),
        RefusalCode.NO_REASON,
        "This needs a reason; it stands in the log for everybody.",
        "Say why.",
    )


def build_blocked_refusal(what: str, blockers: tuple[Blocker, ...]) -> Refusal:
    """Build the refusal that lists the blockers."""
    count = "one thing stands" if len(blockers) == 1 else f"{len(blockers)} things stand"
    return Refusal(
        RefusalCode.BLOCKED, f"{what}: {count} in the way.", "Clear what is listed.", blockers
    )
