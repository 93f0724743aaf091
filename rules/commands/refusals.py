"""Refusals that many validators share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from models.action import Action, ActionStatus
from models.codes import BlockerCode, EventKind, RefusalCode
from models.commands import Claim, Verify
from models.errors import Blocker, NotFound, Refusal
from models.review import Review
from rules.formatting import format_date, join_words, quote

MAX_DATE_AHEAD = timedelta(days=731)
"""How far ahead a date may be."""


BLOCKER_NAMES: dict[str, str] = {
    BlockerCode.NO_MEETING: "the meeting",
    BlockerCode.MEETING_NOT_HELD: "the meeting",
    BlockerCode.NO_FACILITATOR: "the facilitator’s role",
    BlockerCode.NO_DOCUMENT: "the document",
    BlockerCode.NOTHING_WENT_WELL: "the document",
    BlockerCode.SECTION_MISSING: "the document",
    BlockerCode.NO_CAUSES: "the list of causes",
    BlockerCode.NO_FOLLOW_UP: "the follow-up meeting",
    BlockerCode.FOLLOW_UP_NOT_HELD: "the follow-up meeting",
}
"""What a refusal calls the thing that a blocker is about; for any other code it is its item."""


def require_action(review: Review, action_id: str) -> Action:
    """Return the action with this id. Raises NotFound."""
    action = review.action(action_id)
    if action is None:
        raise NotFound("action", action_id, tuple(a.id for a in review.actions))
    return action


def refuse_unless(condition: object, code: RefusalCode, reason: str, way_out: str = "") -> None:
    """Raise Refusal unless the condition holds."""
    if not condition:
        raise Refusal(code, reason, way_out)


def validate_reason(command: Any) -> None:
    """Raise Refusal unless the command gives a reason."""
    refuse_unless(
        command.reason.strip(),
        RefusalCode.NO_REASON,
        "This needs a reason, which everybody can read in the log.",
        "Say why.",
    )


def ask_back_once(review: Review, command: Claim | Verify, words: str) -> None:
    """Raise Refusal with the command's question, unless its author was asked back before.

    What was asked before the action came into its present status no longer counts.
    """
    action = require_action(review, command.action)
    was_asked = any(
        event.kind is EventKind.ASK_BACK
        and (event.item, event.by) == (action.id, command.by)
        and event.at >= action.since
        for event in review.log
    )
    refuse_unless(
        was_asked or not command.question,
        RefusalCode.ASKED_BACK,
        f"{quote(words)} names nothing that anybody else could look at, so nothing is recorded "
        f"yet. {command.question}",
        "Say that, or send the same once more: then it is recorded as it stands.",
    )


def build_text_validator(
    field: str, code: RefusalCode, reason: str, way_out: str
) -> Callable[[Review, Any, datetime], None]:
    """Return a validator that refuses a command whose field holds no text."""
    return lambda _review, command, _now: refuse_unless(
        getattr(command, field).strip(), code, reason, way_out
    )


def count_held_actions(review: Review) -> int:
    """Count the actions of a review that were not withdrawn."""
    return sum(action.status is not ActionStatus.WITHDRAWN for action in review.actions)


def check_not_too_far(due: date | None, now: datetime) -> None:
    """Raise Refusal where a date is too far ahead."""
    if due is not None and due > now.date() + MAX_DATE_AHEAD:
        raise Refusal(
            RefusalCode.TOO_FAR,
            f"{format_date(due)} is more than {MAX_DATE_AHEAD.days} days ahead.",
            "Name an earlier date.",
        )


def build_blocked_refusal(what: str, blockers: tuple[Blocker, ...]) -> Refusal:
    """Build the refusal that lists the blockers."""
    names = dict.fromkeys(BLOCKER_NAMES.get(b.code) or b.item or "the review" for b in blockers)
    verb = "needs" if len(names) == 1 else "need"
    return Refusal(
        RefusalCode.BLOCKED,
        f"{what} yet: {join_words(tuple(names))} {verb} attention first.",
        "The list says what is needed, and who can do it.",
        blockers,
    )
