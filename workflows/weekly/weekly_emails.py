"""The workflow of one week's emails: at eight on Monday in each zone, to all who are there."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.messages.weekly_round import WeeklyRound
from rules.delivery.weekly_moments import find_monday
from workflows import options
from workflows.messages.envelopes import Envelope


@workflow.defn(name=options.WEEKLY_TYPE)
class WeeklyEmailsWorkflow:
    """The emails of one week."""

    @workflow.run
    async def run(self, start: Envelope[str]) -> None:
        """Send the emails of this week, each when it is time where its reader is."""
        del start
        planned = await workflow.execute_activity(
            "plan_weekly_emails",
            find_monday(workflow.now()),
            result_type=WeeklyRound,
            start_to_close_timeout=options.SEND_TIMEOUT,
            retry_policy=options.RETRY_FOREVER,
        )
        await asyncio.gather(*(self._send(planned.monday, each) for each in planned.moments))

    async def _send(self, monday: date, moment: datetime) -> None:
        """Send what is due at one moment; what cannot be sent for days is given up."""
        remaining = moment - workflow.now()
        if remaining > timedelta(0):
            await workflow.sleep(remaining)
        try:
            await workflow.execute_activity(
                "send_weekly_emails",
                args=[monday, moment, workflow.now()],
                start_to_close_timeout=options.WEEKLY_TIMEOUT,
                heartbeat_timeout=options.SEND_TIMEOUT,
                schedule_to_close_timeout=options.WEEKLY_PATIENCE,
                retry_policy=options.RETRY_FOREVER,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("some emails of the week of %s were not sent", monday)
