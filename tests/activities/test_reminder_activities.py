"""The reminder activities: no review holds up another, and no address fails for ever in silence."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.reminder_activities import MAX_QUERIES, MIN_TRIES_TIME, ReminderActivities
from activities.review_activities import MAX_DEFERRAL
from mail.outbound.smtp import Deferred, Mailer
from models.errors import Unavailable
from models.messages.daily_reminders import Announcement, DueReminder, ReminderQueue, ReminderRound
from models.notifications import Notification, NotificationItem, NotificationKind
from register.archive import Archive
from rules.delivery import outbox, reminder_queue
from tests.activities.conftest import ActivityNeighbours
from tests.sample_people import MONDAY, OLGA
from tests.sample_reviews import build_rich
from tests.workflows.workflow_stack import SITE, FaultyPostbox

REMINDER = Notification(
    kind=NotificationKind.REMINDER,
    to=OLGA,
    items=(NotificationItem(code="not-done", sentence="A1 waits for you.", item="A1"),),
    covers=("not-done:A1",),
    counts=(1,),
    daily=True,
)
REVIEW = outbox.trim_for_notifications(build_rich().review, (REMINDER,))
NOW = MONDAY.replace(hour=12)
LONG_TRIED = MIN_TRIES_TIME + timedelta(minutes=1)


def build_queue(*reviews: str) -> ReminderQueue:
    """Build Olga's queue with reviews that have announced something."""
    queue = ReminderQueue(person=OLGA, gathering=timedelta())
    for review in reviews:
        announcement = Announcement(review=review, at=NOW)
        queue = reminder_queue.add_announcement(queue, announcement, NOW)
    return queue


@dataclass
class RemindersHarness:
    """The reminder activities with a real mail server; reviews whose name says so are silent."""

    archive: Archive
    mailer: Mailer
    postbox: FaultyPostbox
    asked_at_once: int = 0
    _asking: int = 0

    async def fetch(self, review: str, _person: str) -> DueReminder:
        """Return what a review has for Olga; a silent one does not answer for a moment."""
        self._asking += 1
        self.asked_at_once = max(self.asked_at_once, self._asking)
        await asyncio.sleep(0)
        self._asking -= 1
        if review.startswith("silent"):
            raise Unavailable("the review", "no answer")
        restricted_to = (OLGA,) if "secret" in review else ()
        record = replace(REVIEW, id=review, restricted_to=restricted_to)
        return DueReminder(review=record, notification=REMINDER)

    async def remind(
        self, queue: ReminderQueue, tried_for: timedelta = timedelta()
    ) -> ReminderRound:
        """Run the activity, in an attempt so long after the first one."""
        environment = ActivityEnvironment()
        info = environment.info
        environment.info = dataclasses.replace(
            info, current_attempt_scheduled_time=info.scheduled_time + tried_for
        )
        activities = ReminderActivities(
            archive=self.archive,
            mailer=self.mailer,
            site=SITE,
            announce_to=_ignore,
            fetch_due_reminder=self.fetch,
        )
        return await environment.run(activities.remind, queue, NOW)


async def _ignore(_person: str, _announcement: Announcement) -> None:
    pass


@pytest.fixture
def harness(neighbours: ActivityNeighbours) -> RemindersHarness:
    """Return the reminder activities over SQLite and a local SMTP server."""
    return RemindersHarness(
        archive=neighbours.archive, mailer=neighbours.mailer, postbox=neighbours.postbox
    )


async def test_reviews_that_do_not_answer_hold_up_no_other(harness: RemindersHarness) -> None:
    silent = tuple(f"silent-{number}" for number in range(3 * MAX_QUERIES))

    outcome = await harness.remind(build_queue(*silent, "review-pagerduty-Q1ABC"))

    assert [each.review for each in outcome.sent] == ["review-pagerduty-Q1ABC"]
    assert outcome.kept == silent
    assert harness.asked_at_once == MAX_QUERIES
    assert len(harness.postbox.list_emails(to=OLGA)) == 1


@pytest.mark.parametrize(
    ("failing_for", "tried_for"),
    [
        (timedelta(), LONG_TRIED),
        (MAX_DEFERRAL - timedelta(hours=1), LONG_TRIED),
        (MAX_DEFERRAL + timedelta(days=1), timedelta()),
    ],
)
async def test_an_address_that_may_still_be_reached_is_tried_again(
    harness: RemindersHarness, failing_for: timedelta, tried_for: timedelta
) -> None:
    harness.postbox.deferred.add(OLGA)
    queue = replace(build_queue("review-pagerduty-Q1ABC"), failing_since=NOW - failing_for)

    with pytest.raises(Deferred):
        await harness.remind(queue, tried_for)


async def test_an_address_that_is_deferred_for_days_counts_as_refused(
    harness: RemindersHarness,
) -> None:
    harness.postbox.deferred.add(OLGA)
    queue = replace(build_queue("review-pagerduty-Q1ABC"), failing_since=NOW - MAX_DEFERRAL)

    outcome = await harness.remind(queue, LONG_TRIED)

    (sent,) = outcome.sent
    assert sent.deliveries[0].refused.startswith("for days: ")


async def test_a_restricted_review_stands_in_no_email_about_others(
    harness: RemindersHarness,
) -> None:
    reviews = ("review-pagerduty-Q1ABC", "review-generic-secret", "review-generic-DNS.7")

    outcome = await harness.remind(build_queue(*reviews))

    emails = harness.postbox.list_emails(to=OLGA)
    together, alone = (email.message.as_string() for email in emails)
    assert {each.review for each in outcome.sent} == set(reviews)
    assert outcome.days == (NOW.date(),)
    assert "secret" in alone
    assert "secret" not in together
    assert "DNS.7" in together
