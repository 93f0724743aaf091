"""Mail arrives as it was sent, whatever its lines, and nobody keeps others from sending theirs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.smtp import Envelope

from intake.receivers import protocols
from intake.receivers.protocols import BoundedLmtp, BoundedSmtp
from tests.patience import PATIENCE

LIMIT = 100_000
OK = "250 2.0.0 OK"
GREETING = b"HELO a\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n"


@dataclass
class Recorder:
    """A handler that keeps what arrives, and answers when it may."""

    received: list[bytes] = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle_DATA(self, _: Any, __: Any, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        self.received.append(bytes(envelope.original_content or b""))
        self.has_begun.set()
        await self.may_answer.wait()
        return OK


@asynccontextmanager
async def run_server(
    protocol: type[BoundedSmtp] = BoundedSmtp, *, answers: bool = True
) -> AsyncIterator[tuple[int, Recorder, set[BoundedSmtp]]]:
    """Run a server; yield its port, what it receives, and its open connections."""
    recorder, open_protocols = Recorder(), set[BoundedSmtp]()
    if answers:
        recorder.may_answer.set()
    server = await asyncio.get_running_loop().create_server(
        lambda: protocol(recorder, open_protocols, data_size_limit=LIMIT, hostname="x"),
        "127.0.0.1",
        0,
    )
    async with server:
        yield server.sockets[0].getsockname()[1], recorder, open_protocols
        for each in list(open_protocols):
            each.turn_away()


async def talk(port: int, *pieces: bytes) -> list[bytes]:
    """Send these pieces one after the other, and return every line that is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)
    answered = await asyncio.wait_for(reader.read(), PATIENCE)
    writer.close()
    return answered.splitlines()


def stuff(content: bytes) -> bytes:
    """Return a content as it is sent: with its dots doubled, and its end."""
    return (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:] + b".\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100_000])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"a\r\n",
        b".\r\n",
        b"..\r\n.a\r\n",
        b"a\r\n.\r\nb\r\n",
        b"a\n.\nb\r\n",
        b"\r\n\r\n\r\n",
        b"\r.\r\n",
        b"x" * 500 + b"\r\n",
    ],
    ids=repr,
)
async def test_a_mail_arrives_as_it_was_sent_in_pieces_of_any_size(
    content: bytes, size: int
) -> None:
    sent = GREETING + stuff(content) + b"QUIT\r\n"

    async with run_server() as (port, recorder, _):
        answers = await talk(port, *(sent[at : at + size] for at in range(0, len(sent), size)))

    assert recorder.received == [content]
    assert answers[-2:] == [OK.encode(), b"221 Bye"]


async def test_several_mails_sent_at_once_arrive_one_after_the_other() -> None:
    envelope = GREETING.partition(b"\r\n")[2]

    async with run_server() as (port, recorder, _):
        await talk(port, GREETING + stuff(b"a\r\n") + envelope + stuff(b"b\r\n") + b"QUIT\r\n")

    assert recorder.received == [b"a\r\n", b"b\r\n"]


@pytest.mark.parametrize(
    "line", [b"\r\n", b"a\r\n", b"x" * 900 + b"\r\n", b"x" * 3_000_000 + b"\r\n"]
)
async def test_a_mail_that_is_too_large_is_refused_and_the_next_is_taken(line: bytes) -> None:
    envelope = GREETING.partition(b"\r\n")[2]
    content = line * (LIMIT // len(line) + 1)

    async with run_server() as (port, recorder, _):
        answers = await talk(
            port, GREETING + stuff(content) + envelope + stuff(b"b\r\n") + b"QUIT\r\n"
        )

    assert any(each.startswith(b"552 5.3.4") for each in answers)
    assert recorder.received == [b"b\r\n"]


async def test_a_mail_of_empty_lines_is_read_in_as_few_pieces_as_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts: list[int] = []
    read_chunk = BoundedSmtp._read_chunk

    async def count(self: BoundedSmtp) -> bytes:
        counts[-1] += 1
        return await read_chunk(self)

    monkeypatch.setattr(BoundedSmtp, "_read_chunk", count)
    async with run_server() as (port, _, __):
        for content in (b"\r\n" * 45_000, b"x" * 90_000 + b"\r\n"):
            counts.append(0)
            await talk(port, GREETING + stuff(content) + b"QUIT\r\n")

    assert max(counts) < 100


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        (b"DATA\r\n", b"503 Error: send HELO first"),
        (b"HELO a\r\nMAIL FROM:<a@example.org>\r\nDATA\r\n", b"503 Error: need RCPT command"),
        (GREETING.replace(b"DATA", b"DATA now"), b"501 Syntax: DATA"),
    ],
)
async def test_what_comes_out_of_turn_is_refused(commands: bytes, answer: bytes) -> None:
    async with run_server() as (port, _, __):
        assert answer in await talk(port, commands + b"QUIT\r\n")


async def test_a_connection_that_ends_within_a_mail_delivers_nothing() -> None:
    async with run_server() as (port, recorder, open_protocols):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GREETING + b"half a mail\r\n")
        writer.write_eof()
        await asyncio.wait_for(reader.read(), PATIENCE)

        assert not open_protocols
        writer.close()

    assert recorder.received == []


async def test_over_lmtp_each_recipient_is_told_that_a_mail_is_too_large() -> None:
    greeting = GREETING.replace(b"HELO", b"LHLO").replace(
        b"DATA", b"RCPT TO:<c@example.org>\r\nDATA"
    )

    async with run_server(BoundedLmtp) as (port, _, __):
        answers = await talk(port, greeting + stuff(b"a\r\n" * LIMIT) + b"QUIT\r\n")

    assert [each[:9] for each in answers[-3:]] == [b"552 5.3.4", b"552 5.3.4", b"221 Bye"]


@pytest.mark.parametrize("said", [b"", b"HELO a\r\n", GREETING + b"half a mail\r\n"])
async def test_who_sends_a_mail_is_served_however_many_say_nothing(
    said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "MAX_CONNECTIONS", 3)
    async with run_server() as (port, recorder, open_protocols):
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(10)]
        for _, writer in silent:
            writer.write(said)

        await talk(port, GREETING + stuff(b"a\r\n") + b"QUIT\r\n")

        assert recorder.received == [b"a\r\n"]
        assert len(open_protocols) <= 3
        assert b"421 4.3.2" in await asyncio.wait_for(silent[0][0].read(), PATIENCE)
        for _, writer in silent:
            writer.close()


async def test_a_mail_that_is_being_handled_is_answered_and_the_newest_sent_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocols, "MAX_CONNECTIONS", 1)
    async with run_server(answers=False) as (port, recorder, _):
        first = asyncio.create_task(talk(port, GREETING + stuff(b"a\r\n") + b"QUIT\r\n"))
        await asyncio.wait_for(recorder.has_begun.wait(), PATIENCE)

        second = await talk(port, b"")
        recorder.may_answer.set()

        assert second[-1].startswith(b"421 4.3.2")
        assert OK.encode() in await first
