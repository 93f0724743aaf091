"""The workflow of a hand-over: one command to each review of somebody, until all have answered.

It goes on by itself where a process dies in between; a second one finds only what is left.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from models.messages.hand_over import HandOverReport, HandOverRequest, ReviewHandOver
from workflows import options
from workflows.messages.envelopes import Envelope
from workflows.messages.signed_activities import SignedActivities


@workflow.defn(name=options.HAND_OVER_TYPE)
class HandOverWorkflow:
    """The hand-over of all that one person has to do."""

    @workflow.run
    async def run(self, start: Envelope[HandOverRequest]) -> HandOverReport:
        """Hand everything over, review by review, and return what came of each."""
        request, activities = start.read(), SignedActivities()
        review_ids = await activities.run(
            "list_reviews_of",
            request.leaver,
            result_type=tuple[str, ...],
            limit=options.ACTIVITY_TIMEOUT,
            may_fail=True,
        )
        outcomes = [
            await self._hand_over(activities, request, review_id) for review_id in review_ids
        ]
        return HandOverReport(
            reviews=tuple(each for each in outcomes if each.summary or each.refused)
        )

    async def _hand_over(
        self, activities: SignedActivities, request: HandOverRequest, review_id: str
    ) -> ReviewHandOver:
        try:
            return await activities.run(
                "hand_over_review",
                request,
                review_id,
                result_type=ReviewHandOver,
                limit=options.HAND_OVER_TIMEOUT,
                patience=options.LOCAL_ACTIVITY_TIMEOUT,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return ReviewHandOver(
                review=review_id, refused="The review does not answer. Hand it over again later."
            )
