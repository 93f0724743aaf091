"""Replies by mail at a steady rate: how long from LMTP DATA until each is accepted.

`python -m bench.reply_latency [MINUTES [A_MINUTE]]` prints a table. The intake is a process of its
own; mails come at their times whether or not those before them are done.
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

from bench.bench_stack import Benchmark, start_benchmark
from bench.lifecycle import NAMES, OWNERS, run_until_accepted
from local.ports import is_listening, open_listener
from mail.common import reply_token
from register.archive import Archive
from register.database import build_engine
from tests.intake.intake_server import HOST
from tests.mail.inbound_samples import build_mail
from tests.workflows.workflow_stack import SITE

MINUTES = 5.0
A_MINUTE = 200
REVIEWS = 16
"""With four owners each, few enough that nobody sends twenty mails in two hours."""

SENDERS = 8
"""Mail servers that send at the same time."""

LIMIT_SECONDS = 1.0
"""Seconds within which 99 of 100 replies must be accepted."""

PERCENTILES = 100


@dataclass
class LatencyRun:
    """Replies being sent, and what was measured."""

    port: int
    durations: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)

    def send(self, raw: bytes, to: str, sender: str, due: float) -> None:
        """Send one mail, and record how long DATA took and how late it started."""
        with smtplib.LMTP(HOST, self.port) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            lmtp.mail(sender)
            lmtp.rcpt(to)
            started = time.perf_counter()
            code, text = lmtp.data(raw)
        self.durations.append(time.perf_counter() - started)
        self.delays.append(started - due)
        self.replies.append(f"{code} {text.decode()[:5]}")


async def main(minutes: float, a_minute: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with start_benchmark(Path(folder)) as bench:
            reviews = [
                await run_until_accepted(bench.review_client, bench.skipper) for _ in range(REVIEWS)
            ]
            sys.stdout.write(f"{REVIEWS} reviews with {len(NAMES)} actions each\n")
            async with _run_intake(bench) as port:
                latency_run = LatencyRun(port)
                started = time.perf_counter()
                await _send_at_rate(
                    latency_run, _build_mails(bench, reviews, round(minutes * a_minute)), a_minute
                )
                _print_results(latency_run, time.perf_counter() - started)


def _build_mails(bench: Benchmark, reviews: list[str], count: int) -> list[tuple[bytes, str, str]]:
    """Build the mails, each with its reply address and sender: raw, address, sender."""
    archive = Archive(build_engine(bench.database))
    pairs = list(dict.fromkeys(zip(OWNERS[:4], NAMES[:4], strict=True)))
    mails = []
    for number in range(count):
        owner, action = pairs[number % len(pairs)]
        review = reviews[number // len(pairs) % len(reviews)]
        token = reply_token.sign_token(SITE.secret, review, owner)
        archive.notifications.add_reply_address(token, review, owner, "")
        raw = build_mail(
            f"Hi,\n\n{action} progress: step {number} is done\n\nOlga",
            From=owner,
            Message_ID=f"<{number}@bench.example.org>",
        )
        mails.append((raw, reply_token.build_token_address(token, SITE.domain), owner))
    return mails


async def _send_at_rate(
    run: LatencyRun, mails: list[tuple[bytes, str, str]], a_minute: int
) -> None:
    limit = asyncio.Semaphore(SENDERS)
    started = time.perf_counter()

    async def send_one(number: int, raw: bytes, to: str, sender: str) -> None:
        due = started + number * 60 / a_minute
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        async with limit:
            await asyncio.to_thread(run.send, raw, to, sender, due)

    await asyncio.gather(*(send_one(number, *each) for number, each in enumerate(mails)))


def _print_results(run: LatencyRun, span: float) -> None:
    accepted = sum(answer.startswith("250") for answer in run.replies)
    percentiles = statistics.quantiles(run.durations, n=PERCENTILES, method="inclusive")
    for name, figure in (
        ("replies", len(run.replies)),
        ("accepted", accepted),
        ("a minute", len(run.replies) / span * 60),
        ("seconds from DATA to taken, median", statistics.median(run.durations)),
        (f"seconds from DATA to taken, p99 (≤ {LIMIT_SECONDS:.0f})", percentiles[-1]),
        ("seconds from DATA to taken, longest", max(run.durations)),
        ("seconds behind its time, longest", max(run.delays)),
    ):
        sys.stdout.write(f"  {name:<62} {figure:>12,.3f}\n")
    for answer in sorted({answer for answer in run.replies if not answer.startswith("250")}):
        sys.stdout.write(f"  {run.replies.count(answer)} times {answer}\n")


@asynccontextmanager
async def _run_intake(bench: Benchmark) -> AsyncIterator[int]:
    """Run the intake on the benchmark's database and server; yield its LMTP port."""
    with open_listener(0) as socket:
        port = int(socket.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if "AFTERWORD" not in name}
    settings = {
        "SECRET": SITE.secret.decode(),
        "COORDINATOR": "coordinator@example.org",
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
            **environment,
            **{f"AFTERWORD_{n}": v for n, v in settings.items()},
            "TEMPORAL_ADDRESS": bench.server,
        },
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(30):
            while not await is_listening(port):  # noqa: ASYNC110  (a process sends no events)
                await asyncio.sleep(0.1)
        yield port
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    asyncio.run(main(minutes, int(sys.argv[2]) if len(sys.argv) > 2 else A_MINUTE))  # noqa: PLR2004
