"""kill -9 at every point between two steps of taking a mail: it is nowhere lost, nor doubled."""

from __future__ import annotations

import asyncio
import multiprocessing
import smtplib
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from local.ports import free
from tests.cast import DESK, OLGA, OMAR
from tests.intake.answered import Reply, replies, taken_once
from tests.intake.dovecot import PASSWORD, Dovecot
from tests.intake.gate import HOST, SECRET, aside, lmtp
from tests.intake.mortal import Point, live
from tests.workflows.house import SITE, House, house

ROOT = Path(__file__).resolve().parent.parent.parent
SOON = 40.0
SEEN = "\\Seen"
FORKS = multiprocessing.get_context("forkserver")
"""Begins processes of their own that have imported already what an intake needs, which is slow."""

TAKING = (  # where it ends; what the archive says then, and how many replies the review has
    ("read", "before", (None, 0)),
    ("read", "after", (None, 0)),
    ("look up", "before", (None, 0)),
    ("look up", "after", (None, 0)),
    ("see review", "before", (None, 0)),
    ("see review", "after", (None, 0)),
    ("file pending", "before", (None, 0)),
    ("file pending", "after", ("pending", 0)),
    ("understand", "before", ("pending", 0)),
    ("understand", "after", ("pending", 0)),
    ("set weekly", "before", ("pending", 0)),
    ("set weekly", "after", ("pending", 0)),
    ("ask", "before", ("pending", 0)),
    ("ask", "amid", ("pending", 1)),
    ("ask", "after", ("pending", 1)),
    ("file accepted", "before", ("pending", 1)),
    ("file accepted", "after", ("accepted", 1)),
)
BY_LMTP = (
    ("admit", "before", (None, 0)),
    ("admit", "after", (None, 0)),
    *TAKING,
    ("answer", "before", ("accepted", 1)),
    ("answer", "after", ("accepted", 1)),
)
BY_IMAP = (
    *TAKING,
    ("mark seen", "before", ("accepted", 1)),
    ("mark seen", "after", ("accepted", 1)),
)
TWO_AT_ONCE = (
    ("read", "after", 0),
    ("file pending", "after", 0),
    ("ask", "before", 0),
    ("ask", "amid", 1),
    ("ask", "after", 1),
    ("file accepted", "after", 1),
)


def named(rows: tuple[tuple[Any, ...], ...]) -> list[Any]:
    """Name each row of a matrix by where the intake ends."""
    return [pytest.param(*row, id=f"{row[1]} {row[0]}".replace(" ", "-")) for row in rows]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """An intake's process, its LMTP port and what it says."""

    process: BaseProcess
    port: int
    log: Path

    async def is_killed(self) -> bool:
        """Wait until it ends, and tell whether it was killed."""
        await aside(self.process.join, SOON)
        return self.process.exitcode == -SIGKILL

    async def bring(self, *replies: Reply) -> list[str]:
        """Bring mails as a mail server does, all at once; an answer is empty where it hung up."""
        async with asyncio.timeout(SOON):
            while not await asyncio.to_thread(self._listens):  # noqa: ASYNC110  (it sends no event)
                await asyncio.sleep(0.01)
        return await asyncio.gather(*(aside(self._brought, reply) for reply in replies))

    def _brought(self, reply: Reply) -> str:
        with suppress(smtplib.SMTPServerDisconnected):
            return lmtp(self.port, reply.raw, (reply.to,), reply.by)[0]
        return ""

    def _listens(self) -> bool:
        assert self.process.is_alive(), self.log.read_text()
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            return True
        return False


