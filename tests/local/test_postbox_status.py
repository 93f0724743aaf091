from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from local.postbox_status import NO_REVIEW, NOTHING_DUE, describe_waiting, format_waiting
from models.notifications import Notification, NotificationKind
from models.policy import Policy
from register.archive import Archive
from register.database import build_engine, migrate
from tests.in_memory_client import InMemoryReviewClient
from tests.rules.notifications.simulation import parse_time
from tests.sample_people import ADA, MONDAY, OMAR, PEOPLE, new_review


def build_held(to: str, not_before: str) -> Notification:
    return Notification(
        kind=NotificationKind.OPENED, to=to, not_before=parse_time(f"2026-{not_before}")
    )


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    engine = build_engine(f"sqlite:///{tmp_path / 'afterword.db'}")
    migrate(engine)
    yield Archive(engine)
    engine.dispose()


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ("03-07 12:00", f"It is Saturday, a day off where {ADA} works."),
        ("04-03 12:00", f"It is Friday, a day off where {ADA} works."),
        (
            "03-06 19:30",
            f"It is 20:30 where {ADA} works, and emails are sent from 09:00 to 17:00.",
        ),
    ],
)
def test_why_nothing_came_yet_is_said_and_when_the_first_email_is_sent(
    now: str, sentence: str
) -> None:
    held = [build_held(OMAR, "04-09 14:00"), build_held(ADA, "04-07 07:00")]

    text = format_waiting(held, PEOPLE, Policy(), parse_time(f"2026-{now}"))

    assert text == (
        f"2 emails wait for working hours. {sentence} "
        f"The first is sent to {ADA} on Tuesday 7 April 2026, 09:00 (Europe/Berlin)."
    )


async def test_without_a_review_there_is_nothing_to_write(archive: Archive) -> None:
    client = InMemoryReviewClient(lambda: MONDAY)

    assert await describe_waiting(client, archive, Policy(), MONDAY) == NO_REVIEW


@pytest.mark.parametrize(
    ("held", "answer"),
    [
        ((), NOTHING_DUE),
        ((build_held(ADA, "03-03 08:00"),), "1 email waits for working hours. It is 10:00"),
    ],
)
async def test_what_open_reviews_hold_is_counted(
    archive: Archive, held: tuple[Notification, ...], answer: str
) -> None:
    client = InMemoryReviewClient(lambda: MONDAY)
    review = replace(new_review(), held=held)
    client.reviews[review.id] = review
    now: datetime = MONDAY

    assert (await describe_waiting(client, archive, Policy(), now)).startswith(answer)


async def test_while_a_daily_email_is_due_nobody_is_told_that_nothing_is(archive: Archive) -> None:
    client = InMemoryReviewClient(lambda: MONDAY)
    daily = replace(build_held(ADA, "03-03 08:00"), not_before=None, daily=True)
    review = replace(new_review(), in_flight=(daily,))
    client.reviews[review.id] = review

    answer = await describe_waiting(client, archive, Policy(), MONDAY)

    assert f"one is due to {ADA}" in answer
    assert NOTHING_DUE not in answer
