"""Answers to invitations count for the person who gives them, or are refused with the reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from mail.common import reply_token
from models import commands as o
from models.codes import EventKind
from models.email_address import TokenKind
from models.notifications import NotificationKind
from models.review import Meeting, Rsvp
from register.archive import Archive
from register.repositories.sent_notifications import SentNotification
from tests.intake.intake_server import (
    DOMAIN,
    MAIL_SERVER,
    SECRET,
    SENDER,
    IntakeServer,
    run_intake_server,
)
from tests.rules.notifications.simulation import list_event_notifications
from tests.sample_people import ADA, FAY, OLGA, OMAR, OREN, PEOPLE
from tests.sample_reviews import build_in_follow_up

DMARC_PASSED = f"{MAIL_SERVER}; dmarc=pass header.from=example.org"
CORPORATE = "olga.petrova@corp.example.org"
ANSWER = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//A calendar//EN
METHOD:{method}
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
DTSTAMP:20260302T100000Z
DTSTART:{starts}
ORGANIZER:mailto:afterword@example.org
ATTENDEE;PARTSTAT={answer}:mailto:{who}
COMMENT:{words}
END:VEVENT
END:VCALENDAR
"""


def build_calendar_answer(
    intake: IntakeServer,
    answer: str = "ACCEPTED",
    who: str = OLGA,
    *,
    sender: str = "",
    **other: str,
) -> bytes:
    """Return the answer of a calendar to the invitation to the follow-up meeting."""
    fields = {
        "method": "REPLY",
        "uid": f"{intake.review.id}-follow-up-1@{DOMAIN}",
        "sequence": "0",
        "starts": "20260305T140000Z",
        "words": "",
        "answer": answer,
        "who": who,
        **other,
    }
    kind = f"text/calendar; method={fields['method']}; charset=utf-8"
    headers = {"Content_Type": kind, "To": SENDER, "Subject": "Accepted: Follow-up"}
    return intake.build_mail(ANSWER.format(**fields), **headers, From=sender or who)


async def send_answer(intake: IntakeServer, raw: bytes, meeting: str = "follow-up-1") -> str:
    """Send an answer to the organizer of Olga's invitation; return what becomes of it."""
    (answer,) = await intake.send_lmtp(raw, intake.build_organizer_address(OLGA, meeting))
    return answer


def get_follow_up(intake: IntakeServer) -> Meeting:
    """Return the follow-up meeting as the review has it."""
    assert intake.review.follow_up is not None
    return intake.review.follow_up


def move_follow_up(intake: IntakeServer) -> None:
    """Let the facilitator move the follow-up meeting by an hour."""
    review = intake.review
    at = get_follow_up(intake).at + timedelta(hours=1)
    intake.builder.advance(minutes=5).ask(o.ScheduleFollowUp, FAY, at=at, place="Room 5")
    intake.review_client.reviews[review.id] = intake.builder.review


@pytest.fixture
async def invited_intake(archive: Archive) -> AsyncIterator[IntakeServer]:
    async with run_intake_server(archive, build_in_follow_up()) as opened:
        yield opened


async def test_a_calendar_says_who_comes(invited_intake: IntakeServer) -> None:
    for answer, who in (("ACCEPTED", OLGA), ("TENTATIVE", ADA), ("DECLINED", OLGA)):
        organizer = invited_intake.build_organizer_address(who)
        raw = build_calendar_answer(invited_intake, answer, who)
        (line,) = await invited_intake.send_lmtp(raw, organizer, sender=who)
        assert line.startswith("250 2.0.0 Recorded")

    assert get_follow_up(invited_intake).rsvps == {OLGA: "no", ADA: "maybe"}
    assert invited_intake.list_verdicts() == ["accepted"] * 3


async def test_an_answer_that_is_delivered_twice_counts_once(invited_intake: IntakeServer) -> None:
    raw = build_calendar_answer(invited_intake)

    organizer = invited_intake.build_organizer_address()
    first, second = [await invited_intake.send_lmtp(raw, organizer) for _ in range(2)]

    assert first == second
    assert [event.kind for event in invited_intake.review.log].count(EventKind.ATTEND) == 1
    assert invited_intake.list_verdicts() == ["accepted"]


