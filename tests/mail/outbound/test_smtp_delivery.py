from __future__ import annotations

import asyncio
import os
from typing import Any

import pytest

from mail.outbound.smtp import Mailer
from models.errors import Unavailable
from models.notifications import NotificationKind
from tests.mail.notification_samples import compose_samples
from tests.mail.smtp_servers import (
    CERTIFICATE,
    HOST,
    RecordingHandler,
    build_client_context,
    build_email,
    build_script,
    build_server_context,
    build_smtp_settings,
    open_mailer,
    run_scripted_server,
    run_smtp_server,
)
from tests.sample_people import OLGA, OMAR


async def test_a_notification_reaches_the_mail_server_octet_by_octet() -> None:
    box = RecordingHandler()
    message = compose_samples()[NotificationKind.MEETING_INVITATION]

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await mailer.send(message)

    assert box.envelopes[0].content == message.as_bytes()
    assert box.envelopes[0].mail_from == "afterword@example.org"
    assert box.envelopes[0].rcpt_tos == [OLGA]


async def test_a_hundred_notifications_go_over_one_connection() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        for _ in range(100):
            await mailer.send(build_email())

    assert len(box.envelopes) == 100
    assert box.connections == 1
    assert box.quit_count == 1


async def test_notifications_sent_at_once_wait_for_each_other() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await asyncio.gather(*(mailer.send(build_email(to)) for to in (OLGA, OMAR) * 10))

    assert len(box.envelopes) == 20
    assert {tuple(each.rcpt_tos) for each in box.envelopes} == {(OLGA,), (OMAR,)}
    assert box.connections == 1


async def test_an_idle_connection_is_closed_and_opened_again() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box) as server,
        open_mailer(build_smtp_settings(server.port), idle_seconds=0.05) as mailer,
    ):
        await mailer.send(build_email())
        await box.disconnected.wait()
        await mailer.send(build_email())

    assert box.connections == 2
    assert len(box.envelopes) == 2


async def test_closing_twice_or_before_the_first_notification_is_nothing() -> None:
    mailer = Mailer(build_smtp_settings(1))

    await mailer.close()
    await mailer.close()


async def test_closing_a_connection_the_server_has_hung_up_is_no_error() -> None:
    async with run_scripted_server(
        build_script("220 hi", "250 hi", "250 ok", "250 ok", "354 go")
    ) as port:
        mailer = Mailer(build_smtp_settings(port, starttls=False))
        with pytest.raises(Unavailable):
            await mailer.send(build_email())

    await mailer.close()


async def test_a_server_that_says_no_goodbye_is_left_all_the_same() -> None:
    quiet = ("220 hi", "250 hi", "250 ok", "250 ok", "354 go")

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await build_script(*quiet)(reader, writer)
        while await reader.readline() != b".\r\n":
            pass
        writer.write(b"250 kept\r\n")
        await reader.readline()
        writer.write(b"rubbish\r\n")

    async with run_scripted_server(handle) as port:
        mailer = Mailer(build_smtp_settings(port, starttls=False))
        await mailer.send(build_email())
        await mailer.close()


async def test_a_notification_is_encrypted_where_the_server_offers_it() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box, tls_context=build_server_context()) as server,
        open_mailer(build_smtp_settings(server.port)) as mailer,
    ):
        await mailer.send(build_email())

    assert box.encrypted == [True]


async def test_a_notification_goes_unencrypted_where_that_is_asked() -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box, tls_context=build_server_context()) as server,
        open_mailer(build_smtp_settings(server.port, starttls=False)) as mailer,
    ):
        await mailer.send(build_email())

    assert box.encrypted == [False]


