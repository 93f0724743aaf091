"""Nobody fills the archive: so much mail a day of one person, and of all, of every kind."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from intake.checks import mail_limits
from intake.checks.mail_limits import MAIL_LIMITS, MailKind
from tests.intake.intake_server import IntakeServer
from tests.intake.test_calendar_replies import build_calendar_answer
from tests.intake.test_machine_mail import AUTOMATIC, SENT_ID, build_report
from tests.sample_people import ADA, OLGA

Mail = Callable[[IntakeServer, str], tuple[bytes, str]]


def build_reply(intake: IntakeServer, person: str) -> tuple[bytes, str]:
    return intake.build_mail("A1 progress: half", From=person), intake.build_reply_address(person)


def build_automatic(intake: IntakeServer, person: str) -> tuple[bytes, str]:
    raw = intake.build_mail("I am away", **AUTOMATIC, From=person)
    return raw, intake.build_reply_address(person)


def build_bounce(intake: IntakeServer, person: str) -> tuple[bytes, str]:
    quoted = SENT_ID.replace("abcdef", f"{len(person):06}")
    raw = build_report(intake, person, quoted=quoted)
    return raw, intake.build_return_path(quoted, person)


def build_calendar(intake: IntakeServer, person: str) -> tuple[bytes, str]:
    raw = build_calendar_answer(intake, who=person)
    return raw, intake.build_organizer_address(person)


KINDS: list[tuple[MailKind, Mail]] = [
    (MailKind.PERSON, build_reply),
    (MailKind.MACHINE, build_automatic),
    (MailKind.MACHINE, build_bounce),
    (MailKind.CALENDAR, build_calendar),
]


async def send(intake: IntakeServer, mail: tuple[bytes, str]) -> str:
    (answer,) = await intake.send_lmtp(*mail)
    return answer


def limit(monkeypatch: pytest.MonkeyPatch, kind: MailKind, **limits: int) -> None:
    changed = replace(MAIL_LIMITS[kind], **limits)
    monkeypatch.setattr(mail_limits, "MAIL_LIMITS", {**MAIL_LIMITS, kind: changed})


@pytest.mark.parametrize(("kind", "build"), KINDS)
async def test_so_much_mail_of_one_person_is_accepted_in_a_day(
    intake: IntakeServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: MailKind,
    build: Mail,
) -> None:
    limit(monkeypatch, kind, per_person=2)
    first = [build(intake, OLGA) for _ in range(2)]
    for mail in first:
        assert (await send(intake, mail)).startswith("250")

    refused = await send(intake, build(intake, OLGA))
    of_another = await send(intake, build(intake, ADA))
    again = await send(intake, first[0])
    intake.builder.advance(days=1, minutes=5)
    next_day = await send(intake, build(intake, OLGA))

    assert refused.startswith("550 5.7.1 We have accepted as much mail from you today")
    assert "command line" in refused
    assert [each[:3] for each in (of_another, again, next_day)] == ["250"] * 3
    assert f"limit of a day: {kind} mail from {OLGA} is refused" in caplog.text


@pytest.mark.parametrize(("kind", "build"), KINDS)
async def test_so_much_mail_of_all_is_accepted_in_a_day_and_the_rest_later(
    intake: IntakeServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    kind: MailKind,
    build: Mail,
) -> None:
    caplog.set_level(logging.WARNING)
    limit(monkeypatch, kind, for_all=1)
    await send(intake, build(intake, OLGA))

    deferred = await send(intake, build(intake, ADA))

    assert deferred.startswith("452 4.3.1")
    assert f"limit of a day: {kind} mail from everybody is deferred" in caplog.text
    assert len(intake.list_verdicts()) == 1


async def test_few_large_mails_reach_the_limit_too(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, MailKind.MACHINE, octets=10_000)
    large = intake.build_mail("x " * 3_000, **AUTOMATIC), intake.build_reply_address()
    other = intake.build_mail("y " * 3_000, **AUTOMATIC), intake.build_reply_address()

    answers = [await send(intake, large), await send(intake, other)]

    assert [answer[:3] for answer in answers] == ["250", "550"]


async def test_the_kinds_are_counted_one_by_one(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(monkeypatch, MailKind.MACHINE, per_person=1)
    await send(intake, build_automatic(intake, OLGA))

    assert (await send(intake, build_reply(intake, OLGA))).startswith("250")
    assert (await send(intake, build_calendar(intake, OLGA))).startswith("250")
    assert (await send(intake, build_automatic(intake, OLGA))).startswith("550")


def test_a_day_is_twenty_four_hours() -> None:
    assert timedelta(hours=24) == mail_limits.ONE_DAY
