"""Mail by machines: the checks of people hold for it, and its words enter no log."""

from __future__ import annotations

import logging

import pytest

from models.email_address import TokenKind
from register.archive import Archive
from tests.intake.intake_server import (
    DOMAIN,
    MAIL_SERVER,
    SENDER,
    IntakeServer,
    run_intake_server,
)
from tests.sample_people import OLGA, OMAR
from tests.sample_reviews import build_assigned, build_closed, build_in_follow_up

EVE = "eve@elsewhere.example"
WORDS = "Our product is on fire, sell everything"
AUTOMATIC = {"Subject": f"Automatic reply: {WORDS}", "Auto_Submitted": "auto-replied"}
SENT_ID = f"<0123456789abcdef0123.abcdefghijklmnopqrstuvwxyz@{DOMAIN}>"
REPORT = """\
--b
Content-Type: text/plain

<{failed}>: host mx.example.org said: 550 5.1.1 no such user

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; {failed}
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: {quoted}
From: afterword@example.org
Subject: Two actions for you

Please accept or decline.
--b--
"""


def build_report(
    intake: IntakeServer,
    failed: str = OLGA,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    quoted: str = SENT_ID,
    sender: str = "mailer-daemon@x.example",
) -> bytes:
    """Return a delivery report, as mail servers write it."""
    body = REPORT.format(failed=failed, action=action, status=status, quoted=quoted)
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    return intake.build_mail(
        body, From=sender, To=SENDER, Subject="Undelivered Mail", Content_Type=kind
    )


def list_kinds(intake: IntakeServer) -> list[str]:
    """List the kinds of what is new in the review's log."""
    return [event.kind for event in intake.review.log[len(intake.builder.review.log) :]]


# Automatic replies


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, "auto-reply"),
        ({"Subject": "Out of office"}, "auto-reply"),
        ({"List_Id": "<x.example.org>"}, "list"),
        ({"Precedence": "bulk"}, "list"),
    ],
)
async def test_automated_mail_of_a_person_is_filed_and_changes_nothing(
    intake: IntakeServer, headers: dict[str, str], why: str
) -> None:
    before = intake.review

    (answer,) = await intake.send_lmtp(
        intake.build_mail(WORDS, **headers), intake.build_reply_address()
    )

    assert answer.startswith("250 2.0.0")
    assert (intake.review.actions, intake.review.held) == (before.actions, before.held)
    assert why == "auto-reply" or intake.review == before
    assert intake.list_verdicts() == [f"automated: {why}"]


async def test_an_automatic_reply_is_noted_once_a_day_without_its_words(
    intake: IntakeServer,
) -> None:
    for subject in (f"Automatic reply: {WORDS}", "Automatic reply: A1 is due"):
        await intake.send_lmtp(
            intake.build_mail(WORDS, Subject=subject), intake.build_reply_address()
        )

    noted = [event.text for event in intake.review.log if event.kind == "note"]
    assert noted == [f"noted: an automatic reply came from {OLGA}"]
    assert WORDS not in str(intake.review)


async def test_an_automatic_reply_to_the_envelope_sender_is_noted_too(
    intake: IntakeServer,
) -> None:
    address = intake.build_return_path(SENT_ID)

    for sender in (EVE, OLGA):
        raw = intake.build_mail(WORDS, **{**AUTOMATIC, "From": sender})
        (answer,) = await intake.send_lmtp(raw, address, sender="")
        assert answer.startswith("250 2.0.0")

    noted = [event.text for event in intake.review.log if event.kind == "note"]
    assert noted == [f"noted: an automatic reply came from {OLGA}"]
    assert intake.list_verdicts() == ["automated: auto-reply"]


