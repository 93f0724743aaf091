"""Replies from a real IMAP mailbox: taken once, marked as seen only then, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from unittest.mock import MagicMock

import pytest
import stamina
from imapclient import IMAPClient  # type: ignore[import-untyped]
from pydantic import SecretStr

import runner
from intake.receivers import mailbox
from intake.receivers.mailbox import Mailbox
from models.action import ActionStatus
from models.errors import Unavailable
from register.archive import Archive
from settings import ImapSection
from tests.intake.dovecot_server import HOST, PASSWORD, USER, Dovecot
from tests.intake.intake_server import LINK, IntakeServer, run_intake_server
from tests.mail.inbound.test_authentication import look_up_key, sign
from tests.mail.smtp_servers import CERTIFICATE, build_server_context
from tests.patience import PATIENCE
from tests.sample_reviews import build_assigned, build_in_follow_up

SEEN = "\\Seen"


@pytest.fixture
async def intake(
    archive: Archive, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[IntakeServer]:
    """Yield an intake that watches the mailbox, which is empty."""
    monkeypatch.setattr(mailbox, "RETRY_DELAY", 0.2)
    monkeypatch.setattr(runner, "MAX_RETRY_SECONDS", 0.5)
    client = server.open_client()
    if every := client.search():
        client.delete_messages(every)
        client.expunge()
    client.logout()
    life = build_in_follow_up()
    async with run_intake_server(archive, life, imap=build_imap(server)) as watching:
        yield watching


def build_imap(server: Dovecot) -> ImapSection:
    """Return the settings of the mailbox."""
    secret = SecretStr(PASSWORD)
    return ImapSection(host=HOST, port=server.port, username=USER, password=secret, tls=False)


@pytest.mark.parametrize(
    ("ca_file", "problem"),
    [("", "CERTIFICATE_VERIFY_FAILED"), (str(CERTIFICATE), "no such user")],
)
async def test_a_mailbox_is_believed_by_the_authority_that_is_set(
    ca_file: str, problem: str
) -> None:
    async with run_tls_mailbox() as port:
        imap = ImapSection(
            host=HOST, port=port, username=USER, password=SecretStr(PASSWORD), ca_file=ca_file
        )
        watching = Mailbox(imap=imap, mail_handler=MagicMock(), domain="x", sender="a@x")

        with pytest.raises(Unavailable, match=problem):
            await watching._watch_connection()


@asynccontextmanager
async def run_tls_mailbox() -> AsyncIterator[int]:
    """Run a mailbox that speaks TLS and lets nobody in, and yield its port."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, command, *_ = line.split()
            is_question = command == b"CAPABILITY"
            writer.write(b"* CAPABILITY IMAP4rev1\r\n" if is_question else b"")
            writer.write(tag + (b" OK done\r\n" if is_question else b" NO no such user\r\n"))
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, HOST, 0, ssl=build_server_context())
    async with server:
        yield int(server.sockets[0].getsockname()[1])


