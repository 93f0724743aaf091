from __future__ import annotations

import asyncio
import logging
import smtplib
from dataclasses import replace
from datetime import date, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.engine import make_url

from intake.admission import MAX_REPLIES
from intake.incoming_mail import MAX_MAIL_SIZE, IncomingMail
from intake.main import start_intake
from intake.receivers import listener
from mail.common import rendered_tokens, reply_token
from mail.inbound.parse_mail import parse_mail
from models import commands as o
from models.action import ActionStatus
from models.codes import RefusalCode
from models.email_address import TokenKind
from models.errors import InvalidInput, Refusal, Unavailable
from models.people import Channel, Person
from models.review import Review, Stage
from register.archive import Archive
from register.database import build_engine
from register.repositories.sent_notifications import SentNotification
from tests.intake.intake_server import (
    DOMAIN,
    HOST,
    LINK,
    MAIL_SERVER,
    SECRET,
    SENDER,
    IntakeServer,
    build_settings,
    run_in_thread,
    run_intake_server,
)
from tests.sample_people import ADA, ODILE, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import build_assigned, build_closed, build_in_follow_up
from workflows.client import ReviewClient

DONE = f"A1 done {LINK}"
DMARC_PASSED = f"{MAIL_SERVER}; dmarc=pass (p=reject) header.from=example.org"


def get_status(review: Review, action: str = "A1") -> ActionStatus:
    return next(a.status for a in review.actions if a.id == action)


# A mail is one command


@pytest.mark.parametrize("channel", ["lmtp", "smtp"])
async def test_a_reply_is_taken_when_the_review_has_it_and_the_archive_too(
    intake: IntakeServer, channel: str
) -> None:
    raw = intake.build_mail(DONE)

    answers = await getattr(intake, f"send_{channel}")(raw, intake.build_reply_address())

    assert [answer[:9] for answer in answers] == ["250 2.0.0"]
    assert get_status(intake.review) is ActionStatus.CLAIMED
    assert intake.read_archived() == raw + b"\r\n"
    assert intake.list_verdicts() == ["accepted"]
    (event,) = [event for event in intake.review.log if event.kind == "reply"]
    assert (event.by, event.channel) == (OLGA, Channel.MAIL)


async def test_the_answer_quotes_each_line_and_answers_the_mail(intake: IntakeServer) -> None:
    raw = intake.build_mail(f"Hi,\n\n{DONE}\nA2 done too", Message_ID="<this@example.org>")

    await intake.send_lmtp(raw, intake.build_reply_address())

    notification = intake.review.held[-1]
    assert notification.in_reply_to == "<this@example.org>"
    assert [(quoted.line, quoted.done) for quoted in notification.quoted_lines] == [
        (DONE, True),
        ("A2 done too", False),
    ]


@pytest.mark.parametrize("message_id", ["<this@example.org>", None])
async def test_the_same_mail_again_is_the_same_command(
    intake: IntakeServer, message_id: str | None
) -> None:
    raw = intake.build_mail("A1 progress: half of it", Message_ID=message_id)
    address = intake.build_reply_address()

    first = await intake.send_lmtp(raw, address)
    after = intake.review.revision
    again = await intake.send_smtp(raw, address)

    assert first == again
    assert intake.review.revision == after
    assert intake.list_verdicts() == ["accepted"]


async def test_other_words_under_a_known_message_id_are_another_mail(intake: IntakeServer) -> None:
    warned = "CAUTION: this mail came from outside.\n\nA1 progress: a third"
    half = "A1 progress: a half"
    for words in ("A1 progress: a third", warned, half, half):
        await intake.send_lmtp(
            intake.build_mail(words, Message_ID="<this@example.org>"), intake.build_reply_address()
        )

    reports = [event.text for event in intake.review.log if event.kind == "report"]
    assert len(reports) == 2
    assert intake.list_verdicts() == ["accepted", "accepted"]


async def test_a_mail_to_two_of_our_addresses_is_answered_for_each(intake: IntakeServer) -> None:
    raw = intake.build_mail(DONE)

    answers = await intake.send_lmtp(
        raw,
        intake.build_reply_address(),
        intake.build_reply_address(OMAR),
        intake.build_reply_address(OLGA, "A1"),
    )

    assert [answer[:9] for answer in answers] == ["250 2.0.0", "550 5.7.1", "250 2.0.0"]
    assert get_status(intake.review) is ActionStatus.CLAIMED


