"""The intake behind a real mail server: what the server accepts arrives, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models.action import ActionStatus
from models.errors import Unavailable
from register.archive import Archive
from tests.intake.intake_server import (
    DOMAIN,
    HOST,
    IntakeServer,
    run_in_thread,
    run_intake_server,
)
from tests.patience import PATIENCE
from tests.sample_people import OLGA
from tests.sample_reviews import build_assigned

SMTPD = shutil.which("smtpd", path="/usr/sbin:/usr/local/sbin")
CONFIG = """\
listen on {host} port {port} hostname mx.example.org
action "in" lmtp "{host}:{lmtp}" rcpt-to virtual {{ "@{domain}" = "nobody" }}
match from any for domain "{domain}" action "in"
"""


@asynccontextmanager
async def run_opensmtpd(intake: IntakeServer) -> AsyncIterator[int]:
    """Run OpenSMTPD before an intake and yield its port. Skips, saying so, where it cannot run."""
    if SMTPD is None or os.geteuid():
        assert not os.environ.get("CI"), "CI must have it, and be root: apt-get install opensmtpd"
        pytest.skip("OpenSMTPD is not installed, or this is not root: apt-get install opensmtpd")
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "smtpd.conf"
        lmtp = intake.listening.lmtp_port
        config.write_text(CONFIG.format(host=HOST, port=port, lmtp=lmtp, domain=DOMAIN))
        with (Path(folder) / "log").open("wb") as log:
            command = [SMTPD, "-d", "-f", str(config)]
            process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        try:
            await run_in_thread(_wait_until_answering, port)
            yield port
        finally:
            process.terminate()
            await process.wait()


def _wait_until_answering(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "OpenSMTPD does not come up"
            time.sleep(0.05)
        else:
            return


def send_mail(port: int, raw: bytes, to: str) -> tuple[int, bytes]:
    """Send a mail to the mail server, as another one would."""
    with smtplib.SMTP(HOST, port) as client:
        client.ehlo("mail.example.org")
        client.mail(OLGA)
        recipient = client.rcpt(to)
        return client.data(raw) if recipient[0] == 250 else recipient


async def wait_for_arrival(intake: IntakeServer) -> None:
    """Wait until the mail server has delivered what it accepted."""
    async with asyncio.timeout(PATIENCE):
        while intake.review.actions[0].status is not ActionStatus.ACCEPTED:  # noqa: ASYNC110  (it sends no event)
            await asyncio.sleep(0.1)


async def test_a_reply_comes_through_a_real_mail_server_even_when_we_were_away(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = asyncio.Event()

    async def raise_unavailable(_name: str) -> None:
        came.set()
        raise Unavailable("Temporal", "it does not answer")

    async with run_intake_server(archive, build_assigned()) as home, run_opensmtpd(home) as port:
        address, raw = home.build_reply_address(), home.build_mail("A1 accept")
        foreign = await run_in_thread(send_mail, port, raw, "somebody@elsewhere.example")
        with monkeypatch.context() as outage:
            outage.setattr(home.review_client, "fetch_review", raise_unavailable)
            taken = await run_in_thread(send_mail, port, raw, address)
            async with asyncio.timeout(PATIENCE):
                await came.wait()
                await home.listening.handler.wait_until_idle()
            assert home.list_verdicts() == []
        await run_in_thread(retry_queue)

        await wait_for_arrival(home)

    assert foreign[0] == 550
    assert taken[0] == 250
    assert home.list_verdicts() == ["accepted"]
    assert f"Delivered-To: {address}".encode() in home.read_archived()


def retry_queue() -> None:
    """Make the mail server retry its queue at once."""
    control = shutil.which("smtpctl", path="/usr/sbin:/usr/local/sbin")
    assert control is not None
    subprocess.run([control, "schedule", "all"], check=True, stdout=subprocess.DEVNULL)
