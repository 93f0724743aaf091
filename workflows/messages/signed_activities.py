"""Activities whose answers count only where a worker of ours signed them.

Who can reach Temporal can answer for an activity that runs, or fail it, by its number. So workers
sign what activities return, and a workflow runs one again that somebody else answered, or failed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
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
        heartbeat: timedelta | None = None,
        may_fail: bool = False,
    ) -> ResultT:
        """Return what an activity answers; each of its attempts may take as long as the limit.

        It is tried again without end, or for as long as the patience. Raises ActivityError after
        that; where it may fail, also as soon as it does so for good.
        """
        wait, end = FIRST_WAIT, workflow.now() + patience if patience else None
        while True:
            try:
                answer: RawValue | None = await workflow.execute_activity(
                    activity,
                    args=args,
                    result_type=RawValue,
                    start_to_close_timeout=limit,
                    schedule_to_close_timeout=end - workflow.now() if end else None,
                    heartbeat_timeout=heartbeat,
                    retry_policy=options.RETRY_FOREVER,
                )
            except ActivityError as error:
                if may_fail or _is_too_late(wait, end) or not _is_failed_from_outside(error):
                    raise
            else:
                if not self._is_refused(activity, answer):
                    return _read_answer(answer, result_type)
                if _is_too_late(wait, end):
                    raise _build_error(activity)
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


def _is_too_late(wait: timedelta, end: datetime | None) -> bool:
    """Return whether the patience is over before an activity could be run again."""
    return end is not None and workflow.now() + wait >= end


def _build_error(activity: str) -> ActivityError:
    """Build the error of an activity that only others answered, for as long as the patience."""
    return ActivityError(
        f"“{activity}” was answered by somebody else",
        scheduled_event_id=0,
        started_event_id=0,
        identity="",
        activity_type=activity,
        activity_id="",
        retry_state=RetryState.TIMEOUT,
    )


def _is_failed_from_outside(error: ActivityError) -> bool:
    """Return whether somebody failed what is tried again, which never fails for good."""
    is_final = error.retry_state is RetryState.NON_RETRYABLE_FAILURE
    return is_final and workflow.patched(FAILED_FROM_OUTSIDE)
