"""kill -9 between any two steps of taking a mail: it is neither lost nor taken twice."""

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

from local.ports import find_free_port
from tests.intake.crash_points import CrashPoint, run_intake
from tests.intake.dovecot_server import PASSWORD, Dovecot
from tests.intake.intake_server import HOST, SECRET, run_in_thread, send_by_lmtp
from tests.intake.sent_replies import SentReply, check_taken_once, send_replies
from tests.patience import PATIENCE
from tests.sample_people import COORDINATOR, OLGA, OMAR
from tests.workflows.workflow_stack import SITE, WorkflowStack, run_stack

ROOT = Path(__file__).resolve().parent.parent.parent
SEEN = "\\Seen"
FORKS = multiprocessing.get_context("forkserver")
"""Begins processes of their own that have imported already what an intake needs, which is slow."""

TAKING_STEPS = (  # where it ends; what the archive says then, and how many replies the review has
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
LMTP_STEPS = (
    ("admit", "before", (None, 0)),
    ("admit", "after", (None, 0)),
    *TAKING_STEPS,
    ("answer", "before", ("accepted", 1)),
    ("answer", "after", ("accepted", 1)),
)
IMAP_STEPS = (
    *TAKING_STEPS,
    ("mark seen", "before", ("accepted", 1)),
    ("mark seen", "after", ("accepted", 1)),
)
CONCURRENT_STEPS = (
    ("read", "after", 0),
    ("file pending", "after", 0),
    ("ask", "before", 0),
    ("ask", "amid", 1),
    ("ask", "after", 1),
    ("file accepted", "after", 1),
)


def list_params(rows: tuple[tuple[Any, ...], ...]) -> list[Any]:
    """List a test parameter for each row, named by where the intake ends."""
    return [pytest.param(*row, id=f"{row[1]} {row[0]}".replace(" ", "-")) for row in rows]


@dataclass(frozen=True, kw_only=True)
class IntakeProcess:
    """The process of an intake, its LMTP port and its log."""

    process: BaseProcess
    port: int
    log: Path

    async def is_killed(self) -> bool:
        """Wait until the process ends, and return whether it was killed."""
        await run_in_thread(self.process.join, PATIENCE)
        return self.process.exitcode == -SIGKILL

    async def send_mails(self, *replies: SentReply) -> list[str]:
        """Send mails all at once; an answer is empty where the intake hung up."""
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(self._is_listening):  # noqa: ASYNC110  (it sends no event)
                await asyncio.sleep(0.01)
        return await asyncio.gather(*(run_in_thread(self._send_mail, reply) for reply in replies))

    def _send_mail(self, reply: SentReply) -> str:
        with suppress(smtplib.SMTPServerDisconnected):
            return send_by_lmtp(self.port, reply.raw, (reply.to,), reply.by)[0]
        return ""

    def _is_listening(self) -> bool:
        assert self.process.is_alive(), self.log.read_text()
        with suppress(OSError), socket.create_connection((HOST, self.port), timeout=1):
            return True
        return False


@pytest.fixture(scope="module")
async def stack(
    env: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[WorkflowStack]:
    """Yield a real Temporal server with a worker, and an archive that is a file."""
    with pytest.MonkeyPatch.context() as first:
        first.setenv("PYTHONPATH", str(ROOT))  # what all share is imported from here
        FORKS.set_forkserver_preload(["intake.main"])
        forkserver.ensure_running()
    async with run_stack(env, tmp_path_factory.mktemp("house")) as new_stack:
        yield new_stack


@contextmanager
def run_intake_process(
    stack: WorkflowStack, point: CrashPoint | None = None, **imap: object
) -> Iterator[IntakeProcess]:
    """Run an intake until the block ends, or until it reaches the crash point."""
    port, file = find_free_port(), Path(str(stack.engine.url.database))
    mail = {"lmtp_port": port, "smtp_port": 0, "sender": SITE.sender, "domain": SITE.domain}
    settings = {
        "TEMPORAL_ADDRESS": stack.env.client.service_client.config.target_host,
        "AFTERWORD_TEMPORAL__TASK_QUEUE": stack.queue,
        "AFTERWORD_DATABASE": f"sqlite:///{file}",
        "AFTERWORD_SECRET": SECRET,
        "AFTERWORD_COORDINATOR": COORDINATOR,
        **{f"AFTERWORD_MAIL__{name.upper()}": str(value) for name, value in mail.items()},
        **{f"AFTERWORD_MAIL__IMAP__{name.upper()}": str(value) for name, value in imap.items()},
    }
    log = file.with_name("intake.log")
    process = FORKS.Process(target=run_intake, args=(settings, log, point), daemon=True)
    process.start()
    try:
        yield IntakeProcess(process=process, port=port, log=log)
    finally:
        process.kill()
        process.join()
        process.close()


async def get_outcome(reply: SentReply) -> tuple[str | None, int]:
    """Return what the archive says of a mail, and how many replies its review has."""
    archived, review = reply.find_archived(), await reply.case.fetch_review()
    return (archived[0] if archived else None), reply.count_logged(review)


@pytest.mark.parametrize(("step", "when", "left"), list_params(LMTP_STEPS))
async def test_brought_again_a_mail_whose_taker_was_killed_is_taken_once(
    stack: WorkflowStack, step: str, when: str, left: tuple[str | None, int]
) -> None:
    (reply,) = await send_replies(stack, OLGA)
    with run_intake_process(
        stack, CrashPoint(step=step, when=when, skipped_calls=step == "look up")
    ) as doomed:
        (answer,) = await doomed.send_mails(reply)
        assert await doomed.is_killed()
    found = await get_outcome(reply)

    with run_intake_process(stack) as anew:
        (again,) = await anew.send_mails(reply) if not answer else [answer]

    assert found == left
    assert again[:9] == "250 2.0.0"
    assert bool(answer) is ((step, when) == ("answer", "after"))
    await check_taken_once(reply)


@pytest.mark.parametrize(("step", "when", "reply_count"), list_params(CONCURRENT_STEPS))
async def test_brought_again_two_mails_whose_taker_was_killed_are_taken_once_each(
    stack: WorkflowStack, step: str, when: str, reply_count: int
) -> None:
    both = await send_replies(stack, OLGA, OMAR)
    with run_intake_process(stack, CrashPoint(step=step, when=when, concurrent_calls=2)) as doomed:
        answers = await doomed.send_mails(*both)
        assert await doomed.is_killed()
    found = [await get_outcome(reply) for reply in both]

    with run_intake_process(stack) as anew:
        again = await anew.send_mails(*both)

    assert answers == ["", ""]
    assert [count for _, count in found] == [reply_count, reply_count]
    assert [line[:9] for line in again] == ["250 2.0.0"] * 2
    for reply in both:
        await check_taken_once(reply)


@pytest.mark.parametrize(("step", "when", "left"), list_params(IMAP_STEPS))
async def test_a_mail_in_the_mailbox_whose_taker_was_killed_is_found_and_taken_once(
    stack: WorkflowStack, server: Dovecot, step: str, when: str, left: tuple[str | None, int]
) -> None:
    (reply,) = await send_replies(stack, OLGA)
    box = build_imap_settings(server, reply)
    await run_in_thread(server.deliver, reply.raw, box["username"])
    with run_intake_process(stack, CrashPoint(step=step, when=when), **box) as doomed:
        assert await doomed.is_killed()
    found, flags = await get_outcome(reply), await run_in_thread(server.list_flags, box["username"])

    with run_intake_process(stack, **box):
        await wait_until_seen(server, box["username"], 1)

    assert found == left
    assert flags == [{SEEN} if (step, when) == ("mark seen", "after") else set()]
    await check_taken_once(reply)


async def test_of_two_mails_in_the_mailbox_the_second_is_found_and_the_first_stays_taken(
    stack: WorkflowStack, server: Dovecot
) -> None:
    both = await send_replies(stack, OLGA, OMAR)
    box = build_imap_settings(server, both[0])
    for reply in both:
        await run_in_thread(server.deliver, reply.raw, box["username"])
    with run_intake_process(
        stack, CrashPoint(step="ask", when="after", skipped_calls=1), **box
    ) as doomed:
        assert await doomed.is_killed()
    flags = await run_in_thread(server.list_flags, box["username"])

    with run_intake_process(stack, **box):
        await wait_until_seen(server, box["username"], 2)

    assert flags == [{SEEN}, set()]
    for reply in both:
        await check_taken_once(reply)


def build_imap_settings(server: Dovecot, reply: SentReply) -> dict[str, Any]:
    """Return the settings of a mailbox that nobody else has."""
    whose = {"username": reply.case.id, "password": PASSWORD}
    return {"host": HOST, "port": server.port, "tls": False, **whose}


async def wait_until_seen(server: Dovecot, user: str, mails: int) -> None:
    """Wait until so many mails are in a mailbox and all are seen."""
    async with asyncio.timeout(PATIENCE):
        while await run_in_thread(server.list_flags, user) != [{SEEN}] * mails:  # noqa: ASYNC110  (it sends no event)
            await asyncio.sleep(0.05)
