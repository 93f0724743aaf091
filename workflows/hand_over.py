"""The workflow of a hand-over: one command to each review of somebody, until all have answered.

It goes on by itself where a process dies in between; a second one finds only what is left.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.messages.hand_over import HandOverReport, HandOverRequest, ReviewHandOver
from workflows import options
from workflows.messages.envelopes import Envelope


@workflow.defn(name=options.HAND_OVER_TYPE)
class HandOverWorkflow:
    """The hand-over of all that one person has to do."""

    @workflow.run
    async def run(self, start: Envelope[HandOverRequest]) -> HandOverReport:
        """Hand everything over, review by review, and return what came of each."""
        request = start.read()
        review_ids = await workflow.execute_activity(
            "list_reviews_of",
            request.leaver,
            result_type=tuple[str, ...],
            start_to_close_timeout=options.ACTIVITY_TIMEOUT,
            retry_policy=options.RETRY_FOREVER,
        )
        outcomes = [await self._hand_over(request, review_id) for review_id in review_ids]
        return HandOverReport(
            reviews=tuple(each for each in outcomes if each.summary or each.refused)
        )

    async def _hand_over(self, request: HandOverRequest, review_id: str) -> ReviewHandOver:
        try:
            outcome: ReviewHandOver = await workflow.execute_activity(
                "hand_over_review",
                args=[request, review_id],
                result_type=ReviewHandOver,
                start_to_close_timeout=options.HAND_OVER_TIMEOUT,
                schedule_to_close_timeout=options.LOCAL_ACTIVITY_TIMEOUT,
                retry_policy=options.RETRY_FOREVER,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return ReviewHandOver(
                review=review_id, refused="The review does not answer. Hand it over again later."
            )
        return outcome