async def test_words_and_a_proposed_time_are_kept_and_told_to_the_facilitator(
    invited_intake: IntakeServer,
) -> None:
    raw = build_calendar_answer(
        invited_intake,
        "DECLINED",
        method="COUNTER",
        starts="20260408T120000Z",
        words="I am in the air.",
    )

    await send_answer(invited_intake, raw)

    assert get_follow_up(invited_intake).remarks == {OLGA: "I am in the air."}
    told = [
        each
        for each in list_event_notifications(invited_intake.review)
        if each.items[0].code == "attend"
    ]
    assert [(each.kind, each.to) for each in told] == [(NotificationKind.NOTICE, FAY)]
    sentence = told[0].items[0].sentence
    assert "does not come to the follow-up meeting on" in sentence
    assert "proposes Wednesday 8 April 2026, 14:00 (Europe/Paris) instead" in sentence
    assert "“I am in the air”" in sentence
    assert (
        "`afterword follow-up schedule pagerduty-Q1ABC --at 2026-04-08T14:00:00+02:00" in sentence
    )


async def test_a_day_is_proposed_at_the_hour_of_the_meeting(invited_intake: IntakeServer) -> None:
    raw = build_calendar_answer(invited_intake, "TENTATIVE", method="COUNTER", starts="@")
    raw = raw.replace(b"DTSTART:@", b"DTSTART;VALUE=DATE:20260408")

    await send_answer(invited_intake, raw)

    follow_up = get_follow_up(invited_intake)
    assert follow_up.at.date() == date(2026, 4, 9)
    assert follow_up.proposals == {OLGA: follow_up.at - timedelta(days=1)}


async def test_a_later_answer_without_words_takes_the_earlier_words_back(
    invited_intake: IntakeServer,
) -> None:
    declined = build_calendar_answer(invited_intake, "DECLINED", words="On leave.")

    await send_answer(invited_intake, declined)
    await send_answer(invited_intake, build_calendar_answer(invited_intake))

    follow_up = get_follow_up(invited_intake)
    assert (follow_up.rsvps, follow_up.remarks) == ({OLGA: Rsvp.YES}, {})


@pytest.mark.parametrize(
    ("sender", "who"), [(CORPORATE, CORPORATE), (CORPORATE, OLGA), (OLGA, CORPORATE)]
)
async def test_an_answer_from_another_address_of_a_person_is_the_persons(
    invited_intake: IntakeServer, sender: str, who: str
) -> None:
    invited_intake.archive.people.import_people([replace(PEOPLE[OLGA], aliases=(CORPORATE,))])
    raw = build_calendar_answer(invited_intake, who=who, sender=sender)

    await send_answer(invited_intake, raw)

    assert get_follow_up(invited_intake).rsvps == {OLGA: Rsvp.YES}


@pytest.mark.parametrize("who", [CORPORATE, OLGA])
async def test_by_the_reply_address_an_unknown_address_is_the_persons_too(
    invited_intake: IntakeServer, who: str
) -> None:
    raw = build_calendar_answer(invited_intake, who=who, sender=f"Olga Petrova <{CORPORATE}>")

    await invited_intake.send_lmtp(raw, invited_intake.build_reply_address(), sender=CORPORATE)

    assert get_follow_up(invited_intake).rsvps == {OLGA: Rsvp.YES}


@pytest.mark.parametrize(
    ("who", "sender"),
    [
        (OLGA, OMAR),
        (OMAR, CORPORATE),
        (OLGA, "Eve Nowak <eve@example.net>"),
        ("eve@example.net", "Eve Nowak <eve@example.net>"),
    ],
)
async def test_an_invitation_that_was_passed_on_answers_for_nobody_else(
    invited_intake: IntakeServer, who: str, sender: str
) -> None:
    before = invited_intake.review
    raw = build_calendar_answer(invited_intake, who=who, sender=sender)

    answer = await send_answer(invited_intake, raw)

    assert answer.startswith("550 5.7.1")
    assert invited_intake.review == before


@pytest.mark.parametrize(
    ("starts", "answered", "counts"),
    [
        ("now", "20260302T100000Z", True),
        ("20260305T140000Z", "20270302T100000Z", True),
        ("20260305T140000Z", "20260302T100000Z", False),
    ],
)
async def test_an_answer_without_a_sequence_counts_unless_it_is_of_before_the_move(
    invited_intake: IntakeServer, starts: str, answered: str, counts: bool
) -> None:
    move_follow_up(invited_intake)
    current = f"{get_follow_up(invited_intake).at:%Y%m%dT%H%M%SZ}"
    raw = build_calendar_answer(invited_intake, starts=current if starts == "now" else starts)
    raw = raw.replace(b"SEQUENCE:0", b"X-NOTHING:0").replace(b"20260302T100000Z", answered.encode())

    await send_answer(invited_intake, raw)

    assert (OLGA in get_follow_up(invited_intake).rsvps) is counts


