"""Replies to the daily email about several reviews: each line reaches its review, by real mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from activities.sent_texts import list_sent_sections
from mail.common.email_tokens import build_return_path
from mail.outbound.combined_email import compose_combined
from models.action import ActionStatus
from models.messages.daily_reminders import DueReminder
from models.notifications import Notification, NotificationItem, NotificationKind, QuotedLine
from models.review import Review, Stage
from register.archive import Archive
from rules.delivery.outbox import trim_for_notifications
from tests.intake.intake_server import (
    DOMAIN,
    SECRET,
    SENDER,
    IntakeServer,
    run_intake_server,
)
from tests.intake.test_machine_mail import build_report
from tests.mail.message_parts import get_html, get_text
from tests.sample_people import OLGA, OMAR, PEOPLE, VERA
from tests.sample_reviews import build_in_follow_up
from tests.workflows.workflow_stack import SITE

FIRST, SECOND = "review-pagerduty-Q1ABC", "review-generic-DNS.7"
SETTINGS = replace(SITE, secret=SECRET.encode(), domain=DOMAIN, sender=SENDER)
LINK = "https://example.org/changes/41"


def build_reminder() -> Notification:
    """Build Olga's reminder of A1."""
    item = NotificationItem(code="not-done", sentence="A1 is due soon.", item="A1")
    return Notification(
        kind=NotificationKind.REMINDER, to=OLGA, items=(item,), covers=("not-done:A1",), daily=True
    )


class CombinedEmail:
    """Olga's daily email about two reviews, and the intake that her reply comes to."""

    def __init__(self, intake: IntakeServer) -> None:
        self.intake = intake
        first = intake.review
        second = replace(first, id=SECOND, incident=replace(first.incident, title="DNS was slow"))
        intake.review_client.reviews[SECOND] = second
        due = tuple(
            DueReminder(
                review=trim_for_notifications(review, (build_reminder(),)),
                notification=build_reminder(),
            )
            for review in (first, second)
        )
        self.message = compose_combined(due, PEOPLE, SETTINGS, intake.read_clock())
        sent = list_sent_sections(due, self.message, SETTINGS, 0)
        intake.archive.notifications.store_sent_notifications(sent)

    async def reply(self, text: str, to: str = "") -> list[str]:
        """Send a reply as mail programs do, with the email quoted below."""
        quoted = "\n".join(f"> {line}" for line in get_text(self.message).splitlines())
        raw = self.intake.build_mail(f"{text}\n\nOn Monday Afterword wrote:\n{quoted}\n")
        return await self.intake.send_lmtp(
            raw, to or str(self.message["Reply-To"].addresses[0].addr_spec)
        )

    def get_status(self, review: str) -> ActionStatus:
        """Return the status of A1 in a review."""
        return self.intake.review_client.reviews[review].actions[0].status

    def list_answers(self, review: str) -> list[QuotedLine]:
        """List what a review answers to the reply."""
        record: Review = self.intake.review_client.reviews[review]
        return [
            line
            for held in record.held
            if held.kind is NotificationKind.ANSWER
            for line in held.quoted_lines
        ]


@pytest.fixture
async def combined(archive: Archive) -> AsyncIterator[CombinedEmail]:
    """Yield an email about two reviews, and the intake for replies to it."""
    async with run_intake_server(archive, build_in_follow_up()) as intake:
        yield CombinedEmail(intake)


async def test_a_bare_line_that_fits_both_reviews_is_asked_back_once_and_changes_nothing(
    combined: CombinedEmail,
) -> None:
    (answer,) = await combined.reply(f"A1 done {LINK}")

    assert answer.startswith("250")
    (line,) = (*combined.list_answers(FIRST), *combined.list_answers(SECOND))
    assert not line.done
    assert "DNS.7 and Q1ABC" in line.answer
    assert combined.get_status(FIRST) == combined.get_status(SECOND) == ActionStatus.ACCEPTED


async def test_a_line_that_names_its_review_counts_there_alone(combined: CombinedEmail) -> None:
    await combined.reply(f"DNS.7 A1 done {LINK}")

    assert combined.get_status(FIRST) is ActionStatus.ACCEPTED
    assert combined.get_status(SECOND) is ActionStatus.CLAIMED
    assert combined.intake.review_client.reviews[SECOND].actions[0].evidence == LINK


async def test_one_reply_may_answer_both_reviews_and_each_answers_its_own_lines(
    combined: CombinedEmail,
) -> None:
    await combined.reply(f"Q1ABC A1 done {LINK}\nDNS.7: A1 blocked by the vendor")

    assert combined.get_status(FIRST) is ActionStatus.CLAIMED
    assert combined.get_status(SECOND) is ActionStatus.BLOCKED
    assert [line.line for line in combined.list_answers(FIRST)] == [f"A1 done {LINK}"]
    assert [line.line for line in combined.list_answers(SECOND)] == ["A1 blocked by the vendor"]


