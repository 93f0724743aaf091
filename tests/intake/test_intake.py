from __future__ import annotations

import asyncio
import logging
import smtplib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.engine import make_url

from intake import listener
from intake.brought import bring
from intake.doorkeeper import MOST_REPLIES
from intake.listener import SIZE_LIMIT
from intake.main import serve
from mail import capability
from models import orders as o
from models.action import Standing
from models.errors import Away, Malformed, Refusal
from models.people import Person, Way
from models.review import Review
from register.archive import Archive
from register.database import connect
from register.letters import Sent
from tests.cast import ADA, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.intake.gate import (
    DOMAIN,
    HOST,
    LINK,
    MAIL_SERVER,
    SECRET,
    SENDER,
    Gate,
    aside,
    chosen,
    gate,
)
from tests.lives import assigned, closed, following_up
from workflows.door import Door

DONE = f"A1 done {LINK}"
PROVEN = f"{MAIL_SERVER}; dmarc=pass (p=reject) header.from=example.org"


def standing(review: Review, action: str = "A1") -> Standing:
    return next(a.standing for a in review.actions if a.id == action)


# A mail is one order


@pytest.mark.parametrize("way", ["lmtp", "smtp"])
async def test_a_reply_is_taken_when_the_review_has_it_and_the_archive_too(
    home: Gate, way: str
) -> None:
    raw = home.mail(DONE)

    answers = await getattr(home, way)(raw, home.address())

    assert [answer[:9] for answer in answers] == ["250 2.0.0"]
    assert standing(home.review) is Standing.CLAIMED
    assert home.filed() == raw + b"\r\n"
    assert home.verdicts() == ["accepted"]
    (event,) = [event for event in home.review.log if event.kind == "reply"]
    assert (event.by, event.way) == (OLGA, Way.MAIL)


async def test_the_answer_quotes_each_line_and_answers_the_mail(home: Gate) -> None:
    raw = home.mail(f"Hi,\n\n{DONE}\nA2 done too", Message_ID="<this@example.org>")

    await home.lmtp(raw, home.address())

    letter = home.review.held[-1]
    assert letter.in_reply_to == "<this@example.org>"
    assert [(quoted.line, quoted.done) for quoted in letter.quoted] == [
        (DONE, True),
        ("A2 done too", False),
    ]


@pytest.mark.parametrize("message_id", ["<this@example.org>", None])
async def test_the_same_mail_again_is_the_same_order(home: Gate, message_id: str | None) -> None:
    raw = home.mail("A1 progress: half of it", Message_ID=message_id)
    address = home.address()

    first = await home.lmtp(raw, address)
    after = home.review.revision
    again = await home.smtp(raw, address)

    assert first == again
    assert home.review.revision == after
    assert home.verdicts() == ["accepted"]


async def test_other_words_under_a_known_message_id_are_another_mail(home: Gate) -> None:
    warned = "CAUTION: this mail came from outside.\n\nA1 progress: a third"
    half = "A1 progress: a half"
    for words in ("A1 progress: a third", warned, half, half):
        await home.lmtp(home.mail(words, Message_ID="<this@example.org>"), home.address())

    said = [event.text for event in home.review.log if event.kind == "report"]
    assert len(said) == 2
    assert home.verdicts() == ["accepted", "accepted"]


async def test_a_mail_to_two_of_our_addresses_is_answered_for_each(home: Gate) -> None:
    raw = home.mail(DONE)

    answers = await home.lmtp(raw, home.address(), home.address(OMAR), home.address(OLGA, "A1"))

    assert [answer[:9] for answer in answers] == ["250 2.0.0", "550 5.7.1", "250 2.0.0"]
    assert standing(home.review) is Standing.CLAIMED


async def test_by_smtp_a_mail_comes_to_one_address_at_a_time(home: Gate) -> None:
    answers = await home.smtp(home.mail(DONE), home.address(), home.address(OMAR))

    assert [answer[:9] for answer in answers] == ["452 4.5.3", "250 2.0.0"]


async def test_an_address_in_any_case_and_for_one_action_is_understood(home: Gate) -> None:
    answers = await home.lmtp(home.mail(f"done {LINK}"), home.address(item="A1").upper())

    assert answers[0].startswith("250 2.0.0")
    assert standing(home.review) is Standing.CLAIMED