async def test_by_smtp_a_mail_comes_to_one_address_at_a_time(intake: IntakeServer) -> None:
    answers = await intake.send_smtp(
        intake.build_mail(DONE), intake.build_reply_address(), intake.build_reply_address(OMAR)
    )

    assert [answer[:9] for answer in answers] == ["452 4.5.3", "250 2.0.0"]


async def test_an_address_in_any_case_and_for_one_action_is_understood(
    intake: IntakeServer,
) -> None:
    answers = await intake.send_lmtp(
        intake.build_mail(f"done {LINK}"), intake.build_reply_address(item="A1").upper()
    )

    assert answers[0].startswith("250 2.0.0")
    assert get_status(intake.review) is ActionStatus.CLAIMED


async def test_relative_dates_count_from_the_mails_date(intake: IntakeServer) -> None:
    written = format_datetime(intake.builder.now - timedelta(days=1))
    from_tomorrow = format_datetime(intake.builder.now + timedelta(days=400))
    ask = "A1 until in 30 days because of the freeze"

    await intake.send_lmtp(intake.build_mail(ask, Date=written), intake.build_reply_address())
    first = intake.review.actions[0].postponement
    await intake.send_lmtp(intake.build_mail(ask, Date=from_tomorrow), intake.build_reply_address())
    second = intake.review.actions[0].postponement

    assert first is not None
    assert second is not None
    assert first.until == intake.builder.now.date() + timedelta(days=29)
    assert second.until == intake.builder.now.date() + timedelta(days=30)


async def test_many_mails_at_once_are_all_taken(intake: IntakeServer) -> None:
    mails = [
        (intake.build_mail(f"A1 progress: {n} %"), intake.build_reply_address()) for n in range(12)
    ]

    answers = await asyncio.gather(*(intake.send_lmtp(*each) for each in mails))

    assert all(answer[0].startswith("250 2.0.0") for answer in answers)
    assert sum(event.kind == "report" for event in intake.review.log) == 12


async def test_a_mail_with_a_very_long_line_is_taken(intake: IntakeServer) -> None:
    answers = await intake.send_lmtp(
        intake.build_mail(f"{DONE} {'x' * 200_000}"), intake.build_reply_address()
    )

    assert answers[0].startswith("250 2.0.0")
    assert get_status(intake.review) is ActionStatus.CLAIMED


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
async def test_nothing_is_relayed(intake: IntakeServer, address: str) -> None:
    answers = await intake.send_lmtp(intake.build_mail(DONE), address)

    assert answers[0].startswith("550 5.7.1")


async def test_an_address_that_was_never_given_out_is_unknown(intake: IntakeServer) -> None:
    stranger = intake.build_reply_address(OMAR, granted=False)
    local, _, domain = intake.build_reply_address().partition("@")

    for address in (stranger, f"{local[:-1]}@{domain}", f"reply+abc@{DOMAIN}", f"reply+@{DOMAIN}"):
        answers = await intake.send_lmtp(intake.build_mail(DONE), address)

        assert answers[0].startswith("550 5.1.1")


async def test_an_address_that_was_renewed_is_unknown_and_the_new_one_is_known(
    intake: IntakeServer,
) -> None:
    address = intake.build_reply_address()
    intake.archive.people.renew_reply_addresses(OLGA)
    review = intake.builder.review.id
    token = reply_token.sign_token(SECRET.encode(), review, OLGA, renewed=1)
    intake.archive.notifications.add_reply_address(token, review, OLGA, "")

    assert (await intake.send_lmtp(intake.build_mail(DONE), address))[0].startswith("550 5.1.1")
    renewed = reply_token.build_token_address(token, DOMAIN)
    assert (await intake.send_lmtp(intake.build_mail(DONE), renewed))[0].startswith("250 2.0.0")


@pytest.mark.parametrize("delimiter", rendered_tokens.DELIMITERS)
async def test_any_delimiter_is_understood(intake: IntakeServer, delimiter: str) -> None:
    token = reply_token.find_token_in_address(intake.build_reply_address(), DOMAIN)
    address = reply_token.build_token_address(token, DOMAIN, delimiter)

    assert (await intake.send_lmtp(intake.build_mail(DONE), address))[0].startswith("250 2.0.0")


async def test_what_a_notification_says_is_not_its_readers_answer(intake: IntakeServer) -> None:
    notification = (
        "A2  Let the on-call person roll back\n    A2 is done and may be unblocked now."
        "\n    A2 unblocked because the freeze is over"
    )
    intake.archive.notifications.store_sent_notifications(
        [
            SentNotification(
                message_id="<1@x>",
                text=notification,
                review=intake.builder.review.id,
                person=OLGA,
            )
        ]
    )

    await intake.send_lmtp(
        intake.build_mail(f"{notification}\n\nA1 done {LINK}"), intake.build_reply_address()
    )

    answered = intake.review.held[-1]
    assert [quoted.line for quoted in answered.quoted_lines] == [f"A1 done {LINK}"]


