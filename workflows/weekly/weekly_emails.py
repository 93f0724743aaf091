"""The workflow of one week's emails: at eight on Monday in each zone, to all who are there."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from types import NoneType

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.messages.weekly_round import WeeklyRound
from rules.delivery.weekly_moments import find_monday, find_weekly_end
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.messages.signed_activities import SignedActivities

NOT_SENT = "some emails of the week of %s were not sent"


@workflow.defn(name=options.WEEKLY_TYPE)
class WeeklyEmailsWorkflow:
    """The emails of one week."""

    @workflow.init
    def __init__(self, start: Envelope[str]) -> None:
        del start
        self._activities = SignedActivities()

    @workflow.run
    async def run(self, start: Envelope[str]) -> None:
        """Send the emails of this week, each when it is time where its reader is.

        What cannot be planned or sent until the week is over is given up, so that the next begins.
        """
        del start
        monday = find_monday(workflow.now())
        try:
            planned = await self._activities.run(
                "plan_weekly_emails",
                monday,
                result_type=WeeklyRound,
                limit=options.SEND_TIMEOUT,
                patience=find_weekly_end(monday) - workflow.now(),
            )
        except ActivityError as error:
            _give_up(monday, error)
            return
        await asyncio.gather(*(self._send(planned.monday, each) for each in planned.moments))

    async def _send(self, monday: date, moment: datetime) -> None:
        remaining = moment - workflow.now()
        if remaining > timedelta(0):
            await workflow.sleep(remaining)
        patience = find_weekly_end(monday) - workflow.now()
        if patience <= timedelta(0):
            workflow.logger.warning(NOT_SENT, monday)
            return
        try:
            await self._activities.run(
                "send_weekly_emails",
                *(monday, moment, workflow.now()),
                result_type=NoneType,
                limit=options.WEEKLY_TIMEOUT,
                patience=patience,
                heartbeat=options.SEND_TIMEOUT,
            )
        except ActivityError as error:
            _give_up(monday, error)


def _give_up(monday: date, error: ActivityError) -> None:
    """Log that emails of a week were not sent. Raises what was only cancelled."""
    if is_cancelled_exception(error):
        raise error
    workflow.logger.warning(NOT_SENT, monday)
