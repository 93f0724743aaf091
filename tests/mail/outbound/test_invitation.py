from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from mail.common.email_tokens import build_return_path
from mail.outbound.compose import compose
from mail.outbound.email_formatting import encode_domain
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Meeting, Review
from tests.mail.notification_samples import (
    FOLLOW_UP,
    MEETING,
    NOW,
    SITE,
    build_review,
    select_actions,
)
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, OREN, PEOPLE, PIA, VERA

INVITATION = Notification(kind=NotificationKind.MEETING_INVITATION, to=OLGA)
FOLLOW_UP_INVITATION = Notification(kind=NotificationKind.FOLLOW_UP_INVITATION, to=OREN)
CANCELLATION = Notification(kind=NotificationKind.MEETING_CANCELLED, to=OLGA)


def compose_email(notification: Notification, review: Review) -> EmailMessage:
    return compose(notification, review, PEOPLE, SITE, NOW)


def parse_calendar(message: EmailMessage) -> Calendar:
    parts = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    contents = {part.get_content() for part in parts}
    assert len(parts) == 2
    assert len(contents) == 1
    return Calendar.from_ical(contents.pop())


def parse_event(notification: Notification, review: Review) -> Any:
    (found,) = parse_calendar(compose_email(notification, review)).walk("VEVENT")
    return found


def list_attendees(found: Any) -> list[str]:
    attendees = found.get("attendee", [])
    return [str(a).removeprefix("mailto:") for a in _as_list(attendees)]


def _as_list(attendees: Any) -> list[Any]:
    return attendees if isinstance(attendees, list) else [attendees]


def test_an_invitation_is_an_alternative_calendars_understand_and_a_file() -> None:
    message = compose_email(INVITATION, select_actions())

    alternative, attached = (p for p in message.walk() if p.get_content_type() == "text/calendar")

    assert message.get_content_type() == "multipart/mixed"
    assert alternative["Content-Type"].params["method"] == "REQUEST"
    assert attached.get_filename() == "invitation.ics"
    assert attached.get_content_disposition() == "attachment"


def test_an_invitation_says_when_where_and_by_whom() -> None:
    found = parse_event(INVITATION, select_actions())

    assert found["summary"] == "Review: Checkout answered with errors"
    assert found["location"] == MEETING.place
    assert found.start == MEETING.at
    assert (found.end - found.start).total_seconds() == 3600
    assert found["status"] == "CONFIRMED"
    assert re.fullmatch(r"mailto:reply\+[a-z2-7]{26}@reply\.example\.org", found["organizer"])
    assert found["organizer"].params["CN"] == "Fay Moreau, by Afterword"
    assert found["dtstamp"].dt == NOW


def test_everybody_invited_is_asked_to_answer_and_answers_come_to_us() -> None:
    found = parse_event(INVITATION, select_actions())

    answers = {str(a): a.params["RSVP"] for a in _as_list(found["attendee"])}

    assert list_attendees(found) == [FAY, ADA, PIA, OLGA]
    assert set(answers.values()) == {"TRUE"}


def test_owners_are_invited_to_the_follow_up() -> None:
    found = parse_event(FOLLOW_UP_INVITATION, build_review())

    assert set(list_attendees(found)) == {FAY, ADA, PIA, OLGA, OMAR, OREN, ODILE}
    assert found["summary"] == "Follow-up: Checkout answered with errors"


def test_a_change_is_the_same_meeting_with_a_higher_sequence() -> None:
    before = select_actions()
    later = replace(MEETING, at=datetime(2026, 3, 16, 9, 0, tzinfo=UTC), sequence=1)
    after = replace(before, meeting=later)

    first, second = parse_event(INVITATION, before), parse_event(INVITATION, after)

    assert first["uid"] == second["uid"]
    assert (first["sequence"], second["sequence"]) == (0, 1)
    assert "has a new time" in str(compose_email(INVITATION, after).get_body(("plain",)))


def test_a_cancellation_names_the_same_meeting_above_its_last_sequence() -> None:
    review = replace(select_actions(), follow_up=None)
    message = compose_email(CANCELLATION, review)

    found = parse_event(CANCELLATION, review)

    assert parse_calendar(message)["method"] == "CANCEL"
    assert found["uid"] == parse_event(INVITATION, review)["uid"]
    assert found["sequence"] == MEETING.sequence + 1
    assert found["status"] == "CANCELLED"


