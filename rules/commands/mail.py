"""Handlers of commands that come from mail."""

from __future__ import annotations

from models.commands import Command, ReportBounce
from models.review import Review
from rules.commands.handler import ApplyResult, Handler, ignore_time
from rules.commands.transitions import format_reason
from rules.notices import notices


def _apply_report_bounce(review: Review, command: ReportBounce) -> ApplyResult:
    return review, f"email to {command.person} bounced{format_reason(command.reason)}"


HANDLERS: dict[type[Command], Handler] = {
    ReportBounce: Handler(
        apply=ignore_time(_apply_report_bounce), notify=(notices.notify_of_bounce,)
    ),
}
