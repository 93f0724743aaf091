"""Replies by mail, so many a minute: how long from LMTP DATA until each is taken.

`python -m bench.replies [MINUTES [A_MINUTE]]` prints a table. The intake is a process of its own;
mails come at their times whether or not those before them are done.
"""

from __future__ import annotations

import asyncio
import os
import smtplib
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.__main__ import Bench, benching
from bench.life import NAMES, OWNERS, promised
from local.ports import answers, listening
from mail import capability
from register.archive import Archive
from register.database import connect
from tests.intake.gate import HOST
from tests.mail.incoming import mail
from tests.workflows.house import SITE

MINUTES = 5.0
A_MINUTE = 200
REVIEWS = 16
"""With four owners each, few enough that nobody sends twenty mails in two hours."""

SENDERS = 8
"""Mail servers that bring mail at the same time."""

LIMIT = 1.0
"""Seconds within which 99 of 100 replies are to be taken."""

HUNDREDTHS = 100


@dataclass
class Run:
    """Replies on their way, and what became of them."""

    port: int
    took: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    def send(self, raw: bytes, to: str, sender: str, due: float) -> None:
        """Bring one mail, and note how long DATA took and how late it was begun."""
        with smtplib.LMTP(HOST, self.port) as talk:
            talk.ehlo_or_helo_if_needed()
            talk.mail(sender)
            talk.rcpt(to)
            began = time.perf_counter()
            code, words = talk.data(raw)
        self.took.append(time.perf_counter() - began)
        self.late.append(began - due)
        self.answers.append(f"{code} {words.decode()[:5]}")


async def main(minutes: float, a_minute: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with benching(Path(folder)) as bench:
            reviews = [await promised(bench.door, bench.skipper) for _ in range(REVIEWS)]
            sys.stdout.write(f"{REVIEWS} reviews with {len(NAMES)} actions each\n")
            async with _intake(bench) as port:
                run = Run(port)
                began = time.perf_counter()
                await _bring(run, _mails(bench, reviews, round(minutes * a_minute)), a_minute)
                _tell(run, time.perf_counter() - began)


def _mails(bench: Bench, reviews: list[str], count: int) -> list[tuple[bytes, str, str]]:
    """Write the mails, with the reply addresses that they go to: raw, address, sender."""
    archive = Archive(connect(bench.database))
    pairs = list(dict.fromkeys(zip(OWNERS[:4], NAMES[:4], strict=True)))
    written = []
    for number in range(count):
        owner, action = pairs[number % len(pairs)]
        review = reviews[number // len(pairs) % len(reviews)]
        token = capability.token(SITE.secret, review, owner)
        archive.grant_capability(token, review, owner, "")
        raw = mail(
            f"Hi,\n\n{action} progress: step {number} is done\n\nOlga",
            From=owner,
            Message_ID=f"<{number}@bench.example.org>",
        )
        written.append((raw, capability.address(token, SITE.domain), owner))
    return written


async def _bring(run: Run, mails: list[tuple[bytes, str, str]], a_minute: int) -> None:
    room = asyncio.Semaphore(SENDERS)
    began = time.perf_counter()

    async def one(number: int, raw: bytes, to: str, sender: str) -> None:
        due = began + number * 60 / a_minute
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        async with room:
            await asyncio.to_thread(run.send, raw, to, sender, due)

    await asyncio.gather(*(one(number, *each) for number, each in enumerate(mails)))


def _tell(run: Run, span: float) -> None:
    taken = sum(answer.startswith("250") for answer in run.answers)
    hundredths = statistics.quantiles(run.took, n=HUNDREDTHS, method="inclusive")
    for name, figure in (
        ("replies", len(run.answers)),
        ("taken", taken),
        ("a minute", len(run.answers) / span * 60),
        ("seconds from DATA to taken, median", statistics.median(run.took)),
        (f"seconds from DATA to taken, p99 (≤ {LIMIT:.0f})", hundredths[-1]),
        ("seconds from DATA to taken, longest", max(run.took)),
        ("seconds behind its time, longest", max(run.late)),
    ):
        sys.stdout.write(f"  {name:<62} {figure:>12,.3f}\n")
    for answer in sorted({answer for answer in run.answers if not answer.startswith("250")}):
        sys.stdout.write(f"  {run.answers.count(answer)} times {answer}\n")


@asynccontextmanager
async def _intake(bench: Bench) -> AsyncIterator[int]:
    """Run the intake on the benchmark's database and server; give its LMTP port."""
    with listening(0) as socket:
        port = int(socket.getsockname()[1])
    quiet = {name: value for name, value in os.environ.items() if "AFTERWORD" not in name}
    given = {
        "SECRET": SITE.secret.decode(),
        "DESK": "desk@example.org",
        "DATABASE": bench.database,
        "MAIL__SENDER": SITE.sender,
        "MAIL__DOMAIN": SITE.domain,
        "MAIL__LMTP_PORT": str(port),
        "MAIL__SMTP_PORT": "0",
        "TEMPORAL__TASK_QUEUE": "review",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "intake"),
        env={
            **quiet,
            **{f"AFTERWORD_{n}": v for n, v in given.items()},
            "TEMPORAL_ADDRESS": bench.server,
        },
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await answers(port):  # noqa: ASYNC110  (a process sends no events)
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    asyncio.run(main(minutes, int(sys.argv[2]) if len(sys.argv) > 2 else A_MINUTE))  # noqa: PLR2004