def test_who_is_no_longer_invited_loses_only_their_own_invitation() -> None:
    removed = replace(
        CANCELLATION,
        to=OREN,
        items=(NotificationItem(code="left-follow-up", sentence="", item="left-follow-up"),),
    )
    review = replace(build_review(), follow_up=replace(FOLLOW_UP, left={OREN: 9}))
    message = compose_email(removed, review)

    found = parse_event(removed, review)

    assert parse_calendar(message)["method"] == "CANCEL"
    assert found["uid"] == parse_event(FOLLOW_UP_INVITATION, review)["uid"]
    assert list_attendees(found) == [OREN]
    assert found["sequence"] == FOLLOW_UP.sequence + 1
    assert "status" not in found
    assert message["Subject"].endswith("you are no longer invited to the follow-up meeting")
    assert "The others still meet." in str(message.get_body(("plain",)))


def test_who_is_invited_again_gets_an_invitation_that_counts_more_than_the_cancellation() -> None:
    review = replace(build_review(), follow_up=replace(FOLLOW_UP, left={OREN: 9}))

    again = parse_event(FOLLOW_UP_INVITATION, review)
    other = parse_event(replace(FOLLOW_UP_INVITATION, to=OMAR), review)

    assert again["sequence"] == FOLLOW_UP.sequence + 1
    assert other["sequence"] == FOLLOW_UP.sequence


@pytest.mark.parametrize(
    ("item", "same_as"),
    [
        (NotificationItem(code="meeting", sentence=""), INVITATION),
        (NotificationItem(code="follow-up", sentence=""), FOLLOW_UP_INVITATION),
        (NotificationItem(code="left-meeting", sentence=""), INVITATION),
        (NotificationItem(code="cancelled", sentence="", item="follow-up"), FOLLOW_UP_INVITATION),
        (NotificationItem(code="cancelled", sentence=""), FOLLOW_UP_INVITATION),
    ],
)
def test_a_cancellation_is_about_the_meeting_it_names_or_else_the_last(
    item: NotificationItem, same_as: Notification
) -> None:
    cancelled = replace(CANCELLATION, items=(item,))

    found = parse_event(cancelled, build_review())

    assert found["uid"] == parse_event(same_as, build_review())["uid"]


def test_each_follow_up_is_a_meeting_of_its_own() -> None:
    again = replace(build_review(), past_follow_ups=(FOLLOW_UP,))

    uids = {parse_event(FOLLOW_UP_INVITATION, review)["uid"] for review in (build_review(), again)}

    assert len(uids | {parse_event(INVITATION, again)["uid"]}) == 3


@pytest.mark.parametrize(
    ("at", "local", "offset"),
    [
        (datetime(2026, 3, 27, 14, 0, tzinfo=UTC), "15:00", 1),
        (datetime(2026, 3, 30, 14, 0, tzinfo=UTC), "16:00", 2),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "01:30", 1),
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "00:30", 2),
        (datetime(2026, 10, 26, 14, 0, tzinfo=UTC), "15:00", 1),
    ],
)
def test_the_time_is_right_on_both_sides_of_a_clock_change(
    at: datetime, local: str, offset: int
) -> None:
    review = replace(select_actions(), meeting=Meeting(at=at, place="Room", minutes=60))

    content = parse_calendar(compose_email(INVITATION, review)).to_ical().decode()
    found = parse_event(INVITATION, review)

    assert found.start.astimezone(UTC) == at
    assert f"{found.start:%H:%M}" == local
    assert found.start.utcoffset() == datetime(2026, 1, 1, offset, tzinfo=UTC) - datetime(
        2026, 1, 1, tzinfo=UTC
    )
    assert "BEGIN:VTIMEZONE\r\nTZID:Europe/Paris" in content
    assert content.count("BEGIN:VTIMEZONE") == 1
    assert len(content) < 3000


def test_a_meeting_that_spans_a_clock_change_keeps_its_length() -> None:
    night = Meeting(at=datetime(2026, 3, 29, 0, 30, tzinfo=UTC), place="Room", minutes=60)

    found = parse_event(INVITATION, replace(select_actions(), meeting=night))

    assert (found.end.astimezone(UTC) - found.start.astimezone(UTC)).total_seconds() == 3600
    assert f"{found.end:%H:%M}" == "03:30"


def test_an_hour_that_comes_twice_is_written_so_that_it_is_meant_once() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    review = replace(select_actions(), meeting=Meeting(at=second, place="Room"))

    content = parse_calendar(compose_email(INVITATION, review)).to_ical().decode()

    assert "DTSTART:20261025T013000Z" in content


