"""Who did not make a token in their own name is told of it, and of the end of each."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from activities.announce_tokens import TokenAnnouncer, announce_tokens
from local.postbox import StoredEmail
from mail.outbound.smtp import Mailer, SmtpServer
from mail.token_emails import build_announcement
from models.access.tokens import Token, TokenRotation, TokenScope
from models.audit.audit_event import SERVER, Actor
from models.errors import Unavailable
from tests.activities.conftest import ActivityNeighbours
from tests.patience import PATIENCE
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA, PEOPLE
from tests.sample_tokens import YEAR, build_grant
from tests.workflows.workflow_stack import SITE

DESK = Actor(by=COORDINATOR, channel="cli")


@dataclass
class AnnouncerHarness:
    """The announcer, and what it has sent."""

    neighbours: ActivityNeighbours
    announcer: TokenAnnouncer

    def issue(self, name: str, person: str, actor: Actor = DESK, **changes: Any) -> Token:
        """Return a token after issuing it."""
        tokens = self.neighbours.archive.tokens
        tokens.issue_token(build_grant(name, person, **changes), MONDAY, actor)
        return next(token for token in tokens.list_tokens() if token.name == name)

    async def send(self, now: datetime = MONDAY) -> list[StoredEmail]:
        """Send what is due, and return every email so far."""
        await self.announcer.send_due(now)
        return list(self.neighbours.postbox.list_emails())


@pytest.fixture
def harness(neighbours: ActivityNeighbours) -> AnnouncerHarness:
    announcer = TokenAnnouncer(
        archive=neighbours.archive,
        mailer=neighbours.mailer,
        site=SITE,
        coordinator=COORDINATOR,
    )
    return AnnouncerHarness(neighbours, announcer)


async def test_a_person_is_told_who_made_a_token_what_it_may_do_and_how_to_end_it(
    harness: AnnouncerHarness,
) -> None:
    harness.issue("olgas", OLGA)

    (email,) = await harness.send()

    text = " ".join(email.get_body("plain").split())
    assert email.message["To"] == OLGA
    assert email.subject == "Reliability desk made a token in your name"
    assert f"Reliability desk ({COORDINATOR}) made a token" in text
    assert "called “olgas”, on Monday 2 March 2026, 11:00 (Europe/Berlin)" in text
    assert "may do what you may do yourself" in text
    assert "until Tuesday 2 March 2027" in text
    assert f"{SITE.url}/end-token/" in text
    assert "afterword token revoke olgas" in text


@pytest.mark.parametrize(
    ("person", "actor"),
    [(OLGA, Actor(by=OLGA)), (COORDINATOR, DESK), (COORDINATOR, SERVER), ("", DESK)],
)
async def test_nobody_is_told_of_their_own_token_or_of_a_tools(
    harness: AnnouncerHarness, person: str, actor: Actor
) -> None:
    harness.issue("it", person, actor)

    assert await harness.send() == []
    assert harness.neighbours.archive.tokens.list_unannounced() == ()


async def test_a_person_is_told_once_of_each_secret(harness: AnnouncerHarness) -> None:
    harness.issue("olgas", OLGA)
    await harness.send()
    rotation = TokenRotation(
        name="olgas",
        scope=TokenScope.OWN,
        expires_at=MONDAY + YEAR,
        overlap_end=MONDAY,
        maker=COORDINATOR,
    )

    once = await harness.send()
    later = MONDAY + timedelta(days=3)
    harness.neighbours.archive.tokens.rotate_token(rotation, later, DESK)
    twice = await harness.send(later)

    assert (len(once), len(twice)) == (1, 2)


async def test_a_person_is_told_when_a_token_of_theirs_was_rotated_with_one_of_theirs(
    harness: AnnouncerHarness,
) -> None:
    harness.issue("olgas", OLGA)
    await harness.send()
    later = MONDAY + timedelta(days=3)
    rotation = TokenRotation(
        name="olgas",
        scope=TokenScope.OWN,
        expires_at=later + YEAR,
        overlap_end=later,
        maker=OLGA,
    )

    harness.neighbours.archive.tokens.rotate_token(rotation, later, Actor(by=OLGA))
    _, email = await harness.send(later)

    assert email.message["To"] == OLGA
    assert email.subject == "Your token “olgas” was rotated"
    assert f"{SITE.url}/end-token/" in email.get_body("plain")
    assert len(await harness.send(later)) == 2


async def test_a_mail_server_that_is_away_gets_it_later(harness: AnnouncerHarness) -> None:
    harness.issue("olgas", OLGA)
    away = Mailer(SmtpServer(host="127.0.0.1", port=1))
    down = replace(harness.announcer, mailer=away)

    await down.send_due(MONDAY)

    assert await harness.send(MONDAY + timedelta(seconds=19)) == []
    assert len(await harness.send(MONDAY + timedelta(seconds=20))) == 1


async def test_a_mailbox_that_accepts_nothing_now_holds_up_nobody_and_is_tried_ever_later(
    harness: AnnouncerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    deferred = harness.neighbours.postbox.deferred
    deferred.add(ADA)
    harness.issue("adas", ADA)
    harness.issue("olgas", OLGA)

    emails = await harness.send()
    for seconds in range(1, 240):
        await harness.send(MONDAY + timedelta(seconds=seconds))
    tries = caplog.text.count("the email about the token “adas” waits")
    deferred.clear()
    at_last = await harness.send(MONDAY + timedelta(hours=2))

    assert [email.message["To"] for email in emails] == [OLGA]
    assert tries == 4
    assert [email.message["To"] for email in at_last] == [OLGA, ADA]


async def test_an_email_that_cannot_be_written_holds_up_nobody(
    harness: AnnouncerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.issue("adas", ADA)
    harness.issue("olgas", OLGA)
    harness.issue("old", OLGA, Actor(by=OLGA), expires_at=MONDAY + timedelta(days=1))

    def break_for_ada(token: Token, *args: Any) -> EmailMessage:
        if token.name == "adas":
            raise KeyError("no such word")
        return build_announcement(token, *args)

    monkeypatch.setattr("activities.announce_tokens.build_announcement", break_for_ada)
    emails = await harness.send(MONDAY + timedelta(hours=20))

    assert [email.message["To"] for email in emails] == [OLGA, OLGA]


async def test_an_address_that_is_refused_for_good_holds_up_nobody(
    harness: AnnouncerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.neighbours.postbox.refused.add(ADA)
    harness.issue("adas", ADA)
    harness.issue("olgas", OLGA)

    (email,) = await harness.send()

    assert email.message["To"] == OLGA
    assert "was refused" in caplog.text


async def test_who_has_left_gets_no_email(harness: AnnouncerHarness) -> None:
    harness.neighbours.archive.people.import_people([replace(PEOPLE[OLGA], gone=True)])
    harness.issue("olgas", OLGA)

    assert await harness.send() == []


@pytest.mark.parametrize(("person", "holder"), [(OLGA, OLGA), ("", COORDINATOR)])
async def test_the_holder_is_told_once_two_weeks_before_the_end(
    harness: AnnouncerHarness, person: str, holder: str
) -> None:
    harness.issue("it", person, Actor(by=person))
    end = MONDAY + YEAR

    early = await harness.send(end - timedelta(days=15))
    due = await harness.send(end - timedelta(days=14))
    again = await harness.send(end - timedelta(days=1))

    assert (len(early), len(due), len(again)) == (0, 1, 1)
    assert due[0].message["To"] == holder
    assert due[0].subject == "The token “it” ends soon"
    assert "afterword token rotate it" in due[0].get_body("plain")


async def test_of_a_short_token_the_holder_is_told_halfway(harness: AnnouncerHarness) -> None:
    harness.issue("it", OLGA, Actor(by=OLGA), expires_at=MONDAY + timedelta(days=4))

    counts = [len(await harness.send(MONDAY + timedelta(days=days))) for days in (0, 1, 2, 3, 4)]

    assert counts == [0, 0, 1, 1, 1]


async def test_nobody_is_told_of_the_end_of_what_was_revoked_or_has_ended(
    harness: AnnouncerHarness,
) -> None:
    harness.issue("revoked", OLGA, Actor(by=OLGA))
    harness.neighbours.archive.tokens.revoke_token("revoked")
    harness.issue("over", OLGA, Actor(by=OLGA), expires_at=MONDAY + timedelta(days=1))

    assert await harness.send(MONDAY + YEAR - timedelta(days=1)) == []


async def test_the_worker_looks_again_also_after_a_part_was_away(
    harness: AnnouncerHarness, caplog: pytest.LogCaptureFixture
) -> None:
    harness.issue("olgas", OLGA)
    rounds, done = 0, asyncio.Event()

    def read_clock() -> datetime:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise Unavailable("the database", "it is away")
        if rounds == 3:
            done.set()
            raise Unavailable("the database", "it is away")
        return MONDAY

    task = asyncio.create_task(announce_tokens(harness.announcer, read_clock, interval=0.01))
    async with asyncio.timeout(PATIENCE):
        await done.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    (email,) = harness.neighbours.postbox.list_emails()
    assert email.message["To"] == OLGA
    assert "emails about tokens have to wait" in caplog.text
