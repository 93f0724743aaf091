"""Automated mail is told apart from people's, and people's mail is never taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail.inbound.parse_mail import parse_mail
from mail.outbound.headers import LOOP_HEADER
from tests.evaluation import mails
from tests.mail.inbound_samples import build_mail, build_multipart
from tests.mail.notification_samples import compose_for_person, list_notifications


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Return-Path": "<>"}, "bounce"),
        ({"From": "MAILER-DAEMON@mx.example.org"}, "bounce"),
        ({"From": "MAILER-DAEMON (Mail Delivery System)"}, ""),
        ({"From": "mailer-daemon"}, "bounce"),
        ({"From": "postmaster@example.org"}, "bounce"),
        ({"From": "MDaemon@mx.example.org"}, "bounce"),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, "bounce"),
        ({"Content-Type": "multipart/report; report-type=disposition-notification"}, "bounce"),
        ({"Auto-Submitted": "auto-replied"}, "auto-reply"),
        ({"Auto-Submitted": "auto-generated (vacation)"}, "auto-reply"),
        ({"Auto-Submitted": "no"}, ""),
        ({"Auto-Submitted": "No; owner-email=x"}, ""),
        ({"X-Autoreply": "yes"}, "auto-reply"),
        ({"X-Auto-Response-Suppress": "All"}, ""),
        ({"X-Autorespond": ""}, "auto-reply"),
        ({"X-Auto-Generated": "false"}, ""),
        ({"X-FC-MachineGenerated": "true"}, "auto-reply"),
        ({"X-Cron-Env": "<SHELL=/bin/sh>"}, "auto-reply"),
        ({"X-Apple-Action": "VACATION"}, "auto-reply"),
        ({"X-Apple-Action": "MOVE_TO_FOLDER/INBOX"}, ""),
        ({"Precedence": "auto_reply"}, "auto-reply"),
        ({"Precedence": "bulk"}, "list"),
        ({"Precedence": "first-class"}, ""),
        ({"List-Id": "<sre.example.org>"}, "list"),
        ({"List-Unsubscribe": "<mailto:x@example.org>"}, "list"),
        ({"Mailing-List": "contact sre-help@example.org; run by ezmlm"}, "list"),
        ({"X-BeenThere": "sre@example.org"}, "list"),
        ({"From": "no-reply@example.org"}, "auto-reply"),
        ({"From": "donotreply@example.org"}, "auto-reply"),
        ({"From": "norbert@example.org"}, ""),
        ({"Subject": "Automatic reply: Two actions for you"}, "auto-reply"),
        ({"Subject": "Out of Office: Two actions"}, "auto-reply"),
        ({"Subject": "Abwesenheitsnotiz: Two actions"}, "auto-reply"),
        ({"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?= : x"}, "auto-reply"),
        ({"Subject": "Re: Out of office rules"}, ""),
        ({LOOP_HEADER: "reply.example.org"}, "loop"),
        ({"Content-Type": "text/calendar; method=REPLY"}, "calendar"),
        ({"Content-Type": "text/calendar; method=REQUEST"}, ""),
    ],
)
def test_automated_mail_is_told_from_a_persons(headers: dict[str, str], why: str) -> None:
    given = {name.replace("-", "_"): value for name, value in headers.items()}

    assert parse_mail(build_mail("accept", **given)).automated_kind == why


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto-Submitted": "auto-replied", "Return-Path": "<>"}, "auto-reply"),
        ({"Subject": "Automatic reply: x", "Return-Path": "<>"}, "auto-reply"),
        ({"Auto-Submitted": "auto-replied", "Precedence": "bulk"}, "auto-reply"),
        ({"Auto-Submitted": "auto-replied", "From": "MAILER-DAEMON@example.org"}, "bounce"),
        ({"Subject": "Undeliverable: x", "Auto-Submitted": "auto-generated"}, "bounce"),
        ({"Precedence": "bulk", "Return-Path": "<>"}, "list"),
        ({"Auto-Submitted": "auto-generated", "List-Id": "<sre.example.org>"}, "list"),
    ],
)
def test_what_says_most_counts(headers: dict[str, str], why: str) -> None:
    given = {name.replace("-", "_"): value for name, value in headers.items()}

    assert parse_mail(build_mail("accept", **given)).automated_kind == why


def test_an_answer_to_an_invitation_is_a_calendars() -> None:
    answer = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR"

    found = parse_mail(
        build_multipart(("text/plain", "Accepted"), ("text/calendar", answer), kind="mixed")
    )

    assert found.automated_kind == "calendar"


def test_a_mail_that_went_round_and_round_is_a_loop() -> None:
    hops = b"".join(b"Received: by mx%d.example.org\r\n" % n for n in range(60))

    assert parse_mail(hops + build_mail()).automated_kind == "loop"
    assert parse_mail(hops[: len(hops) // 6] + build_mail()).automated_kind == ""


def test_our_own_notifications_are_a_loop() -> None:
    for notification in list_notifications().values():
        assert parse_mail(compose_for_person(*notification).as_bytes()).automated_kind == "loop"


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ("Undeliverable: Two actions", "bounce"),
        ("Undelivered Mail Returned to Sender", "bounce"),
        ("Delivery Status Notification (Delay)", "bounce"),
        ("Delayed Mail (we keep trying)", "bounce"),
        ("Warning: message 1tAbCd-0001 delayed 48 hours", "bounce"),
        ("Mail could not be delivered", "bounce"),
        ("Your message to omar@example.org could not be delivered.", "bounce"),
        ("Unzustellbar: Zwei Maßnahmen", "bounce"),
        ("Non remis : Deux actions", "bounce"),
        ("Onbestelbaar: Twee acties", "bounce"),
        ("Не удается доставить: Two actions", "bounce"),
        ("配信不能: Two actions", "bounce"),
        ("Vacation", "auto-reply"),
        ("away from my mail", "auto-reply"),
        ("[Automatische Antwort] Zwei Maßnahmen", "auto-reply"),
        ("Re: Two actions for you (Automatic Response)", "auto-reply"),
    ],
)
def test_a_subject_shows_automated_mail(subject: str, why: str) -> None:
    assert parse_mail(build_mail("accept", Subject=subject)).automated_kind == why


@pytest.mark.parametrize(
    "subject",
    [
        "Mail delivery of invoices stopped: A1 waits for you",
        "Delivery status page was wrong: the review is open",
        "Undeliverable orders in the shop: A1 and A2 are overdue",
        "Message could not be delivered to the queue: A1 waits for you",
        "Vacation booking was down: please verify A1",
        "Re: Undeliverable: who looks after the bounces?",
    ],
)
def test_a_reply_about_a_mail_incident_is_not_automated(subject: str) -> None:
    assert parse_mail(build_mail("accept", Subject=subject)).automated_kind == ""


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("This message was created automatically by mail delivery software.", "bounce"),
        ("*****\nYour message could not be delivered to\nomar@example.org", "bounce"),
        ("Votre message n'a pas pu être remis à\nomar@example.org", "bounce"),
        ("This is an automated reply. I read mail again in May.", "auto-reply"),
        (
            "this mailbox is protected by Sieve & Sons. Click on the\nlink to add your address",
            "auto-reply",
        ),
    ],
)
def test_the_first_sentence_shows_automated_mail(body: str, why: str) -> None:
    assert parse_mail(build_mail(body)).automated_kind == why


@pytest.mark.parametrize(
    "body",
    [
        "accept\n\nYour message could not be delivered to omar@example.org, he says.",
        "Your message could not be delivered to me in time, sorry. accept",
        "done https://example.org/1\nThe account is protected by a second factor now.",
        "accept\n\n> This message was created automatically by mail delivery software.",
        "I am out of the office until Monday. A1: until 20 March because of that",
    ],
)
def test_people_write_about_automated_mail(body: str) -> None:
    assert parse_mail(build_mail(body)).automated_kind == ""


def test_the_evaluation_names_what_is_told_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "machine" / "bounces").mkdir(parents=True)
    (tmp_path / "machine" / "bounces" / "told").write_bytes(build_mail(Return_Path="<>"))
    (tmp_path / "machine" / "bounces" / "missed").write_bytes(build_mail())
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "olga").write_bytes(build_mail())
    (tmp_path / "people" / "omar").write_bytes(build_mail(Precedence="bulk"))

    mails(tmp_path)

    _, bounces, people = capsys.readouterr().out.splitlines()
    assert bounces.split() == ["bounces", "2", "1", "0", "missed"]
    assert people.split() == ["people", "2", "1", "0", "omar"]
