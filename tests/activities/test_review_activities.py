"""The review activities: each is safe to run twice, and one failed email delays no other."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.review_activities import ReviewActivities
from mail.common.email_text import extract_text
from mail.common.reply_token import sign_token
from models.email_address import TokenKind
from models.errors import Unavailable
from models.notifications import Notification, NotificationItem, NotificationKind, SentCount
from models.people import Person
from models.review import Review
from register.repositories.people import find_addresses
from rules.delivery import outbox
from rules.projection import build_register_update
from tests.activities.conftest import ActivityNeighbours
from tests.row_counter import count_rows
from tests.sample_people import ADA, FAY, MONDAY, OLGA, OMAR, SAM, new_review
from tests.sample_reviews import build_rich
from tests.workflows.workflow_stack import SITE, FaultyPostbox

REVIEW = build_rich().review
NOTIFICATIONS = tuple(
    Notification(
        kind=NotificationKind.REMINDER,
        to=to,
        items=(NotificationItem(code="not-done", sentence="A1 waits for you.", item="A1"),),
        covers=("not-done:A1",),
        counts=(1,),
    )
    for to in (ADA, OLGA, OMAR)
)
BRIEF = outbox.trim_for_notifications(REVIEW, NOTIFICATIONS)


@dataclasses.dataclass
class ActivityHarness:
    """The review activities with a real mail server and a real database."""

    activities: ReviewActivities
    postbox: FaultyPostbox

    def list_recipients(self) -> list[str]:
        """List the addresses that emails arrived for."""
        return [notification.to for notification in self.postbox.list_emails()]


@pytest.fixture
def harness(neighbours: ActivityNeighbours) -> ActivityHarness:
    """Return the review activities over SQLite and a local SMTP server."""
    activities = ReviewActivities(
        engine=neighbours.engine,
        archive=neighbours.archive,
        mailer=neighbours.mailer,
        site=SITE,
    )
    return ActivityHarness(activities, neighbours.postbox)


def activity_environment(attempt: int = 1, elapsed: timedelta = timedelta()) -> ActivityEnvironment:
    """Return the environment of an activity at a given attempt."""
    environment = ActivityEnvironment()
    info = environment.info
    environment.info = dataclasses.replace(
        info, attempt=attempt, current_attempt_scheduled_time=info.scheduled_time + elapsed
    )
    return environment


async def test_notifications_that_go_are_answered_for_each(harness: ActivityHarness) -> None:
    deliveries = await activity_environment().run(
        harness.activities.send, NOTIFICATIONS, BRIEF, MONDAY
    )

    assert [d.key for d in deliveries] == [notification.key for notification in NOTIFICATIONS]
    assert len({d.message_id for d in deliveries}) == 3
    assert harness.list_recipients() == [ADA, OLGA, OMAR]


async def test_a_notification_that_waits_keeps_no_other_waiting(harness: ActivityHarness) -> None:
    harness.postbox.deferred.add(OLGA)

    deliveries = await activity_environment().run(
        harness.activities.send, NOTIFICATIONS, BRIEF, MONDAY
    )

    assert [d.key for d in deliveries] == [NOTIFICATIONS[0].key, NOTIFICATIONS[2].key]


async def test_where_no_notification_can_go_it_is_tried_again_and_each_try_begins_elsewhere(
    harness: ActivityHarness,
) -> None:
    harness.postbox.deferred.update({ADA, OLGA})

    with pytest.raises(Unavailable):
        await activity_environment(1).run(harness.activities.send, NOTIFICATIONS, BRIEF, MONDAY)
    deliveries = await activity_environment(2).run(
        harness.activities.send, NOTIFICATIONS, BRIEF, MONDAY
    )

    assert [d.key for d in deliveries] == [NOTIFICATIONS[2].key]


async def test_a_notification_that_cannot_be_written_at_all_sends_no_other_twice(
    harness: ActivityHarness,
) -> None:
    broken = replace(NOTIFICATIONS[1], kind="no-such-kind")  # type: ignore[arg-type]  # that is the point

    deliveries = await activity_environment().run(
        harness.activities.send, (NOTIFICATIONS[0], broken, NOTIFICATIONS[2]), BRIEF, MONDAY
    )

    assert [d.key for d in deliveries] == [NOTIFICATIONS[0].key, NOTIFICATIONS[2].key]


async def test_an_address_put_off_for_days_counts_as_refused_and_a_server_away_never_does(
    harness: ActivityHarness,
) -> None:
    harness.postbox.deferred.add(OLGA)
    long = timedelta(days=4)

    (put_off,) = await activity_environment(9, long).run(
        harness.activities.send, (NOTIFICATIONS[1],), BRIEF, MONDAY
    )
    harness.postbox.is_unavailable = True
    with pytest.raises(Unavailable):
        await activity_environment(9, long).run(
            harness.activities.send, (NOTIFICATIONS[0],), BRIEF, MONDAY
        )

    assert "for days" in put_off.refused


async def test_an_address_refused_for_good_is_an_answer(harness: ActivityHarness) -> None:
    harness.postbox.refused.add(FAY)
    notification = replace(NOTIFICATIONS[0], to=FAY)

    (delivery,) = await activity_environment().run(
        harness.activities.send, (notification,), BRIEF, MONDAY
    )

    assert "550" in delivery.refused


@pytest.mark.parametrize("delimiter", ["", "+"])
async def test_the_tokens_that_only_threads_carry_are_granted_where_replies_need_them(
    harness: ActivityHarness, delimiter: str
) -> None:
    site = replace(SITE, delimiter=delimiter)
    activities = replace(harness.activities, site=site)

    await activity_environment().run(activities.send, NOTIFICATIONS, BRIEF, MONDAY)

    token = sign_token(site.secret, REVIEW.id, OLGA, kind=TokenKind.MESSAGE)
    granted = harness.activities.archive.notifications.find_reply_address(token)
    if delimiter:
        assert granted is None
    else:
        assert granted is not None
        assert (granted.review, granted.person, granted.item) == (REVIEW.id, OLGA, "")


def test_every_address_of_a_record_is_found_alone_or_in_a_sentence() -> None:
    review = replace(
        REVIEW,
        sent={f"not-done:A1|{OLGA}": SentCount(count=1, at=MONDAY)},
        restricted_to=("josé@例え.jp",),
    )
    sentence = f"Answer “{ADA}” (or {FAY}), says {OMAR}."

    found = find_addresses((review, sentence))

    assert {ADA, FAY, OMAR, OLGA, "josé@例え.jp", *list_role_addresses(review)} <= found


@pytest.mark.parametrize(
    "address", ["o'neil@example.org", "a|b@example.org", "a.b+c@example.org", "ada@localhost"]
)
def test_an_address_of_any_characters_is_found_where_a_field_holds_it(address: str) -> None:
    assert address in find_addresses(replace(REVIEW, restricted_to=(address,)))


def test_an_address_with_an_apostrophe_is_found_in_a_sentence() -> None:
    assert "o'neil@example.org" in find_addresses("It was handed over by o'neil@example.org.")


def test_an_address_is_found_at_the_beginning_of_a_line_or_after_a_quotation_mark() -> None:
    text = 'Who knows:\nada@example.org\r\n\tolga@example.org, "omar@example.org\x1bfay@example.org'

    assert find_addresses([text]) == {ADA, OLGA, OMAR, FAY}


def list_role_addresses(review: Review) -> set[str]:
    roles = review.roles
    return {roles.lead, roles.facilitator, roles.sponsor, roles.coordinator, *roles.participants}


async def test_a_plan_reads_those_whom_the_review_names_however_many_people_there_are(
    harness: ActivityHarness,
) -> None:
    strangers = [Person(address=f"person-{n}@example.org") for n in range(500)]
    harness.activities.archive.people.import_people(strangers)

    with count_rows(harness.activities.engine) as counter:
        plan = await ActivityEnvironment().run(harness.activities.plan, REVIEW, MONDAY)

    assert plan.next_moment is not None
    assert 0 < counter.rows <= len(find_addresses(REVIEW))


async def test_the_email_about_a_new_review_tells_lead_and_facilitator_of_earlier_ones_like_it(
    harness: ActivityHarness,
) -> None:
    incident = replace(REVIEW.incident, key="NEW", ended_at=MONDAY + timedelta(days=60))
    new = replace(
        new_review(),
        id="review-pagerduty-NEW",
        incident=replace(incident, started_at=MONDAY + timedelta(days=60)),
    )
    opened = tuple(
        Notification(
            kind=NotificationKind.OPENED,
            to=to,
            items=(NotificationItem(code="opening", sentence="A review is open."),),
        )
        for to in (ADA, FAY, SAM)
    )
    for review in (REVIEW, new):
        await activity_environment().run(
            harness.activities.record, build_register_update(review, "run", None)
        )

    await activity_environment().run(harness.activities.send, opened, new, MONDAY)

    texts = {
        each.to: (extract_text(each.message), extract_text(each.message, "html"))
        for each in harness.postbox.list_emails()
    }
    assert [to for to, (text, _) in texts.items() if "This looks like" in text] == [ADA, FAY]
    for part in texts[ADA]:
        shown = " ".join(part.split())
        assert "“Checkout answered with errors”" in shown
        assert "days overdue when this incident began; still open" in shown
    assert not any("This looks like" in part for part in texts[SAM])