async def wait_until(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110  (a mail server sends no event)
            await asyncio.sleep(0.2)


async def deliver(server: Dovecot, raw: bytes) -> None:
    await asyncio.to_thread(server.deliver, raw)


async def test_a_reply_in_the_mailbox_is_taken_and_then_seen(
    intake: IntakeServer, server: Dovecot
) -> None:
    raw = intake.build_mail("A1 progress half way\n.\nand a dot", To=intake.build_reply_address())

    await deliver(server, raw)

    await wait_until(lambda: server.list_flags() == [{SEEN}])
    assert intake.list_verdicts() == ["accepted"]
    assert intake.read_archived().rstrip() == raw.rstrip()
    assert any("half way" in event.text for event in intake.review.log)


async def test_by_its_references_alone_a_signed_reply_finds_its_review(
    intake: IntakeServer, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mail.inbound.senders.dkim_signatures.fetch_txt_record", look_up_key)
    headers = {"To": "afterword@example.org", "References": intake.build_message_id()}
    raw = intake.build_mail(f"A1 done {LINK}", **headers)

    await deliver(server, raw)
    await deliver(server, sign(raw))

    await wait_until(lambda: server.list_flags() == [{SEEN, "$AfterwordRefused"}, {SEEN}])
    assert intake.review.actions[0].status is ActionStatus.CLAIMED


async def test_what_will_never_be_taken_is_marked_so(intake: IntakeServer, server: Dovecot) -> None:
    await deliver(server, intake.build_mail("A1 accept", To="somebody@example.org"))
    await deliver(
        server,
        intake.build_mail("A1 progress x", To=intake.build_reply_address(), From="eve@example.org"),
    )

    refused = {SEEN, "$AfterwordRefused"}
    await wait_until(lambda: server.list_flags() == [refused, refused])
    assert intake.review.revision == intake.builder.review.revision


async def test_while_temporal_is_away_mail_waits_unseen(
    intake: IntakeServer, server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []

    async def raise_unavailable(name: str) -> None:
        fetched.append(name)
        raise Unavailable("Temporal", "it does not answer")

    with monkeypatch.context() as outage:
        outage.setattr(intake.review_client, "fetch_review", raise_unavailable)
        await deliver(
            server, intake.build_mail("A1 progress half way", To=intake.build_reply_address())
        )
        await wait_until(lambda: len(fetched) > 1)  # the second try comes after the first ended
        assert await asyncio.to_thread(server.list_flags) == [set()]

    await wait_until(lambda: server.list_flags() == [{SEEN}])
    assert sum("half way" in event.text for event in intake.review.log) == 1


async def test_two_who_watch_one_mailbox_double_nothing(
    intake: IntakeServer, server: Dovecot
) -> None:
    async with run_intake_server(intake.archive, intake.builder, imap=build_imap(server)) as other:
        other.review_client.reviews = intake.review_client.reviews
        for number in range(5):
            await deliver(
                server,
                intake.build_mail(f"A1 progress step {number}", To=intake.build_reply_address()),
            )

        await wait_until(lambda: server.list_flags() == [{SEEN}] * 5)

    steps = [event.text for event in intake.review.log if "step" in event.text]
    assert len(steps) == len(set(steps)) == 5


async def test_the_same_mail_by_mailbox_and_lmtp_is_one_command(
    intake: IntakeServer, server: Dovecot
) -> None:
    raw = intake.build_mail("A1 progress half way", To=intake.build_reply_address())

    (answer,) = await intake.send_lmtp(raw, intake.build_reply_address())
    await deliver(server, raw)

    await wait_until(lambda: server.list_flags() == [{SEEN}])
    assert answer.startswith("250 2.0.0")
    assert sum("half way" in event.text for event in intake.review.log) == 1


async def test_a_server_that_was_away_is_found_again(
    archive: Archive,
    server: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(runner, "MAX_RETRY_SECONDS", 0.2)
    server.stop()
    async with run_intake_server(archive, build_assigned(), imap=build_imap(server)) as home:
        await wait_until(lambda: "the mailbox does not answer" in caplog.text)
        server.start()
        await deliver(server, home.build_mail("A1 accept", To=home.build_reply_address()))

        await wait_until(lambda: home.review.actions[0].status is ActionStatus.ACCEPTED)
        server.stop()
        server.start()
        await deliver(
            server, home.build_mail("A1 progress half way", To=home.build_reply_address())
        )

        await wait_until(lambda: any("half way" in event.text for event in home.review.log))


@pytest.fixture
def retry_numbers() -> Iterator[list[int]]:
    """Yield the number that each retry has, counted from 1 in each outage."""
    numbers: list[int] = []
    stamina.instrumentation.set_on_retry_hooks([lambda retry: numbers.append(retry.retry_num)])
    yield numbers
    stamina.instrumentation.set_on_retry_hooks(None)


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[IMAPClient]:
    """Return the connection of each round of fetching that was completed."""
    completed: list[IMAPClient] = []
    fetch_round = Mailbox._fetch_round

    async def count_round(watched: Mailbox, client: IMAPClient) -> None:
        await fetch_round(watched, client)
        completed.append(client)

    monkeypatch.setattr(Mailbox, "_fetch_round", count_round)
    monkeypatch.setattr(mailbox, "SEARCH_INTERVAL", 0.2)
    return completed


async def test_the_second_outage_is_not_waited_for_as_long_as_the_first(
    archive: Archive,
    server: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    retry_numbers: list[int],
    rounds: list[IMAPClient],
) -> None:
    monkeypatch.setattr(runner, "MAX_RETRY_SECONDS", 0.2)
    server.stop()
    async with run_intake_server(archive, build_assigned(), imap=build_imap(server)):
        await wait_until(lambda: len(retry_numbers) >= 3)
        server.start()
        await wait_until(lambda: rounds)
        in_first_outage = len(retry_numbers)

        server.stop()
        await wait_until(lambda: len(retry_numbers) > in_first_outage)
        server.start()

    assert retry_numbers[:3] == [1, 2, 3]
    assert retry_numbers[in_first_outage] == 1
