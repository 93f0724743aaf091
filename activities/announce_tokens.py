"""Tell people by email of tokens that others made in their name, and of those that end soon."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from activities.postponed_items import PostponedItems
from mail.common.mail_settings import MailSettings
from mail.outbound.smtp import AddressRefused, Mailer
from mail.token_emails import build_announcement, build_rotation_notice, build_warning
from models.access.tokens import Token
from models.errors import Unavailable
from models.people import Person
from register.archive import Archive
from rules.access.tokens import (
    WARNING_DAYS,
    is_made_by_another,
    is_rotated_by_its_person,
    is_warning_due,
)

INTERVAL_SECONDS = 20.0
"""How often it is looked for tokens that somebody has to be told of."""

log = logging.getLogger("afterword.tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnnouncer:
    """Sends what is due about tokens; a tool's holder is the coordinator.

    What was sent is marked in the database afterwards, so that a crash in between sends the same
    email again, with the same Message-ID, and never none.
    """

    archive: Archive
    mailer: Mailer
    site: MailSettings
    coordinator: str
    warning_days: int = WARNING_DAYS
    postponed: PostponedItems = field(default_factory=PostponedItems)

    async def send_due(self, now: datetime) -> None:
        """Send every email that is due; one that cannot be sent now holds up no other.

        Raises Unavailable where the archive is away; the next try sends what is left.
        """
        tokens = self.archive.tokens
        for token in await asyncio.to_thread(tokens.list_unannounced):
            await self._try(self._announce, token, now)
        until = now + timedelta(days=self.warning_days)
        for token in await asyncio.to_thread(tokens.list_unwarned, until):
            await self._try(self._warn, token, now)

    async def _try(
        self, send: Callable[[Token, datetime], Awaitable[None]], token: Token, now: datetime
    ) -> None:
        """Send what is due about a token, unless it failed just before: it waits, ever longer."""
        if self.postponed.is_waiting(token.name, now):
            return
        try:
            await send(token, now)
        except Exception as error:  # whatever is wrong with it, the others are sent
            self.postponed.postpone(token.name, now)
            log.warning("the email about the token “%s” waits", token.name, exc_info=error)
        else:
            self.postponed.forget(token.name)

    async def _announce(self, token: Token, now: datetime) -> None:
        if is_made_by_another(token):
            person, maker = await asyncio.to_thread(self._find_people, token.person, token.maker)
            await self._send(build_announcement(token, person, maker, self.site, now), person)
        elif is_rotated_by_its_person(token):
            (person,) = await asyncio.to_thread(self._find_people, token.person)
            await self._send(build_rotation_notice(token, person, self.site, now), person)
        await asyncio.to_thread(self.archive.tokens.mark_announced, token, now)

    async def _warn(self, token: Token, now: datetime) -> None:
        if not is_warning_due(token, now, self.warning_days):
            return
        holder = token.person or self.coordinator
        person, _ = await asyncio.to_thread(self._find_people, holder, holder)
        await self._send(build_warning(token, person, self.site, now), person)
        await asyncio.to_thread(self.archive.tokens.mark_warned, token, now)

    def _find_people(self, *addresses: str) -> tuple[Person, ...]:
        people = self.archive.people.find_people(addresses)
        return tuple(people.get(each) or Person(address=each) for each in addresses)

    async def _send(self, message: EmailMessage, person: Person) -> None:
        """Send an email; who has left gets none, and an address that is refused is logged."""
        if person.gone:
            return
        try:
            await self.mailer.send(message)
        except AddressRefused as error:
            log.warning("an email about a token was refused: %s", error)


async def announce_tokens(
    announcer: TokenAnnouncer,
    clock: Callable[[], datetime],
    *,
    interval: float = INTERVAL_SECONDS,
) -> None:
    """Send what is due about tokens, again and again, and wait for a mail server that is away.

    An email that is being sent is sent to its end, also where this is cancelled.
    """
    while True:
        try:
            await asyncio.shield(announcer.send_due(clock()))
        except Unavailable as error:
            log.warning("emails about tokens have to wait: %s", error)
        await asyncio.sleep(interval)
