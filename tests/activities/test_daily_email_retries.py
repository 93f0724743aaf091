"""The activities of daily emails: what is told alone decides which email it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.reminder_activities import ReminderActivities
from mail.outbound.smtp import Mailer
from models.errors import Unavailable
from models.messages.daily_reminders import Announcement, DueReminder, ReminderQueue, WaitingReview
from models.notifications import Notification, NotificationItem, NotificationKind
from register.archive import Archive
from rules.delivery.outbox import trim_for_notifications
from tests.activities.conftest import ActivityNeighbours
from tests.sample_people import MONDAY, OLGA
from tests.sample_reviews import build_in_follow_up
from tests.workflows.workflow_stack import SITE, FaultyPostbox

FIRST, SECOND = "review-pagerduty-Q1ABC", "review-generic-DNS.7"
QUEUE = ReminderQueue(
    person=OLGA,
    gathering=timedelta(minutes=5),
    waiting=tuple(WaitingReview(review=name, announced_at=MONDAY) for name in (FIRST, SECOND)),
)
NOTICE = Notification(
    kind=NotificationKind.NOTICE,
    to=OLGA,
    items=(NotificationItem(code="block", sentence="A1 is blocked.", item="A1"),),
    revision=7,
    daily=True,
)


class DailyEmailHarness:
    """The activities of daily emails, with what two reviews have for Olga."""

    def __init__(self, archive: Archive, mailer: Mailer, postbox: FaultyPostbox) -> None:
        self.postbox = postbox
        self.due: dict[str, DueReminder | Exception] = {
            name: self.build_due(name, NOTICE) for name in (FIRST, SECOND)
        }
        self.activities = ReminderActivities(
            archive=archive,
            mailer=mailer,
            site=SITE,
            announce_to=self._announce,
            fetch_due_reminder=self._fetch,
        )

    def build_due(self, name: str, notification: Notification) -> DueReminder:
        """Build what a review has for Olga."""
        review = replace(build_in_follow_up().review, id=name)
        return DueReminder(
            review=trim_for_notifications(review, (notification,)), notification=notification
        )

    def list_message_ids(self) -> list[str]:
        """List the Message-IDs of the emails that arrived."""
        return [str(each.message["Message-ID"]) for each in self.postbox.list_emails()]

    async def _announce(self, person: str, announcement: Announcement) -> None:
        raise NotImplementedError

    async def _fetch(self, review: str, person: str) -> DueReminder | None:
        assert person == OLGA
        found = self.due[review]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def reminders(neighbours: ActivityNeighbours) -> DailyEmailHarness:
    """Return the activities over SQLite and a local SMTP server."""
    return DailyEmailHarness(neighbours.archive, neighbours.mailer, neighbours.postbox)


async def test_a_retry_is_the_same_email_and_something_new_is_another(
    reminders: DailyEmailHarness,
) -> None:
    remind = reminders.activities.remind

    for _ in range(2):
        await ActivityEnvironment().run(remind, QUEUE, MONDAY)
    reminders.due[SECOND] = reminders.build_due(SECOND, replace(NOTICE, revision=8))
    await ActivityEnvironment().run(remind, QUEUE, MONDAY)

    first, again, other = reminders.list_message_ids()
    assert first == again != other


async def test_a_review_that_does_not_answer_waits_and_holds_up_no_other(
    reminders: DailyEmailHarness,
) -> None:
    reminders.due[FIRST] = Unavailable("the review", "no answer in time")

    outcome = await ActivityEnvironment().run(reminders.activities.remind, QUEUE, MONDAY)

    assert outcome.kept == (FIRST,)
    assert [each.review for each in outcome.sent] == [SECOND]
    assert outcome.days == (MONDAY.date(),)


@pytest.mark.parametrize("hours", [-4, 9, 24 * 5])
async def test_outside_working_hours_nothing_is_sent_and_nothing_counts_as_sent(
    reminders: DailyEmailHarness, hours: int
) -> None:
    at = MONDAY + timedelta(hours=hours)

    outcome = await ActivityEnvironment().run(reminders.activities.remind, QUEUE, at)

    assert not outcome.sent
    assert not outcome.kept
    assert reminders.list_message_ids() == []
