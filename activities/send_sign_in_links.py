"""Email the link to whoever asked to sign in and is known; others are told nothing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from activities.postponed_items import PostponedItems
from mail.common.mail_settings import MailSettings
from mail.outbound.smtp import AddressRefused, Mailer
from mail.sign_in_email import build_sign_in_email
from models.access.sign_in_request import SignInRequest
from models.errors import Unavailable
from models.people import Person
from register.archive import Archive
from rules.access.browser_sessions import may_sign_in

INTERVAL_SECONDS = 1.0
"""How often it is looked for requests: somebody sits in front of the browser and waits."""

log = logging.getLogger("afterword.sign_in")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLinkSender:
    """Sends the links that people asked for.

    A request is in the database until its email was sent, so that a crash in between sends the same
    email again, with the same Message-ID, and never none.
    """

    archive: Archive
    mailer: Mailer
    site: MailSettings
    coordinator: str
    postponed: PostponedItems = field(default_factory=PostponedItems)

    async def send_due(self, now: datetime) -> None:
        """Send every link that is due; one that cannot be sent now keeps no other waiting."""
        for request in await asyncio.to_thread(self.archive.sign_in_requests.list_unsent, now):
            if not self.postponed.is_waiting(request.id, now):
                await self._try(request, now)

    async def _try(self, request: SignInRequest, now: datetime) -> None:
        """Answer a request; one that fails waits, ever longer."""
        try:
            await self._answer(request, now)
        except Unavailable as error:
            self.postponed.postpone(request.id, now)
            log.warning("a link to sign in has to wait: %s", error)
        except Exception as error:  # whatever is wrong with it, others have theirs
            self.postponed.postpone(request.id, now)
            log.warning("a link to sign in has to wait", exc_info=error)
        else:
            self.postponed.forget(request.id)

    async def _answer(self, request: SignInRequest, now: datetime) -> None:
        person = await asyncio.to_thread(self._find_person, request.address)
        if person is not None:
            await self._send(request, person, now)
        address = person.address if person else ""
        await asyncio.to_thread(self.archive.sign_in_requests.mark_sent, request, address, now)

    def _find_person(self, address: str) -> Person | None:
        """Find who has an address and may sign in, None where nobody does."""
        person = self.archive.people.find_person(address)
        if not may_sign_in(person, address, self.coordinator):
            return None
        return person or Person(address=address)

    async def _send(self, request: SignInRequest, person: Person, now: datetime) -> None:
        try:
            await self.mailer.send(build_sign_in_email(request, person, self.site, now))
        except AddressRefused as error:
            log.warning("a link to sign in was refused: %s", error)


async def send_sign_in_links(
    sender: SignInLinkSender,
    clock: Callable[[], datetime],
    *,
    interval: float = INTERVAL_SECONDS,
) -> None:
    """Send the links that are due, again and again; one that is being sent is sent to its end."""
    while True:
        try:
            await asyncio.shield(sender.send_due(clock()))
        except Unavailable as error:
            log.warning("links to sign in have to wait: %s", error)
        await asyncio.sleep(interval)
