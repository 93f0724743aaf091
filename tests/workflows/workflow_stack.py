"""The whole stack for workflow tests: real Temporal, worker, database and mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import Envelope
from sqlalchemy import Engine
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.review_activities import ReviewActivities
from local.postbox import Postbox, serve_smtp
from mail.common.mail_settings import MailSettings
from mail.outbound.smtp import Mailer, SmtpServer
from models import commands as o
from models.action import Priority
from models.document import Section
from models.incident import Incident
from models.people import Channel, Person
from models.policy import Policy
from models.review import Gate, Receipt, Review
from register.archive import Archive
from register.database import build_engine, migrate
from rules.calendar.working_time import get_calendar
from rules.notifications.recall import list_daily
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, OLGA, OMAR, PEOPLE, PIA, ROLES, VERA
from worker import build_worker
from workflows.client import ReviewClient
from workflows.person_reminders import RemindersWorkflow
from workflows.reminder_client import name_reminders

SITE = MailSettings(
    sender="afterword@example.org",
    domain="reply.example.org",
    url="https://afterword.example.org",
    secret=b"a secret of sixteen octets",
    decision_links=True,
)
DAY = timedelta(days=1)
SKIPPED_AT_ONCE = timedelta(hours=12)
GATHERING_TIME = timedelta(milliseconds=250)
"""How long daily emails wait for other reviews in tests; their clocks are not moved forward."""

SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.WENT_WELL)


class FaultyPostbox(Postbox):
    """A mail server that keeps emails, refuses some people for good, and can be unavailable."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.refused: set[str] = set()
        self.deferred: set[str] = set()
        self.is_unavailable = False

    async def handle_MAIL(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Answer a sender; refuse for now while unavailable."""
        if self.is_unavailable:
            return "451 4.3.2 the carrier is away"
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Answer a recipient; refuse or defer those that the test has named."""
        if address in self.refused:
            return "550 5.1.1 nobody of that name"
        if address in self.deferred:
            return "450 4.1.2 this domain does not answer now"
        envelope.rcpt_tos.append(address)
        return "250 ok"


@dataclass
class WorkflowStack:
    """What a workflow test may use; each review has a clock of its own."""

    env: WorkflowEnvironment
    engine: Engine
    archive: Archive
    postbox: FaultyPostbox
    review_client: ReviewClient
    activities: ReviewActivities
    queue: str
    smtp_port: int

    def read_clock(self) -> datetime:
        """Return the real time, at which new reviews begin."""
        return datetime.now(UTC)

    def get_reminders(self, person: str) -> WorkflowHandle[RemindersWorkflow, None]:
        """Return the handle of the workflow that reminds somebody."""
        return self.env.client.get_workflow_handle_for(
            RemindersWorkflow.run, name_reminders(self.archive, person)
        )

    async def has_spent_budget(self, person: str, now: datetime) -> bool:
        """Return whether somebody had a daily email on their last working day, or the day before.

        What did not get into it waits for their next working day, over a weekend, too.
        """
        try:
            queue = await self.get_reminders(person).query(RemindersWorkflow.queue)
        except RPCError:
            return False
        last_day = _find_last_opening(person, now)
        return not queue.waiting and not {last_day, last_day - DAY}.isdisjoint(queue.sent_on)

    async def forget_reminders(self) -> None:
        """End the reminder workflows of all people: other tests spent their budgets for days ahead.

        Tests move the clocks of their reviews, but these workflows remember all of their emails.
        """
        for person in PEOPLE:
            with suppress(RPCError):  # none runs
                await self.get_reminders(person).terminate()

    async def open_review(self, **roles: Any) -> RunningReview:
        """Open a review of a new incident, wait until the register has it, and return it."""
        key = uuid4().hex[:10].upper()
        incident = Incident(
            source="pagerduty",
            key=key,
            title=f"Checkout answered with errors ({key})",
            severity=1,
            ended_at=self.read_clock() - timedelta(hours=1),
        )
        name, new = await self.review_client.open_review(
            incident, replace(ROLES, **roles), by="tool:pagerduty"
        )
        assert new
        return RunningReview(self, name)


def _find_last_opening(person: str, now: datetime) -> date:
    """Find somebody's last working day whose working hours have begun."""
    calendar = get_calendar(PEOPLE.get(person) or Person(address=person), Policy())
    today = calendar.to_local_date(now)
    has_opened = now >= calendar.get_opening_time(today)
    return calendar.find_last_working_day(today if has_opened else today - DAY)


@dataclass
class RunningReview:
    """One review on the stack."""

    stack: WorkflowStack
    id: str
    ahead: timedelta = field(default_factory=timedelta)

    def read_clock(self) -> datetime:
        """Return the virtual time of this review; each has a clock of its own."""
        return self.stack.read_clock() + self.ahead

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Return the Temporal handle of the workflow."""
        return self.stack.env.client.get_workflow_handle(self.id)

    async def ask(self, kind: type[o.Command], by: str, **fields: Any) -> Receipt:
        """Send a command to the review and return its receipt."""
        fields_with_id = {"id": uuid4().hex, "channel": Channel.CLI, **fields}
        return await self.stack.review_client.send_command(self.id, kind(by=by, **fields_with_id))  # type: ignore[arg-type]  # any command will do

    async def fetch_review(self) -> Review:
        """Return the record as it stands now."""
        return await self.stack.review_client.fetch_review(self.id)

    async def skip(self, **span: float) -> None:
        """Let virtual time pass, for this review and for the edges; daily emails go out on the way.

        The workflows of people who are reminded have clocks of their own, which go on as they do.
        """
        remaining = timedelta(**span)
        while remaining > timedelta():
            step = min(remaining, SKIPPED_AT_ONCE)
            await self.stack.env.fast_forward(self.handle, step)
            self.ahead, remaining = self.ahead + step, remaining - step
            await self.wait_for_daily_emails()

    async def wait_for_daily_emails(self) -> None:
        """Wait until everybody who has something waiting got it, or had an email on that day."""
        async with asyncio.timeout(PATIENCE):
            while not self.stack.postbox.is_unavailable and await self._awaits_daily_emails():  # noqa: ASYNC110  (a query sends no events)
                await asyncio.sleep(0.02)

    async def _awaits_daily_emails(self) -> bool:
        for notification in list_daily(await self.fetch_review()):
            if not await self.stack.has_spent_budget(notification.to, self.read_clock()):
                return True
        return False

    async def wait_until(self, condition: Callable[[Review], object]) -> Review:
        """Wait in real time until a condition holds of the record, and return the record."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not condition(review := await self.fetch_review()):  # noqa: ASYNC110  (a query sends no events)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            lines = "\n".join(f"{e.revision} {e.kind} {e.text}" for e in review.log)
            raise AssertionError(f"it never held; the log:\n{lines}") from None
        return review

    async def write_draft(self) -> None:
        """Write the document and set the meeting."""
        await self.ask(o.Write, FAY, digest="d" * 64, size=2_000, sections=SECTIONS)
        at = self.read_clock() + timedelta(days=2)
        await self.ask(o.ScheduleMeeting, FAY, at=at, place="Room 4")

    async def hold_meeting(self) -> None:
        """Hold the meeting, name a cause and propose two actions."""
        await self.ask(o.Approve, ADA, gate=Gate.DRAFT)
        await self.skip(days=2)
        await self.ask(o.HoldMeeting, FAY, attended=(ADA, PIA))
        await self.ask(o.AddCause, FAY, symptom="It broke", whys=("A full pool", "No limit"))
        for owner in (OLGA, OMAR):
            await self.propose_action(owner)

    async def propose_action(self, owner: str) -> Receipt:
        """Send a proposal of an action and return the receipt."""
        return await self.ask(
            o.Propose,
            FAY,
            text=f"Limit connections per tenant to 20 in the pool of {owner}",
            owner=owner,
            verifier=VERA,
            due=(self.read_clock() + timedelta(days=20)).date(),
            measure="A load test with 50 tenants stays under 1 % errors",
            priority=Priority.P2,
            causes=("C1",),
        )

    async def assign_actions(self) -> None:
        """Approve the actions and let their owners accept."""
        await self.ask(o.Approve, ADA, gate=Gate.ACTIONS)
        await self.ask(o.Accept, OLGA, action="A1")
        await self.ask(o.Accept, OMAR, action="A2")
        await self.wait_until(lambda review: review.stage == "follow-up")

    async def verify_actions(self) -> None:
        """Claim and verify both actions."""
        for owner, name in ((OLGA, "A1"), (OMAR, "A2")):
            await self.ask(o.Claim, owner, action=name, evidence="https://example.org/change")
            await self.ask(o.Verify, VERA, action=name, finding="I ran it twice; it holds.")

    async def hold_follow_up(self) -> None:
        """Let time pass until the follow-up meeting, and hold it."""
        review = await self.fetch_review()
        assert review.follow_up is not None
        wait = review.follow_up.at - self.read_clock() + timedelta(minutes=30)
        await self.skip(seconds=wait.total_seconds())
        await self.ask(o.HoldFollowUp, FAY, statuses=dict.fromkeys(("A1", "A2"), "done"))

    async def close(self) -> None:
        """Approve closure and wait until the archive has the record."""
        await self.ask(o.Approve, ADA, gate=Gate.CLOSURE)
        await self.wait_for_completion()

    async def wait_for_completion(self) -> None:
        """Skip a week for the last notifications, and wait until the workflow has completed.

        A run that comes after it begins at the real time.
        """
        with suppress(RPCError):  # it may complete on the way
            await self.skip(days=7)
        async with asyncio.timeout(PATIENCE):
            await self.handle.result()
        self.ahead = timedelta()


@asynccontextmanager
async def run_stack(
    env: WorkflowEnvironment,
    folder: Path,
    activities_class: type[ReviewActivities] = ReviewActivities,
) -> AsyncIterator[WorkflowStack]:
    """Run the stack around a Temporal environment, with a class of review activities."""
    async with run_without_worker(env, folder, activities_class) as stack:
        await stack.forget_reminders()
        async with build_worker(
            env.client, stack.activities, task_queue=stack.queue, gathering=GATHERING_TIME
        ):
            yield stack


@asynccontextmanager
async def run_without_worker(
    env: WorkflowEnvironment,
    folder: Path,
    activities_class: type[ReviewActivities] = ReviewActivities,
) -> AsyncIterator[WorkflowStack]:
    """Run all of the stack but the worker."""
    engine = build_engine(f"sqlite:///{folder / 'afterword.db'}")
    migrate(engine)
    archive = Archive(engine)
    archive.people.import_people(PEOPLE.values())
    postbox = FaultyPostbox(folder / "postbox")
    queue = f"queue-{uuid4().hex[:8]}"
    async with serve_smtp(postbox, 0) as port:
        mailer = Mailer(SmtpServer(host="127.0.0.1", port=port, timeout=PATIENCE))
        activities = activities_class(engine=engine, archive=archive, mailer=mailer, site=SITE)
        stack = WorkflowStack(env, engine, archive, postbox, None, activities, queue, port)  # type: ignore[arg-type]  # the client comes next
        stack.review_client = ReviewClient(env.client, archive, stack.read_clock, task_queue=queue)
        yield stack
        await mailer.close()
    engine.dispose()