async def test_encryption_that_must_be_is_verified() -> None:
    box = RecordingHandler()

    async with run_smtp_server(box, tls_context=build_server_context()) as server:
        with pytest.raises(Unavailable, match="certificate"):
            await Mailer(build_smtp_settings(server.port, starttls=True)).send(build_email())
        async with open_mailer(
            build_smtp_settings(server.port, starttls=True), context=build_client_context()
        ) as mailer:
            await mailer.send(build_email())

    assert box.encrypted == [True]


@pytest.mark.parametrize("starttls", [True, None])
async def test_a_server_with_a_certificate_of_ones_own_is_believed_by_its_authority(
    starttls: bool | None,
) -> None:
    box = RecordingHandler()

    async with (
        run_smtp_server(box, tls_context=build_server_context()) as server,
        open_mailer(
            build_smtp_settings(server.port, starttls=starttls, ca_file=str(CERTIFICATE))
        ) as mailer,
    ):
        await mailer.send(build_email())

    assert box.encrypted == [True]


async def test_encryption_that_must_be_and_is_not_offered_is_away() -> None:
    box = RecordingHandler()

    async with run_smtp_server(box) as server:
        with pytest.raises(Unavailable, match="STARTTLS"):
            await Mailer(build_smtp_settings(server.port, starttls=True)).send(build_email())

    assert box.envelopes == []


async def test_a_login_goes_over_an_encrypted_connection() -> None:
    box = RecordingHandler()
    login = {"username": "afterword", "password": "right"}

    async with (
        run_smtp_server(
            box,
            tls_context=build_server_context(),
            authenticator=box.authenticate,
            auth_required=True,
        ) as server,
        open_mailer(
            build_smtp_settings(server.port, **login), context=build_client_context()
        ) as mailer,
    ):
        await mailer.send(build_email())

    assert box.logins == [(b"afterword", b"right")]
    assert box.encrypted == [True]


async def test_a_wrong_password_never_loses_a_notification() -> None:
    box = RecordingHandler()
    login = {"username": "afterword", "password": "wrong"}

    async with run_smtp_server(
        box, tls_context=build_server_context(), authenticator=box.authenticate, auth_required=True
    ) as server:
        with pytest.raises(Unavailable, match="535"):
            await Mailer(
                build_smtp_settings(server.port, **login), context=build_client_context()
            ).send(build_email())


async def test_a_missing_password_never_loses_a_notification() -> None:
    box = RecordingHandler()

    async with run_smtp_server(
        box, auth_require_tls=False, authenticator=box.authenticate, auth_required=True
    ) as server:
        with pytest.raises(Unavailable, match="530"):
            await Mailer(build_smtp_settings(server.port)).send(build_email())


async def test_a_password_is_not_sent_in_the_clear_unless_that_is_asked() -> None:
    box = RecordingHandler()
    login = {"username": "afterword", "password": "right"}

    async with run_smtp_server(
        box, auth_require_tls=False, authenticator=box.authenticate, auth_required=True
    ) as server:
        with pytest.raises(Unavailable, match="STARTTLS"):
            await Mailer(build_smtp_settings(server.port, **login)).send(build_email())
        assert box.logins == []
        async with open_mailer(build_smtp_settings(server.port, starttls=False, **login)) as mailer:
            await mailer.send(build_email())

    assert len(box.envelopes) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="port 465 needs a root user")
async def test_port_465_speaks_tls_from_the_first_octet() -> None:
    box = RecordingHandler()
    loop = asyncio.get_running_loop()

    def session() -> Any:
        from aiosmtpd.smtp import SMTP

        return SMTP(box, hostname="localhost", loop=loop)

    try:
        server = await loop.create_server(session, HOST, 465, ssl=build_server_context())
    except OSError:
        pytest.skip("something else listens on port 465")
    async with (
        server,
        open_mailer(build_smtp_settings(465), context=build_client_context()) as mailer,
    ):
        await mailer.send(build_email())

    assert len(box.envelopes) == 1


def test_the_password_is_not_shown() -> None:
    assert "right" not in repr(build_smtp_settings(25, username="afterword", password="right"))