@pytest.mark.parametrize(
    "headers",
    [
        {"From": EVE},
        {"From": OMAR},
        {"From": f"{OLGA}, {EVE}"},
        {"From": f"Everybody: {OLGA};"},
        {"From": f"{OLGA} <{EVE}>"},
        {"From": None},
        {"From": EVE, "Sender": OLGA, "Reply_To": OLGA},
        {"From": EVE, "List_Id": "<x.example.org>"},
        {"From": f"mailer-daemon@{DOMAIN}"},
        {"From": SENDER},
        {"From": EVE, "X_Afterword_Loop": DOMAIN},
        {"From": EVE, "Content_Type": "multipart/report; boundary=b"},
    ],
)
@pytest.mark.parametrize("sender", ["", EVE])
async def test_automated_mail_of_a_stranger_is_dropped(
    intake: IntakeServer,
    headers: dict[str, str | None],
    sender: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    before = intake.review
    raw = intake.build_mail(WORDS, **{**AUTOMATIC, **headers})

    (answer,) = await intake.send_lmtp(raw, intake.build_reply_address(), sender=sender)

    assert answer.startswith("250 2.0.0 Discarded")
    assert (intake.review, intake.list_verdicts()) == (before, [])
    assert "is dropped" in caplog.text


async def test_where_senders_must_be_proven_automated_mail_must_be_too(archive: Archive) -> None:
    async with run_intake_server(archive, build_in_follow_up(), authserv_id=MAIL_SERVER) as intake:
        before, address = intake.review, intake.build_reply_address()
        results = f"{MAIL_SERVER}; dmarc=pass header.from=example.org"

        await intake.send_lmtp(intake.build_mail(WORDS, **AUTOMATIC), address)
        unproven = intake.review, intake.list_verdicts()
        proven = intake.build_mail(WORDS, **AUTOMATIC, Authentication_Results=results)
        await intake.send_lmtp(proven, address)

        assert unproven == (before, [])
        assert intake.list_verdicts() == ["automated: auto-reply"]


async def test_an_automatic_reply_about_a_review_that_is_over_is_filed(archive: Archive) -> None:
    async with run_intake_server(archive, build_closed()) as home:
        raw = home.build_mail("I am away.", Subject="Automatic reply")
        (answer,) = await home.send_lmtp(raw, home.build_reply_address())

        assert answer.startswith("250 2.0.0")
        assert home.list_verdicts() == ["automated: auto-reply"]


async def test_mail_of_a_ticket_tool_is_peoples_where_its_domain_is_named(archive: Archive) -> None:
    async with run_intake_server(
        archive, build_assigned(), human_sender_domains=("Example.org",)
    ) as home:
        raw = home.build_mail("A1 accept", Auto_Submitted="auto-generated")
        await home.send_lmtp(raw, home.build_reply_address())
        (bounce,) = await home.send_lmtp(
            home.build_mail("A1 accept"), home.build_reply_address(), sender=""
        )

        assert "accept" in list_kinds(home)
        assert bounce.startswith("250 2.0.0 Recorded")


# Mail that came back


@pytest.mark.parametrize(
    ("action", "status", "kinds"),
    [("failed", "5.1.1", ["report-bounce"]), ("delayed", "4.4.1", [])],
)
async def test_an_email_that_came_back_is_told_to_the_lead_once(
    intake: IntakeServer, action: str, status: str, kinds: list[str]
) -> None:
    raw = build_report(intake, action=action, status=status)

    for _ in range(2):
        (answer,) = await intake.send_lmtp(raw, intake.build_return_path(SENT_ID), sender="")
        assert answer.startswith("250 2.0.0 Recorded")

    assert list_kinds(intake) == kinds
    assert all(event.item == OLGA for event in intake.review.log if event.kind == "report-bounce")


async def test_a_report_about_an_address_that_mail_is_forwarded_to_blames_nobody(
    intake: IntakeServer,
) -> None:
    for failed in ("elsewhere@example.com", "another@example.com", OLGA, OLGA):
        raw = build_report(intake, failed)
        await intake.send_lmtp(raw, intake.build_return_path(SENT_ID), sender="")

    assert list_kinds(intake) == ["note", "report-bounce"]
    assert "elsewhere@example.com" not in str(intake.review)


@pytest.mark.parametrize(
    ("kind", "quoted"),
    [
        (TokenKind.REPLY, SENT_ID),
        (TokenKind.MESSAGE, SENT_ID),
        (TokenKind.UNSUBSCRIBE, SENT_ID),
        (TokenKind.MEETING, SENT_ID),
        (TokenKind.EARLIER, SENT_ID),
        (TokenKind.BOUNCE, f"<another.abcdefghijklmnopqrstuvwxyz@{DOMAIN}>"),
        (TokenKind.BOUNCE, f"<0123456789abcdef0123.abcdefghijklmnopqrstuvwxya@{DOMAIN}>"),
        (TokenKind.BOUNCE, ""),
        (None, SENT_ID),
    ],
)
@pytest.mark.parametrize("sender", ["mailer-daemon@x.example", EVE, OLGA])
async def test_a_forged_bounce_marks_no_address_dead(
    intake: IntakeServer, kind: TokenKind | None, quoted: str, sender: str
) -> None:
    before, address = intake.review, SENDER
    if kind is not None:
        bounce = intake.build_return_path(SENT_ID)
        address = intake.build_reply_address(kind=kind)
        address = bounce if kind is TokenKind.BOUNCE else address
    raw = build_report(intake, quoted=quoted, sender=sender)

    (answer,) = await intake.send_lmtp(raw, address, sender="")

    assert "report-bounce" not in list_kinds(intake)
    assert intake.review.log == before.log
    assert answer[:3] in ("250", "550")
    assert sender == OLGA or intake.list_verdicts() == []


async def test_a_bounce_about_no_notification_of_ours_is_dropped(intake: IntakeServer) -> None:
    raw = intake.build_mail("No such user", From="mailer-daemon@example.org", To=SENDER)

    (answer,) = await intake.send_lmtp(raw, SENDER, sender="")

    assert answer.startswith("250 2.0.0 Discarded")
    assert intake.list_verdicts() == []


async def test_what_is_no_report_counts_for_nothing_at_the_address_for_reports(
    intake: IntakeServer,
) -> None:
    before = intake.review

    (answer,) = await intake.send_lmtp(
        intake.build_mail("A1 done: it is live"), intake.build_return_path(SENT_ID)
    )

    assert answer.startswith("250 2.0.0 Discarded")
    assert (intake.review, intake.list_verdicts()) == (before, [])


# Unsubscribing


async def test_the_address_to_unsubscribe_does_that_and_nothing_else(intake: IntakeServer) -> None:
    before = intake.review
    address = intake.build_reply_address(kind=TokenKind.UNSUBSCRIBE)

    (answer,) = await intake.send_lmtp(intake.build_mail("A1 done: it is live"), address)

    person = intake.archive.people.find_person(OLGA)
    assert answer.startswith("250 2.0.0 Thank you; reminders come once a week")
    assert person is not None
    assert person.weekly
    assert intake.review.actions == before.actions


async def test_a_stranger_unsubscribes_nobody(intake: IntakeServer) -> None:
    address = intake.build_reply_address(kind=TokenKind.UNSUBSCRIBE)

    (answer,) = await intake.send_lmtp(intake.build_mail("unsubscribe", From=EVE), address)

    person = intake.archive.people.find_person(OLGA)
    assert answer.startswith("550 5.7.1")
    assert person is not None
    assert not person.weekly
