"""A whole house for workflow tests: real Temporal, worker, database and mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import Envelope
from sqlalchemy import Engine
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from activities.hands import Hands
from local.postbox import Postbox, listening_at
from mail.deliver import Mailer, Smtp
from mail.site import Site
from models import orders as o
from models.action import Priority
from models.document import Section
from models.incident import Incident
from models.people import Way
from models.review import Gate, Receipt, Review
from register.archive import Archive
from register.database import connect, migrate
from tests.cast import ADA, FAY, OLGA, OMAR, PEOPLE, PIA, ROLES, VERA
from worker import build
from workflows.door import Door

SITE = Site(
    sender="afterword@example.org",
    domain="reply.example.org",
    url="https://afterword.example.org",
    secret=b"a secret of sixteen octets",
)
SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.WENT_WELL)


class Carrier(Postbox):
    """A mail server that keeps letters, refuses some people for good, and can go away."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.refused: set[str] = set()
        self.deferred: set[str] = set()
        self.is_away = False

    async def handle_MAIL(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Take nothing while away."""
        if self.is_away:
            return "451 4.3.2 the carrier is away"
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd calls it by this name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Refuse those who are refused, and put off those who are put off."""
        if address in self.refused:
            return "550 5.1.1 nobody of that name"
        if address in self.deferred:
            return "450 4.1.2 this domain does not answer now"
        envelope.rcpt_tos.append(address)
        return "250 ok"


@dataclass
class House:
    """What a workflow test may use; each review has a clock of its own."""

    env: WorkflowEnvironment
    engine: Engine
    archive: Archive
    postbox: Carrier
    door: Door
    hands: Hands
    queue: str

    def clock(self) -> datetime:
        """Tell real time, by which new reviews begin."""
        return datetime.now(UTC)

    async def open(self, **roles: Any) -> Case:
        """Open a review of a new incident and wait until the register has it."""
        key = uuid4().hex[:10].upper()
        incident = Incident(
            source="pagerduty",
            key=key,
            title=f"Checkout answered with errors ({key})",
            severity=1,
            ended_at=self.clock() - timedelta(hours=1),
        )
        name, new = await self.door.open(incident, replace(ROLES, **roles), by="tool:pagerduty")
        assert new
        return Case(self, name)


@dataclass
class Case:
    """One review in the house."""

    house: House
    id: str
    ahead: timedelta = field(default_factory=timedelta)

    def clock(self) -> datetime:
        """Tell the virtual time of this review; each has a clock of its own."""
        return self.house.clock() + self.ahead

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        """Temporal's handle of it."""
        return self.house.env.client.get_workflow_handle(self.id)

    async def give(self, kind: type[o.Order], by: str, **fields: Any) -> Receipt:
        """Give an order at the door."""
        named = {"id": uuid4().hex, "way": Way.CLI, **fields}
        return await self.house.door.ask(self.id, kind(by=by, **named))  # type: ignore[arg-type]  # any order will do

    async def now(self) -> Review:
        """Look at the record."""
        return await self.house.door.review(self.id)

    async def skip(self, **span: float) -> None:
        """Let virtual time pass, for this review and for the edges."""
        time = timedelta(**span)
        await self.house.env.fast_forward(self.handle, time)
        self.ahead += time

    async def until(self, holds: Callable[[Review], object], within: float = 10.0) -> Review:
        """Wait, in real time, until something holds of the record."""
        try:
            async with asyncio.timeout(within):
                while not holds(review := await self.now()):  # noqa: ASYNC110  (a query sends no events)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            lines = "\n".join(f"{e.revision} {e.kind} {e.text}" for e in review.log)
            raise AssertionError(f"it never held; the log:\n{lines}") from None
        return review

    async def draft(self) -> None:
        """Write the document and set the meeting."""
        await self.give(o.Write, FAY, digest="d" * 64, size=2_000, sections=SECTIONS)
        at = self.clock() + timedelta(days=2)
        await self.give(o.ScheduleMeeting, FAY, at=at, place="Room 4")

    async def meet(self) -> None:
        """Hold the meeting, name a cause and propose two actions."""
        await self.give(o.Approve, ADA, gate=Gate.DRAFT)
        await self.skip(days=2)
        await self.give(o.HoldMeeting, FAY, attended=(ADA, PIA))
        await self.give(o.AddCause, FAY, symptom="It broke", whys=("A full pool", "No limit"))
        for owner in (OLGA, OMAR):
            await self.propose(owner)

    async def propose(self, owner: str) -> Receipt:
        """Propose an action."""
        return await self.give(
            o.Propose,
            FAY,
            text=f"Limit connections per tenant to 20 in the pool of {owner}",
            owner=owner,
            verifier=VERA,
            due=(self.clock() + timedelta(days=20)).date(),
            measure="A load test with 50 tenants stays under 1 % errors",
            priority=Priority.P2,
            causes=("C1",),
        )

    async def assign(self) -> None:
        """Approve the actions and let their owners accept."""
        await self.give(o.Approve, ADA, gate=Gate.ACTIONS)
        await self.give(o.Accept, OLGA, action="A1")
        await self.give(o.Accept, OMAR, action="A2")
        await self.until(lambda review: review.stage == "follow-up")

    async def verify(self) -> None:
        """Claim and verify both actions."""
        for owner, name in ((OLGA, "A1"), (OMAR, "A2")):
            await self.give(o.Claim, owner, action=name, evidence="https://example.org/change")
            await self.give(o.Verify, VERA, action=name, finding="I ran it twice; it holds.")

    async def follow_up(self) -> None:
        """Let time pass until the follow-up meeting, and hold it."""
        review = await self.now()
        assert review.follow_up is not None
        wait = review.follow_up.at - self.clock() + timedelta(minutes=30)
        await self.skip(seconds=wait.total_seconds())
        await self.give(o.HoldFollowUp, FAY, statuses=dict.fromkeys(("A1", "A2"), "done"))

    async def close(self) -> None:
        """Approve closure and wait until the archive has the record."""
        await self.give(o.Approve, ADA, gate=Gate.CLOSURE)
        await self.gone()

    async def gone(self, within: float = 10.0) -> None:
        """Let a week pass for the last letters, and wait until the workflow has completed."""
        await self.skip(days=7)
        async with asyncio.timeout(within):
            await self.handle.result()


@asynccontextmanager
async def house(
    env: WorkflowEnvironment, folder: Path, kind: type[Hands] = Hands
) -> AsyncIterator[House]:
    """Build the house around a Temporal environment, with hands of a kind."""
    engine = connect(f"sqlite:///{folder / 'afterword.db'}")
    migrate(engine)
    archive = Archive(engine)
    archive.import_people(PEOPLE.values())
    postbox = Carrier(folder / "postbox")
    queue = f"queue-{uuid4().hex[:8]}"
    async with listening_at(postbox, 0) as port:
        mailer = Mailer(Smtp(host="127.0.0.1", port=port, timeout=5.0))
        hands = kind(engine=engine, archive=archive, mailer=mailer, site=SITE)
        built = House(env, engine, archive, postbox, None, hands, queue)  # type: ignore[arg-type]  # the door comes next
        built.door = Door(env.client, archive, built.clock, task_queue=queue)
        async with build(env.client, hands, task_queue=queue):
            yield built
        await mailer.close()
    engine.dispose()
