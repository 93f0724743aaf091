"""The workflow of the daily anchor: one for the whole installation, and at most one anchor a day.

It remembers where the audit log was at the last anchor, outside the database whose log that is; so
a database that was put back to an earlier state is noticed at the next start, or the next day.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, time, timedelta
from types import NoneType
from typing import NoReturn

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.audit.anchor import AnchorState, TakenAnchor
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.messages.signed_activities import SignedActivities

TIME_OF_DAY = time(5)
"""When an anchor is taken, in UTC: before the working day of most."""

ANCHORS_PER_RUN = 100
"""After how many days the workflow goes on as a new run, with what it remembers."""

ON_ADVICE = "continue-as-new-on-advice"
"""The patch by which it also goes on as a new run when Temporal says that the history is long.

A worker that is started again and again makes it long within a day.
"""

SENT_BEFORE_SIGNATURES = Envelope.hold("")
"""What the signal of a worker said that signed nothing; only a replay has such a signal."""


@workflow.defn(name=options.ANCHOR_TYPE)
class AnchorWorkflow:
    """The daily anchor over all chains."""

    @workflow.init
    def __init__(self, start: Envelope[AnchorState]) -> None:
        self._state = start.read()
        self._has_started = False
        self._activities = SignedActivities()

    @workflow.run
    async def run(self, start: Envelope[AnchorState]) -> None:
        """Take an anchor each day, and bring it to where it is kept."""
        del start
        for _ in range(ANCHORS_PER_RUN):
            await self._wait_for_next_day()
            await self._take_anchor()
        self._continue_as_new()

    @workflow.signal(name="started")
    def handle_start(self, envelope: Envelope[str] = SENT_BEFORE_SIGNATURES) -> None:
        """Note that a worker has started, perhaps on a database that was put back."""
        self._has_started = self._has_started or not envelope.is_refused

    @workflow.query
    def state(self) -> AnchorState:
        """Return what is remembered of the last anchor."""
        return self._state

    async def _wait_for_next_day(self) -> None:
        moment = find_next_moment(workflow.now())
        while (remaining := moment - workflow.now()) > timedelta(0):
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._has_started, timeout=remaining)
            if self._has_started:
                self._has_started = False
                await self._notice_restore()
                if workflow.info().is_continue_as_new_suggested() and workflow.patched(ON_ADVICE):
                    self._continue_as_new()

    def _continue_as_new(self) -> NoReturn:
        workflow.continue_as_new(Envelope.hold(self._state))

    async def _notice_restore(self) -> None:
        self._state = await self._activities.run(
            "notice_restore",
            self._state,
            result_type=AnchorState,
            limit=options.ACTIVITY_TIMEOUT,
        )

    async def _take_anchor(self) -> None:
        taken = await self._activities.run(
            "take_anchor",
            self._state,
            workflow.now().date(),
            result_type=TakenAnchor,
            limit=options.SEND_TIMEOUT,
        )
        self._state = taken.state
        if taken.document:
            await asyncio.gather(
                self._bring("email_anchor", taken, workflow.now()),
                self._bring("write_anchor", taken),
                self._bring("post_anchor", taken),
            )

    async def _bring(self, target: str, *args: object) -> None:
        """Bring an anchor to one of its targets; one that fails for a day gets the next one."""
        try:
            await self._activities.run(
                target,
                *args,
                result_type=NoneType,
                limit=options.SEND_TIMEOUT,
                patience=options.ANCHOR_PATIENCE,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("the anchor could not be brought: %s", error)


def find_next_moment(now: datetime) -> datetime:
    """Return the next time to take an anchor after now."""
    today = datetime.combine(now.date(), TIME_OF_DAY, tzinfo=now.tzinfo)
    return today if today > now else today + timedelta(days=1)
