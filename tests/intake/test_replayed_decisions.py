"""A decision by mail counts only at the address it was written to, lately, and as it was signed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import dkim  # type: ignore[import-untyped]
import pytest

from intake.checks import decision_proof
from models import commands as o
from models.action import ActionStatus
from models.email_address import TokenKind
from register.archive import Archive
from tests.intake.intake_server import (
    LINK,
    MAIL_SERVER,
    SENDER,
    IntakeServer,
    run_intake_server,
)
from tests.mail.inbound.test_authentication import PRIVATE, look_up_key, sign
from tests.sample_people import OLGA, OMAR, VERA
from tests.sample_reviews import build_in_follow_up

VERIFIED = "verify: I saw it fire on the dashboard"
BY_SPF = f"{MAIL_SERVER}; dmarc=pass header.from=example.org; spf=pass smtp.mailfrom={VERA}"
BY_DKIM = f"{MAIL_SERVER}; dmarc=pass header.from=example.org; dkim=pass header.d=example.org"
BY_DMARC = f"{MAIL_SERVER}; dmarc=pass header.from=example.org"
WITHOUT_TO = (b"from", b"date", b"subject", b"message-id", b"content-type")
"""What Microsoft 365 signs of a mail."""


@pytest.fixture(autouse=True)
def _no_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mail.inbound.senders.dkim_signatures.fetch_txt_record", look_up_key)


@pytest.fixture
async def intake(archive: Archive) -> AsyncIterator[IntakeServer]:
    """Yield an intake for decisions, about two actions that wait for Vera's verdict."""
    async with run_intake_server(archive, build_claimed(), consequence=True) as server:
        yield server


def build_claimed() -> Any:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.ChangeVerifier, "ada@example.org", action="A2", verifier=VERA)
    life.ask(o.Claim, OLGA, action="A1", evidence=LINK)
    life.ask(o.Claim, OMAR, action="A2", evidence=LINK)
    return life


def sign_fields(raw: bytes, fields: tuple[bytes, ...]) -> bytes:
    """Return a mail with a DKIM signature over these header fields alone."""
    signature = dkim.sign(raw, b"one", b"example.org", PRIVATE, include_headers=list(fields))
    return bytes(signature) + raw


def get_statuses(intake: IntakeServer) -> list[ActionStatus]:
    return [action.status for action in intake.review.actions[:2]]


def get_answer(intake: IntakeServer) -> str:
    return intake.review.held[-1].quoted_lines[0].answer


async def send(intake: IntakeServer, raw: bytes, address: str) -> str:
    (answer,) = await intake.send_lmtp(raw, address, sender=VERA)
    return answer


UNTOUCHED = [ActionStatus.CLAIMED, ActionStatus.CLAIMED]
FIRST_VERIFIED = [ActionStatus.VERIFIED, ActionStatus.CLAIMED]


@pytest.mark.parametrize("place", ["To", "Cc"])
async def test_a_signed_decision_counts_at_the_address_that_it_names(
    intake: IntakeServer, place: str
) -> None:
    address = intake.build_reply_address(VERA, "A1")
    headers = {"From": VERA, "To": "team@example.org", place: f"Afterword <{address.upper()}>"}

    await send(intake, sign(intake.build_mail(VERIFIED, **headers)), address)

    assert get_statuses(intake) == FIRST_VERIFIED


@pytest.mark.parametrize(
    "change",
    [
        lambda raw, _: raw,
        lambda raw, other: b"To: " + other + b"\r\n" + raw,
        lambda raw, other: b"Cc: " + other + b"\r\n" + raw,
        lambda raw, other: raw.replace(b"\r\nSubject", b"\r\nCc: " + other + b"\r\nSubject"),
        lambda raw, other: b"Resent-To: " + other + b"\r\n" + raw,
        lambda raw, other: b"Delivered-To: " + other + b"\r\n" + raw,
        lambda raw, other: b"X: y\r\nTo: " + other + b"\r\n \r\n" + raw,
    ],
    ids=["as it is", "To", "Cc", "Cc below", "Resent-To", "Delivered-To", "other end of headers"],
)
async def test_a_signed_decision_that_is_sent_again_decides_nothing_else(
    intake: IntakeServer, change: Callable[[bytes, bytes], bytes]
) -> None:
    first, second = (intake.build_reply_address(VERA, each) for each in ("A1", "A2"))
    raw = sign(intake.build_mail(VERIFIED, From=VERA, To=first))
    await send(intake, raw, first)

    await send(intake, change(raw, second.encode()), second)

    assert get_statuses(intake) == FIRST_VERIFIED


async def test_who_sent_a_decision_to_another_address_is_told_why_it_does_not_count(
    intake: IntakeServer,
) -> None:
    first, second = (intake.build_reply_address(VERA, each) for each in ("A1", "A2"))

    answer = await send(intake, sign(intake.build_mail(VERIFIED, From=VERA, To=first)), second)

    assert answer.startswith("250 2.0.0")
    assert get_statuses(intake) == UNTOUCHED
    assert get_answer(intake).startswith(
        f"This decision was not made, because {decision_proof.OTHER_ADDRESS}. Please use"
    )
    assert "afterword verify" in get_answer(intake)


@pytest.mark.parametrize(
    "fields",
    [
        WITHOUT_TO,
        (b"from", b"to", b"message-id", b"subject"),
        (b"from", b"to", b"date", b"subject"),
    ],
    ids=["To", "Date", "Message-ID"],
)
async def test_what_says_for_whom_and_when_must_be_signed(
    intake: IntakeServer, fields: tuple[bytes, ...]
) -> None:
    address = intake.build_reply_address(VERA, "A1")
    raw = sign_fields(intake.build_mail(VERIFIED, From=VERA, To=address), fields)

    await send(intake, raw, address)

    assert get_statuses(intake) == UNTOUCHED
    assert decision_proof.NOT_SIGNED in get_answer(intake)


