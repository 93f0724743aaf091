"""The hands of a review: plan, record, send, file. Each is one verb and safe to do twice."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import Engine
from temporalio import activity

from mail.capability import in_message_id
from mail.compose import compose
from mail.deliver import AddressRefused, Deferred, Mailer
from mail.headers import item_of
from mail.sent import kept
from mail.site import Site
from models.letters import Delivery, Letter
from models.plan import Plan
from models.review import Review
from models.shadow import Change
from register import recorder
from register.archive import Archive
from register.letters import Sent
from rules import follow_up

log = logging.getLogger("afterword.send")
LONG = timedelta(days=3)
"""How long an address may be put off before it counts as one that cannot be reached."""

PATIENCE = 1
"""How many letters may have to wait before the mail server itself is taken to be away."""


@dataclass(frozen=True, slots=True)
class Hands:
    """The activities, with their tools."""

    engine: Engine
    archive: Archive
    mailer: Mailer
    site: Site

    @activity.defn
    async def plan(self, review: Review, now: datetime) -> Plan:
        """Say what time asks for: letters due and held, clock orders, the next moment."""
        people = await asyncio.to_thread(self.archive.people)
        return follow_up.plan(review, people, review.policy, now)

    @activity.defn
    async def record(self, change: Change) -> int:
        """Write the shadow of a review; give the revision that stood there before."""
        return await asyncio.to_thread(recorder.record, self.engine, change)

    @activity.defn
    async def send(
        self, letters: tuple[Letter, ...], review: Review, now: datetime
    ) -> list[Delivery]:
        """Hand letters to the mail server: what became of those that it took or refused for good.

        One that has to wait keeps no other one waiting: each try begins with another. Raises Away
        where none could go.
        """
        written = await asyncio.to_thread(self._written, letters, review, now)
        until = asyncio.get_running_loop().time() + _time_for_all()
        deliveries: list[Delivery] = []
        waiting: list[Exception] = []
        for letter in _turned(letters, activity.info().attempt - 1):
            if deliveries and asyncio.get_running_loop().time() > until:
                break
            try:
                async with asyncio.timeout(_time_for_all()):
                    deliveries.append(await self._deliver(letter, written[letter.key], now))
            except Exception as trouble:  # noqa: BLE001  (one letter's trouble holds up no other)
                log.warning("a letter to %s waits: %s", letter.to, trouble or "no answer in time")
                waiting.append(trouble)
            if len(waiting) > PATIENCE and not deliveries:
                break
        if waiting and not deliveries:
            raise waiting[0]
        return deliveries

    @activity.defn
    async def file(self, review: Review, run: str) -> None:
        """Put the record of a review that is over into the archive."""
        await asyncio.to_thread(self.archive.close, review, run)

    async def _deliver(
        self, letter: Letter, written: EmailMessage | Exception, now: datetime
    ) -> Delivery:
        if isinstance(written, Exception):
            raise written
        name = str(written["Message-ID"])
        try:
            await self.mailer.send(written)
        except AddressRefused as no:
            return Delivery(key=letter.key, message_id=name, at=now, refused=str(no))
        except Deferred as no:
            if not _is_long_tried():
                raise
            return Delivery(key=letter.key, message_id=name, at=now, refused=f"for days: {no}")
        return Delivery(key=letter.key, message_id=name, at=now)

    def _written(
        self, letters: tuple[Letter, ...], review: Review, now: datetime
    ) -> dict[str, EmailMessage | Exception]:
        """Write letters, by their keys, and keep what they say before any of them goes out."""
        people = self.archive.people()
        written: dict[str, EmailMessage | Exception] = {}
        for letter in letters:
            try:
                written[letter.key] = compose(letter, review, people, self.site, now)
            except Exception as trouble:  # noqa: BLE001  (one letter's trouble holds up no other)
                written[letter.key] = trouble
        sent = ((letter, written[letter.key]) for letter in letters)
        self.archive.keep_letters(
            self._sent(letter, message, review.id)
            for letter, message in sent
            if isinstance(message, EmailMessage)
        )
        return written

    def _sent(self, letter: Letter, message: EmailMessage, review: str) -> Sent:
        name = str(message["Message-ID"])
        return Sent(
            message_id=name,
            words=kept(message),
            token=in_message_id(name, self.site.domain),
            review=review,
            person=letter.to,
            item=item_of(letter),
        )


def _turned(letters: tuple[Letter, ...], by: int) -> tuple[Letter, ...]:
    first = by % len(letters)
    return (*letters[first:], *letters[:first])


def _time_for_all() -> float:
    """Give the seconds after which to answer for what has gone, well before the try is over."""
    limit = activity.info().start_to_close_timeout
    return limit.total_seconds() / 3 if limit else 60.0


def _is_long_tried() -> bool:
    """Tell whether a letter has been waiting for days, by the review's own time."""
    info = activity.info()
    return info.current_attempt_scheduled_time - info.scheduled_time >= LONG
