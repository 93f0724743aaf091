"""The intake as a process, with the real parts behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from intake.main import main, serve, start_intake
from local.ports import find_free_port, is_listening
from local.postbox import build_reply
from models import commands as o
from models.action import ActionStatus
from models.errors import InvalidInput
from models.review import Gate as Approval
from register.database import build_engine
from runner import migrate_when_available
from settings import MailSection, Settings
from tests.intake.intake_server import LINK, SECRET, build_settings, run_in_thread, send_by_lmtp
from tests.patience import PATIENCE
from tests.sample_people import ADA, OLGA
from tests.workflows.workflow_stack import SITE, WorkflowStack, run_stack

CLEAN_ENVIRONMENT = {
    name: value for name, value in os.environ.items() if not name.startswith("AFTERWORD_")
}


@asynccontextmanager
async def run_intake_process(**values: str) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {f"AFTERWORD_{name.upper()}": value for name, value in values.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "intake"),
        env={**CLEAN_ENVIRONMENT, "TEMPORAL_ADDRESS": "127.0.0.1:9", **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def read_until(process: asyncio.subprocess.Process, text: str) -> str:
    """Read what a process prints until it prints these words."""
    assert process.stderr is not None
    lines = ""
    async with asyncio.timeout(PATIENCE):
        while text not in lines:
            line = await process.stderr.readline()
            assert line, lines
            lines += line.decode()
    return lines


async def test_nonsense_in_the_settings_stops_the_start() -> None:
    async with run_intake_process(
        secret=SECRET, coordinator="coordinator@example.org", mail__domian="x"
    ) as process:
        assert "AFTERWORD_MAIL__DOMIAN" in await read_until(process, "is not a setting")
        assert await process.wait() == 2


def test_nonsense_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AFTERWORD_LMTP", "8624")

    assert main() == 2
    assert "AFTERWORD_LMTP is not a setting" in capsys.readouterr().err


async def test_a_database_that_is_away_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    engine = build_engine("postgresql://nobody@127.0.0.1:9/none")
    trying = asyncio.create_task(migrate_when_available(engine))

    async with asyncio.timeout(PATIENCE):
        while caplog.text.count("retrying") < 2:  # noqa: ASYNC110  (a log sends no events)
            await asyncio.sleep(0.05)
    trying.cancel()
    await asyncio.wait([trying])
    engine.dispose()

    assert trying.cancelled()


async def test_without_its_database_it_waits_and_says_so() -> None:
    away = "postgresql://nobody@127.0.0.1:9/none"
    async with run_intake_process(
        secret=SECRET, coordinator="coordinator@example.org", database=away
    ) as process:
        await read_until(process, "retrying")

        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0


async def test_without_temporal_it_waits_and_says_so(tmp_path: Path) -> None:
    file = f"sqlite:///{tmp_path / 'afterword.db'}"
    async with run_intake_process(
        secret=SECRET, coordinator="coordinator@example.org", database=file
    ) as process:
        await read_until(process, "Temporal does not answer")

        process.send_signal(signal.SIGINT)

        assert await process.wait() == 0


async def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "afterword.db"
    file.write_bytes(b"not a database" * 1_000)
    settings = build_settings().model_copy(update={"database": f"sqlite:///{file}"})

    with pytest.raises(InvalidInput, match="not a SQLite database"):
        await serve(settings, lambda: datetime.now(UTC))


async def test_it_takes_mail_until_it_is_told_to_stop(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
    mail = MailSection(domain=SITE.domain, lmtp_port=find_free_port(), smtp_port=0)
    update = {"database": f"sqlite:///{tmp_path / 'afterword.db'}", "mail": mail}
    running = asyncio.create_task(
        serve(build_settings().model_copy(update=update), lambda: datetime.now(UTC))
    )

    async with asyncio.timeout(PATIENCE):
        while not await is_listening(mail.lmtp_port):  # noqa: ASYNC110  (a process sends no events)
            await asyncio.sleep(0.05)
    said_no = await run_in_thread(
        send_by_lmtp, mail.lmtp_port, b"x", (f"reply+x@{SITE.domain}",), OLGA
    )
    os.kill(os.getpid(), signal.SIGTERM)
    await running

    assert said_no[0].startswith("550 5.1.1")
    assert not await is_listening(mail.lmtp_port)


async def test_a_reply_to_a_real_notification_moves_the_real_review(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with run_stack(env, tmp_path) as stack:
        case = await stack.open_review()
        await case.write_draft()
        await case.hold_meeting()
        await case.ask(o.Approve, ADA, gate=Approval.ACTIONS)
        await case.skip(days=3)
        notification = await stack.postbox.wait_for(OLGA, "A1", within=PATIENCE)
        settings = _build_settings(stack)
        listening = await start_intake(
            settings, stack.review_client, stack.archive, case.read_clock
        )

        reply = build_reply(notification, f"accept\nA1 done {LINK}", case.read_clock()).as_bytes()
        to = str(notification.message["Reply-To"].addresses[0].addr_spec)
        first = await run_in_thread(send_by_lmtp, listening.lmtp_port, reply, (to,), OLGA)
        again = await run_in_thread(send_by_lmtp, listening.lmtp_port, reply, (to,), OLGA)
        review = await case.fetch_review()
        answer = await stack.postbox.wait_for(
            OLGA, "Re: ", after=notification.number, within=PATIENCE
        )
        await listening.close()

        assert [first[0][:9], again[0][:9]] == ["250 2.0.0", "250 2.0.0"]
        assert review.actions[0].status is ActionStatus.CLAIMED
        assert review.actions[0].evidence == LINK
        assert sum(event.kind == "reply" for event in review.log) == 1
        assert LINK in answer.get_body("plain"), answer.message.as_string()


def _build_settings(stack: WorkflowStack) -> Settings:
    settings = build_settings()
    mail = settings.mail.model_copy(update={"sender": SITE.sender, "domain": SITE.domain})
    assert settings.secret.get_secret_value().encode() == SITE.secret
    assert stack.archive.people.load_people()
    return settings.model_copy(update={"mail": mail})
