"""Answers to invitations are read as every kind of calendar program sends them."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime

import pytest

from mail.inbound.calendars.itip import CalendarReply
from mail.inbound.parse_mail import parse_mail
from models.review import Rsvp

PIA, OMAR = "pia@example.org", "omar@example.org"
UID = "review-pagerduty-Q7XY-meeting@reply.example.org"
MOVED = "20261207T090000Z"


def build_ics(*lines: str, method: str = "REPLY", uid: str = UID) -> str:
    """Return a calendar with one event, with these lines in it."""
    head = ["BEGIN:VCALENDAR", "PRODID:-//A calendar//EN", "VERSION:2.0"]
    named = [f"METHOD:{method}"] if method else []
    event = ["BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join([*head, *named, *event, ""])


def build_answer(
    ics: str,
    text: str = "",
    *,
    sender: str = PIA,
    subject: str = "Accepted: Review: Search",
    calendar_headers: str = "Content-Type: text/calendar; charset=utf-8; method=REPLY",
) -> bytes:
    """Return the mail of a calendar program: a text, and a calendar beside it."""
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"]
    if ics:
        parts.append(f"{calendar_headers}\r\n\r\n{ics}")
    body = "".join(f"--cut\r\n{part}\r\n" for part in parts)
    return (
        f"From: Pia Lang <{sender}>\r\nTo: afterword@example.org\r\nSubject: {subject}\r\n"
        "Message-ID: <answer@example.org>\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: multipart/mixed; boundary=cut\r\n\r\n{body}--cut--\r\n"
    ).encode()


def read_answer(raw: bytes) -> CalendarReply:
    """Return the answer in a mail, which counts as a calendar's."""
    mail = parse_mail(raw)
    assert mail.automated_kind == "calendar"
    assert mail.calendar_reply is not None
    return mail.calendar_reply


def find_rsvp(reply: CalendarReply, *addresses: str) -> Rsvp | None:
    """Return what the person with one of these addresses answers."""
    answer = reply.find_answer(*addresses)
    return answer.rsvp if answer else None


@pytest.mark.parametrize(
    ("attendee", "rsvp"),
    [
        (f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}", Rsvp.YES),
        (f"ATTENDEE;PARTSTAT=DECLINED:MAILTO:{PIA.upper()}", Rsvp.NO),
        (f'ATTENDEE;PARTSTAT=tentative;CN="Lang, Pia":mailto: {PIA}', Rsvp.MAYBE),
        (f"ATTENDEE;CN=Pia\r\n  Lang;PARTSTAT=ACC\r\n EPTED:mailto:{PIA}", Rsvp.YES),
        (f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{PIA}", None),
        (f'ATTENDEE;PARTSTAT="ACCEPTED":{PIA}', Rsvp.YES),
        (f'ATTENDEE;EMAIL="{PIA}";PARTSTAT=DECLINED:urn:uuid:4f2c', Rsvp.NO),
        (f"ATTENDEE;EMAIL={PIA};PARTSTAT=ACCEPTED:/principals/users/7/", Rsvp.YES),
    ],
)
def test_an_attendee_is_known_however_the_address_is_written(
    attendee: str, rsvp: Rsvp | None
) -> None:
    reply = read_answer(build_answer(build_ics(attendee)))

    assert [(each.attendee, each.rsvp) for each in reply.answers] == [(PIA, rsvp)]


def test_of_several_attendees_the_one_who_writes_answers() -> None:
    ics = build_ics(
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OMAR}",
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:{PIA}",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:room-4@example.org",
    )

    reply = read_answer(build_answer(ics))

    assert find_rsvp(reply, PIA) is Rsvp.NO
    assert find_rsvp(reply, "pia.lang@corp.example.org") is None


def test_of_several_attendees_the_only_one_who_decided_answers() -> None:
    ics = build_ics(
        f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{OMAR}",
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}",
    )

    reply = read_answer(build_answer(ics, sender="pia.lang@corp.example.org"))

    assert find_rsvp(reply, "pia.lang@corp.example.org") is Rsvp.YES


def test_words_that_stand_with_an_attendee_are_theirs() -> None:
    ics = build_ics(
        f'ATTENDEE;PARTSTAT=ACCEPTED;X-RESPONSE-COMMENT="I bring cake":mailto:{OMAR}',
        f'ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT="On leave, sorry":mailto:{PIA}',
    )

    assert read_answer(build_answer(ics)).words == "On leave, sorry"


