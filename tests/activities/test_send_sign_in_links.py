"""Whoever asked to sign in and is known gets a link, and nobody else hears anything."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from activities.send_sign_in_links import SignInLinkSender, send_sign_in_links
from local.postbox import StoredEmail
from mail.outbound.smtp import AddressRefused, Deferred, Mailer, SmtpServer
from mail.sign_in_email import LINK_PATH, parse_sign_in_link
from models.access.sign_in_request import SignInRequest
from models.errors import Unavailable
from models.people import Person
from tests.activities.conftest import ActivityNeighbours
from tests.patience import PATIENCE
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA
from tests.workflows.workflow_stack import SITE


def build_request(number: int, address: str) -> SignInRequest:
    return SignInRequest(
        id=f"request-{number}",
        address=address,
        browser="digest",
        return_path="/",
        agent="Firefox on Linux",
        origin="192.0.2.1",
        asked_at=MONDAY,
    )


def build_sender(neighbours: ActivityNeighbours, mailer: Mailer | None = None) -> SignInLinkSender:
    return SignInLinkSender(
        archive=neighbours.archive,
        mailer=mailer or neighbours.mailer,
        site=SITE,
        coordinator=COORDINATOR,
    )


async def ask_and_send(
    neighbours: ActivityNeighbours, *addresses: str, now: datetime = MONDAY
) -> list[StoredEmail]:
    """Return the emails that are sent to whoever asks."""
    for number, address in enumerate(addresses):
        neighbours.archive.sign_in_requests.add_request(build_request(number, address))
    await build_sender(neighbours).send_due(now)
    return list(neighbours.postbox.list_emails())


async def test_the_email_has_a_link_that_is_ours_and_says_who_asked(
    neighbours: ActivityNeighbours,
) -> None:
    (email,) = await ask_and_send(neighbours, ADA)

    plain, html = (" ".join(email.get_body(kind).split()) for kind in ("plain", "html"))
    assert (email.message["To"], email.subject) == (ADA, "Your link to sign in to Afterword")
    for text in (plain, html):
        link = text.partition(f"{SITE.url}{LINK_PATH}")[2].split()[0].split('"')[0]
        assert parse_sign_in_link(link, SITE.secret) == "request-0"
        assert "Hello Ada Lind" in text
        assert "until Monday 2 March 2026, 11:15 (Europe/Berlin)" in text
        assert "Firefox on Linux at 192.0.2.1 asked for it" in text


@pytest.mark.parametrize("address", ["eve@example.org", "gone@example.org"])
async def test_who_is_not_known_or_has_left_gets_nothing(
    neighbours: ActivityNeighbours, address: str
) -> None:
    neighbours.archive.people.import_people([Person(address="gone@example.org", gone=True)])

    assert await ask_and_send(neighbours, address) == []
    assert neighbours.archive.sign_in_requests.list_unsent(MONDAY) == ()


async def test_an_alias_gets_its_link_at_the_main_address(neighbours: ActivityNeighbours) -> None:
    person = Person(address="ann@example.org", aliases=("a.n@example.org",))
    neighbours.archive.people.import_people([person])

    (email,) = await ask_and_send(neighbours, "a.n@example.org")

    assert email.message["To"] == "ann@example.org"


async def test_the_coordinator_gets_a_link_before_anybody_was_imported(
    neighbours: ActivityNeighbours,
) -> None:
    sender = replace(build_sender(neighbours), coordinator="first@example.org")
    neighbours.archive.sign_in_requests.add_request(build_request(0, "first@example.org"))

    await sender.send_due(MONDAY)

    assert [email.message["To"] for email in neighbours.postbox.list_emails()] == [
        "first@example.org"
    ]


async def test_an_email_is_sent_once(neighbours: ActivityNeighbours) -> None:
    await ask_and_send(neighbours, ADA)

    assert len(await ask_and_send(neighbours)) == 1


async def test_after_a_crash_the_same_email_is_sent_again(neighbours: ActivityNeighbours) -> None:
    await ask_and_send(neighbours, ADA)
    archive = neighbours.archive
    archive.sign_in_requests.add_request(build_request(1, ADA))
    sender = build_sender(neighbours)
    await sender._send(build_request(1, ADA), Person(address=ADA), MONDAY)  # and then it crashed

    await sender.send_due(MONDAY + timedelta(minutes=1))

    first, second, third = neighbours.postbox.list_emails()
    ids = [email.message["Message-ID"] for email in (first, second, third)]
    assert ids[1] == ids[2] != ids[0]


class PartlyAwayMailer(Mailer):
    """A mailer that fails for some addresses."""

    def __init__(self, neighbours: ActivityNeighbours, failures: dict[str, Exception]) -> None:
        super().__init__(SmtpServer(host="127.0.0.1", port=1))
        self.neighbours = neighbours
        self.failures = failures

    async def send(self, message: EmailMessage, return_path: str = "") -> None:
        """Send an email, unless its address is one that fails."""
        if failure := self.failures.get(message["To"]):
            raise failure
        await self.neighbours.mailer.send(message, return_path)


async def test_an_address_that_waits_or_is_refused_keeps_no_other_waiting(
    neighbours: ActivityNeighbours,
) -> None:
    failures = {
        ADA: Deferred("the mail server", "450 later"),
        OLGA: AddressRefused(OLGA, 550, "unknown"),
    }
    sender = build_sender(neighbours, PartlyAwayMailer(neighbours, failures))
    for number, address in enumerate((ADA, OLGA, COORDINATOR)):
        neighbours.archive.sign_in_requests.add_request(build_request(number, address))

    await sender.send_due(MONDAY)

    sent = [email.message["To"] for email in neighbours.postbox.list_emails()]
    waiting = [each.address for each in neighbours.archive.sign_in_requests.list_unsent(MONDAY)]
    assert (sent, waiting) == ([COORDINATOR], [ADA])


async def test_a_link_that_could_not_be_sent_is_sent_when_the_mail_server_is_back(
    neighbours: ActivityNeighbours,
) -> None:
    failures: dict[str, Exception] = {ADA: Deferred("the mail server", "450 later")}
    sender = build_sender(neighbours, PartlyAwayMailer(neighbours, failures))
    neighbours.archive.sign_in_requests.add_request(build_request(0, ADA))
    task = asyncio.create_task(send_sign_in_links(sender, lambda: MONDAY, interval=0.01))
    failures.clear()

    async with asyncio.timeout(PATIENCE):
        while neighbours.archive.sign_in_requests.list_unsent(MONDAY):  # noqa: ASYNC110  (a database sends no events)
            await asyncio.sleep(0.01)

    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert len(list(neighbours.postbox.list_emails())) == 1


class CountingMailer(PartlyAwayMailer):
    """A mailer that counts what it is asked to send."""

    attempts = 0

    async def send(self, message: EmailMessage, return_path: str = "") -> None:
        """Count an email, and send it unless its address is one that fails."""
        self.attempts += 1
        await super().send(message, return_path)


@pytest.mark.parametrize(
    ("failure", "has_traceback"),
    [
        (Deferred("the mail server", "450 later"), False),
        (Unavailable("the mail server", "it hung up"), False),
        (ValueError("unforeseen"), True),
    ],
)
async def test_a_mail_server_that_says_later_is_asked_ever_later(
    neighbours: ActivityNeighbours,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    has_traceback: bool,
) -> None:
    mailer = CountingMailer(neighbours, {ADA: failure})
    sender = build_sender(neighbours, mailer)
    neighbours.archive.sign_in_requests.add_request(build_request(0, ADA))

    for second in range(61):
        await sender.send_due(MONDAY + timedelta(seconds=second))

    assert mailer.attempts == 3
    assert ("Traceback" in caplog.text) is has_traceback


@pytest.mark.parametrize("wrong", ["", ".", "request-0", "request-0.", "request-0.x", "ü.ü"])
def test_a_link_that_we_never_made_is_none(wrong: str) -> None:
    assert parse_sign_in_link(wrong, SITE.secret) == ""
