"""Judges mail at the door: unknown address never, our own trouble later, taken only when done.

A mail is accepted when the review has accepted it and the raw mail is archived, not before; so
whoever brings it again after a crash brings the same order, and nothing happens twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from intake import machines, verdicts
from intake.brought import Brought
from intake.replying import Replying, unsubscribes
from intake.trust import Trust
from intake.verdicts import Verdict
from mail import capability
from mail.reading import read, tokens
from mail.site import Site
from models.errors import Away, Refusal, Unknown
from models.orders import AnyOrder, Reply
from models.review import OPEN_STAGES, Review
from register.archive import Archive
from register.letters import Capability
from rules.visibility import may_see
from workflows.door import Door

MOST_JUDGEMENTS = 3
"""How often a mail is judged again because the review changed between reading and asking."""

MOST_REPLIES = 20
REPLIES_WITHIN = timedelta(hours=2)
"""As Odoo does it: more than that from one person is two machines answering each other."""

NO_SENDER = ("", "<>")
REPLY = "reply"

log = logging.getLogger("afterword.intake")


class Doorkeeper:
    """Decides on each mail, by address first and whole then."""

    def __init__(
        self,
        door: Door,
        archive: Archive,
        site: Site,
        clock: Callable[[], datetime],
        *,
        trust: Trust,
    ) -> None:
        self._door = door
        self._archive = archive
        self._site = site
        self._clock = clock
        self._trust = trust

    async def admit(self, address: str) -> Verdict:
        """Judge a recipient before any mail is sent."""
        try:
            return await self._admitted(address.strip().lower())
        except Away as away:
            log.warning("451 for a recipient: %s", away)
            return verdicts.LATER

    async def take(self, brought: Brought) -> Verdict:
        """Judge a mail; whatever goes wrong on our side is for later."""
        try:
            verdict = await self._taken(brought)
        except Away as away:
            log.warning("451 for mail %s: %s", brought.digest, away)
            return verdicts.LATER
        except Exception:
            log.exception("451 for mail %s: it could not be judged", brought.digest)
            return verdicts.LATER
        log.info("%s for mail %s", verdict.line, brought.digest)
        return verdict

    async def _admitted(self, address: str) -> Verdict:
        if address == self._site.sender.lower():
            return verdicts.WELCOME
        local, _, domain = address.rpartition("@")
        if domain != self._site.domain.lower() or not local.startswith("reply"):
            return verdicts.NO_RELAY
        token = capability.in_address(address, self._site.domain)
        known = await self._capability(token)
        return verdicts.WELCOME if known else verdicts.NO_SUCH_ADDRESS

    async def _taken(self, brought: Brought) -> Verdict:
        machine = self._machine(brought)
        given = await self._addressed(brought)
        if machine:
            given = given or await self._reported(brought)
            if given is None and brought.mail.attendance is None:
                log.info("mail %s is dropped: %s, about no letter", brought.digest, machine)
                return verdicts.DROPPED
            await self._file(brought, given, f"machine: {machine}")
            await self._hear(brought, given, machine)
            return verdicts.FILED
        if given is None:
            return verdicts.NO_LETTER
        is_theirs = await self._is_theirs(brought.mail.sender, given)
        if self._trust.asks_for_sender and not is_theirs:
            return verdicts.NOT_YOURS
        is_proven = is_theirs and await self._is_proven(brought)
        if self._trust.asks_for_proof and not is_proven:
            return verdicts.NOT_PROVEN
        return await self._answered(brought, given, consequence=is_proven)

    def _machine(self, brought: Brought) -> str:
        if brought.mail.sender == self._site.sender.lower():
            return "loop"
        if brought.envelope_from in NO_SENDER and not brought.mail.machine:
            return "bounce"
        is_spared = brought.mail.machine == machines.ABSENCE
        return "" if is_spared and self._trust.is_by_people(brought.mail) else brought.mail.machine

    async def _addressed(self, brought: Brought) -> Capability | None:
        """Find which of our reply addresses a mail is for, or which letter it answers."""
        own = capability.in_address(brought.address, self._site.domain)
        for token in (own,) if own else tokens(brought.mail, self._site.domain):
            if (known := await self._capability(token)) is not None:
                return known
        return None

    async def _reported(self, brought: Brought) -> Capability | None:
        """Find the letter that a report about it quotes."""
        token = await asyncio.to_thread(capability.in_report, brought.raw, self._site.domain)
        return await self._capability(token)

    async def _hear(self, brought: Brought, given: Capability | None, machine: str) -> None:
        """Give the order that a machine's mail makes, if it makes one that can be done."""
        order: AnyOrder | None = None
        review = given.review if given else ""
        try:
            if machine == machines.CALENDAR and await self._is_attendees(brought):
                review = brought.mail.attendance.review if brought.mail.attendance else ""
                order = machines.answer(brought.mail, await self._door.review(review))
            elif given is not None:
                person = await asyncio.to_thread(self._archive.person, given.person)
                theirs = frozenset({given.person, *(person.aliases if person else ())})
                order = await asyncio.to_thread(
                    machines.order, brought.raw, brought.mail, given, machine, theirs
                )
            if order is not None:
                await self._door.ask(review, order)
        except (Refusal, Unknown) as no:
            log.info("mail %s changes nothing: %s", brought.digest, no)

    async def _is_attendees(self, brought: Brought) -> bool:
        """Tell whether a calendar's answer is by the attendee, and to an invitation of ours."""
        said = brought.mail.attendance
        if said is None or (said.domain, said.attendee) != (
            self._site.domain.lower(),
            brought.mail.sender,
        ):
            return False
        return not self._trust.asks_for_proof or await self._is_proven(brought)

    async def _capability(self, token: str) -> Capability | None:
        if not token:
            return None
        known = await asyncio.to_thread(self._archive.capability, token)
        if known is None:
            return None
        person = await asyncio.to_thread(self._archive.person, known.person)
        renewed = person.renewed if person else 0
        said = (known.review, known.person, known.item)
        ours = capability.genuine(self._site.secret, token, *said, renewed=renewed)
        return known if ours else None

    async def _is_theirs(self, sender: str, given: Capability) -> bool:
        if not sender or sender == given.person:
            return bool(sender)
        person = await asyncio.to_thread(self._archive.person, sender)
        return person is not None and person.address == given.person

    async def _is_proven(self, brought: Brought) -> bool:
        """Tell whether a mail is proven to be its sender's, where anything hangs on it."""
        if not (self._trust.asks_for_proof or self._trust.consequence):
            return False
        return await asyncio.to_thread(self._trust.proves, brought.raw, brought.mail)

    async def _answered(self, brought: Brought, given: Capability, *, consequence: bool) -> Verdict:
        """Give the mail to its review as one order; judge it again while the review moves on."""
        order_id = await asyncio.to_thread(self._order_id, brought, given.token)
        replying = Replying(
            archive=self._archive,
            brought=brought,
            given=given,
            order_id=order_id,
            consequence=consequence and self._trust.consequence,
        )
        for _ in range(MOST_JUDGEMENTS):
            try:
                review = await self._door.review(given.review)
                if order_id not in review.receipts:
                    if (no := self._not_now(review, given)) is not None:
                        return no
                    await self._file(brought, given, "pending", order_id)
                    reply = await asyncio.to_thread(replying.reply, review, self._clock())
                    await self._spare(reply)
                    await self._door.ask(review.id, reply)
                await self._file(brought, given, "accepted", order_id)
            except Unknown:
                return verdicts.NO_REVIEW
            except Refusal as no:
                if no.code == "stale":
                    continue
                await self._file(brought, given, f"refused: {no.code}", order_id)
                return verdicts.refused(no.reason, no.way_out)
            return verdicts.TAKEN
        return verdicts.LATER

    async def _spare(self, reply: Reply) -> None:
        """Let reminders come once a week to who says “unsubscribe”."""
        if unsubscribes(reply):
            await asyncio.to_thread(self._archive.set_weekly, reply.by, weekly=True)

    def _not_now(self, review: Review, given: Capability) -> Verdict | None:
        if review.stage not in OPEN_STAGES:
            return verdicts.OVER
        if not may_see(review, given.person):
            return verdicts.RESTRICTED
        since = self._clock() - REPLIES_WITHIN
        recent = [e for e in review.log if e.at > since and e.by == given.person]
        many = sum(event.kind == REPLY for event in recent) >= MOST_REPLIES
        return verdicts.TOO_MANY if many else None

    def _order_id(self, brought: Brought, token: str) -> str:
        """Name the order; a program that gives one Message-ID to two mails loses neither."""
        first = self._archive.mail_of(brought.order_id(token))
        is_same = first is None or first == brought.raw or brought.is_said_in(read(first))
        return brought.order_id(token) if is_same else brought.second_id(token)

    async def _file(
        self, brought: Brought, given: Capability | None, verdict: str, order_id: str = ""
    ) -> None:
        await asyncio.to_thread(
            self._archive.file_mail,
            digest=brought.digest,
            raw=brought.raw,
            received_at=self._clock(),
            order_id=order_id or brought.order_id(given.token if given else ""),
            review=given.review if given else "",
            person=given.person if given else "",
            verdict=verdict,
        )