def test_whoever_sends_somebody_else_does_not_come() -> None:
    delegated = f'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:{OMAR}":mailto:{PIA}'

    (answer,) = read_answer(build_answer(build_ics(delegated))).answers

    assert answer.rsvp is Rsvp.NO
    assert answer.delegates == (OMAR,)


@pytest.mark.parametrize(
    ("zone", "proposed"),
    [
        (f"DTSTART:{MOVED}", datetime(2026, 12, 7, 9, tzinfo=UTC)),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261207T090000",
            datetime(2026, 12, 7, 8, tzinfo=UTC),
        ),
        (
            "DTSTART;TZID=/citadel.org/20210210_1/America/New_York:20261207T090000",
            datetime(2026, 12, 7, 14, tzinfo=UTC),
        ),
        (
            "DTSTART;TZID=(UTC+01:00) Berlin, Bern:20261207T090000",
            datetime(2026, 12, 7, 9),  # noqa: DTZ001  (the attendee's own)
        ),
        ("DTSTART:20261207T090000", datetime(2026, 12, 7, 9)),  # noqa: DTZ001  (so too)
        ("DTSTART;VALUE=DATE:20261207", date(2026, 12, 7)),
    ],
)
def test_another_time_is_proposed_in_every_kind_of_zone(zone: str, proposed: date) -> None:
    ics = build_ics(
        f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{PIA}",
        zone,
        "X-MS-OLK-ORIGINALSTART:20261203T140000Z",
        "COMMENT:Mornings suit me better.",
        method="COUNTER",
    )

    reply = read_answer(build_answer(ics, subject="New Time Proposed: Review: Search"))

    assert reply.proposed == proposed
    assert reply.starts_at == datetime(2026, 12, 3, 14, tzinfo=UTC)
    assert reply.words == "Mornings suit me better."
    assert find_rsvp(reply, PIA) is Rsvp.MAYBE


def test_a_zone_of_its_own_is_read_by_its_definition() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\n"
        "DTSTART:16010101T000000\r\nTZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    ics = build_ics(
        f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{PIA}",
        "DTSTART;TZID=Customized Time Zone:20261207T090000",
        method="COUNTER",
    ).replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT")

    assert read_answer(build_answer(ics)).proposed == datetime(2026, 12, 7, 6, tzinfo=UTC)


def test_a_zone_that_would_take_for_ever_is_read_at_once() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Endless\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=SECONDLY\r\n"
        "END:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    ics = build_ics(
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}", "DTSTART;TZID=Endless:20261207T090000"
    ).replace("BEGIN:VEVENT", f"{zone}BEGIN:VEVENT")

    assert find_rsvp(read_answer(build_answer(ics)), PIA) is Rsvp.YES


@pytest.mark.parametrize(
    "zone", ["A" * 5_000, "Europe", "Europe/" + "B " * 300, "../" * 400, "a/b"]
)
def test_a_zone_that_is_none_does_not_break_the_reading(zone: str) -> None:
    ics = build_ics(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}", f"DTSTART;TZID={zone}:{MOVED[:-1]}")

    found = parse_mail(build_answer(ics))

    assert found.calendar_reply is None or found.calendar_reply.answers


