"""Activities whose answers count only where a worker of ours signed them.

Who can reach Temporal can answer for an activity that runs, or fail it, by its number. So workers
sign what activities return, and a workflow runs one again that somebody else answered, or failed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, RetryState

from workflows import options
from workflows.messages.signatures import is_answer_refused

ResultT = TypeVar("ResultT")

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(days=1)
"""How long an activity waits that is run again; the time doubles. Where workers have no key in
common, all is refused, and nobody must get an email again and again.
"""

FAILED_FROM_OUTSIDE = "failed-from-outside"


class SignedActivities:
    """The activities of one workflow; their answers are counted, to mark which are refused."""

    def __init__(self) -> None:
        self._answers = 0

    async def run(
        self,
        activity: str,
        *args: object,
        result_type: type[ResultT],
        limit: timedelta,
        patience: timedelta | None = None,
        may_fail: bool = False,
    ) -> ResultT:
        """Return what an activity answers; each of its attempts may take as long as the limit.

        It is tried again without end, or for as long as the patience. Raises ActivityError after
        that; where it may fail, also as soon as it does so for good.
        """
        wait = FIRST_WAIT
        while True:
            try:
                answer: RawValue | None = await workflow.execute_activity(
                    activity,
                    args=args,
                    result_type=RawValue,
                    start_to_close_timeout=limit,
                    schedule_to_close_timeout=patience,
                    retry_policy=options.RETRY_FOREVER,
                )
            except ActivityError as error:
                if patience or may_fail or not _is_failed_from_outside(error):
                    raise
            else:
                if not self._is_refused(activity, answer):
                    return _read_answer(answer, result_type)
            workflow.logger.warning("“%s” was answered by somebody else; it is run again", activity)
            await workflow.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _is_refused(self, activity: str, answer: RawValue | None) -> bool:
        self._answers += 1
        payload = answer.payload if answer else None
        return is_answer_refused(payload, activity, f"refused-answer-{self._answers}")


def _read_answer(answer: RawValue | None, result_type: type[ResultT]) -> ResultT:
    result: ResultT = workflow.payload_converter().from_payloads(
        [answer.payload] if answer else [], [result_type]
    )[0]
    return result


def _is_failed_from_outside(error: ActivityError) -> bool:
    """Return whether somebody failed what is tried without end, which never fails for good."""
    is_final = error.retry_state is RetryState.NON_RETRYABLE_FAILURE
    return is_final and workflow.patched(FAILED_FROM_OUTSIDE)