async def test_an_address_that_another_secret_signed_is_unknown(intake: IntakeServer) -> None:
    forged = reply_token.sign_token(b"another secret", intake.builder.review.id, OLGA)
    intake.archive.notifications.add_reply_address(forged, intake.builder.review.id, OLGA, "")

    answers = await intake.send_lmtp(
        intake.build_mail(DONE), reply_token.build_token_address(forged, DOMAIN)
    )

    assert answers[0].startswith("550 5.1.1")


async def test_an_address_that_is_renewed_while_the_mail_comes_is_refused(
    intake: IntakeServer,
) -> None:
    address = intake.build_reply_address()

    def send_mail() -> tuple[int, bytes]:
        with smtplib.LMTP(HOST, intake.listening.lmtp_port) as lmtp:
            lmtp.ehlo_or_helo_if_needed()
            lmtp.mail(OLGA)
            lmtp.rcpt(address)
            intake.archive.people.renew_reply_addresses(OLGA)
            return lmtp.data(intake.build_mail(DONE))

    code, why = await run_in_thread(send_mail)

    assert code == 550
    assert why.startswith(b"5.1.1")


@pytest.mark.parametrize("sender", [OMAR, "olga@example.com", "", f"{OLGA}, {OMAR}"])
async def test_a_mail_by_somebody_else_is_refused(intake: IntakeServer, sender: str) -> None:
    before = intake.review

    answers = await intake.send_lmtp(
        intake.build_mail(DONE, From=sender), intake.build_reply_address()
    )

    assert answers[0].startswith("550 5.7.1")
    assert "somebody else" in answers[0]
    assert OLGA not in answers[0]
    assert intake.review == before
    assert intake.list_verdicts() == []


async def test_a_mail_by_an_alias_is_theirs(intake: IntakeServer) -> None:
    olga = replace(PEOPLE[OLGA], aliases=("o.petrova@example.com",))
    intake.archive.people.import_people([olga])

    answers = await intake.send_lmtp(
        intake.build_mail(DONE, From="O.Petrova@example.com"), intake.build_reply_address()
    )

    assert answers[0].startswith("250 2.0.0")
    assert get_status(intake.review) is ActionStatus.CLAIMED


@pytest.mark.parametrize("kind", [TokenKind.MESSAGE, TokenKind.EARLIER])
async def test_a_reply_to_our_sender_finds_its_review_by_the_notification_it_answers(
    archive: Archive, kind: TokenKind
) -> None:
    async with run_intake_server(archive, build_in_follow_up(), authserv_id=MAIL_SERVER) as home:
        headers = {"To": SENDER, "In_Reply_To": home.build_message_id(kind=kind)}
        raw = home.build_mail(DONE, **headers, Authentication_Results=DMARC_PASSED)

        answers = await home.send_lmtp(raw, SENDER.upper())

        assert answers[0].startswith("250 2.0.0")
        assert get_status(home.review) is ActionStatus.CLAIMED


@pytest.mark.parametrize("kind", [TokenKind.MESSAGE, TokenKind.EARLIER])
@pytest.mark.parametrize("require", ["token", "from"])
async def test_what_a_mail_refers_to_counts_only_with_authentication(
    archive: Archive, require: str, kind: TokenKind
) -> None:
    async with run_intake_server(archive, build_in_follow_up(), require=require) as home:
        before = home.review
        raw = home.build_mail(DONE, To=SENDER, In_Reply_To=home.build_message_id(kind=kind))

        (answer,) = await home.send_lmtp(raw, SENDER)

        assert answer.startswith("550 5.7.26")
        assert "please use Reply on our email" in answer
        assert (home.review, home.list_verdicts()) == (before, [])


async def test_a_mail_to_our_sender_out_of_nowhere_is_refused(intake: IntakeServer) -> None:
    answers = await intake.send_lmtp(intake.build_mail(DONE, To=SENDER), SENDER)

    assert answers[0].startswith("550 5.1.1")