async def test_relative_dates_count_from_the_mails_date(home: Gate) -> None:
    written = format_datetime(home.life.now - timedelta(days=1))
    from_tomorrow = format_datetime(home.life.now + timedelta(days=400))
    ask = "A1 until in 30 days because of the freeze"

    await home.lmtp(home.mail(ask, Date=written), home.address())
    first = home.review.actions[0].postponement
    await home.lmtp(home.mail(ask, Date=from_tomorrow), home.address())
    second = home.review.actions[0].postponement

    assert first is not None
    assert second is not None
    assert first.until == home.life.now.date() + timedelta(days=29)
    assert second.until == home.life.now.date() + timedelta(days=30)


async def test_many_mails_at_once_are_all_taken(home: Gate) -> None:
    mails = [(home.mail(f"A1 progress: {n} %"), home.address()) for n in range(12)]

    answers = await asyncio.gather(*(home.lmtp(*each) for each in mails))

    assert all(answer[0].startswith("250 2.0.0") for answer in answers)
    assert sum(event.kind == "report" for event in home.review.log) == 12


async def test_a_mail_with_a_very_long_line_is_taken(home: Gate) -> None:
    answers = await home.lmtp(home.mail(f"{DONE} {'x' * 200_000}"), home.address())

    assert answers[0].startswith("250 2.0.0")
    assert standing(home.review) is Standing.CLAIMED


# Who may come in


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org",
        f"somebody@{DOMAIN}",
        "reply+abc@example.com",
        "reply",
        '"a b"@example.org',
    ],
)
async def test_nothing_is_relayed(home: Gate, address: str) -> None:
    answers = await home.lmtp(home.mail(DONE), address)

    assert answers[0].startswith("550 5.7.1")


async def test_an_address_that_was_never_given_out_is_unknown(home: Gate) -> None:
    stranger = home.address(OMAR, granted=False)
    local, _, domain = home.address().partition("@")

    for address in (stranger, f"{local[:-1]}@{domain}", f"reply+abc@{DOMAIN}", f"reply+@{DOMAIN}"):
        answers = await home.lmtp(home.mail(DONE), address)

        assert answers[0].startswith("550 5.1.1")


async def test_an_address_that_was_renewed_is_unknown_and_the_new_one_is_known(home: Gate) -> None:
    address = home.address()
    home.archive.renew_addresses(OLGA)
    review = home.life.review.id
    token = capability.token(SECRET.encode(), review, OLGA, renewed=1)
    home.archive.grant_capability(token, review, OLGA, "")

    assert (await home.lmtp(home.mail(DONE), address))[0].startswith("550 5.1.1")
    renewed = capability.address(token, DOMAIN)
    assert (await home.lmtp(home.mail(DONE), renewed))[0].startswith("250 2.0.0")


@pytest.mark.parametrize("delimiter", capability.DELIMITERS)
async def test_any_delimiter_is_understood(home: Gate, delimiter: str) -> None:
    token = capability.in_address(home.address(), DOMAIN)
    address = capability.address(token, DOMAIN, delimiter)

    assert (await home.lmtp(home.mail(DONE), address))[0].startswith("250 2.0.0")


async def test_what_a_letter_says_is_not_its_readers_answer(home: Gate) -> None:
    token = capability.in_address(home.address(), DOMAIN)
    letter = (
        "A2  Let the on-call person roll back\n    A2 is done and may be unblocked now."
        "\n    A2 unblocked because the freeze is over"
    )
    home.archive.keep_letters(
        [
            Sent(
                message_id="<1@x>",
                words=letter,
                token=token,
                review=home.life.review.id,
                person=OLGA,
                item="",
            )
        ]
    )

    await home.lmtp(home.mail(f"{letter}\n\nA1 done {LINK}"), home.address())

    answered = home.review.held[-1]
    assert [quoted.line for quoted in answered.quoted] == [f"A1 done {LINK}"]


async def test_an_address_that_another_secret_signed_is_unknown(home: Gate) -> None:
    forged = capability.token(b"another secret", home.life.review.id, OLGA)
    home.archive.grant_capability(forged, home.life.review.id, OLGA, "")

    answers = await home.lmtp(home.mail(DONE), capability.address(forged, DOMAIN))

    assert answers[0].startswith("550 5.1.1")


