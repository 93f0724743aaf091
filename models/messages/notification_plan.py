"""The plan of what is due: notifications to send, those held, and when to plan again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.commands import Appoint, ChangeVerifier, Reassign, ScheduleFollowUp
from models.notifications import Notification

AutomaticCommand = ScheduleFollowUp | Reassign | ChangeVerifier | Appoint


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationPlan:
    """What is due now, as returned by the planner in rules.notifications.planner.

    `notifications` go out now; `held` wait for their recipients' working hours; `commands` are
    given automatically (the default follow-up date, reassigning the work of people who left);
    `next_moment` is when to plan again, None when nothing will come due by itself.
    """

    notifications: tuple[Notification, ...] = ()
    held: tuple[Notification, ...] = ()
    commands: tuple[AutomaticCommand, ...] = ()
    next_moment: datetime | None = None
