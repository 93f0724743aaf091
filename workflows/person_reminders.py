"""The workflow of one person's reminder emails, over all reviews.

Reviews announce that they have something for the person. It gathers the announcements for some
minutes, asks each review what is still true, and sends it all in one email, within the person's
working hours and the budget of the policy. It tells each review what was sent; what could not be
sent is announced again by its review on the next working day. It ends when nothing waits and the
day of the last email is over; the next announcement starts it again.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError

from models.messages.daily_reminders import (
    Announcement,
    ReminderQueue,
    ReminderRound,
    ReviewDeliveries,
)
from rules.delivery import reminder_queue
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.messages.signed_activities import SignedActivities


@workflow.defn(name=options.REMINDERS_TYPE)
class RemindersWorkflow:
    """The reminder emails of one person."""

    @workflow.init
    def __init__(self, start: Envelope[ReminderQueue]) -> None:
        self._queue = start.read()
        self._has_news = False
        self._activities = SignedActivities()

    @workflow.run
    async def run(self, start: Envelope[ReminderQueue]) -> None:
        """Send what is announced, at most as often as the budget says, until nothing waits."""
        del start
        while not self._is_over():
            if self._is_due():
                await self._remind()
            elif workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(Envelope.hold(self._queue))
            else:
                await self._wait_for_change()

    @workflow.signal(name="announce")
    def handle_announcement(self, envelope: Envelope[Announcement]) -> None:
        """Note that a review has something for the person; what we did not sign is not read."""
        if envelope.is_refused:
            return
        announcement = envelope.read()
        self._queue = reminder_queue.add_announcement(self._queue, announcement, workflow.now())
        self._has_news = True

    @workflow.query
    def queue(self) -> ReminderQueue:
        """Return what waits, and what was sent."""
        return self._queue

    def _is_due(self) -> bool:
        return reminder_queue.is_due(self._queue, workflow.now())

    def _is_over(self) -> bool:
        return reminder_queue.is_over(self._queue, workflow.now())

    async def _wait_for_change(self) -> None:
        self._has_news = False
        now = workflow.now()
        remaining = reminder_queue.find_next_moment(self._queue, now) - now
        with suppress(asyncio.TimeoutError):
            await workflow.wait_condition(lambda: self._has_news, timeout=remaining)

    async def _remind(self) -> None:
        before = self._queue
        try:
            outcome = await self._activities.run(
                "remind",
                before,
                workflow.now(),
                result_type=ReminderRound,
                limit=options.SEND_TIMEOUT,
                patience=options.REMIND_TIMEOUT,
            )
        except ActivityError:
            self._queue = reminder_queue.apply_failure(self._queue, workflow.now())
            return
        self._queue = reminder_queue.apply_round(before, self._queue, outcome, workflow.now())
        for sent in outcome.sent:
            await self._tell_review(sent)

    async def _tell_review(self, sent: ReviewDeliveries) -> None:
        """Tell a review what was sent; one that is over has no use for it."""
        review = workflow.get_external_workflow_handle(sent.review)
        with suppress(FailureError):
            await review.signal("delivered", list(sent.deliveries))
