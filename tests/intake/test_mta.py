"""The intake behind a real mail server: what it takes, it hands on, and nothing is lost between."""

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

from models.action import Standing
from models.errors import Away
from register.archive import Archive
from tests.cast import OLGA
from tests.intake.gate import DOMAIN, HOST, Gate, aside, gate
from tests.lives import assigned

SMTPD = shutil.which("smtpd", path="/usr/sbin:/usr/local/sbin")
COMES_WITHIN = 10.0
ARRIVES_WITHIN = 40.0
CONFIG = """\
listen on {host} port {port} hostname mx.example.org
action "in" lmtp "{host}:{lmtp}" rcpt-to virtual {{ "@{domain}" = "nobody" }}
match from any for domain "{domain}" action "in"
"""


@asynccontextmanager
async def opensmtpd(home: Gate) -> AsyncIterator[int]:
    """Run OpenSMTPD before an intake; gives its port. Skips, saying so, where it cannot run."""
    if SMTPD is None or os.geteuid():
        assert not os.environ.get("CI"), "CI must have it, and be root: apt-get install opensmtpd"
        pytest.skip("OpenSMTPD is not installed, or this is not root: apt-get install opensmtpd")
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "smtpd.conf"
        lmtp = home.listening.lmtp_port
        config.write_text(CONFIG.format(host=HOST, port=port, lmtp=lmtp, domain=DOMAIN))
        with (Path(folder) / "log").open("wb") as log:
            command = [SMTPD, "-d", "-f", str(config)]
            process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
        try:
            await aside(_answers, port)
            yield port
        finally:
            process.terminate()
            await process.wait()


def _answers(port: int) -> None:
    until = time.monotonic() + COMES_WITHIN
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            assert time.monotonic() < until, "OpenSMTPD does not come up"
            time.sleep(0.05)
        else:
            return


def send(port: int, raw: bytes, to: str) -> tuple[int, bytes]:
    """Send a mail to the mail server, as another one would."""
    with smtplib.SMTP(HOST, port) as talk:
        talk.ehlo("mail.example.org")
        talk.mail(OLGA)
        asked = talk.rcpt(to)
        return talk.data(raw) if asked[0] == 250 else asked


async def arrived(home: Gate) -> None:
    """Wait until the mail server has handed on what it took."""
    async with asyncio.timeout(ARRIVES_WITHIN):
        while home.review.actions[0].standing is not Standing.ACCEPTED:  # noqa: ASYNC110  (it sends no event)
            await asyncio.sleep(0.1)


async def test_a_reply_comes_through_a_real_mail_server_even_when_we_were_away(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_name: str) -> None:
        raise Away("Temporal", "it does not answer")

    async with gate(archive, assigned()) as home, opensmtpd(home) as port:
        address, raw = home.address(), home.mail("A1 accept")
        foreign = await aside(send, port, raw, "somebody@elsewhere.example")
        with monkeypatch.context() as outage:
            outage.setattr(home.room, "review", away)
            taken = await aside(send, port, raw, address)
            await asyncio.sleep(1)
            assert home.verdicts() == []
        await aside(flush)

        await arrived(home)

    assert foreign[0] == 550
    assert taken[0] == 250
    assert home.verdicts() == ["accepted"]
    assert f"Delivered-To: {address}".encode() in home.filed()


def flush() -> None:
    """Let the mail server try again at once what had to wait."""
    control = shutil.which("smtpctl", path="/usr/sbin:/usr/local/sbin")
    assert control is not None
    subprocess.run([control, "schedule", "all"], check=True, stdout=subprocess.DEVNULL)
