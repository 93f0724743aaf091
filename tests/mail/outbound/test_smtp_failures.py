from __future__ import annotations

import asyncio
from typing import Any

import pytest

from mail.outbound.smtp import AddressRefused, Mailer, SmtpServer
from models.errors import Unavailable
from tests.mail.smtp_servers import (
    HOST,
    RecordingHandler,
    build_email,
    build_script,
    build_smtp_settings,
    find_free_port,
    open_mailer,
    run_scripted_server,
    run_smtp_server,
)
from tests.sample_people import OLGA, OMAR

# What is refused for good


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("RCPT", "550 5.1.1 no such mailbox"),
        ("RCPT", "553 5.1.2 bad name"),
        ("MAIL", "550 5.7.1 go away"),
        ("DATA", "552 5.3.4 too large"),
        ("DATA", "554 5.7.1 looks like spam"),
    ],
)
async def test_a_5xx_is_a_refusal_with_its_words(command: str, reply: str) -> None:
    box = RecordingHandler(replies={command: reply})

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        with pytest.raises(AddressRefused) as refused:
            await mailer.send(build_email())

    assert refused.value.address == OLGA
    assert refused.value.code == int(reply[:3])
    assert refused.value.reply == reply[4:]
    assert str(refused.value) == f"the mail server refuses {OLGA}: {reply}"


async def test_a_refused_notification_holds_up_no_other() -> None:
    box = RecordingHandler(replies={OMAR: "550 5.1.1 no such mailbox"})

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        with pytest.raises(AddressRefused):
            await mailer.send(build_email(OMAR))
        await mailer.send(build_email(OLGA))

    assert [each.rcpt_tos for each in box.envelopes] == [[OLGA]]
    assert box.connections == 1


async def test_a_server_that_hangs_up_after_a_refusal_gets_a_new_connection() -> None:
    refusing = build_script("220 hi", "250 hi", "250 ok", "550 no such mailbox")

    async with (
        run_scripted_server(refusing) as port,
        open_mailer(build_smtp_settings(port, starttls=False)) as mailer,
    ):
        for _ in range(2):
            with pytest.raises(AddressRefused):
                await mailer.send(build_email())


@pytest.mark.parametrize("address", ["a b@example.org", "<x>@example.org"])
async def test_what_is_no_address_is_refused_without_asking(address: str) -> None:
    with pytest.raises(AddressRefused, match="not an email address"):
        await Mailer(build_smtp_settings(1)).send(build_email(address))


@pytest.mark.parametrize("starttls", [None, False])
async def test_an_address_beyond_ascii_is_refused_where_the_server_takes_none(
    starttls: bool | None,
) -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port, starttls=starttls)) as mailer,
    ):
        with pytest.raises(AddressRefused, match="beyond ASCII"):
            await mailer.send(build_email("jürgen@example.org"))
        await mailer.send(build_email())

    assert len(box.envelopes) == 1


async def test_an_address_beyond_ascii_is_written_to_where_the_server_takes_it() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box, enable_SMTPUTF8=True) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await mailer.send(build_email("jürgen@example.org"))

    assert box.envelopes[0].rcpt_tos == ["jürgen@example.org"]
    assert "SMTPUTF8" in box.envelopes[0].mail_options


async def test_an_address_without_a_domain_is_for_the_server_to_judge() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await mailer.send(build_email("coordinator"))

    assert box.envelopes[0].rcpt_tos == ["coordinator"]


# What may pass


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("MAIL", "451 4.3.0 later"),
        ("RCPT", "450 4.2.0 greylisted"),
        ("DATA", "452 4.3.1 disk full"),
        ("RCPT", "421 4.7.0 too many"),
        ("RCPT", "503 5.5.1 bad sequence"),
        ("MAIL", "530 5.7.0 authentication required"),
    ],
)
async def test_a_4xx_or_a_fault_of_ours_is_tried_again(command: str, reply: str) -> None:
    box = RecordingHandler(replies={command: reply})

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        with pytest.raises(Unavailable) as away:
            await mailer.send(build_email())
        box.replies.clear()
        await mailer.send(build_email())

    assert away.value.part == "the mail server"
    assert away.value.why == reply
    assert len(box.envelopes) == 1