async def test_an_address_that_is_renewed_while_the_mail_comes_is_refused(home: Gate) -> None:
    address = home.address()

    def talk() -> tuple[int, bytes]:
        with smtplib.LMTP(HOST, home.listening.lmtp_port) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            lmtp.mail(OLGA)
            lmtp.rcpt(address)
            home.archive.renew_addresses(OLGA)
            return lmtp.data(home.mail(DONE))

    code, why = await aside(talk)

    assert code == 550
    assert why.startswith(b"5.1.1")


@pytest.mark.parametrize("sender", [OMAR, "olga@example.com", "", f"{OLGA}, {OMAR}"])
async def test_a_mail_by_somebody_else_is_refused(home: Gate, sender: str) -> None:
    before = home.review

    answers = await home.lmtp(home.mail(DONE, From=sender), home.address())

    assert answers[0].startswith("550 5.7.1")
    assert "somebody else" in answers[0]
    assert OLGA not in answers[0]
    assert home.review == before
    assert home.verdicts() == []


async def test_a_mail_by_an_alias_is_theirs(home: Gate) -> None:
    olga = replace(PEOPLE[OLGA], aliases=("o.petrova@example.com",))
    home.archive.import_people([olga])

    answers = await home.lmtp(home.mail(DONE, From="O.Petrova@example.com"), home.address())

    assert answers[0].startswith("250 2.0.0")
    assert standing(home.review) is Standing.CLAIMED


async def test_a_reply_to_our_sender_finds_its_review_by_the_letter_it_answers(home: Gate) -> None:
    token = capability.in_address(home.address(), DOMAIN)
    raw = home.mail(DONE, To=SENDER, In_Reply_To=f"<0123456789.{token}@{DOMAIN}>")

    answers = await home.lmtp(raw, SENDER.upper())

    assert answers[0].startswith("250 2.0.0")
    assert standing(home.review) is Standing.CLAIMED


async def test_a_mail_to_our_sender_out_of_nowhere_is_refused(home: Gate) -> None:
    answers = await home.lmtp(home.mail(DONE, To=SENDER), SENDER)

    assert answers[0].startswith("550 5.1.1")


# Machines


@pytest.mark.parametrize(
    ("headers", "sender", "why"),
    [
        ({"Auto-Submitted": "auto-replied"}, OLGA, "auto-reply"),
        ({"Subject": "Out of office"}, OLGA, "auto-reply"),
        ({"List-Id": "<x.example.org>"}, OLGA, "list"),
        ({"From": "MAILER-DAEMON@example.org"}, "", "bounce"),
        ({}, "", "bounce"),
        ({"From": SENDER}, OLGA, "loop"),
        ({"Content-Type": "text/calendar; method=REPLY"}, OLGA, "calendar"),
    ],
)
async def test_mail_by_a_machine_is_filed_and_changes_nothing(
    home: Gate, headers: dict[str, str], sender: str, why: str
) -> None:
    before = home.review
    given = {name.replace("-", "_"): value for name, value in headers.items()}

    answers = await home.lmtp(home.mail(DONE, **given), home.address(), sender=sender)

    assert answers[0].startswith("250 2.0.0")
    assert (home.review.actions, home.review.held) == (before.actions, before.held)
    assert why == "auto-reply" or home.review == before
    assert home.verdicts() == [f"machine: {why}"]


async def test_an_automatic_reply_is_noted_once_a_day(home: Gate) -> None:
    words = "I am away until 20 April. Omar has my tasks."

    for subject in ("Automatic reply: Two actions", "Automatic reply: A1 is due"):
        await home.lmtp(home.mail(words, Subject=subject), home.address())

    noted = [event.text for event in home.review.log if event.kind == "note"]
    assert len(noted) == 1
    assert noted[0].startswith("noted: olga@example.org answers automatically: Automatic reply")
    assert "until 20 April" in noted[0]


