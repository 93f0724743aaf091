from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from lxml import html as lxml_html

from mail.outbound.recipient import EmailRecipient
from mail.weekly.digest_email import MAX_LINES, build_digest_email
from mail.weekly.weekly_message import WeeklyAddress, WeeklyKind
from models.commands import Claim
from rules.delivery.weekly_digest import Digest, DigestLine, build_digest
from tests.mail.notification_samples import SITE
from tests.sample_people import ADA, FAY, MONDAY, OLGA, PEOPLE, VERA
from tests.sample_reviews import build_assigned, build_closed, build_in_follow_up

NOW = MONDAY + timedelta(days=21)
LINE = DigestLine(
    review="review-pagerduty-Q1ABC",
    title="Checkout answered with errors",
    item="A1",
    text="Limit connections per tenant to 20",
    due=NOW.date(),
)


def build_email(digest: Digest, person: str = OLGA, *, is_reachable: bool = True) -> EmailMessage:
    to = WeeklyAddress(
        kind=WeeklyKind.DIGEST, person=person, monday=date(2026, 3, 23), reason="you want it"
    )
    recipient = EmailRecipient(person=PEOPLE[person], people=PEOPLE, now=NOW)
    site = replace(SITE, is_reachable=is_reachable, url="https://afterword.example.org")
    return build_digest_email(digest, recipient, to, site, NOW)


def read_text(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def parse_html(message: EmailMessage) -> Any:
    part = message.get_body(("html",))
    assert part is not None
    return lxml_html.fromstring(part.get_content())


def test_an_owner_reads_what_waits_and_what_they_promised() -> None:
    review = build_assigned().review

    digest = build_digest((review,), PEOPLE, OLGA, NOW)

    assert {line.item for line in digest.promised} == {
        action.id for action in review.actions if action.owner == OLGA
    }
    assert {line.item for line in digest.waiting} == {line.item for line in digest.promised}
    assert "accept" in digest.waiting[0].text.lower()


def test_a_verifier_reads_what_is_to_be_verified_and_promised_nothing() -> None:
    builder = build_in_follow_up()
    builder.advance(days=5).ask(Claim, OLGA, action="A1", evidence="https://example.org/change")
    review = builder.review

    digest = build_digest((review,), PEOPLE, VERA, NOW)

    assert digest.promised == ()
    assert [line.item for line in digest.waiting] == ["A1"]


def test_what_somebody_promised_is_not_told_twice_as_what_waits_for_them() -> None:
    review = build_in_follow_up().review

    digest = build_digest((review,), PEOPLE, OLGA, NOW + timedelta(days=200))

    assert digest.promised
    assert digest.waiting == ()


@pytest.mark.parametrize(("days", "is_told"), [(-1, False), (1, True), (13, True), (15, False)])
def test_meetings_of_the_next_two_weeks_are_told(days: int, is_told: bool) -> None:
    review = build_in_follow_up().review
    assert review.follow_up is not None
    now = review.follow_up.at - timedelta(days=days)

    digest = build_digest((review,), PEOPLE, FAY, now)

    assert bool(digest.meetings) is is_told


def test_a_closed_review_has_nothing_left_to_tell() -> None:
    digest = build_digest((build_closed().review,), PEOPLE, OLGA, NOW)

    assert (digest.promised, digest.meetings) == ((), ())


def test_the_email_tells_each_line_with_its_date_and_a_link() -> None:
    late = replace(LINE, item="A2", text="Alert on the queue", due=date(2026, 3, 20))
    meeting = replace(LINE, item="", due=None, text="Review meeting: Room 4", at=NOW)

    message = build_email(Digest(waiting=(LINE,), promised=(LINE, late), meetings=(meeting,)))

    text = " ".join(read_text(message).split())
    assert message["Subject"] == "Your week: 1 thing waits for you, 2 promises and 1 meeting"
    assert "Alert on the queue Checkout answered with errors due Friday 20 March 2026" in text
    assert text.count("overdue") == 1
    assert "Review meeting: Room 4" in text
    links = list(map(str, parse_html(message).xpath("//a/@href")))
    assert links[1] == "https://afterword.example.org/reviews/review-pagerduty-Q1ABC/actions/A1"
    assert links[3] == "https://afterword.example.org/reviews/review-pagerduty-Q1ABC"
    assert [link for link in links[:-1] if link not in text] == []


def test_people_are_named_and_words_are_no_markup() -> None:
    line = replace(LINE, text=f"{ADA} waits for <b>you</b>", title="<script>alert(1)</script>")

    message = build_email(Digest(waiting=(line,)))

    assert "Ada Lind waits for <b>you</b>" in read_text(message)
    assert parse_html(message).xpath("//b | //script") == []


def test_a_long_list_ends_with_how_many_more_there_are() -> None:
    message = build_email(Digest(promised=(LINE,) * (MAX_LINES + 3)))

    assert "And 3 more." in read_text(message)


def test_where_nobody_can_open_the_register_there_are_no_links() -> None:
    message = build_email(Digest(waiting=(LINE,)), is_reachable=False)

    assert "http" not in read_text(message)
    assert parse_html(message).xpath("//a") == []


def test_dates_are_those_of_the_reader() -> None:
    at = datetime.fromisoformat("2026-03-24T23:30:00+00:00")
    meeting = replace(LINE, item="", due=None, text="Review meeting", at=at)

    text = read_text(build_email(Digest(meetings=(meeting,))))

    assert PEOPLE[OLGA].zone in text