def test_a_method_may_stand_in_the_headers_alone() -> None:
    ics = build_ics(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{PIA}", method="")

    assert find_rsvp(read_answer(build_answer(ics)), PIA) is Rsvp.NO


@pytest.mark.parametrize(
    "headers",
    [
        'Content-Type: application/ics; name="invite.ics"\r\nContent-Transfer-Encoding: base64',
        (
            'Content-Type: application/octet-stream; name="meeting.ics"\r\n'
            "Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64"
        ),
        (
            "Content-Type: text/calendar; charset=utf-8\r\n"
            'Content-Disposition: attachment; filename="a.ics"\r\nContent-Transfer-Encoding: base64'
        ),
    ],
)
def test_a_calendar_may_come_as_a_file(headers: str) -> None:
    ics = build_ics(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{PIA}", "COMMENT:Zürich\\, that day")
    encoded = base64.encodebytes(ics.encode()).decode()

    reply = read_answer(build_answer(encoded, calendar_headers=headers))

    assert find_rsvp(reply, PIA) is Rsvp.NO
    assert reply.words == "Zürich, that day"


def test_a_calendar_that_a_gateway_made_text_is_still_one() -> None:
    ics = build_ics(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}")

    reply = read_answer(build_answer("", ics))

    assert find_rsvp(reply, PIA) is Rsvp.YES
    assert reply.words == ""


@pytest.mark.parametrize("sequence", ["", "SEQUENCE:", "SEQUENCE:one"])
def test_a_calendar_may_leave_out_the_sequence(sequence: str) -> None:
    lines = [f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}", *([sequence] if sequence else [])]

    assert read_answer(build_answer(build_ics(*lines))).sequence is None


def test_outlook_puts_our_uid_into_its_own() -> None:
    head = "040000008200E00074C5B7101A82E008" + "0" * 32 + "4B000000"
    uid = f"{head}7643616C2D55696401000000{UID.encode().hex().upper()}00"
    ics = build_ics(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}", uid=uid)

    assert read_answer(build_answer(ics)).review == "review-pagerduty-Q7XY"


@pytest.mark.parametrize(
    ("comment", "text", "words"),
    [
        ("COMMENT;LANGUAGE=en-US:\\n", "", ""),
        (
            "COMMENT:On leave\\, sorry.\\nOmar knows it too.",
            "",
            "On leave, sorry.\nOmar knows it too.",
        ),
        ("COMMENT:On leave.\r\nCOMMENT:Back in May.", "On leave.", "On leave.\nBack in May."),
        ("COMMENT:\\n", "I am on leave that week.", "I am on leave that week."),
        ("X-NOTHING:1", "Pia Lang has declined your invitation.", ""),
        ("X-NOTHING:1", "Pia Lang hat diese Einladung leider abgelehnt.", ""),
        (
            "X-NOTHING:1",
            (
                'Pia Lang has declined this invitation with this note:\n\n"In the air then."\n\n'
                "Review: Search\nThursday\n\nInvitation from Google Calendar"
            ),
            "In the air then.",
        ),
        ("X-NOTHING:1", "Yes, I will attend.", ""),
        ("X-NOTHING:1", "Pia Lang <pia@example.org> has accepted your invitation to “Review”.", ""),
        (
            "X-NOTHING:1",
            "The vendor has declined the meeting, so can we move it?",
            "The vendor has declined the meeting, so can we move it?",
        ),
        (
            "X-NOTHING:1",
            (
                "When: Thursday, 3 December 2026 14:00-15:00.\nWhere: Room 4\n\n"
                "*~*~*~*~*~*~*~*~*~*\n\nI come an hour late."
            ),
            "I come an hour late.",
        ),
    ],
)
def test_words_of_the_attendee_are_kept_and_those_of_programs_are_not(
    comment: str, text: str, words: str
) -> None:
    ics = build_ics(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{PIA}", comment)

    assert read_answer(build_answer(ics, text)).words == words


@pytest.mark.parametrize(
    ("subject", "rsvp", "follow_up"),
    [
        ("Accepted: Review: Search is slow", Rsvp.YES, 0),
        ("Declined: Follow-up: Search is slow", Rsvp.NO, None),
        ("Tentatively Accepted: Review: Search is slow @ Thu 3 Dec 2026", Rsvp.MAYBE, 0),
        ("Zugesagt: Search is slow: review meeting on Thursday 3 December 2026", Rsvp.YES, 0),
        ("Refusé : Search is slow: new time for the follow-up meeting", Rsvp.NO, None),
        ("[EXTERNAL] Accepted: Review: Search is slow", Rsvp.YES, 0),
        ("承諾: Review: Search is slow", Rsvp.YES, 0),
    ],
)
def test_an_answer_may_stand_in_the_subject_alone(
    subject: str, rsvp: Rsvp, follow_up: int | None
) -> None:
    reply = read_answer(build_answer("", "See you there!", subject=subject))

    assert (find_rsvp(reply, PIA), reply.follow_up) == (rsvp, follow_up)
    assert "Search is slow" in reply.title
    assert reply.words == "See you there!"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Accepted: the plan for Search", "Good plan."),
        ("Re: Accepted: Review: Search", "A1 done"),
        ("Accepted: Review: Search", "A1 accept"),
        ("Search: review meeting on Thursday", "I come."),
        ("Review: Search", ""),
    ],
)
def test_mail_that_a_person_writes_is_no_answer_of_a_calendar(subject: str, text: str) -> None:
    mail = parse_mail(build_answer("", text, subject=subject))

    assert mail.calendar_reply is None
    assert mail.automated_kind is None


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "DECLINECOUNTER", "PUBLISH"])
def test_what_an_organizer_sends_is_no_answer(method: str) -> None:
    ics = build_ics(f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{PIA}", method=method)
    headers = f"Content-Type: text/calendar; method={method}"

    raw = build_answer(ics, subject="Hello", calendar_headers=headers)

    assert parse_mail(raw).calendar_reply is None