REPORT = """\
This is the mail system at host mx.example.org.

<olga@example.org>: host mx.example.org said: 550 5.1.1 no such user

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; olga@example.org
Action: {action}
Status: {status}

--b
Content-Type: message/rfc822

Message-ID: <abc123.{token}@{domain}>
From: afterword@example.org
Subject: Two actions for you

Please accept or decline.
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "told"), [("failed", "5.1.1", True), ("delayed", "4.4.1", False)]
)
async def test_a_letter_that_came_back_is_told_to_the_lead(
    home: Gate, action: str, status: str, told: bool
) -> None:
    token = home.address().partition("+")[2].partition("@")[0]
    body = REPORT.format(action=action, status=status, token=token, domain=DOMAIN)
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    headers = {"Subject": "Undelivered Mail", "To": SENDER, "Content_Type": kind}
    raw = home.mail(
        f"--b\nContent-Type: text/plain\n\n{body}", From="mailer-daemon@x.example", **headers
    )

    for _ in range(2):
        answers = await home.lmtp(raw, SENDER, sender="")
        assert answers[0].startswith("250 2.0.0")

    logged = [event for event in home.review.log if event.kind == "undeliverable"]
    assert [event.item for event in logged] == ([OLGA] if told else [])


async def test_a_report_about_a_review_that_is_over_is_filed(archive: Archive) -> None:
    async with gate(archive, closed()) as home:
        raw = home.mail("I am away.", Subject="Automatic reply")
        answers = await home.lmtp(raw, home.address())

        assert answers[0].startswith("250 2.0.0")
        assert home.verdicts() == ["machine: auto-reply"]


async def test_mail_of_a_ticket_tool_is_peoples_where_its_domain_is_named(archive: Archive) -> None:
    async with gate(archive, assigned(), people_of=("Example.org",)) as home:
        raw = home.mail("A1 accept", Auto_Submitted="auto-generated")
        await home.lmtp(raw, home.address())
        bounce = await home.lmtp(home.mail("A1 accept"), home.address(), sender="")

        assert standing(home.review) is Standing.ACCEPTED
        assert bounce[0].startswith("250 2.0.0 Filed")


async def test_a_bounce_about_no_letter_of_ours_is_dropped(home: Gate) -> None:
    raw = home.mail("No such user", From="mailer-daemon@example.org", To=SENDER)

    answers = await home.lmtp(raw, SENDER, sender="")

    assert answers[0].startswith("250 2.0.0 Dropped")
    assert home.verdicts() == []


async def test_a_report_about_another_address_is_noted_and_blames_nobody(home: Gate) -> None:
    token = home.address().partition("+")[2].partition("@")[0]
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    said = []
    for gone in ("elsewhere@example.com", OLGA, OLGA):
        body = REPORT.format(action="failed", status="5.1.1", token=token, domain=DOMAIN)
        body = body.replace(f"rfc822; {OLGA}", f"rfc822; {gone}")
        raw = home.mail(
            f"--b\nContent-Type: text/plain\n\n{body}",
            From="mailer-daemon@x.example",
            Subject="Undelivered Mail",
            To=SENDER,
            Content_Type=kind,
        )
        await home.lmtp(raw, SENDER, sender="")
        said.append([event.kind for event in home.review.log])

    kinds = said[-1][len(following_up().review.log) :]
    assert kinds == ["note", "undeliverable"]


async def test_who_may_no_longer_see_a_review_learns_nothing_of_it(home: Gate) -> None:
    address = home.address(SAM)
    roles = replace(home.review.roles, sponsor=ADA)
    hidden = replace(home.review, restricted_to=(PIA,), roles=roles)
    home.room.reviews[home.review.id] = hidden

    (said,) = await home.lmtp(home.mail("drop because x", From=SAM), address, sender=SAM)

    assert said.startswith("550 5.7.1 The review is restricted")
    assert home.review == hidden


async def test_two_machines_that_answer_each_other_are_stopped(home: Gate) -> None:
    address = home.address()

    for n in range(MOST_REPLIES):
        answers = await home.lmtp(home.mail(f"Your mail number {n} has arrived."), address)
        assert answers[0].startswith("250")
    too_many = await home.lmtp(home.mail("Your mail has arrived."), address)
    home.life.later(hours=3)
    at_last = await home.lmtp(home.mail("Your mail has arrived."), address)

    assert too_many[0].startswith("550 5.7.1")
    assert at_last[0].startswith("250")


async def test_a_button_to_unsubscribe_is_answered(home: Gate) -> None:
    await home.lmtp(home.mail("", Subject="unsubscribe"), home.address())

    (quoted,) = home.review.held[-1].quoted
    assert quoted.line == "unsubscribe"
    assert "once a week" in quoted.answer
    assert home.archive.people()[OLGA].weekly


# Reviews that are over, unknown or in a hurry


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("please unsubscribe me", "Re: A1"),
        ("Unsubscribe, please.", "Re: A1"),
        ("Sent from my iPhone", "unsubscribe"),
    ],
)
async def test_who_wants_to_hear_less_does(home: Gate, words: str, subject: str) -> None:
    await home.lmtp(home.mail(words, Subject=subject), home.address())

    assert home.archive.people()[OLGA].weekly
    assert "once a week" in home.review.held[-1].quoted[0].answer


async def test_a_closed_review_takes_no_answers_but_remembers_those_it_took(
    archive: Archive,
) -> None:
    async with gate(archive, closed()) as home:
        answers = await home.lmtp(home.mail(DONE), home.address())

        assert answers[0].startswith("550 5.7.1 The review is over")
        assert home.verdicts() == []

    async with gate(archive, following_up()) as home:
        raw = home.mail("A1 progress: half of it")
        await home.lmtp(raw, home.address())
        over = replace(home.review, stage=closed().review.stage)
        home.room.reviews[over.id] = over

        again = await home.lmtp(raw, home.address())

        assert again[0].startswith("250 2.0.0")


async def test_a_review_that_is_not_there_is_said(home: Gate) -> None:
    address = home.address()
    home.room.reviews.clear()

    assert (await home.lmtp(home.mail(DONE), address))[0].startswith("550 5.1.1")


async def test_a_refusal_of_the_whole_mail_is_said_in_its_words(home: Gate) -> None:
    address = home.address()
    home.room.trouble = Refusal("lost", "The workflow was “ended” – by hand.", "Ask an operator.")

    answers = await home.lmtp(home.mail(DONE), address)

    assert answers == ['550 5.7.1 The workflow was "ended" - by hand. Ask an operator.']
    assert home.verdicts() == ["refused: lost"]


async def test_a_review_that_moved_on_is_read_again(home: Gate) -> None:
    address = home.address()
    home.room.meanwhile = [o.Claim(id="c", by=OLGA, action="A1", evidence=LINK)]

    answers = await home.lmtp(home.mail("A1 blocked by the freeze"), address)

    assert answers[0].startswith("250 2.0.0")
    (quoted,) = home.review.held[-1].quoted
    assert not quoted.done
    assert "A1 is claimed" in quoted.answer


async def test_a_review_that_never_rests_is_for_later(home: Gate) -> None:
    address = home.address()
    home.room.meanwhile = [
        o.Block(id="b1", by=OLGA, action="A1", reason="x1"),
        o.Unblock(id="u1", by=OLGA, action="A1"),
        o.Block(id="b2", by=OLGA, action="A1", reason="x1"),
    ]
    text = "A1 blocked by the freeze\nA1 unblocked"

    answers = await home.lmtp(home.mail(text), address)

    assert answers[0].startswith("451 4.3.0")
    assert (await home.lmtp(home.mail(text), address))[0].startswith("250 2.0.0")


# Our own trouble


async def test_temporal_away_is_for_later_and_nothing_is_lost(
    home: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    raw, address = home.mail(DONE), home.address()
    home.room.trouble = Away("Temporal", "connection refused")

    with caplog.at_level(logging.WARNING, "afterword.intake"):
        away = await home.lmtp(raw, address)
    home.room.trouble = None
    back = await home.lmtp(raw, address)

    assert away[0].startswith("451 4.3.0")
    assert "Temporal does not answer" in caplog.text
    assert back[0].startswith("250 2.0.0")
    assert standing(home.review) is Standing.CLAIMED


async def test_trouble_nobody_expected_is_for_later(
    home: Gate, caplog: pytest.LogCaptureFixture
) -> None:
    address = home.address()
    home.room.trouble = RuntimeError("what is this?")

    with caplog.at_level(logging.ERROR, "afterword.intake"):
        answers = await home.lmtp(home.mail(DONE), address)

    assert answers[0].startswith("451 4.3.0")
    assert "what is this?" in caplog.text


class Killed(BaseException):
    """As sudden as kill -9."""


STEPS = (
    *(
        (part, when)
        for part in ("file pending", "ask", "file accepted")
        for when in ("before", "after")
    ),
)


@pytest.mark.parametrize(("part", "when"), STEPS)
async def test_a_crash_between_any_two_steps_loses_no_mail_and_doubles_no_order(
    home: Gate, monkeypatch: pytest.MonkeyPatch, part: str, when: str
) -> None:
    raw, address = home.mail("A1 progress half way"), home.address()
    (brought,) = await bring(raw, OLGA, (address,))
    keeper = home.listening.handler._keeper

    with monkeypatch.context() as crash:
        _crash(crash, keeper, home, part, when)
        with pytest.raises(Killed):
            await keeper.take(brought)
    (answer,) = await home.lmtp(raw, address)

    assert answer.startswith("250 2.0.0")
    assert sum("half way" in event.text for event in home.review.log) == 1
    assert home.verdicts() == ["accepted"]
    assert home.filed().rstrip() == raw


def _crash(crash: pytest.MonkeyPatch, keeper: Any, home: Gate, part: str, when: str) -> None:
    """Let everything end before or after one step."""
    verb, _, verdict = part.partition(" ")
    whole = home.room.ask if verb == "ask" else keeper._file

    async def step(*given: Any) -> Any:
        if verdict and verdict not in given:
            return await whole(*given)
        if when == "before":
            raise Killed
        await whole(*given)
        raise Killed

    crash.setattr(*((home.room, "ask", step) if verb == "ask" else (keeper, "_file", step)))


async def test_a_database_that_is_away_is_for_later() -> None:
    engine = connect(make_url("postgresql://nobody@127.0.0.1:9/none").render_as_string())
    async with gate(Archive(engine), following_up()) as home:
        address = home.address(granted=False)

        asked = await home.lmtp(home.mail(DONE), address)
        told = await home.lmtp(home.mail(DONE, To=address), SENDER)

        assert asked[0].startswith("451 4.3.0")
        assert told[0].startswith("451 4.3.0")
    engine.dispose()


async def test_a_database_that_is_none_of_ours_is_for_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'bare.db'}")
    async with gate(Archive(engine), following_up()) as home:
        answers = await home.lmtp(home.mail(DONE), home.address(granted=False))

        assert answers[0].startswith("451 4.3.0")
        assert "451 for a connection" in caplog.text
    engine.dispose()


async def test_a_mail_that_is_too_big_is_refused_for_every_recipient(home: Gate) -> None:
    raw = home.mail(f"{'x' * 900}\n" * (SIZE_LIMIT // 900))

    answers = await home.lmtp(raw, home.address(), home.address(OMAR))
    alone = await home.smtp(raw, home.address())

    assert [answer[:3] for answer in answers] == ["552", "552"]
    assert alone[0].startswith("552")


async def test_a_talk_that_makes_no_sense_is_survived(home: Gate) -> None:
    reader, writer = await asyncio.open_connection(HOST, home.listening.lmtp_port)
    await reader.readline()

    writer.write(
        b"DATA\r\nRCPT TO:<x>\r\nLHLO x\r\nMAIL FROM:<a@b>\r\n\xff\xff\r\nNOOP\r\nQUIT\r\n"
    )
    said = await reader.read()
    writer.close()

    assert said.count(b"\r\n") >= 7
    assert (await home.lmtp(home.mail(DONE), home.address()))[0].startswith("250")


async def test_a_connection_lost_in_the_middle_is_survived(home: Gate) -> None:
    address = home.address()
    reader, writer = await asyncio.open_connection(HOST, home.listening.lmtp_port)
    await reader.readline()
    writer.write(f"LHLO x\r\nMAIL FROM:<{OLGA}>\r\nRCPT TO:<{address}>\r\nDATA\r\nFrom:".encode())
    await reader.read(200)

    writer.transport.abort()

    assert (await home.lmtp(home.mail(DONE), address))[0].startswith("250")


# Decisions by mail


async def test_a_decision_by_mail_needs_the_setting(home: Gate) -> None:
    home.room.reviews[home.review.id] = home.life.give(o.Claim, OLGA, action="A1", evidence=LINK)

    raw = home.mail("verified, I saw it fire", From=VERA)
    answers = await home.lmtp(raw, home.address(VERA), sender=VERA)

    assert answers[0].startswith("250 2.0.0")
    assert standing(home.review) is Standing.CLAIMED
    assert "afterword verify" in home.review.held[-1].quoted[0].answer


async def test_a_verifier_decides_by_mail_where_the_setting_allows_it(archive: Archive) -> None:
    life = following_up()
    life.later(days=1).give(o.Claim, OLGA, action="A1", evidence=LINK)

    async with gate(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        raw = home.mail("verified, I saw it fire", From=VERA, Authentication_Results=PROVEN)
        await home.lmtp(raw, home.address(VERA), sender=VERA)

        assert standing(home.review) is Standing.VERIFIED


async def test_a_decision_by_mail_needs_proof_of_who_wrote_it(archive: Archive) -> None:
    life = following_up()
    life.later(days=1).give(o.Claim, OLGA, action="A1", evidence=LINK)
    mail = {"authserv_id": MAIL_SERVER, "require": "from"}

    async with gate(archive, life, consequence=True, **mail) as home:
        raw = home.mail("verified, I saw it fire", From=VERA)
        answers = await home.lmtp(raw, home.address(VERA), sender=VERA)

        assert answers[0].startswith("250 2.0.0")
        assert standing(home.review) is Standing.CLAIMED


@pytest.mark.parametrize(
    ("lead", "granted"),
    [
        (PEOPLE[ADA], False),
        (replace(PEOPLE[ADA], away_until=date(2026, 5, 1)), True),
        (replace(PEOPLE[ADA], gone=True), True),
    ],
)
async def test_the_sponsor_decides_by_mail_while_the_lead_is_away(
    archive: Archive, lead: Person, granted: bool
) -> None:
    life = following_up()
    until = date(2026, 4, 13)
    life.give(o.Postpone, OLGA, action="A1", until=until, reason="the freeze")
    archive.import_people([lead])

    async with gate(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        words = "A1 grant because the freeze is ours"
        await home.lmtp(
            home.mail(words, From=SAM, Authentication_Results=PROVEN),
            home.address(SAM),
            sender=SAM,
        )

        assert (home.review.actions[0].due == until) is granted


# Calendars


ANSWER = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//A calendar//EN
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
DTSTAMP:20260302T100000Z
DTSTART:20260305T140000Z
ORGANIZER:mailto:afterword@example.org
ATTENDEE;PARTSTAT={answer}:mailto:{who}
END:VEVENT
END:VCALENDAR
"""


