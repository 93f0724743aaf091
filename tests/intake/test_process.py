"""The intake as a process, and on the real parts behind it."""

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

from intake.main import main, run, serve
from local.ports import answers, free
from local.postbox import answer
from models import orders as o
from models.action import Standing
from models.errors import Malformed
from models.review import Gate as Approval
from register.database import connect, ready
from settings import Mail, Settings
from tests.cast import ADA, OLGA
from tests.intake.gate import LINK, SECRET, aside, chosen, lmtp
from tests.workflows.house import SITE, House, house

QUIET = {name: value for name, value in os.environ.items() if not name.startswith("AFTERWORD_")}


@asynccontextmanager
async def started(**given: str) -> AsyncIterator[asyncio.subprocess.Process]:
    settings = {f"AFTERWORD_{name.upper()}": value for name, value in given.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "intake"),
        env={**QUIET, "TEMPORAL_ADDRESS": "127.0.0.1:9", **settings},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def said(process: asyncio.subprocess.Process, words: str) -> str:
    """Read what a process says until it says these words."""
    assert process.stderr is not None
    heard = ""
    async with asyncio.timeout(60):
        while words not in heard:
            line = await process.stderr.readline()
            assert line, heard
            heard += line.decode()
    return heard


async def test_nonsense_in_the_settings_stops_the_start() -> None:
    async with started(secret=SECRET, desk="desk@example.org", mail__domian="x") as process:
        assert "AFTERWORD_MAIL__DOMIAN" in await said(process, "no setting")
        assert await process.wait() == 2


def test_nonsense_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AFTERWORD_LMTP", "8624")

    assert main() == 2
    assert "AFTERWORD_LMTP: no setting goes by that name" in capsys.readouterr().err


async def test_a_database_that_is_away_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    engine = connect("postgresql://nobody@127.0.0.1:9/none")
    trying = asyncio.create_task(ready(engine))

    async with asyncio.timeout(30):
        while caplog.text.count("next try in") < 2:  # noqa: ASYNC110  (a log sends no events)
            await asyncio.sleep(0.05)
    trying.cancel()
    await asyncio.wait([trying])
    engine.dispose()

    assert trying.cancelled()


async def test_without_its_database_it_waits_and_says_so() -> None:
    away = "postgresql://nobody@127.0.0.1:9/none"
    async with started(secret=SECRET, desk="desk@example.org", database=away) as process:
        await said(process, "next try")

        process.send_signal(signal.SIGTERM)

        assert await process.wait() == 0


async def test_without_temporal_it_waits_and_says_so(tmp_path: Path) -> None:
    file = f"sqlite:///{tmp_path / 'afterword.db'}"
    async with started(secret=SECRET, desk="desk@example.org", database=file) as process:
        await said(process, "Temporal does not answer yet")

        process.send_signal(signal.SIGINT)

        assert await process.wait() == 0


async def test_a_file_that_is_no_database_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "afterword.db"
    file.write_bytes(b"not a database" * 1_000)
    settings = chosen().model_copy(update={"database": f"sqlite:///{file}"})

    with pytest.raises(Malformed, match="not a SQLite database"):
        await run(settings, lambda: datetime.now(UTC))


async def test_it_takes_mail_until_it_is_told_to_stop(
    env: WorkflowEnvironment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", env.client.service_client.config.target_host)
    mail = Mail(domain=SITE.domain, lmtp_port=free(), smtp_port=0)
    update = {"database": f"sqlite:///{tmp_path / 'afterword.db'}", "mail": mail}
    running = asyncio.create_task(
        run(chosen().model_copy(update=update), lambda: datetime.now(UTC))
    )

    async with asyncio.timeout(30):
        while not await answers(mail.lmtp_port):  # noqa: ASYNC110  (a process sends no events)
            await asyncio.sleep(0.05)
    said_no = await aside(lmtp, mail.lmtp_port, b"x", (f"reply+x@{SITE.domain}",), OLGA)
    os.kill(os.getpid(), signal.SIGTERM)
    await running

    assert said_no[0].startswith("550 5.1.1")
    assert not await answers(mail.lmtp_port)


async def test_a_reply_to_a_real_letter_moves_the_real_review(
    env: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with house(env, tmp_path) as home:
        case = await home.open()
        await case.draft()
        await case.meet()
        await case.give(o.Approve, ADA, gate=Approval.ACTIONS)
        await case.skip(days=3)
        asked = await home.postbox.wait_for(OLGA, "A1")
        settings = _for_house(home)
        listening = await serve(settings, home.door, home.archive, case.clock)

        reply = answer(asked, f"accept\nA1 done {LINK}", case.clock()).as_bytes()
        to = str(asked.message["Reply-To"].addresses[0].addr_spec)
        first = await aside(lmtp, listening.lmtp_port, reply, (to,), OLGA)
        again = await aside(lmtp, listening.lmtp_port, reply, (to,), OLGA)
        review = await case.now()
        told = await home.postbox.wait_for(OLGA, "Re: ", after=asked.number)
        await listening.close()

        assert [first[0][:9], again[0][:9]] == ["250 2.0.0", "250 2.0.0"]
        assert review.actions[0].standing is Standing.CLAIMED
        assert review.actions[0].evidence == LINK
        assert sum(event.kind == "reply" for event in review.log) == 1
        assert LINK in told.part("plain"), told.message.as_string()


def _for_house(home: House) -> Settings:
    settings = chosen()
    mail = settings.mail.model_copy(update={"sender": SITE.sender, "domain": SITE.domain})
    assert settings.secret.get_secret_value().encode() == SITE.secret
    assert home.archive.people()
    return settings.model_copy(update={"mail": mail})