async def test_a_server_that_is_busy_for_a_while_keeps_its_connection() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await mailer.send(build_email())
        box.replies["MAIL"] = "451 4.3.0 later"
        with pytest.raises(Unavailable, match="later"):
            await mailer.send(build_email())
        box.replies.clear()
        await mailer.send(build_email())

    assert len(box.envelopes) == 2
    assert box.connections == 1


async def test_nobody_listening_is_away() -> None:
    with pytest.raises(Unavailable, match="the mail server does not answer"):
        await Mailer(build_smtp_settings(find_free_port())).send(build_email())


async def test_a_server_that_says_nothing_is_away_after_the_timeout() -> None:
    async def wait_forever(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with run_scripted_server(wait_forever) as port:
        with pytest.raises(Unavailable):
            await Mailer(SmtpServer(host=HOST, port=port, timeout=0.2)).send(build_email())


@pytest.mark.parametrize(
    "answers",
    [
        ("554 no service",),
        ("421 closing",),
        ("what?",),
        ("220 hi", "550 no", "550 no"),
        ("220 hi", "421 no"),
        ("220 hi",),
        ("220 hi", "250 hi", "250 ok", "250 ok", "354 go"),
        ("220 hi", "250 hi", "250 ok"),
        ("220 hi", "250 hi", "rubbish"),
    ],
)
async def test_a_connection_lost_or_senseless_at_any_line_is_away(
    answers: tuple[str, ...],
) -> None:
    async with (
        run_scripted_server(build_script(*answers)) as port,
        open_mailer(build_smtp_settings(port, starttls=False)) as mailer,
    ):
        with pytest.raises(Unavailable):
            await mailer.send(build_email())


async def test_a_server_gone_and_back_gets_the_notification_on_the_next_try() -> None:
    box, port = RecordingHandler(), find_free_port()
    mailer = Mailer(build_smtp_settings(port))

    async with run_smtp_server(box, port=port):
        await mailer.send(build_email())
    with pytest.raises(Unavailable):
        await mailer.send(build_email())
    async with run_smtp_server(box, port=port):
        await mailer.send(build_email())
        await mailer.close()

    assert len(box.envelopes) == 2


async def test_a_connection_cut_while_it_rested_costs_no_notification() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await mailer.send(build_email())
        server.drop_connections()
        await mailer.send(build_email())

    assert len(box.envelopes) == 2
    assert box.connections == 2


async def test_a_server_that_hangs_up_on_the_next_notification_gets_it_over_a_new_connection() -> (
    None
):
    kept: list[int] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await build_script("220 hi", "250 hi", "250 ok", "250 ok", "354 go")(reader, writer)
        while await reader.readline() != b".\r\n":
            pass
        kept.append(1)
        await build_script("250 kept")(reader, writer)

    async with (
        run_scripted_server(handle) as port,
        open_mailer(build_smtp_settings(port, starttls=False)) as mailer,
    ):
        for _ in range(3):
            await mailer.send(build_email())

    assert len(kept) == 3


async def test_a_server_that_takes_few_notifications_at_a_time_gets_several_connections() -> None:
    box = RecordingHandler(max_per_connection=3)

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        for _ in range(10):
            await mailer.send(build_email())

    assert len(box.envelopes) == 10
    assert box.connections == 4


async def test_a_cancelled_notification_leaves_no_half_said_sentence_behind() -> None:
    box = RecordingHandler()
    waiting, late = asyncio.Event(), asyncio.Event()

    class SlowHandler(RecordingHandler):
        async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  (aiosmtpd's name)
            waiting.set()
            await late.wait()
            return "250 late"

    async with run_smtp_server(SlowHandler()) as slow, run_smtp_server(box) as server:
        mailer = Mailer(build_smtp_settings(slow.port))
        sending = asyncio.create_task(mailer.send(build_email()))
        await waiting.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        mailer._client.port = server.port
        await mailer.send(build_email())
        late.set()
        await mailer.close()

    assert len(box.envelopes) == 1


async def test_a_sender_that_is_no_address_never_loses_a_notification() -> None:
    message = build_email()
    message.replace_header("From", '"a b"@example.org')

    async with (
        run_smtp_server(RecordingHandler()) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        with pytest.raises(Unavailable):
            await mailer.send(message)