def test_the_written_time_zone_agrees_with_the_real_one_around_the_meeting() -> None:
    late = Meeting(at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC), place="Room", minutes=300)
    written_zone = (
        parse_calendar(compose_email(INVITATION, replace(select_actions(), meeting=late)))
        .timezones[0]
        .to_tz()
    )

    for hour in range(8):
        naive = datetime(2026, 10, 25, 3 + hour)  # noqa: DTZ001  (given its zone on the next line)
        real = naive.replace(tzinfo=ZoneInfo("Europe/Paris")).utcoffset()
        assert naive.replace(tzinfo=written_zone).utcoffset() == real


def test_a_facilitator_unknown_to_the_directory_gets_utc() -> None:
    message = compose(INVITATION, select_actions(), {}, SITE, NOW)

    content = parse_calendar(message).to_ical().decode()

    assert "DTSTART:20260313T140000Z" in content
    assert "VTIMEZONE" not in content
    assert f"CN={FAY}" in content


def test_without_a_facilitator_the_lead_invites() -> None:
    review = select_actions()
    alone = replace(review, roles=replace(review.roles, facilitator=""))

    assert parse_event(INVITATION, alone)["organizer"].params["CN"] == "Ada Lind, by Afterword"


def test_an_outsider_of_a_restricted_review_learns_neither_title_nor_guests() -> None:
    hidden = replace(select_actions(), restricted_to=(ADA, FAY))

    found = parse_event(replace(INVITATION, to=VERA), hidden)

    assert found["summary"] == "Review: A restricted review"
    assert list_attendees(found) == [VERA]


def test_without_a_meeting_the_notification_goes_out_without_a_calendar() -> None:
    message = compose_email(INVITATION, replace(select_actions(), meeting=None))

    assert [p for p in message.walk() if p.get_content_type() == "text/calendar"] == []
    assert "You will get another" in str(message.get_body(("plain",)))


def test_names_and_places_cannot_break_out_of_the_calendar() -> None:
    bad = replace(MEETING, place='Room\r\nATTENDEE:mailto:x@example.org";', sequence=0)
    people = {**PEOPLE, OLGA: replace(PEOPLE[OLGA], name='O"\r\nX-BAD:1;:,')}

    message = compose(INVITATION, replace(select_actions(), meeting=bad), people, SITE, NOW)
    found: Any = parse_calendar(message).walk("VEVENT")[0]

    assert "x@example.org" not in list_attendees(found)
    assert "X-BAD" not in found
    assert found["location"].startswith("Room ATTENDEE")


def test_other_notifications_carry_no_calendar() -> None:
    message = compose_email(
        Notification(kind=NotificationKind.NOTICE, to=COORDINATOR), build_review()
    )

    assert message.get_content_type() == "multipart/alternative"
    assert date(2026, 4, 8) == message["Date"].datetime.date()


def test_the_organizer_is_one_address_for_each_person_and_meeting_in_every_version() -> None:
    review = select_actions()
    of_meeting = NotificationItem(code="cancelled", sentence="It is off.", item="meeting")
    moved = replace(MEETING, sequence=3, at=MEETING.at + timedelta(days=1))
    organizers = {
        name: str(parse_event(notification, changed)["organizer"])
        for name, notification, changed in (
            ("first", INVITATION, review),
            ("moved", INVITATION, replace(review, meeting=moved)),
            ("cancelled", replace(CANCELLATION, items=(of_meeting,)), review),
            ("of another", replace(INVITATION, to=OMAR), review),
            ("of the follow-up", replace(FOLLOW_UP_INVITATION, to=OLGA), review),
        )
    }

    assert organizers["first"] == organizers["moved"] == organizers["cancelled"]
    assert len(set(organizers.values())) == 3


def test_addresses_in_a_calendar_have_the_ascii_form_of_their_domains() -> None:
    site = replace(SITE, domain="b\u00fccher.example")
    invited = replace(INVITATION, to="olga@stra\u00dfe.example")
    message = compose(invited, select_actions(), PEOPLE, site, NOW)
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")

    text = calendar.get_content().replace("\r\n ", "").replace("\n ", "")

    assert "@xn--bcher-kva.example" in text
    assert "mailto:olga@xn--strae-oqa.example" in text
    assert "@xn--bcher-kva.example" in encode_domain(build_return_path("<a@b>", site))