def calendar(home: Gate, answer: str = "ACCEPTED", who: str = OLGA, **other: str) -> bytes:
    """Answer the invitation to the follow-up meeting as a calendar does."""
    uid = f"{home.review.id}-follow-up-1@{DOMAIN}"
    body = ANSWER.format(**{"uid": uid, "sequence": "0", "answer": answer, "who": who, **other})
    kind = "text/calendar; method=REPLY; charset=utf-8"
    return home.mail(body, Content_Type=kind, To=SENDER, Subject="Accepted: Follow-up", From=who)


@pytest.fixture
async def invited(archive: Archive) -> AsyncIterator[Gate]:
    async with gate(archive, following_up()) as opened:
        yield opened


async def test_a_calendar_says_who_comes(invited: Gate) -> None:
    for answer, who in (("ACCEPTED", OLGA), ("TENTATIVE", ADA), ("DECLINED", OLGA)):
        (said,) = await invited.lmtp(calendar(invited, answer, who), SENDER, sender=who)
        assert said.startswith("250 2.0.0")

    assert invited.review.follow_up is not None
    assert invited.review.follow_up.coming == {OLGA: "no", ADA: "maybe"}


@pytest.mark.parametrize(
    "other",
    [
        {"uid": "review-pagerduty-Q1ABC-meeting@reply.example.org"},
        {"uid": "review-pagerduty-Q1ABC-follow-up-2@reply.example.org"},
        {"uid": "review-pagerduty-Q1ABC-follow-up-1@elsewhere.example"},
        {"uid": "review-no-such-follow-up-1@reply.example.org"},
        {"sequence": "7"},
        {"answer": "NEEDS-ACTION"},
        {"who": "eve@example.org"},
    ],
)
async def test_other_answers_of_calendars_change_nothing(
    invited: Gate, other: dict[str, str]
) -> None:
    before = invited.review

    (said,) = await invited.lmtp(calendar(invited, **other), SENDER)

    assert said.startswith("250 2.0.0")
    assert invited.review == before


