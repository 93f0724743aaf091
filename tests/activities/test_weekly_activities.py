"""Who gets the weekly emails, and that nobody's trouble keeps them from others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.weekly_activities import WeeklyActivities, WeeklySettings
from mail.outbound.smtp import Deferred, Mailer
from models.audit.audit_event import SERVER, AuditKind
from models.errors import Unavailable
from models.people import Person
from rules.audit.erasure import build_pseudonym
from rules.delivery.weekly_moments import find_moment, find_monday
from tests.activities.conftest import ActivityNeighbours
from tests.activities.test_send_sign_in_links import PartlyAwayMailer
from tests.sample_people import MONDAY
from tests.workflows.workflow_stack import SITE

FIRST, SECOND, LAST = "a@example.org", "b@example.org", "c@example.org"
ANN = Person(address="ann@example.org", aliases=("a.n@example.org",))


async def send_week(
    neighbours: ActivityNeighbours, *recipients: str, mailer: Mailer | None = None
) -> None:
    """Send the weekly emails to these recipients and whoever wants them."""
    activities = WeeklyActivities(
        engine=neighbours.engine,
        archive=neighbours.archive,
        mailer=mailer or neighbours.mailer,
        site=SITE,
        settings=WeeklySettings(recipients=recipients),
    )
    monday = find_monday(MONDAY)
    moment = find_moment(monday, UTC)
    await ActivityEnvironment().run(
        activities.send_weekly_emails, monday, moment, moment + timedelta(minutes=1)
    )


def list_receivers(neighbours: ActivityNeighbours) -> list[str]:
    return [str(email.message["To"]) for email in neighbours.postbox.list_emails()]


@pytest.mark.parametrize(
    "failure",
    [
        Deferred("the mail server", "450 later"),
        Unavailable("the mail server", "it hung up"),
        ValueError("an address that no email can have"),
    ],
)
async def test_whatever_keeps_an_email_from_one_reader_all_after_have_theirs(
    neighbours: ActivityNeighbours, failure: Exception
) -> None:
    failures = {FIRST: failure, SECOND: failure}
    mailer = PartlyAwayMailer(neighbours, failures)

    with pytest.raises(type(failure)):
        await send_week(neighbours, FIRST, SECOND, LAST, mailer=mailer)
    during = list_receivers(neighbours)
    failures.clear()
    await send_week(neighbours, FIRST, SECOND, LAST, mailer=mailer)

    assert during == [LAST]
    assert sorted(list_receivers(neighbours)) == [FIRST, SECOND, LAST]


@pytest.mark.parametrize("named", [ANN.address, *ANN.aliases])
async def test_who_has_left_gets_nothing_at_any_address_of_the_settings(
    neighbours: ActivityNeighbours, named: str
) -> None:
    neighbours.archive.people.import_people([replace(ANN, gone=True)])

    await send_week(neighbours, named)

    assert list_receivers(neighbours) == []


@pytest.mark.parametrize("wants_figures", [False, True])
async def test_who_is_named_by_several_addresses_gets_one_email_at_the_main_one(
    neighbours: ActivityNeighbours, wants_figures: bool
) -> None:
    neighbours.archive.people.import_people([replace(ANN, wants_figures=wants_figures)])

    await send_week(neighbours, *ANN.aliases, ANN.address)

    assert list_receivers(neighbours) == [ANN.address]


async def test_whose_data_was_erased_gets_nothing_though_the_settings_still_name_them(
    neighbours: ActivityNeighbours,
) -> None:
    pseudonym = build_pseudonym(FIRST, SITE.secret)
    neighbours.archive.audit.record_event(AuditKind.ERASED, SERVER, subject=pseudonym)

    await send_week(neighbours, FIRST, SECOND)

    assert list_receivers(neighbours) == [SECOND]