async def test_who_may_no_longer_see_a_review_learns_nothing_of_it(intake: IntakeServer) -> None:
    address = intake.build_reply_address(SAM)
    roles = replace(intake.review.roles, sponsor=ADA)
    hidden = replace(intake.review, restricted_to=(PIA,), roles=roles)
    intake.review_client.reviews[intake.review.id] = hidden

    (answer,) = await intake.send_lmtp(
        intake.build_mail("drop because x", From=SAM), address, sender=SAM
    )

    assert intake.review == hidden
    del intake.review_client.reviews[hidden.id]
    (absent,) = await intake.send_lmtp(
        intake.build_mail("drop because x", From=SAM), address, sender=SAM
    )
    assert answer == absent
    assert answer.startswith("550 5.1.1 There is no review here that takes replies from you")


async def test_who_may_not_see_a_review_does_not_learn_that_it_is_closed(
    intake: IntakeServer,
) -> None:
    address = intake.build_reply_address(PIA)
    answers = []
    for stage in (Stage.FOLLOW_UP, Stage.CLOSED):
        roles = replace(intake.review.roles, participants=())
        hidden = replace(intake.review, restricted_to=(SAM,), stage=stage, roles=roles)
        intake.review_client.reviews[intake.builder.review.id] = hidden
        mail = intake.build_mail("note: hello", From=PIA)
        answers += await intake.send_lmtp(mail, address, sender=PIA)

    assert answers[0] == answers[1]
    assert answers[0].startswith("550 5.1.1")


async def test_two_automatic_responders_that_answer_each_other_are_stopped(
    intake: IntakeServer,
) -> None:
    address = intake.build_reply_address()

    for n in range(MAX_REPLIES):
        answers = await intake.send_lmtp(
            intake.build_mail(f"Your mail number {n} has arrived."), address
        )
        assert answers[0].startswith("250")
    too_many = await intake.send_lmtp(intake.build_mail("Your mail has arrived."), address)
    intake.builder.advance(hours=3)
    at_last = await intake.send_lmtp(intake.build_mail("Your mail has arrived."), address)

    assert too_many[0].startswith("550 5.7.1")
    assert at_last[0].startswith("250")


async def test_a_button_to_unsubscribe_is_answered(intake: IntakeServer) -> None:
    await intake.send_lmtp(
        intake.build_mail("", Subject="unsubscribe"), intake.build_reply_address()
    )

    (quoted,) = intake.review.held[-1].quoted_lines
    assert quoted.line == "unsubscribe"
    assert "once a week" in quoted.answer
    assert intake.archive.people.load_people()[OLGA].weekly


# Reviews that are over, unknown or in a hurry


@pytest.mark.parametrize(
    ("words", "subject"),
    [
        ("please unsubscribe me", "Re: A1"),
        ("Unsubscribe, please.", "Re: A1"),
        ("Sent from my iPhone", "unsubscribe"),
    ],
)
async def test_who_wants_to_hear_less_does(intake: IntakeServer, words: str, subject: str) -> None:
    await intake.send_lmtp(intake.build_mail(words, Subject=subject), intake.build_reply_address())

    assert intake.archive.people.load_people()[OLGA].weekly
    assert "once a week" in intake.review.held[-1].quoted_lines[0].answer


async def test_a_closed_review_takes_no_answers_but_remembers_those_it_took(
    archive: Archive,
) -> None:
    async with run_intake_server(archive, build_closed()) as home:
        answers = await home.send_lmtp(home.build_mail(DONE), home.build_reply_address())

        assert answers[0].startswith("550 5.7.1 The review is closed")
        assert home.list_verdicts() == []

    async with run_intake_server(archive, build_in_follow_up()) as home:
        raw = home.build_mail("A1 progress: half of it")
        await home.send_lmtp(raw, home.build_reply_address())
        over = replace(home.review, stage=build_closed().review.stage)
        home.review_client.reviews[over.id] = over

        again = await home.send_lmtp(raw, home.build_reply_address())

        assert again[0].startswith("250 2.0.0")


async def test_a_review_that_is_not_there_is_said(intake: IntakeServer) -> None:
    address = intake.build_reply_address()
    intake.review_client.reviews.clear()

    assert (await intake.send_lmtp(intake.build_mail(DONE), address))[0].startswith("550 5.1.1")


async def test_a_refusal_of_the_whole_mail_is_said_in_its_words(intake: IntakeServer) -> None:
    address = intake.build_reply_address()
    intake.review_client.error = Refusal(
        RefusalCode.LOST, "The workflow was “ended” – by hand.", "Ask an operator."
    )

    answers = await intake.send_lmtp(intake.build_mail(DONE), address)

    assert answers == ['550 5.7.1 The workflow was "ended" - by hand. Ask an operator.']
    assert intake.list_verdicts() == ["refused: The workflow was “ended” – by hand."]


