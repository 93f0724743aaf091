"""Decision rounds: which claim, request or stage a decision is about, so that it is about no other.

While somebody decides, what they decide about may be replaced by another. A command may name its
round; then it is refused about every other one.
"""

from __future__ import annotations

from datetime import datetime

from models.codes import RefusalCode
from models.commands import Command, Grant, Refuse, Settle
from models.errors import Refusal
from models.review import Review


def find_round(review: Review, command_type: type[Command], item: str = "") -> str:
    """Find since when what a command decides has waited, as text; "" where that does not matter.

    A decision about one claim is none about a later one. What an owner says about their work in
    progress may be said at any time, and a contribution never changes.
    """
    if command_type is Settle:
        return ""
    action = review.action(item)
    if action is None:
        return _format_round(review.stage_since)
    if command_type in (Grant, Refuse):
        return _format_round(action.postponement.at) if action.postponement else ""
    form = command_type.mail
    is_about_status = len(command_type.action_statuses) == 1 or (form and form.is_decision)
    return _format_round(action.since) if is_about_status else ""


def check_round(review: Review, command: Command) -> None:
    """Raise Refusal `stale` for a command about another round than the present one."""
    if not command.round_id:
        return
    action = review.action(command.target)
    if command.round_id == find_round(review, type(command), command.target):
        return
    raise Refusal(
        RefusalCode.STALE,
        f"{action.id if action else 'The review'} has changed since this was decided, so nothing "
        "was recorded.",
        "Please read it again, and decide then.",
    )


def _format_round(since: datetime) -> str:
    return f"{int(since.timestamp() * 1_000_000):x}"