@pytest.mark.parametrize(
    ("meeting", "other"),
    [
        ("meeting", {"uid": f"review-pagerduty-Q1ABC-meeting@{DOMAIN}"}),
        ("follow-up-2", {"uid": f"review-pagerduty-Q1ABC-follow-up-2@{DOMAIN}"}),
        ("follow-up-1", {"sequence": "7"}),
    ],
)
async def test_an_answer_to_another_plan_counts_for_no_meeting_and_its_words_are_kept(
    invited_intake: IntakeServer, meeting: str, other: dict[str, str]
) -> None:
    raw = build_calendar_answer(invited_intake, "DECLINED", words="In the air", **other)

    answer = await send_answer(invited_intake, raw, meeting)

    assert answer.startswith("250 2.0.0")
    assert get_follow_up(invited_intake).rsvps == {}
    assert "“In the air”" in invited_intake.review.log[-1].text


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"uid": "lunch@example.org"}, "550 5.1.1"),
        ({"answer": "NEEDS-ACTION"}, "250 2.0.0"),
        ({"uid": f"review-no-such-follow-up-1@{DOMAIN}"}, "550 5.1.1"),
        ({"uid": f"review-pagerduty-Q1ABC-meeting@{DOMAIN}"}, "550 5.1.1"),
    ],
)
async def test_what_answers_none_of_our_invitations_changes_nothing(
    invited_intake: IntakeServer, other: dict[str, str], code: str
) -> None:
    before = invited_intake.review

    answer = await send_answer(invited_intake, build_calendar_answer(invited_intake, **other))

    assert answer.startswith(code)
    assert invited_intake.review == before


async def test_an_answer_that_cannot_be_read_is_refused_with_the_reason(
    invited_intake: IntakeServer,
) -> None:
    before = invited_intake.review
    raw = invited_intake.build_mail("BEGIN:VCAL", Content_Type="text/calendar; method=REPLY")

    (answer,) = await invited_intake.send_lmtp(raw, invited_intake.build_reply_address())

    assert answer.startswith("550 5.1.1 We cannot tell which invitation")
    assert invited_intake.review == before
    assert invited_intake.list_verdicts() == []


async def test_where_senders_must_be_proven_an_unproven_answer_is_refused(
    archive: Archive,
) -> None:
    async with run_intake_server(archive, build_in_follow_up(), authserv_id=MAIL_SERVER) as intake:
        (answer,) = await intake.send_lmtp(build_calendar_answer(intake), SENDER)

        assert answer.startswith("550 5.7.26")
        assert get_follow_up(intake).rsvps == {}


@pytest.mark.parametrize("kind", ["organizer", "reply address", "authentication"])
async def test_an_answer_in_the_subject_alone_finds_its_meeting(
    archive: Archive, kind: str
) -> None:
    server: dict[str, Any] = {"authserv_id": MAIL_SERVER} if kind == "authentication" else {}
    async with run_intake_server(archive, build_in_follow_up(), **server) as intake:
        sent = SentNotification(
            message_id="<sent@example.org>",
            text="You are invited",
            review=intake.review.id,
            person=OLGA,
        )
        intake.archive.notifications.store_sent_notifications([sent])
        to = {
            "organizer": intake.build_organizer_address(),
            "reply address": intake.build_reply_address(),
            "authentication": SENDER,
        }[kind]
        raw = intake.build_mail(
            "I am on leave that day.",
            Subject="Declined: Follow-up: Checkout answered with errors",
            From=OLGA,
            To=to,
            Authentication_Results=DMARC_PASSED,
        )

        (answer,) = await intake.send_lmtp(raw, to)

        assert answer.startswith("250 2.0.0 Recorded")
        assert get_follow_up(intake).rsvps == {OLGA: Rsvp.NO}
        assert get_follow_up(intake).remarks == {OLGA: "I am on leave that day."}


async def test_an_answer_in_words_to_an_unknown_meeting_is_refused_with_the_reason(
    archive: Archive,
) -> None:
    async with run_intake_server(archive, build_in_follow_up(), authserv_id=MAIL_SERVER) as intake:
        headers = {"From": OLGA, "To": SENDER, "Authentication_Results": DMARC_PASSED}
        raw = intake.build_mail("", Subject="Accepted: Review: Lunch", **headers)

        (answer,) = await intake.send_lmtp(raw, SENDER)

        assert answer.startswith("550 5.1.1 We cannot tell which invitation")


# Who may answer


@pytest.mark.parametrize(
    "subject", ["", "Accepted: Follow-up: Checkout answered with errors"], ids=["iTIP", "words"]
)
@pytest.mark.parametrize("require", ["token", "from"])
async def test_a_forged_sender_alone_answers_no_invitation(
    archive: Archive, require: str, subject: str
) -> None:
    async with run_intake_server(archive, build_in_follow_up(), require=require) as intake:
        before = intake.review
        raw = build_calendar_answer(intake)
        if subject:
            raw = intake.build_mail("", Subject=subject, From=OLGA, To=SENDER)

        (answer,) = await intake.send_lmtp(raw, SENDER)

        assert answer.startswith("550 5.7.26 We cannot verify who answers this invitation")
        assert "tell its facilitator whether you come" in answer
        assert (intake.review, intake.list_verdicts()) == (before, [])