async def test_a_review_that_moved_on_is_read_again(intake: IntakeServer) -> None:
    address = intake.build_reply_address()
    intake.review_client.pending_commands = [o.Claim(id="c", by=OLGA, action="A1", evidence=LINK)]

    answers = await intake.send_lmtp(intake.build_mail("A1 blocked by the freeze"), address)

    assert answers[0].startswith("250 2.0.0")
    (quoted,) = intake.review.held[-1].quoted_lines
    assert not quoted.done
    assert "A1 is claimed" in quoted.answer


async def test_a_review_that_never_rests_is_for_later(intake: IntakeServer) -> None:
    address = intake.build_reply_address()
    intake.review_client.pending_commands = [
        o.Block(id="b1", by=OLGA, action="A1", reason="x1"),
        o.Unblock(id="u1", by=OLGA, action="A1"),
        o.Block(id="b2", by=OLGA, action="A1", reason="x1"),
    ]
    text = "A1 blocked by the freeze\nA1 unblocked"

    answers = await intake.send_lmtp(intake.build_mail(text), address)

    assert answers[0].startswith("451 4.3.0")
    assert (await intake.send_lmtp(intake.build_mail(text), address))[0].startswith("250 2.0.0")


# Our own trouble


async def test_temporal_away_is_for_later_and_nothing_is_lost(
    intake: IntakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    raw, address = intake.build_mail(DONE), intake.build_reply_address()
    intake.review_client.error = Unavailable("Temporal", "connection refused")

    with caplog.at_level(logging.WARNING, "afterword.intake"):
        away = await intake.send_lmtp(raw, address)
    intake.review_client.error = None
    back = await intake.send_lmtp(raw, address)

    assert away[0].startswith("451 4.3.0")
    assert "Temporal does not answer" in caplog.text
    assert back[0].startswith("250 2.0.0")
    assert get_status(intake.review) is ActionStatus.CLAIMED


async def test_an_unexpected_error_is_for_later(
    intake: IntakeServer, caplog: pytest.LogCaptureFixture
) -> None:
    address = intake.build_reply_address()
    intake.review_client.error = RuntimeError("what is this?")

    with caplog.at_level(logging.ERROR, "afterword.intake"):
        answers = await intake.send_lmtp(intake.build_mail(DONE), address)

    assert answers[0].startswith("451 4.3.0")
    assert "what is this?" in caplog.text


class SimulatedKill(BaseException):
    """As sudden as kill -9."""


STEPS = (
    *(
        (part, when)
        for part in ("file pending", "ask", "file accepted")
        for when in ("before", "after")
    ),
)


@pytest.mark.parametrize(("part", "when"), STEPS)
async def test_a_crash_between_any_two_steps_loses_no_mail_and_doubles_no_command(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch, part: str, when: str
) -> None:
    raw, address = intake.build_mail("A1 progress half way"), intake.build_reply_address()
    brought = IncomingMail(raw=raw, mail=parse_mail(raw), envelope_from=OLGA, address=address)
    handler = intake.listening.handler._mail_handler

    with monkeypatch.context() as crash:
        _raise_at_step(crash, handler._command_sender, intake, part, when)
        with pytest.raises(SimulatedKill):
            await handler.handle(brought)
    (answer,) = await intake.send_lmtp(raw, address)

    assert answer.startswith("250 2.0.0")
    assert sum("half way" in event.text for event in intake.review.log) == 1
    assert intake.list_verdicts() == ["accepted"]
    assert intake.read_archived().rstrip() == raw


def _raise_at_step(
    crash: pytest.MonkeyPatch, sender: Any, intake: IntakeServer, part: str, when: str
) -> None:
    """Raise an error before or after one step."""
    verb, _, verdict = part.partition(" ")
    method = intake.review_client.send_command if verb == "ask" else sender.store_mail

    async def step(*given: Any) -> Any:
        if verdict and verdict not in given:
            return await method(*given)
        if when == "before":
            raise SimulatedKill
        await method(*given)
        raise SimulatedKill

    crash.setattr(
        *(
            (intake.review_client, "send_command", step)
            if verb == "ask"
            else (sender, "store_mail", step)
        )
    )


async def test_a_database_that_is_away_is_for_later() -> None:
    engine = build_engine(make_url("postgresql://nobody@127.0.0.1:9/none").render_as_string())
    async with run_intake_server(Archive(engine), build_in_follow_up()) as home:
        address = home.build_reply_address(granted=False)

        recipients = await home.send_lmtp(home.build_mail(DONE), address)
        mails = await home.send_lmtp(home.build_mail(DONE, To=address), SENDER)

        assert recipients[0].startswith("451 4.3.0")
        assert mails[0].startswith("451 4.3.0")
    engine.dispose()


async def test_a_database_that_is_none_of_ours_is_for_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = build_engine(f"sqlite:///{tmp_path / 'bare.db'}")
    async with run_intake_server(Archive(engine), build_in_follow_up()) as home:
        answers = await home.send_lmtp(
            home.build_mail(DONE), home.build_reply_address(granted=False)
        )

        assert answers[0].startswith("451 4.3.0")
        assert "451 for a connection" in caplog.text
    engine.dispose()


async def test_a_mail_that_is_too_big_is_refused_for_every_recipient(intake: IntakeServer) -> None:
    raw = intake.build_mail(f"{'x' * 900}\n" * (MAX_MAIL_SIZE // 900))

    answers = await intake.send_lmtp(
        raw, intake.build_reply_address(), intake.build_reply_address(OMAR)
    )
    alone = await intake.send_smtp(raw, intake.build_reply_address())

    assert [answer[:3] for answer in answers] == ["552", "552"]
    assert alone[0].startswith("552")


async def test_an_smtp_session_that_makes_no_sense_is_survived(intake: IntakeServer) -> None:
    reader, writer = await asyncio.open_connection(HOST, intake.listening.lmtp_port)
    await reader.readline()

    writer.write(
        b"DATA\r\nRCPT TO:<x>\r\nLHLO x\r\nMAIL FROM:<a@b>\r\n\xff\xff\r\nNOOP\r\nQUIT\r\n"
    )
    output = await reader.read()
    writer.close()

    assert output.count(b"\r\n") >= 7
    assert (await intake.send_lmtp(intake.build_mail(DONE), intake.build_reply_address()))[
        0
    ].startswith("250")


async def test_a_connection_lost_in_the_middle_is_survived(intake: IntakeServer) -> None:
    address = intake.build_reply_address()
    reader, writer = await asyncio.open_connection(HOST, intake.listening.lmtp_port)
    await reader.readline()
    writer.write(f"LHLO x\r\nMAIL FROM:<{OLGA}>\r\nRCPT TO:<{address}>\r\nDATA\r\nFrom:".encode())
    await reader.read(200)

    writer.transport.abort()

    assert (await intake.send_lmtp(intake.build_mail(DONE), address))[0].startswith("250")


# Decisions by mail


async def test_a_decision_by_mail_needs_the_setting(intake: IntakeServer) -> None:
    intake.review_client.reviews[intake.review.id] = intake.builder.ask(
        o.Claim, OLGA, action="A1", evidence=LINK
    )

    raw = intake.build_mail("verified, I saw it fire", From=VERA)
    answers = await intake.send_lmtp(raw, intake.build_reply_address(VERA), sender=VERA)

    assert answers[0].startswith("250 2.0.0")
    assert get_status(intake.review) is ActionStatus.CLAIMED
    assert "afterword verify" in intake.review.held[-1].quoted_lines[0].answer


async def test_a_verifier_decides_by_mail_where_the_setting_allows_it(archive: Archive) -> None:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)

    async with run_intake_server(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        address = home.build_reply_address(VERA)
        raw = home.build_mail(
            "verified, I saw it fire", From=VERA, To=address, Authentication_Results=DMARC_PASSED
        )
        await home.send_lmtp(raw, address, sender=VERA)

        assert get_status(home.review) is ActionStatus.VERIFIED


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("https://afterword.example.org", "press a button in our email instead"),
        ("http://127.0.0.1:8600", "answer on the command line"),
    ],
)
async def test_who_cannot_prove_who_they_are_is_told_of_a_way_that_works(
    archive: Archive, url: str, way_out: str
) -> None:
    life = build_in_follow_up()

    async with run_intake_server(archive, life, authserv_id=MAIL_SERVER, url=url) as home:
        raw = home.build_mail("A1 done: the alert is live")
        (answer,) = await home.send_lmtp(raw, home.build_reply_address())

        assert answer.startswith("550 5.7.26")
        assert way_out in answer


async def test_a_decision_by_mail_needs_proof_of_who_wrote_it(archive: Archive) -> None:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)
    mail = {"authserv_id": MAIL_SERVER, "require": "from"}

    async with run_intake_server(archive, life, consequence=True, **mail) as home:
        raw = home.build_mail("verified, I saw it fire", From=VERA)
        answers = await home.send_lmtp(raw, home.build_reply_address(VERA), sender=VERA)

        assert answers[0].startswith("250 2.0.0")
        assert get_status(home.review) is ActionStatus.CLAIMED


