"""Policy: due times and how often people are reminded, with the source of each figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time

from models.action import Priority

MAX_REMINDER_EMAILS = 24
"""More reminder emails a day than one an hour are a mistake."""


def _default_due_days() -> dict[Priority, int]:
    return {Priority.P1: 15, Priority.P2: 30, Priority.P3: 60, Priority.P4: 90}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The due times of an organisation; plain days are calendar days.

    Meeting times follow PagerDuty's post-mortem guide (3 days for the worst, 5 working days
    else), due limits PagerDuty's accountability page (15 and 30 days) and GitLab's corrective
    actions (60 and 90), the two-day escalation what FireFighter's users asked for.
    """

    worst_severity: int = 1
    meeting_working_days_worst: int = 3
    meeting_working_days: int = 5
    meeting_working_days_project: int = 10
    draft_before_meeting_working_days: int = 1
    draft_working_days: int = 2
    due_days: dict[Priority, int] = field(default_factory=_default_due_days)
    reminder_working_days: int = 2
    emails_per_escalation: int = 3
    remind_before_due_days: tuple[int, ...] = (7, 1, 0)
    overdue_working_days: int = 3
    overdue_lead_days: int = 7
    overdue_sponsor_days: int = 14
    follow_up_days: int = 35
    follow_up_earliest_days: int = 28
    follow_up_latest_days: int = 42
    follow_up_after_acceptance_working_days: int = 10
    brief_before_working_days: int = 1
    opens_at: time = time(9)
    closes_at: time = time(17)
    reminder_emails_per_day: int = 1
    max_actions: int = 30
    restricted_reviews: bool | None = None
    """Whether reviews may be restricted; then nobody is named where Temporal cannot encrypt.

    None in reviews of before this was asked.
    """

    def __post_init__(self) -> None:
        """Validate that reminders end and opening hours are in order. Raises ValueError."""
        for name in (
            *("reminder_working_days", "overdue_working_days", "emails_per_escalation"),
            "max_actions",
        ):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        if not 1 <= self.reminder_emails_per_day <= MAX_REMINDER_EMAILS:
            raise ValueError(f"reminder_emails_per_day must be from 1 to {MAX_REMINDER_EMAILS}")
        if self.opens_at >= self.closes_at:
            raise ValueError("opens_at must come before closes_at")
