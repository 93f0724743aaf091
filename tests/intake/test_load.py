"""Long mail of strangers costs little, and recipients are judged while mail is read."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from typing import Any

import pytest

from intake import mail_handler
from intake.mail_handler import MAX_READERS, MAX_STRANGER_OCTETS
from mail.inbound.parse_mail import parse_mail
from models.errors import Unavailable
from tests.intake.intake_server import DOMAIN, SENDER, IntakeServer, run_in_thread
from tests.patience import PATIENCE

LONG = "A long mail.\n" * 20_000


@pytest.fixture
def lengths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of the mails that are read from now on."""
    found: list[int] = []

    def count(raw: bytes) -> Any:
        found.append(len(raw))
        return parse_mail(raw)

    monkeypatch.setattr(mail_handler, "parse_mail", count)
    return found


async def test_of_a_strangers_mail_to_our_sender_address_only_the_beginning_is_read(
    intake: IntakeServer, lengths: list[int]
) -> None:
    (answer,) = await intake.send_lmtp(intake.build_mail(LONG), SENDER)

    assert answer.startswith("550 5.1.1")
    assert lengths == [MAX_STRANGER_OCTETS]


async def test_a_made_up_token_does_not_have_more_of_a_mail_read(
    intake: IntakeServer, lengths: list[int]
) -> None:
    unknown = intake.build_reply_address(granted=False)

    (refused,) = await intake.send_lmtp(intake.build_mail(LONG), unknown)
    await intake.send_lmtp(intake.build_mail(LONG, To=unknown, References=f"<{unknown}>"), SENDER)

    assert refused.startswith("550 5.1.1")
    assert lengths == [MAX_STRANGER_OCTETS]


async def test_a_reply_to_an_address_that_we_gave_out_is_read_whole(
    intake: IntakeServer, lengths: list[int]
) -> None:
    raw = intake.build_mail(f"A1 progress half way\n{LONG}")

    (answer,) = await intake.send_lmtp(raw, intake.build_reply_address())

    assert answer.startswith("250 2.0.0")
    assert lengths[0] > 200_000


async def test_while_no_more_mails_can_be_read_recipients_are_judged(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, begun = threading.Event(), threading.Semaphore(0)

    def parse_when_told(raw: bytes) -> Any:
        begun.release()
        assert may_end.wait(PATIENCE)
        return parse_mail(raw)

    monkeypatch.setattr(mail_handler, "parse_mail", parse_when_told)
    mails = [intake.send_lmtp(intake.build_mail("Hello"), SENDER) for _ in range(MAX_READERS + 6)]
    sending = [asyncio.create_task(each) for each in mails]
    for _ in range(MAX_READERS):
        assert await run_in_thread(begun.acquire, True, PATIENCE)

    answers = [await run_in_thread(judge, intake.listening.lmtp_port) for _ in range(3)]
    may_end.set()

    assert {code for code, _ in answers} == {550}
    answers_to_mail = await asyncio.gather(*sending)
    assert all(answer.startswith("550") for (answer,) in answers_to_mail)


@pytest.mark.parametrize("error", [Unavailable("the database", "no connection"), OSError("long")])
async def test_a_mail_that_cannot_be_read_now_is_to_be_sent_again(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: Any) -> None:
        raise error

    raw, address = intake.build_mail("A1 progress half way"), intake.build_reply_address()
    monkeypatch.setattr(mail_handler.MailHandler, "_find_read_limit", fail)

    (answer,) = await intake.send_lmtp(raw, address)

    assert answer.startswith("451 4.3.0")


def judge(port: int) -> tuple[int, bytes]:
    """Return what is said of an unknown recipient."""
    with smtplib.LMTP("127.0.0.1", port, timeout=PATIENCE) as lmtp:
        lmtp.ehlo_or_helo_if_needed()
        lmtp.mail("a@example.org")
        return lmtp.rcpt(f"reply+unknown@{DOMAIN}")
