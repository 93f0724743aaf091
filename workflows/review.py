"""The life of one review, as a durable story: who waits for what, from draft to closed.

`run` is the only one who acts; handlers change facts and return at once, so there is one writer in
one order. Whatever may change with a release is decided outside, in activities and validators; what
replays here is bookkeeping.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TypeVar

from temporalio import workflow
from temporalio.exceptions import FailureError

from models.errors import Refusal, Unknown
from models.letters import Delivery, Letter
from models.plan import Plan
from models.review import OPEN_STAGES, Receipt, Review
from rules import orders, post, shadow
from workflows import terms
from workflows.showing import details, search_attributes
from workflows.wire import Asked, Told, check_room, to_wire

T = TypeVar("T")


@workflow.defn(name=terms.WORKFLOW)
class ReviewWorkflow:
    """One post-mortem of one incident."""

    @workflow.init
    def __init__(self, review: Review) -> None:
        self._review = review
        self._recorded: Review | None = None
        self._recording: asyncio.Task[None] | None = None
        self._planned: Review | None = None
        self._planning: asyncio.Task[None] | None = None
        self._under_way: frozenset[str] = frozenset()
        self._sending: set[asyncio.Task[None]] = set()
        self._timer: asyncio.Task[None] | None = None
        self._moment: datetime | None = None
        self._timed: datetime | None = None
        self._filed: Review | None = None
        self._filing: asyncio.Task[None] | None = None
        self._is_due = True
        self._is_news = True
        self._stirred = False

    @workflow.run
    async def run(self, review: Review) -> None:
        """Carry the review until it is over and everybody has heard."""
        del review
        while True:
            self._review = orders.follow(self._review, workflow.now())
            self._show()
            self._record_and_plan()
            self._send_due()
            self._set_timer()
            if self._is_over():
                return
            if workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished():
                workflow.continue_as_new(self._review)
            await self._news()

    @workflow.update
    def ask(self, order: Asked) -> Receipt:
        """Carry out an order; a repeated one is no news and gets the receipt it got before."""
        self._take(order)
        return self._review.receipts[order.id]

    @ask.validator
    def _may_ask(self, order: Asked) -> None:
        try:
            orders.may(self._review, order, workflow.now())
            check_room(self._review, order)
        except (Refusal, Unknown) as no:
            raise to_wire(no) from no

    @workflow.signal
    def tell(self, order: Told) -> None:
        """Take what a tool can only signal; what cannot be taken is logged, and the lead hears."""
        now = workflow.now()
        try:
            orders.may(self._review, order, now)
            check_room(self._review, order)
        except (Refusal, Unknown) as no:
            said = f"{order.by} told us “{order.kind}”, which could not be taken: {no}"
            self._review = orders.by_clock(self._review, now, kind="refused", text=said)
            self._stir(plan=True)
            return
        self._take(order)

    @workflow.query
    def review(self) -> Review:
        """Show the whole record."""
        return self._review

    def _take(self, order: Asked | Told) -> None:
        self._review = orders.apply(self._review, order, workflow.now())
        self._stir(plan=True)

    def _stir(self, *, plan: bool) -> None:
        self._is_due = self._is_due or plan
        self._is_news = self._is_news or plan
        self._stirred = True

    async def _news(self) -> None:
        try:
            await workflow.wait_condition(lambda: self._stirred)
        except asyncio.CancelledError:
            said = "somebody asked Temporal to cancel this review; that is done with a reason only"
            self._review = orders.by_clock(
                self._review, workflow.now(), kind="cancel-requested", text=said
            )
            self._stir(plan=True)
        self._stirred = False

    def _record_and_plan(self) -> None:
        if self._recording is None and self._is_behind():
            self._is_news = False
            self._recording = asyncio.create_task(self._record())
        if self._planning is None and self._is_due:
            self._is_due = False
            self._planning = asyncio.create_task(self._plan())

    def _is_behind(self) -> bool:
        """Tell whether to record; letters that land one after the other are recorded together."""
        if self._recorded is None:
            return True
        is_due = self._is_news or not self._under_way
        return is_due and self._recorded.revision != self._review.revision

    async def _record(self) -> None:
        review = self._review
        change = shadow.change(review, workflow.info().run_id, self._recorded)
        try:
            found = await _at_hand("record", change, result_type=int)
        except FailureError:
            self._is_news = True
        else:
            self._recorded = review if change.base in (0, found) else None
        self._recording = None
        self._stir(plan=False)

    async def _plan(self) -> None:
        as_of, now = self._review, workflow.now()
        try:
            plan = await _at_hand("plan", post.to_plan(as_of), now, result_type=Plan)
        except FailureError:
            self._planning = None
            self._stir(plan=True)
            return
        untouched = as_of.revision == self._review.revision
        self._review = post.planned(self._review, plan, as_of)
        for order in plan.orders if untouched else ():
            self._take(order)
        self._planned, self._moment = as_of, plan.moment
        self._planning = None
        self._stir(plan=False)

    def _send_due(self) -> None:
        flying = self._review.flying
        due = tuple(letter for letter in flying if letter.key not in self._under_way)
        if due:
            self._under_way |= {letter.key for letter in due}
            task = asyncio.create_task(self._send(due))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    async def _send(self, letters: tuple[Letter, ...]) -> None:
        planned = self._planned
        deliveries: list[Delivery] = await workflow.execute_activity(
            "send",
            args=[letters, post.brief(self._review, letters), workflow.now()],
            result_type=list[Delivery],
            start_to_close_timeout=terms.ONE_VOLLEY,
            retry_policy=terms.FOR_EVER,
        )
        self._under_way -= {letter.key for letter in letters}
        for delivery in deliveries:
            self._review = post.delivered(self._review, delivery, workflow.now())
        is_late = planned is not self._planned or self._planning is not None
        self._stir(plan=is_late or any(delivery.refused for delivery in deliveries))

    def _set_timer(self) -> None:
        if self._timed == self._moment:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timed, self._timer = self._moment, None
        if self._moment is not None:
            self._timer = asyncio.create_task(self._wake(self._moment))

    async def _wake(self, moment: datetime) -> None:
        wait = moment - workflow.now()
        await workflow.sleep(max(wait.total_seconds(), 0))
        self._moment = self._timed = self._timer = None
        self._stir(plan=True)

    def _is_over(self) -> bool:
        """Tell whether nothing is left to do; the archive has the record then."""
        waiting = self._is_due or self._is_behind() or self._review.held
        busy = self._recording or self._planning or self._filing or self._under_way
        if self._review.stage in OPEN_STAGES or waiting or busy:
            return False
        if self._filed is self._review:
            return True
        self._filing = asyncio.create_task(self._file())
        return False

    async def _file(self) -> None:
        review = self._review
        await workflow.execute_activity(
            "file",
            args=[review, workflow.info().run_id],
            start_to_close_timeout=terms.ONE_TRY,
            retry_policy=terms.FOR_EVER,
        )
        self._filed, self._filing = review, None
        self._stir(plan=False)

    def _show(self) -> None:
        workflow.set_current_details(details(self._review))
        changed = search_attributes(self._review, workflow.info().typed_search_attributes)
        if changed:
            workflow.upsert_search_attributes(changed)


async def _at_hand(verb: str, *given: object, result_type: type[T]) -> T:
    """Have something done within the task that is under way.

    Raises FailureError where it fails for long: at hand, no ActivityError is put around it.
    """
    done: T = await workflow.execute_local_activity(
        verb,
        args=given,
        result_type=result_type,
        start_to_close_timeout=terms.ONE_TRY,
        schedule_to_close_timeout=terms.LONGEST_AT_HAND,
        retry_policy=terms.FOR_EVER,
        local_retry_threshold=terms.LOCAL_RETRIES,
    )
    return done
