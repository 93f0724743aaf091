"""The workflow of one review, from draft to closed.

Only `run` starts activities; handlers change the review and return at once, so there is one writer
and one sequence. What may change with a release is decided outside, in activities and validators;
what is replayed here is bookkeeping.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import NoneType
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError

from models.codes import EventKind
from models.commands import AnyCommand, SignalCommand
from models.errors import NotFound, Refusal
from models.messages.daily_reminders import Announcement, DueReminder
from models.messages.notification_plan import NotificationPlan
from models.notifications import Delivery, Notification
from models.review import OPEN_STAGES, Receipt, Review
from rules import projection
from rules.audit import log_chain
from rules.commands import dispatch
from rules.commands.transitions import append_clock_event
from rules.delivery import outbox
from rules.notifications.recall import list_daily
from workflows import options
from workflows.error_conversion import (
    build_application_error,
    check_size,
)
from workflows.messages.envelopes import Envelope
from workflows.messages.signed_activities import SignedActivities
from workflows.search_attributes import format_details, list_search_attribute_updates
from workflows.updatable_timer import UpdatableTimer

ResultT = TypeVar("ResultT")
KEY_BYTES = 16
FORGERY = "a message that did not come from Afterword was refused"


@workflow.defn(name=options.WORKFLOW_TYPE)
class ReviewWorkflow:
    """One post-mortem of one incident."""

    @workflow.init
    def __init__(self, start: Envelope[Review]) -> None:
        self._review = log_chain.give_key(
            start.read(), workflow.random().randbytes(KEY_BYTES).hex()
        )
        self._recorded_review: Review | None = None
        self._record_task: asyncio.Task[None] | None = None
        self._planned_review: Review | None = None
        self._plan_task: asyncio.Task[None] | None = None
        self._sending_keys: frozenset[str] = frozenset()
        self._send_tasks: set[asyncio.Task[None]] = set()
        self._announced: frozenset[tuple[str, str]] = frozenset()
        self._needs_announcement = False
        self._deliveries: list[Delivery] = []
        self._activities = SignedActivities()
        self._timer = UpdatableTimer(on_due=self._handle_moment)
        self._filed_review: Review | None = None
        self._file_task: asyncio.Task[None] | None = None
        self._needs_plan = True
        self._has_news = True
        self._is_awake = False

    @workflow.run
    async def run(self, start: Envelope[Review]) -> None:
        """Run the review until it is over and everybody was notified."""
        del start
        starts_in_pairs = workflow.patched(options.RECORD_AND_PLAN_IN_PAIRS)
        while True:
            self._review = dispatch.advance_stage(self._review, workflow.now())
            self._update_visibility()
            if not starts_in_pairs:
                self._start_record_and_plan()
            self._start_send()
            self._start_announce()
            if self._record_task is None and self._plan_task is None:
                self._take_deliveries()
                self._start_record_and_plan()
            self._start_file()
            if self._is_over():
                return
            if self._may_continue_as_new():
                workflow.continue_as_new(Envelope.hold(self._review))
            await self._wait_for_change()

    @workflow.update(name="ask")
    def handle_command(self, envelope: Envelope[AnyCommand]) -> Receipt:
        """Apply a command and return its receipt; a repeated one gets its earlier receipt."""
        command = envelope.read()
        self._apply_command(command)
        return self._review.receipts[command.id]

    @handle_command.validator
    def _validate_command(self, envelope: Envelope[AnyCommand]) -> None:
        command = envelope.read()
        try:
            dispatch.validate(self._review, command, workflow.now())
            check_size(self._review, command)
        except (Refusal, NotFound) as error:
            raise build_application_error(error) from error

    @workflow.signal(name="tell")
    def handle_signal(self, envelope: Envelope[SignalCommand]) -> None:
        """Apply a command that a tool signals; if it is refused, log that for the lead."""
        if envelope.is_refused:
            self._log_forgery()
            return
        command, now = envelope.read(), workflow.now()
        try:
            dispatch.validate(self._review, command, now)
            check_size(self._review, command)
        except (Refusal, NotFound) as error:
            text = f"“{command.kind}” by {command.by} was refused: {error}"
            self._review = append_clock_event(self._review, now, kind=EventKind.REFUSED, text=text)
            self._wake_run(plan=True)
            return
        self._apply_command(command)

    @workflow.signal(name="delivered")
    def handle_deliveries(self, envelope: Envelope[list[Delivery]]) -> None:
        """Take what somebody's daily email told of this review; `run` records it."""
        if envelope.is_refused:
            self._log_forgery()
            return
        self._deliveries += envelope.read()
        self._wake_run(plan=False)

    @workflow.query
    def review(self) -> Review:
        """Return the whole record."""
        return self._review

    @workflow.query
    def due_reminder(self, person: str) -> DueReminder | None:
        """Return what somebody's daily email is to tell; raises while that is being planned."""
        if self._needs_plan or self._plan_task is not None or self._deliveries:
            raise ApplicationError("what is due is just being planned")
        return outbox.find_due_reminder(self._review, person)

    def _log_forgery(self) -> None:
        """Log, once until something else happens, that somebody tried to tell this review lies."""
        event = self._review.log[-1] if self._review.log else None
        if event is None or event.text != FORGERY:
            self._review = append_clock_event(
                self._review, workflow.now(), kind=EventKind.REFUSED, text=FORGERY
            )
            self._wake_run(plan=True)

    def _may_continue_as_new(self) -> bool:
        is_idle = workflow.all_handlers_finished() and not self._deliveries
        return workflow.info().is_continue_as_new_suggested() and is_idle

    def _take_deliveries(self) -> None:
        """Record what daily emails told, and plan without it; never while something is planned."""
        if self._deliveries:
            self._record_deliveries(self._deliveries)
            self._deliveries = []
            self._wake_run(plan=True)

    def _apply_command(self, command: AnyCommand) -> None:
        self._review = dispatch.apply(self._review, command, workflow.now())
        self._wake_run(plan=True)

    def _handle_moment(self) -> None:
        """Plan again; what still waits for daily emails then is announced once more."""
        self._announced = frozenset()
        self._wake_run(plan=True)

    def _wake_run(self, *, plan: bool) -> None:
        self._needs_plan = self._needs_plan or plan
        self._has_news = self._has_news or plan
        self._is_awake = True

    async def _wait_for_change(self) -> None:
        try:
            await workflow.wait_condition(lambda: self._is_awake)
        except asyncio.CancelledError:
            text = "somebody asked Temporal to cancel this review; that is done with a reason only"
            self._review = append_clock_event(
                self._review, workflow.now(), kind=EventKind.CANCEL_REQUESTED, text=text
            )
            self._wake_run(plan=True)
        self._is_awake = False

    def _start_record_and_plan(self) -> None:
        if self._record_task is None and self._needs_record():
            self._has_news = False
            self._record_task = asyncio.create_task(self._record())
        if self._plan_task is None and self._needs_plan:
            self._needs_plan = False
            self._plan_task = asyncio.create_task(self._plan())

    def _needs_record(self) -> bool:
        """Return whether to record now; deliveries close together are recorded together."""
        if self._recorded_review is None:
            return True
        is_due = self._has_news or not self._sending_keys
        return is_due and self._recorded_review.revision != self._review.revision

    async def _record(self) -> None:
        review = self._review
        change = projection.build_register_update(
            review, workflow.info().run_id, self._recorded_review
        )
        try:
            previous_revision = await _execute_local_activity("record", change, result_type=int)
        except FailureError:
            self._has_news = True
        else:
            self._recorded_review = review if change.base in (0, previous_revision) else None
        self._record_task = None
        self._wake_run(plan=False)

    async def _plan(self) -> None:
        as_of, now = self._review, workflow.now()
        try:
            plan = await _execute_local_activity(
                "plan", outbox.trim_for_planning(as_of), now, result_type=NotificationPlan
            )
        except FailureError:
            self._plan_task = None
            self._wake_run(plan=True)
            return
        is_unchanged = as_of.revision == self._review.revision
        self._review = outbox.apply_plan(self._review, plan, as_of)
        for command in plan.commands if is_unchanged else ():
            self._apply_command(command)
        self._timer.update_moment(plan.next_moment)
        self._planned_review, self._plan_task = as_of, None
        self._needs_announcement = True
        self._wake_run(plan=False)

    def _start_send(self) -> None:
        in_flight = self._review.in_flight
        due = tuple(
            notification
            for notification in in_flight
            if not notification.daily and notification.key not in self._sending_keys
        )
        if due:
            self._sending_keys |= {notification.key for notification in due}
            self._keep_task(self._send(due))

    def _start_announce(self) -> None:
        """Announce to people's reminder workflows what the last plan has for them."""
        if not self._needs_announcement:
            return
        waiting = frozenset((each.to, each.key) for each in list_daily(self._review))
        people = tuple(sorted({to for to, _ in waiting - self._announced}))
        self._announced, self._needs_announcement = waiting, False
        if people:
            self._keep_task(self._announce(people))

    async def _announce(self, people: tuple[str, ...]) -> None:
        await self._activities.run(
            "announce",
            Announcement(review=self._review.id, at=workflow.now()),
            people,
            result_type=NoneType,
            limit=options.ACTIVITY_TIMEOUT,
        )

    def _keep_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._send_tasks.add(task)
        task.add_done_callback(self._send_tasks.discard)

    async def _send(self, notifications: tuple[Notification, ...]) -> None:
        planned = self._planned_review
        deliveries = await self._activities.run(
            "send",
            notifications,
            outbox.trim_for_notifications(self._review, notifications),
            workflow.now(),
            result_type=list[Delivery],
            limit=options.SEND_TIMEOUT,
        )
        self._sending_keys -= {notification.key for notification in notifications}
        self._record_deliveries(deliveries)
        is_late = planned is not self._planned_review or self._plan_task is not None
        self._wake_run(plan=is_late or any(delivery.refused for delivery in deliveries))

    def _record_deliveries(self, deliveries: list[Delivery]) -> None:
        for delivery in deliveries:
            self._review = outbox.record_delivery(self._review, delivery, workflow.now())

    def _start_file(self) -> None:
        if self._is_finished() and self._filed_review is not self._review:
            self._file_task = asyncio.create_task(self._file())

    def _is_over(self) -> bool:
        """Return whether nothing is left to do, and the archive has the record."""
        return self._is_finished() and self._filed_review is self._review

    def _is_finished(self) -> bool:
        """Return whether the review has ended and nothing is under way."""
        has_notifications = self._review.held or list_daily(self._review) or self._deliveries
        has_work = self._needs_plan or self._needs_record() or has_notifications
        has_tasks = self._record_task or self._plan_task or self._file_task or self._sending_keys
        return not (self._review.stage in OPEN_STAGES or has_work or has_tasks)

    async def _file(self) -> None:
        review = self._review
        await self._activities.run(
            "file",
            review,
            workflow.info().run_id,
            result_type=NoneType,
            limit=options.ACTIVITY_TIMEOUT,
        )
        self._filed_review, self._file_task = review, None
        self._wake_run(plan=False)

    def _update_visibility(self) -> None:
        workflow.set_current_details(format_details(self._review))
        updates = list_search_attribute_updates(
            self._review, workflow.info().typed_search_attributes
        )
        if updates:
            workflow.upsert_search_attributes(updates)


async def _execute_local_activity(
    activity: str, *args: object, result_type: type[ResultT]
) -> ResultT:
    """Run a local activity and return its result.

    Raises FailureError where it fails for too long: local activities raise no ActivityError.
    """
    result: ResultT = await workflow.execute_local_activity(
        activity,
        args=args,
        result_type=result_type,
        start_to_close_timeout=options.ACTIVITY_TIMEOUT,
        schedule_to_close_timeout=options.LOCAL_ACTIVITY_TIMEOUT,
        retry_policy=options.RETRY_FOREVER,
        local_retry_threshold=options.LOCAL_RETRY_THRESHOLD,
    )
    return result
