from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any

import pytest

from mail.deliver import AddressRefused, Mailer, Smtp
from models.errors import Away
from tests.cast import OLGA, OMAR
from tests.mail.servers import (
    HOST,
    Postbox,
    free_port,
    letter,
    mailing,
    script,
    serving,
    smtp,
    talking,
)

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
    box = Postbox(answers={command: reply})

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        with pytest.raises(AddressRefused) as refused:
            await mailer.send(letter())

    assert refused.value.address == OLGA
    assert refused.value.code == int(reply[:3])
    assert refused.value.reply == reply[4:]
    assert str(refused.value) == f"the mail server refuses {OLGA}: {reply}"


async def test_a_refused_letter_holds_up_no_other() -> None:
    box = Postbox(answers={OMAR: "550 5.1.1 no such mailbox"})

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        with pytest.raises(AddressRefused):
            await mailer.send(letter(OMAR))
        await mailer.send(letter(OLGA))

    assert [each.rcpt_tos for each in box.letters] == [[OLGA]]
    assert box.connections == 1


async def test_a_server_that_hangs_up_after_a_refusal_gets_a_new_connection() -> None:
    refusing = script("220 hi", "250 hi", "250 ok", "550 no such mailbox")

    async with talking(refusing) as port, mailing(smtp(port, starttls=False)) as mailer:
        for _ in range(2):
            with pytest.raises(AddressRefused):
                await mailer.send(letter())


@pytest.mark.parametrize("address", ["a b@example.org", "<x>@example.org"])
async def test_what_is_no_address_is_refused_without_asking(address: str) -> None:
    with pytest.raises(AddressRefused, match="not a mail address"):
        await Mailer(smtp(1)).send(letter(address))


@pytest.mark.parametrize("starttls", [None, False])
async def test_an_address_beyond_ascii_is_refused_where_the_server_takes_none(
    starttls: bool | None,
) -> None:
    box = Postbox()

    async with (
        serving(box) as server,
        mailing(smtp(server.port, starttls=starttls)) as mailer,
    ):
        with pytest.raises(AddressRefused, match="beyond ASCII"):
            await mailer.send(letter("jürgen@example.org"))
        await mailer.send(letter())

    assert len(box.letters) == 1


async def test_an_address_beyond_ascii_is_written_to_where_the_server_takes_it() -> None:
    box = Postbox()

    async with (
        serving(box, enable_SMTPUTF8=True) as server,
        mailing(smtp(server.port)) as mailer,
    ):
        await mailer.send(letter("jürgen@example.org"))

    assert box.letters[0].rcpt_tos == ["jürgen@example.org"]
    assert "SMTPUTF8" in box.letters[0].mail_options


async def test_an_address_without_a_domain_is_for_the_server_to_judge() -> None:
    box = Postbox()

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        await mailer.send(letter("desk"))

    assert box.letters[0].rcpt_tos == ["desk"]


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
    box = Postbox(answers={command: reply})

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        with pytest.raises(Away) as away:
            await mailer.send(letter())
        box.answers.clear()
        await mailer.send(letter())

    assert away.value.part == "the mail server"
    assert away.value.why == reply
    assert len(box.letters) == 1


async def test_a_server_that_is_busy_for_a_while_keeps_its_connection() -> None:
    box = Postbox()

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        await mailer.send(letter())
        box.answers["MAIL"] = "451 4.3.0 later"
        with pytest.raises(Away, match="later"):
            await mailer.send(letter())
        box.answers.clear()
        await mailer.send(letter())

    assert len(box.letters) == 2
    assert box.connections == 1


async def test_nobody_listening_is_away() -> None:
    with pytest.raises(Away, match="the mail server does not answer"):
        await Mailer(smtp(free_port())).send(letter())


async def test_a_server_that_says_nothing_is_away_after_the_timeout() -> None:
    async def silence(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with talking(silence) as port:
        began = monotonic()
        with pytest.raises(Away):
            await Mailer(Smtp(host=HOST, port=port, timeout=0.2)).send(letter())

    assert monotonic() - began < 2


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
    async with talking(script(*answers)) as port, mailing(smtp(port, starttls=False)) as mailer:
        with pytest.raises(Away):
            await mailer.send(letter())


async def test_a_server_gone_and_back_gets_the_letter_on_the_next_try() -> None:
    box, port = Postbox(), free_port()
    mailer = Mailer(smtp(port))

    async with serving(box, port=port):
        await mailer.send(letter())
    with pytest.raises(Away):
        await mailer.send(letter())
    async with serving(box, port=port):
        await mailer.send(letter())
        await mailer.close()

    assert len(box.letters) == 2


async def test_a_connection_cut_while_it_rested_costs_no_letter() -> None:
    box = Postbox()

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        await mailer.send(letter())
        server.cut()
        await mailer.send(letter())

    assert len(box.letters) == 2
    assert box.connections == 2


async def test_a_server_that_hangs_up_on_the_next_letter_gets_it_over_a_new_connection() -> None:
    kept: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await script("220 hi", "250 hi", "250 ok", "250 ok", "354 go")(reader, writer)
        while await reader.readline() != b".\r\n":
            pass
        kept.append(1)
        await script("250 kept")(reader, writer)

    async with talking(talk) as port, mailing(smtp(port, starttls=False)) as mailer:
        for _ in range(3):
            await mailer.send(letter())

    assert len(kept) == 3


async def test_a_server_that_takes_few_letters_at_a_time_gets_several_connections() -> None:
    box = Postbox(most=3)

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        for _ in range(10):
            await mailer.send(letter())

    assert len(box.letters) == 10
    assert box.connections == 4


async def test_a_cancelled_letter_leaves_no_half_said_sentence_behind() -> None:
    box = Postbox()
    waiting = asyncio.Event()

    class Slow(Postbox):
        async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  (aiosmtpd's name)
            waiting.set()
            await asyncio.sleep(0.3)
            return "250 late"

    async with serving(Slow()) as slow, serving(box) as server:
        mailer = Mailer(smtp(slow.port))
        sending = asyncio.create_task(mailer.send(letter()))
        await waiting.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        mailer._client.port = server.port
        await mailer.send(letter())
        await mailer.close()

    assert len(box.letters) == 1


async def test_a_sender_that_is_no_address_never_loses_a_letter() -> None:
    message = letter()
    message.replace_header("From", '"a b"@example.org')

    async with serving(Postbox()) as server, mailing(smtp(server.port)) as mailer:
        with pytest.raises(Away):
            await mailer.send(message)