@pytest.mark.parametrize(
    ("kind", "item"),
    [
        (TokenKind.UNSUBSCRIBE, ""),
        (TokenKind.BOUNCE, "0" * 64),
        (TokenKind.MEETING, "meeting"),
        (TokenKind.MEETING, "follow-up-2"),
    ],
)
async def test_an_address_for_something_else_answers_no_invitation(
    invited_intake: IntakeServer, kind: TokenKind, item: str
) -> None:
    before = invited_intake.review
    address = invited_intake.build_reply_address(OLGA, item, kind=kind)

    (answer,) = await invited_intake.send_lmtp(build_calendar_answer(invited_intake), address)

    assert not answer.startswith("250 2.0.0 Recorded")
    assert (invited_intake.review, invited_intake.list_verdicts()) == (before, [])


async def test_a_message_id_answers_no_invitation_without_authentication(
    invited_intake: IntakeServer,
) -> None:
    reference = f"In-Reply-To: {invited_intake.build_message_id()}\r\n".encode()

    (answer,) = await invited_intake.send_lmtp(
        reference + build_calendar_answer(invited_intake), SENDER
    )

    assert answer.startswith("550 5.7.26")
    assert get_follow_up(invited_intake).rsvps == {}


async def test_the_reply_address_of_another_review_answers_no_invitation(
    invited_intake: IntakeServer,
) -> None:
    other = "review-pagerduty-OTHER"
    token = reply_token.sign_token(SECRET.encode(), other, OLGA)
    invited_intake.archive.notifications.add_reply_address(token, other, OLGA, "")
    address = reply_token.build_token_address(token, DOMAIN)

    (answer,) = await invited_intake.send_lmtp(build_calendar_answer(invited_intake), address)

    assert answer.startswith("550 5.7.26")
    assert get_follow_up(invited_intake).rsvps == {}


@pytest.mark.parametrize(
    ("sender", "who"),
    [(OMAR, OMAR), (OMAR, OLGA), ("Eve Nowak <eve@example.net>", OLGA), (OLGA, OMAR)],
)
async def test_whoever_was_shown_an_invitation_answers_for_nobody(
    invited_intake: IntakeServer, sender: str, who: str
) -> None:
    before = invited_intake.review
    raw = build_calendar_answer(invited_intake, who=who, sender=sender)

    answer = await send_answer(invited_intake, raw)

    assert answer.startswith("550 5.7.1")
    assert (invited_intake.review, invited_intake.list_verdicts()) == (before, [])


async def test_an_organizers_address_that_was_renewed_is_unknown(
    invited_intake: IntakeServer,
) -> None:
    address = invited_intake.build_organizer_address()
    invited_intake.archive.people.renew_reply_addresses(OLGA)

    (answer,) = await invited_intake.send_lmtp(build_calendar_answer(invited_intake), address)

    assert answer.startswith("550 5.1.1")


async def test_what_is_no_answer_to_an_invitation_has_another_address(
    invited_intake: IntakeServer,
) -> None:
    before = invited_intake.review

    answer = await send_answer(invited_intake, invited_intake.build_mail("A1 done: it is live"))

    assert answer.startswith("550 5.7.1 This address takes answers to an invitation only")
    assert (invited_intake.review, invited_intake.list_verdicts()) == (before, [])


@pytest.mark.parametrize(
    ("sender", "uid"),
    [
        ("eve@example.net", f"review-pagerduty-Q1ABC-follow-up-1@{DOMAIN}"),
        (OREN, f"review-pagerduty-Q1ABC-follow-up-1@{DOMAIN}"),
        (OLGA, f"review-no-such-follow-up-1@{DOMAIN}"),
        (OLGA, "review-pagerduty-Q1ABC-follow-up-1@elsewhere.example"),
        (OLGA, "lunch@example.org"),
    ],
)
async def test_nothing_of_strangers_is_filed_however_well_they_prove_who_they_are(
    archive: Archive, sender: str, uid: str
) -> None:
    async with run_intake_server(archive, build_in_follow_up(), authserv_id=MAIL_SERVER) as intake:
        before, domain = intake.review, sender.partition("@")[2]
        results = f"Authentication-Results: {MAIL_SERVER}; dmarc=pass header.from={domain}\r\n"
        raw = results.encode() + build_calendar_answer(intake, who=sender, uid=uid)

        (answer,) = await intake.send_lmtp(raw, SENDER, sender=sender)

        assert answer.startswith("550")
        assert (intake.review, intake.list_verdicts()) == (before, [])