@pytest.fixture(scope="module")
async def home(
    env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """A real Temporal server with a worker, and an archive that is a file."""
    with pytest.MonkeyPatch.context() as first:
        first.setenv("PYTHONPATH", str(ROOT))  # what all share is imported from here
        FORKS.set_forkserver_preload(["intake.main"])
        forkserver.ensure_running()
    async with house(env, tmp_path_factory.mktemp("house")) as built:
        yield built


@contextmanager
def intake(home: House, point: Point | None = None, **imap: object) -> Iterator[Intake]:
    """Run an intake until the block ends, or until it comes to a point."""
    port, file = free(), Path(str(home.engine.url.database))
    mail = {"lmtp_port": port, "smtp_port": 0, "sender": SITE.sender, "domain": SITE.domain}
    settings = {
        "TEMPORAL_ADDRESS": home.env.client.service_client.config.target_host,
        "AFTERWORD_TEMPORAL__TASK_QUEUE": home.queue,
        "AFTERWORD_DATABASE": f"sqlite:///{file}",
        "AFTERWORD_SECRET": SECRET,
        "AFTERWORD_DESK": DESK,
        **{f"AFTERWORD_MAIL__{name.upper()}": str(value) for name, value in mail.items()},
        **{f"AFTERWORD_MAIL__IMAP__{name.upper()}": str(value) for name, value in imap.items()},
    }
    log = file.with_name("intake.log")
    process = FORKS.Process(target=live, args=(settings, log, point), daemon=True)
    process.start()
    try:
        yield Intake(process=process, port=port, log=log)
    finally:
        process.kill()
        process.join()
        process.close()


async def left_behind(reply: Reply) -> tuple[str | None, int]:
    """Say what the archive says of a mail, and how many replies its review has."""
    filed, review = reply.filed(), await reply.case.now()
    return (filed[0] if filed else None), reply.heard(review)


@pytest.mark.parametrize(("step", "when", "left"), named(BY_LMTP))
async def test_brought_again_a_mail_whose_taker_was_killed_is_taken_once(
    home: House, step: str, when: str, left: tuple[str | None, int]
) -> None:
    (reply,) = await replies(home, OLGA)
    with intake(home, Point(step=step, when=when, spared=step == "look up")) as doomed:
        (said,) = await doomed.bring(reply)
        assert await doomed.is_killed()
    found = await left_behind(reply)

    with intake(home) as anew:
        (again,) = await anew.bring(reply) if not said else [said]

    assert found == left
    assert again[:9] == "250 2.0.0"
    assert bool(said) is ((step, when) == ("answer", "after"))
    await taken_once(reply)


@pytest.mark.parametrize(("step", "when", "heard"), named(TWO_AT_ONCE))
async def test_brought_again_two_mails_whose_taker_was_killed_are_taken_once_each(
    home: House, step: str, when: str, heard: int
) -> None:
    both = await replies(home, OLGA, OMAR)
    with intake(home, Point(step=step, when=when, company=2)) as doomed:
        said = await doomed.bring(*both)
        assert await doomed.is_killed()
    found = [await left_behind(reply) for reply in both]

    with intake(home) as anew:
        again = await anew.bring(*both)

    assert said == ["", ""]
    assert [count for _, count in found] == [heard, heard]
    assert [line[:9] for line in again] == ["250 2.0.0"] * 2
    for reply in both:
        await taken_once(reply)


@pytest.mark.parametrize(("step", "when", "left"), named(BY_IMAP))
async def test_a_mail_in_the_mailbox_whose_taker_was_killed_is_found_and_taken_once(
    home: House, server: Dovecot, step: str, when: str, left: tuple[str | None, int]
) -> None:
    (reply,) = await replies(home, OLGA)
    box = mailbox(server, reply)
    await aside(server.put, reply.raw, box["username"])
    with intake(home, Point(step=step, when=when), **box) as doomed:
        assert await doomed.is_killed()
    found, flags = await left_behind(reply), await aside(server.flags, box["username"])

    with intake(home, **box):
        await seen(server, box["username"], 1)

    assert found == left
    assert flags == [{SEEN} if (step, when) == ("mark seen", "after") else set()]
    await taken_once(reply)


async def test_of_two_mails_in_the_mailbox_the_second_is_found_and_the_first_stays_taken(
    home: House, server: Dovecot
) -> None:
    both = await replies(home, OLGA, OMAR)
    box = mailbox(server, both[0])
    for reply in both:
        await aside(server.put, reply.raw, box["username"])
    with intake(home, Point(step="ask", when="after", spared=1), **box) as doomed:
        assert await doomed.is_killed()
    flags = await aside(server.flags, box["username"])

    with intake(home, **box):
        await seen(server, box["username"], 2)

    assert flags == [{SEEN}, set()]
    for reply in both:
        await taken_once(reply)


def mailbox(server: Dovecot, reply: Reply) -> dict[str, Any]:
    """Settings of a mailbox that nobody else has."""
    whose = {"username": reply.case.id, "password": PASSWORD}
    return {"host": HOST, "port": server.port, "tls": False, **whose}


async def seen(server: Dovecot, user: str, mails: int) -> None:
    """Wait until so many mails are in a mailbox and all are seen."""
    async with asyncio.timeout(SOON):
        while await aside(server.flags, user) != [{SEEN}] * mails:  # noqa: ASYNC110  (it sends no event)
            await asyncio.sleep(0.05)