async def test_nobody_answers_for_somebody_else(invited: Gate) -> None:
    before = invited.review
    raw = calendar(invited).replace(b"From: olga@", b"From: omar@")

    await invited.lmtp(raw, SENDER)

    assert invited.review == before


# Who said it


@pytest.mark.parametrize(
    ("results", "taken"),
    [
        (PROVEN, True),
        (None, False),
        (f"{MAIL_SERVER}; dmarc=fail header.from=example.org", False),
        ("mx.elsewhere.example; dmarc=pass header.from=example.org", False),
        (f"{MAIL_SERVER}; dkim=pass header.d=example.com", False),
    ],
)
async def test_where_our_mail_server_is_named_a_reply_must_be_proven(
    archive: Archive, results: str | None, taken: bool
) -> None:
    async with gate(archive, assigned(), authserv_id=MAIL_SERVER) as home:
        raw = home.mail("A1 accept", Authentication_Results=results)
        (answer,) = await home.lmtp(raw, home.address())

        assert answer.startswith("250 2.0.0" if taken else "550 5.7.26")
        assert (standing(home.review) is Standing.ACCEPTED) is taken


async def test_where_the_token_is_enough_any_address_may_answer(archive: Archive) -> None:
    async with gate(archive, assigned(), require="token") as home:
        raw = home.mail("A1 accept", From="olga@home.example")
        (answer,) = await home.lmtp(raw, home.address(), sender="olga@home.example")

        assert answer.startswith("250 2.0.0")
        assert standing(home.review) is Standing.ACCEPTED