@pytest.mark.parametrize(
    ("voucher", "status"),
    [("the postbox", ActionStatus.VERIFIED), ("somebody", ActionStatus.CLAIMED)],
)
async def test_whoever_decides_in_the_postbox_of_this_machine_needs_no_other_proof(
    archive: Archive, voucher: str, status: ActionStatus
) -> None:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)
    results = f"{voucher.replace(' ', '-')}; dmarc=pass header.from=example.org"

    async with run_intake_server(archive, life, postbox_id="the-postbox") as home:
        address = home.build_reply_address(VERA)
        headers = {"From": VERA, "To": address, "Authentication_Results": results}
        raw = home.build_mail("verify: I saw it fire", **headers)
        await home.send_lmtp(raw, address, sender=VERA)

        assert get_status(home.review) is status


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
    life = build_in_follow_up()
    until = date(2026, 4, 13)
    life.ask(o.Postpone, OLGA, action="A1", until=until, reason="the freeze")
    archive.people.import_people([lead])

    async with run_intake_server(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        words = "A1 grant because the freeze is ours"
        address = home.build_reply_address(SAM)
        headers = {"From": SAM, "To": address, "Authentication_Results": DMARC_PASSED}
        await home.send_lmtp(home.build_mail(words, **headers), address, sender=SAM)

        assert (home.review.actions[0].due == until) is granted


# Words that say nothing


async def test_evidence_that_shows_nothing_is_asked_back_once_by_mail(intake: IntakeServer) -> None:
    address = intake.build_reply_address()

    await intake.send_lmtp(intake.build_mail("A1 done: ok"), address)
    (first,) = intake.review.held[-1].quoted_lines
    status = get_status(intake.review)
    await intake.send_lmtp(intake.build_mail("A1 done: ok"), address)
    (second,) = intake.review.held[-1].quoted_lines

    assert not first.done
    assert "“ok” names nothing that anybody else could look at" in first.answer
    assert "give the figure that was seen" in first.answer
    assert status is ActionStatus.ACCEPTED
    assert "0 of 1 lines understood" in next(
        event.text for event in intake.review.log if event.kind == "reply"
    )
    assert second.done
    assert get_status(intake.review) is ActionStatus.CLAIMED


async def test_a_finding_that_says_nothing_is_asked_back_once_by_mail(archive: Archive) -> None:
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)

    async with run_intake_server(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        address = home.build_reply_address(VERA)
        headers = {"From": VERA, "To": address, "Authentication_Results": DMARC_PASSED}
        for expected in (ActionStatus.CLAIMED, ActionStatus.VERIFIED):
            raw = home.build_mail("A1 verify: looks good to me", **headers)
            await home.send_lmtp(raw, address, sender=VERA)
            assert get_status(home.review) is expected


# Who said it


@pytest.mark.parametrize(
    ("results", "taken"),
    [
        (DMARC_PASSED, True),
        (None, False),
        (f"{MAIL_SERVER}; dmarc=fail header.from=example.org", False),
        ("mx.elsewhere.example; dmarc=pass header.from=example.org", False),
        (f"{MAIL_SERVER}; dkim=pass header.d=example.com", False),
    ],
)
async def test_where_our_mail_server_is_named_a_reply_must_be_proven(
    archive: Archive, results: str | None, taken: bool
) -> None:
    async with run_intake_server(archive, build_assigned(), authserv_id=MAIL_SERVER) as home:
        raw = home.build_mail("A1 accept", Authentication_Results=results)
        (answer,) = await home.send_lmtp(raw, home.build_reply_address())

        assert answer.startswith("250 2.0.0" if taken else "550 5.7.26")
        assert (get_status(home.review) is ActionStatus.ACCEPTED) is taken


async def test_where_the_token_is_enough_any_address_may_answer(archive: Archive) -> None:
    async with run_intake_server(archive, build_assigned(), require="token") as home:
        raw = home.build_mail("A1 accept", From="olga@home.example")
        (answer,) = await home.send_lmtp(
            raw, home.build_reply_address(), sender="olga@home.example"
        )

        assert answer.startswith("250 2.0.0")
        assert get_status(home.review) is ActionStatus.ACCEPTED


# Beginning and end


async def test_a_port_that_is_taken_is_said(intake: IntakeServer) -> None:
    taken = build_settings()
    port = intake.listening.smtp_port
    settings = taken.model_copy(update={"mail": taken.mail.model_copy(update={"smtp_port": port})})

    with pytest.raises(InvalidInput, match="cannot listen"):
        await start_intake(
            settings, cast("ReviewClient", intake.review_client), intake.archive, intake.read_clock
        )


async def test_at_the_end_what_takes_too_long_is_left_for_another_time(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener, "SHUTDOWN_TIMEOUT", 0.05)
    async with run_intake_server(archive, build_assigned()) as home:
        address = home.build_reply_address()
        with archive.engine.begin():  # somebody else writes, and takes their time
            bringing = asyncio.create_task(home.send_lmtp(home.build_mail("A1 accept"), address))
            while home.listening.handler._idle.is_set():  # noqa: ASYNC110  (the test asks for no event)
                await asyncio.sleep(0.001)

            await home.listening.close()

            with pytest.raises(smtplib.SMTPServerDisconnected):
                await bringing
        assert "stopped while receiving mail" in caplog.text


async def test_at_the_end_what_is_under_way_is_finished(archive: Archive) -> None:
    async with run_intake_server(archive, build_assigned()) as home:
        address = home.build_reply_address()
        idle = await asyncio.open_connection(HOST, home.listening.lmtp_port)
        bringing = asyncio.create_task(home.send_lmtp(home.build_mail("A1 accept"), address))
        while home.listening.handler._idle.is_set():  # noqa: ASYNC110  (the test asks for no event)
            await asyncio.sleep(0.001)

        await home.listening.close()
        answers = await bringing

        assert answers[0].startswith("250 2.0.0")
        assert get_status(home.review) is ActionStatus.ACCEPTED
        with pytest.raises(OSError, match=r"refused|Connect"):
            await home.send_lmtp(home.build_mail("A1 accept"), address)
        idle[1].close()


async def test_an_action_is_given_by_mail_only_to_somebody_known(archive: Archive) -> None:
    life = build_in_follow_up()

    async with run_intake_server(archive, life, consequence=True, authserv_id=MAIL_SERVER) as home:
        for owner in ("nobody@elsewhere.example", "ODILE@example.org"):
            address = home.build_reply_address(ADA)
            headers = {"From": ADA, "To": address, "Authentication_Results": DMARC_PASSED}
            raw = home.build_mail(f"A2 reassign to {owner}", **headers)
            await home.send_lmtp(raw, address, sender=ADA)

        answers = [
            quoted.answer
            for notification in home.review.held
            for quoted in notification.quoted_lines
        ]
        assert any("nobody@elsewhere.example is not in the people directory" in a for a in answers)
        assert home.review.actions[1].owner == "odile@example.org"


@pytest.mark.parametrize(
    ("words", "suggested"),
    [
        ("Not mine, sorry", ""),
        ("This belongs to Omar", OMAR),
        ("It belongs to Omar Haddad, he runs the pool", OMAR),
        ("Not mine. Please ask ODILE@example.org instead.", ODILE),
        ("It belongs to Nobody", ""),
        ("It belongs to the payments team", ""),
    ],
)
async def test_not_mine_declines_and_suggests_whoever_is_named(
    archive: Archive, words: str, suggested: str
) -> None:
    async with run_intake_server(archive, build_assigned()) as home:
        raw = home.build_mail(f"A1: {words}")
        await home.send_lmtp(raw, home.build_reply_address(OLGA))

        action = home.review.actions[0]
        answers = [line.answer for each in home.review.held for line in each.quoted_lines]

    assert (action.status, action.suggested_owner) == (ActionStatus.DECLINED, suggested)
    assert any("will look for another owner" in answer for answer in answers)
    assert (f"suggest {suggested}" in " ".join(answers)) == bool(suggested)


async def test_a_file_is_evidence_and_the_verifier_learns_how_to_see_it(
    intake: IntakeServer,
) -> None:
    raw = intake.build_mail("", Content_Type="multipart/mixed; boundary=b") + (
        b"--b\r\n\r\nA1 done\r\n\r\n--b\r\nContent-Type: image/png\r\n"
        b"Content-Disposition: attachment; filename=drill.png\r\n\r\nnot much of it\r\n--b--"
    )

    await intake.send_lmtp(raw, intake.build_reply_address())

    evidence = intake.review.actions[0].evidence
    (filed,) = intake.archive.mail.list_mail(intake.review.id)
    name = intake.review.id.removeprefix("review-")
    assert evidence == (
        f"Attached: drill.png (14 bytes) (afterword mail show {name} {filed.name} --into .)"
    )
