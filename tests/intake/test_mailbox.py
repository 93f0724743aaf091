"""Replies out of a real IMAP mailbox: taken once, marked only then, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from pydantic import SecretStr

from intake import mailbox
from models.action import Standing
from models.errors import Away
from register.archive import Archive
from settings import Imap
from tests.intake.dovecot import HOST, PASSWORD, USER, Dovecot
from tests.intake.gate import LINK, Gate, gate
from tests.lives import assigned, following_up

SOON = 40.0
SEEN = "\\Seen"


@pytest.fixture
async def home(
    archive: Archive, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Gate]:
    """An intake that watches the mailbox, which is empty."""
    monkeypatch.setattr(mailbox, "RETRY", 0.2)
    monkeypatch.setattr(mailbox, "LONGEST_WAIT", 0.5)
    client = server.client()
    if every := client.search():
        client.delete_messages(every)
        client.expunge()
    client.logout()
    life = following_up()
    async with gate(archive, life, imap=box(server)) as watching:
        yield watching


def box(server: Dovecot) -> Imap:
    """The settings of the mailbox."""
    secret = SecretStr(PASSWORD)
    return Imap(host=HOST, port=server.port, username=USER, password=secret, tls=False)


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(SOON):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110  (a mail server sends no event)
            await asyncio.sleep(0.2)


async def put(server: Dovecot, raw: bytes) -> None:
    await asyncio.to_thread(server.put, raw)


async def test_a_reply_in_the_mailbox_is_taken_and_then_seen(home: Gate, server: Dovecot) -> None:
    raw = home.mail("A1 progress half way\n.\nand a dot", To=home.address())

    await put(server, raw)

    await until(lambda: server.flags() == [{SEEN}])
    assert home.verdicts() == ["accepted"]
    assert home.filed().rstrip() == raw.rstrip()
    assert any("half way" in event.text for event in home.review.log)


async def test_by_its_references_alone_a_reply_finds_its_review(
    home: Gate, server: Dovecot
) -> None:
    token = home.address().partition("+")[2].partition("@")[0]
    headers = {"To": "afterword@example.org", "References": f"<abc.{token}@reply.example.org>"}

    await put(server, home.mail(f"A1 done {LINK}", **headers))

    await until(lambda: server.flags() == [{SEEN}])
    assert home.review.actions[0].standing is Standing.CLAIMED


async def test_what_will_never_be_taken_is_marked_so(home: Gate, server: Dovecot) -> None:
    await put(server, home.mail("A1 accept", To="somebody@example.org"))
    await put(server, home.mail("A1 progress x", To=home.address(), From="eve@example.org"))

    refused = {SEEN, "$AfterwordRefused"}
    await until(lambda: server.flags() == [refused, refused])
    assert home.review.revision == home.life.review.revision


async def test_while_temporal_is_away_mail_waits_unseen(
    home: Gate, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_name: str) -> None:
        raise Away("Temporal", "it does not answer")

    with monkeypatch.context() as outage:
        outage.setattr(home.room, "review", away)
        await put(server, home.mail("A1 progress half way", To=home.address()))
        await asyncio.sleep(1)
        assert await asyncio.to_thread(server.flags) == [set()]

    await until(lambda: server.flags() == [{SEEN}])
    assert sum("half way" in event.text for event in home.review.log) == 1


async def test_two_who_watch_one_mailbox_double_nothing(home: Gate, server: Dovecot) -> None:
    async with gate(home.archive, home.life, imap=box(server)) as other:
        other.room.reviews = home.room.reviews
        for number in range(5):
            await put(server, home.mail(f"A1 progress step {number}", To=home.address()))

        await until(lambda: server.flags() == [{SEEN}] * 5)

    steps = [event.text for event in home.review.log if "step" in event.text]
    assert len(steps) == len(set(steps)) == 5


async def test_the_same_mail_by_mailbox_and_lmtp_is_one_order(home: Gate, server: Dovecot) -> None:
    raw = home.mail("A1 progress half way", To=home.address())

    (answer,) = await home.lmtp(raw, home.address())
    await put(server, raw)

    await until(lambda: server.flags() == [{SEEN}])
    assert answer.startswith("250 2.0.0")
    assert sum("half way" in event.text for event in home.review.log) == 1


async def test_a_server_that_was_away_is_found_again(
    archive: Archive, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "LONGEST_WAIT", 0.2)
    server.end()
    async with gate(archive, assigned(), imap=box(server)) as home:
        await asyncio.sleep(0.5)
        server.begin()
        await put(server, home.mail("A1 accept", To=home.address()))

        await until(lambda: home.review.actions[0].standing is Standing.ACCEPTED)
        server.end()
        server.begin()
        await put(server, home.mail("A1 progress half way", To=home.address()))

        await until(lambda: any("half way" in event.text for event in home.review.log))
