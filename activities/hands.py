"""The hands of a review: plan, record, send, file. Each is one verb and safe to do twice."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine
from temporalio import activity

from mail.capability import token
from mail.compose import compose, message_id
from mail.deliver import AddressRefused, Deferred, Mailer
from mail.headers import item_of
from mail.site import Site
from models.letters import Delivery, Letter
from models.people import Person
from models.plan import Plan
from models.review import Review
from models.shadow import Change
from register import recorder
from register.archive import Archive
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
        people = await asyncio.to_thread(self._ready, letters, review)
        until = asyncio.get_running_loop().time() + _time_for_all()
        deliveries: list[Delivery] = []
        waiting: list[Exception] = []
        for letter in _turned(letters, activity.info().attempt - 1):
            if deliveries and asyncio.get_running_loop().time() > until:
                break
            try:
                async with asyncio.timeout(_time_for_all()):
                    deliveries.append(await self._deliver(letter, review, people, now))
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
        self, letter: Letter, review: Review, people: dict[str, Person], now: datetime
    ) -> Delivery:
        name = message_id(letter, review, self.site)
        try:
            await self.mailer.send(compose(letter, review, people, self.site, now))
        except AddressRefused as no:
            return Delivery(key=letter.key, message_id=name, at=now, refused=str(no))
        except Deferred as no:
            if not _is_long_tried():
                raise
            return Delivery(key=letter.key, message_id=name, at=now, refused=f"for days: {no}")
        return Delivery(key=letter.key, message_id=name, at=now)

    def _ready(self, letters: tuple[Letter, ...], review: Review) -> dict[str, Person]:
        self.archive.grant_capabilities(
            (token(self.site.secret, review.id, letter.to, item), review.id, letter.to, item)
            for letter, item in ((letter, item_of(letter)) for letter in letters)
        )
        return self.archive.people()


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