async def test_what_is_said_about_a_review_that_one_may_no_longer_see_is_answered_by_another(
    combined: CombinedEmail,
) -> None:
    reviews = combined.intake.review_client.reviews
    others = tuple(replace(each, owner=OMAR, verifier=VERA) for each in reviews[SECOND].actions)
    reviews[SECOND] = replace(reviews[SECOND], actions=others, restricted_to=(OMAR,))

    (answer,) = await combined.reply(f"DNS.7: A1 done {LINK}\nQ1ABC: A1 blocked by the vendor")

    assert answer.startswith("250")
    assert combined.get_status(FIRST) is ActionStatus.BLOCKED
    assert [line.answer for line in combined.list_answers(FIRST)][1:] == [
        "DNS.7 takes no more replies, so nothing was changed."
    ]


@pytest.mark.parametrize("text", [f"DNS.7\nA1 done {LINK}", f"DNS.7: A1 done {LINK}"])
async def test_what_is_said_about_a_review_that_closed_meanwhile_counts_in_no_other(
    combined: CombinedEmail, text: str
) -> None:
    reviews = combined.intake.review_client.reviews
    reviews[SECOND] = replace(reviews[SECOND], stage=Stage.CLOSED)

    (answer,) = await combined.reply(text)

    assert answer.startswith("250")
    assert combined.get_status(FIRST) is ActionStatus.ACCEPTED
    (line,) = combined.list_answers(FIRST)
    assert line.answer == "DNS.7 takes no more replies, so nothing was changed."


async def test_what_may_be_about_a_review_that_closed_meanwhile_is_asked_back(
    combined: CombinedEmail,
) -> None:
    reviews = combined.intake.review_client.reviews
    reviews[SECOND] = replace(reviews[SECOND], stage=Stage.CLOSED)

    (answer,) = await combined.reply(f"A1 done {LINK}")
    asked = combined.list_answers(FIRST)

    assert answer.startswith("250")
    assert combined.get_status(FIRST) is ActionStatus.ACCEPTED
    assert [line.answer.partition(";")[0] for line in asked] == [
        "This may be about Q1ABC or DNS.7, so nothing was changed"
    ]


async def test_each_section_says_in_text_and_in_html_how_its_review_is_called(
    combined: CombinedEmail,
) -> None:
    text, html = get_text(combined.message), get_html(combined.message)

    for name in ("DNS was slow (DNS.7)", "Checkout answered with errors (Q1ABC)"):
        assert name in text
        assert name in html


async def test_the_reply_address_of_a_section_is_clear(combined: CombinedEmail) -> None:
    text = get_text(combined.message)
    section = text[text.index("DNS was slow (DNS.7)") :]
    address = next(word for word in section.split() if word.startswith("reply+")).strip(".,")

    await combined.reply(f"A1 done {LINK}", to=address)

    assert combined.get_status(FIRST) is ActionStatus.ACCEPTED
    assert combined.get_status(SECOND) is ActionStatus.CLAIMED


async def test_the_same_mail_again_changes_nothing(combined: CombinedEmail) -> None:
    raw = combined.intake.build_mail(f"Q1ABC A1 done {LINK}\nA1 blocked by the vendor")
    to = str(combined.message["Reply-To"].addresses[0].addr_spec)
    await combined.intake.send_lmtp(raw, to)
    before = dict(combined.intake.review_client.reviews)

    (answer,) = await combined.intake.send_lmtp(raw, to)

    assert answer.startswith("250")
    assert combined.intake.review_client.reviews == before


async def test_the_button_to_unsubscribe_works_for_an_email_about_several_reviews(
    combined: CombinedEmail,
) -> None:
    header = str(combined.message["List-Unsubscribe"])
    address = header.partition("mailto:")[2].partition("?")[0]

    (answer,) = await combined.reply("", to=address)

    person = combined.intake.archive.people.find_person(OLGA)
    assert answer.startswith("250 2.0.0 Thank you; reminders come once a week")
    assert person is not None
    assert person.weekly
    assert combined.get_status(FIRST) is ActionStatus.ACCEPTED


async def test_the_bounce_of_an_email_about_several_reviews_is_told_to_each(
    combined: CombinedEmail,
) -> None:
    message_id = str(combined.message["Message-ID"])
    raw = build_report(combined.intake, quoted=message_id)

    (answer,) = await combined.intake.send_lmtp(
        raw, build_return_path(message_id, SETTINGS), sender=""
    )

    reviews = combined.intake.review_client.reviews
    assert answer.startswith("250 2.0.0 Recorded")
    for name in (FIRST, SECOND):
        assert "report-bounce" in [event.kind for event in reviews[name].log]