@pytest.mark.parametrize(
    ("age", "counts"),
    [
        (timedelta(days=6), True),
        (timedelta(days=8), False),
        (timedelta(hours=-20), True),
        (timedelta(days=-2), False),
        (None, False),
    ],
)
async def test_a_decision_is_of_the_last_days(
    intake: IntakeServer, age: timedelta | None, counts: bool
) -> None:
    address = intake.build_reply_address(VERA, "A1")
    date = None if age is None else format_datetime(intake.builder.now - age)
    raw = sign(intake.build_mail(VERIFIED, From=VERA, To=address, Date=date))

    await send(intake, raw, address)

    assert get_statuses(intake) == (FIRST_VERIFIED if counts else UNTOUCHED)
    assert counts or decision_proof.NOT_RECENT in get_answer(intake)


async def test_a_message_id_decides_once(intake: IntakeServer) -> None:
    address = intake.build_reply_address(VERA)
    headers = {"From": VERA, "To": address, "Message_ID": "<this@example.org>"}
    await send(intake, sign(intake.build_mail("A1 verify: I saw it fire", **headers)), address)

    await send(
        intake, sign(intake.build_mail("A2 verify: it works, see graph", **headers)), address
    )

    assert get_statuses(intake) == FIRST_VERIFIED
    assert decision_proof.REPEATED_MESSAGE_ID in get_answer(intake)


async def test_who_cannot_be_verified_is_told_so(intake: IntakeServer) -> None:
    address = intake.build_reply_address(VERA, "A1")

    await send(intake, intake.build_mail(VERIFIED, From=VERA, To=address), address)

    assert get_statuses(intake) == UNTOUCHED
    assert decision_proof.NOT_PROVEN in get_answer(intake)


async def test_a_decision_without_a_message_id_does_not_count(intake: IntakeServer) -> None:
    address = intake.build_reply_address(VERA, "A1")

    raw = sign(intake.build_mail(VERIFIED, From=VERA, To=address, Message_ID=None))
    await send(intake, raw, address)

    assert get_statuses(intake) == UNTOUCHED
    assert decision_proof.NO_MESSAGE_ID in get_answer(intake)


async def test_the_same_decision_again_is_the_same_command(intake: IntakeServer) -> None:
    address = intake.build_reply_address(VERA, "A1")
    raw = sign(intake.build_mail(VERIFIED, From=VERA, To=address))
    await send(intake, raw, address)
    before = intake.review

    await send(intake, raw, address)

    assert intake.review == before


# Where our mail server says what it found


def leave(raw: bytes) -> bytes:
    return raw


def sign_as_m365(raw: bytes) -> bytes:
    return sign_fields(raw, WITHOUT_TO)


def sign_twice(raw: bytes) -> bytes:
    return sign(sign_as_m365(raw))


@pytest.mark.parametrize(
    ("results", "signed", "counts"),
    [
        (BY_SPF, leave, True),
        (BY_SPF, sign_as_m365, True),
        (BY_DKIM, sign, True),
        (BY_DKIM, sign_as_m365, False),
        (BY_DKIM, sign_twice, False),
        (BY_DKIM, leave, False),
        (BY_DMARC, leave, True),
        (BY_DMARC, sign, True),
        (BY_DMARC, sign_as_m365, False),
    ],
)
async def test_what_our_mail_server_found_holds_for_what_nobody_can_have_changed(
    archive: Archive, results: str, signed: Callable[[bytes], bytes], counts: bool
) -> None:
    options: dict[str, Any] = {"authserv_id": MAIL_SERVER, "consequence": True}
    async with run_intake_server(archive, build_claimed(), **options) as intake:
        address = intake.build_reply_address(VERA, "A1")
        raw = signed(intake.build_mail(VERIFIED, From=VERA, To=address))

        await send(intake, f"Authentication-Results: {results}\r\n".encode() + raw, address)

        assert get_statuses(intake) == (FIRST_VERIFIED if counts else UNTOUCHED)


@pytest.mark.parametrize("results", [BY_SPF, BY_DKIM, BY_DMARC])
async def test_a_decision_that_is_proven_by_results_counts_at_no_other_address(
    archive: Archive, results: str
) -> None:
    options: dict[str, Any] = {"authserv_id": MAIL_SERVER, "consequence": True}
    async with run_intake_server(archive, build_claimed(), **options) as intake:
        first, second = (intake.build_reply_address(VERA, each) for each in ("A1", "A2"))
        raw = sign(intake.build_mail(VERIFIED, From=VERA, To=first))

        await send(intake, f"Authentication-Results: {results}\r\n".encode() + raw, second)

        assert get_statuses(intake) == UNTOUCHED
        assert decision_proof.OTHER_ADDRESS in get_answer(intake)


@pytest.mark.parametrize("fields", [WITHOUT_TO, (*WITHOUT_TO, b"in-reply-to")])
async def test_by_reference_a_decision_counts_where_the_reference_is_signed(
    intake: IntakeServer, fields: tuple[bytes, ...]
) -> None:
    message_id = (
        f"<0123456789.{intake.issue_token(VERA, 'A1', kind=TokenKind.MESSAGE)}@reply.example.org>"
    )
    raw = intake.build_mail(VERIFIED, From=VERA, To=SENDER, In_Reply_To=message_id)

    await send(intake, sign_fields(raw, fields), SENDER)

    is_signed = b"in-reply-to" in fields
    assert get_statuses(intake) == (FIRST_VERIFIED if is_signed else UNTOUCHED)