# Beginning and end


async def test_a_port_that_is_taken_is_said(home: Gate) -> None:
    taken = chosen()
    port = home.listening.smtp_port
    settings = taken.model_copy(update={"mail": taken.mail.model_copy(update={"smtp_port": port})})

    with pytest.raises(Malformed, match="cannot listen"):
        await serve(settings, cast("Door", home.room), home.archive, home.clock)


async def test_at_the_end_what_takes_too_long_is_left_for_another_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener, "GRACE", 0.05)
    async with gate(archive, assigned()) as home:
        address = home.address()
        with archive.engine.begin():  # somebody else writes, and takes their time
            bringing = asyncio.create_task(home.lmtp(home.mail("A1 accept"), address))
            while home.listening.handler._idle.is_set():  # noqa: ASYNC110  (the test asks for no event)
                await asyncio.sleep(0.001)

            await home.listening.close()

            with pytest.raises(smtplib.SMTPServerDisconnected):
                await bringing
        assert "stopped with mail under way" in caplog.text


async def test_at_the_end_what_is_under_way_is_finished(archive: Archive) -> None:
    async with gate(archive, assigned()) as home:
        address = home.address()
        idle = await asyncio.open_connection(HOST, home.listening.lmtp_port)
        bringing = asyncio.create_task(home.lmtp(home.mail("A1 accept"), address))
        while home.listening.handler._idle.is_set():  # noqa: ASYNC110  (the test asks for no event)
            await asyncio.sleep(0.001)

        await home.listening.close()
        answers = await bringing

        assert answers[0].startswith("250 2.0.0")
        assert standing(home.review) is Standing.ACCEPTED
        with pytest.raises(OSError, match=r"refused|Connect"):
            await home.lmtp(home.mail("A1 accept"), address)
        idle[1].close()


