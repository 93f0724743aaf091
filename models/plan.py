"""What time asks for: the letters due now, those held, and the next moment to look again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from models.letters import Letter
from models.orders import Appoint, ChangeVerifier, Reassign, ScheduleFollowUp

ClockOrder = ScheduleFollowUp | Reassign | ChangeVerifier | Appoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The answer of rules.follow_up.plan.

    `letters` go out now; `held` wait for their receivers' working hours; `orders` are what the
    clock itself asks (the default follow-up date, handing over what somebody gone has left);
    `moment` is when to plan again, None when nothing will come due by itself.
    """

    letters: tuple[Letter, ...] = ()
    held: tuple[Letter, ...] = ()
    orders: tuple[ClockOrder, ...] = ()
    moment: datetime | None = None
