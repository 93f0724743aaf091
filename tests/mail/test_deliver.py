from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from mail.deliver import Mailer
from models.errors import Away
from models.letters import LetterKind
from tests.cast import OLGA, OMAR
from tests.mail.samples import samples
from tests.mail.servers import (
    HOST,
    Postbox,
    letter,
    mailing,
    script,
    server_context,
    serving,
    smtp,
    talking,
    trusting,
)


async def test_a_letter_reaches_the_mail_server_octet_by_octet() -> None:
    box = Postbox()
    message = samples()[LetterKind.MEETING_INVITATION]

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        await mailer.send(message)

    assert box.letters[0].content == message.as_bytes()
    assert box.letters[0].mail_from == "afterword@example.org"
    assert box.letters[0].rcpt_tos == [OLGA]


async def test_a_hundred_letters_go_over_one_connection() -> None:
    box = Postbox()

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        for _ in range(100):
            await mailer.send(letter())

    assert len(box.letters) == 100
    assert box.connections == 1
    assert box.goodbyes == 1


async def test_letters_sent_at_once_wait_for_each_other() -> None:
    box = Postbox()

    async with serving(box) as server, mailing(smtp(server.port)) as mailer:
        await asyncio.gather(*(mailer.send(letter(to)) for to in (OLGA, OMAR) * 10))

    assert len(box.letters) == 20
    assert {tuple(each.rcpt_tos) for each in box.letters} == {(OLGA,), (OMAR,)}
    assert box.connections == 1


async def test_an_idle_connection_is_closed_and_opened_again() -> None:
    box = Postbox()

    async with serving(box) as server, mailing(smtp(server.port), idle=0.05) as mailer:
        await mailer.send(letter())
        await asyncio.wait_for(box.left.wait(), 3)
        await mailer.send(letter())

    assert box.connections == 2
    assert len(box.letters) == 2


async def test_closing_twice_or_before_the_first_letter_is_nothing() -> None:
    mailer = Mailer(smtp(1))

    await mailer.close()
    await mailer.close()


async def test_closing_a_connection_the_server_has_hung_up_is_no_error() -> None:
    async with talking(script("220 hi", "250 hi", "250 ok", "250 ok", "354 go")) as port:
        mailer = Mailer(smtp(port, starttls=False))
        with pytest.raises(Away):
            await mailer.send(letter())

    await mailer.close()


async def test_a_server_that_says_no_goodbye_is_left_all_the_same() -> None:
    quiet = ("220 hi", "250 hi", "250 ok", "250 ok", "354 go")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await script(*quiet)(reader, writer)
        while await reader.readline() != b".\r\n":
            pass
        writer.write(b"250 kept\r\n")
        await reader.readline()
        writer.write(b"rubbish\r\n")

    async with talking(talk) as port:
        mailer = Mailer(smtp(port, starttls=False))
        await mailer.send(letter())
        await mailer.close()


async def test_a_letter_is_encrypted_where_the_server_offers_it() -> None:
    box = Postbox()

    async with (
        serving(box, tls_context=server_context()) as server,
        mailing(smtp(server.port)) as mailer,
    ):
        await mailer.send(letter())

    assert box.encrypted == [True]


async def test_a_letter_goes_unencrypted_where_that_is_asked() -> None:
    box = Postbox()

    async with (
        serving(box, tls_context=server_context()) as server,
        mailing(smtp(server.port, starttls=False)) as mailer,
    ):
        await mailer.send(letter())

    assert box.encrypted == [False]


async def test_encryption_that_must_be_is_verified() -> None:
    box = Postbox()

    async with serving(box, tls_context=server_context()) as server:
        with pytest.raises(Away, match="certificate"):
            await Mailer(smtp(server.port, starttls=True)).send(letter())
        async with mailing(smtp(server.port, starttls=True), context=trusting()) as mailer:
            await mailer.send(letter())

    assert box.encrypted == [True]


async def test_encryption_that_must_be_and_is_not_offered_is_away() -> None:
    box = Postbox()

    async with serving(box) as server:
        with pytest.raises(Away, match="STARTTLS"):
            await Mailer(smtp(server.port, starttls=True)).send(letter())

    assert box.letters == []


async def test_a_login_goes_over_an_encrypted_connection() -> None:
    box = Postbox()
    login = {"username": "afterword", "password": "right"}

    async with (
        serving(
            box, tls_context=server_context(), authenticator=box.authenticate, auth_required=True
        ) as server,
        mailing(smtp(server.port, **login), context=trusting()) as mailer,
    ):
        await mailer.send(letter())

    assert box.logins == [(b"afterword", b"right")]
    assert box.encrypted == [True]


async def test_a_wrong_password_never_loses_a_letter() -> None:
    box = Postbox()
    login = {"username": "afterword", "password": "wrong"}

    async with serving(
        box, tls_context=server_context(), authenticator=box.authenticate, auth_required=True
    ) as server:
        with pytest.raises(Away, match="535"):
            await Mailer(smtp(server.port, **login), context=trusting()).send(letter())


async def test_a_missing_password_never_loses_a_letter() -> None:
    box = Postbox()

    async with serving(
        box, auth_require_tls=False, authenticator=box.authenticate, auth_required=True
    ) as server:
        with pytest.raises(Away, match="530"):
            await Mailer(smtp(server.port)).send(letter())


async def test_a_password_is_not_sent_in_the_clear_unless_that_is_asked() -> None:
    box = Postbox()
    login = {"username": "afterword", "password": "right"}

    async with serving(
        box, auth_require_tls=False, authenticator=box.authenticate, auth_required=True
    ) as server:
        with pytest.raises(Away, match="STARTTLS"):
            await Mailer(smtp(server.port, **login)).send(letter())
        assert box.logins == []
        async with mailing(smtp(server.port, starttls=False, **login)) as mailer:
            await mailer.send(letter())

    assert len(box.letters) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="port 465 needs a root user")
async def test_port_465_speaks_tls_from_the_first_octet() -> None:
    box = Postbox()
    loop = asyncio.get_running_loop()

    def session() -> Any:
        from aiosmtpd.smtp import SMTP

        return SMTP(box, hostname="localhost", loop=loop)

    try:
        server = await loop.create_server(session, HOST, 465, ssl=server_context())
    except OSError:
        pytest.skip("something else listens on port 465")
    async with server, mailing(smtp(465), context=trusting()) as mailer:
        await mailer.send(letter())

    assert len(box.letters) == 1


def test_the_password_is_not_shown() -> None:
    assert "right" not in repr(smtp(25, username="afterword", password="right"))