async def test_an_action_is_given_by_mail_only_to_somebody_known(archive: Archive) -> None:
    life = following_up()

    async with gate(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        for owner in ("nobody@elsewhere.example", "ODILE@example.org"):
            raw = home.mail(f"A2 reassign to {owner}", From=ADA, Authentication_Results=PROVEN)
            await home.lmtp(raw, home.address(ADA), sender=ADA)

        asked = [quoted.answer for letter in home.review.held for quoted in letter.quoted]
        assert any("nobody@elsewhere.example is not in the people directory" in a for a in asked)
        assert home.review.actions[1].owner == "odile@example.org"


async def test_a_file_is_evidence_and_the_verifier_learns_how_to_see_it(home: Gate) -> None:
    raw = home.mail("", Content_Type="multipart/mixed; boundary=b") + (
        b"--b\r\n\r\nA1 done\r\n\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Disposition: attachment; filename=drill.png\r\n\r\nnot much of it\r\n--b--"
    )

    await home.lmtp(raw, home.address())

    evidence = home.review.actions[0].evidence
    (filed,) = home.archive.mails_about(home.review.id)
    name = home.review.id.removeprefix("review-")
    assert evidence == (
        f"Attached: drill.png (14 bytes) (afterword mail show {name} {filed.name} --into .)"
    )
