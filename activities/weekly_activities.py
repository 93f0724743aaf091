"""The activities of the weekly emails: plan and send them. Each is safe to do twice."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage

from sqlalchemy import Engine
from temporalio import activity

from mail.common.mail_settings import MailSettings
from mail.outbound.recipient import EmailRecipient, find_time_zone
from mail.outbound.smtp import AddressRefused, Mailer
from mail.weekly.digest_email import build_digest_email
from mail.weekly.figures_email import build_figures_email
from mail.weekly.weekly_message import WeeklyAddress, WeeklyKind, build_weekly_id
from models.audit.audit_event import AuditKind
from models.errors import Unavailable
from models.messages.weekly_round import WeeklyRound
from models.people import Person
from models.policy import Policy
from register.archive import Archive
from register.queries.action_queries import list_reviews_of
from register.queries.figure_conditions import FigureScope
from register.queries.figure_queries import measure_figures
from rules.audit.erasure import build_pseudonym
from rules.delivery.weekly_digest import build_digest
from rules.delivery.weekly_moments import build_round, find_moment
from rules.figures.figure_numbers import find_first_day

log = logging.getLogger("afterword.weekly")

BY_SETTING = "the settings of Afterword name you for the weekly figures"
BY_WISH = "you want the weekly figures; that can be changed at /me/emails"
DIGEST_WISH = "you want a weekly digest; that can be changed at /me/emails"
MAX_REVIEWS = 200
"""How many of somebody's open reviews a digest looks through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklySettings:
    """Who gets the figures beside those who want them, and the policy that has the limits."""

    recipients: tuple[str, ...] = ()
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyActivities:
    """The activities of the weekly emails, with the tools they use."""

    engine: Engine
    archive: Archive
    mailer: Mailer
    site: MailSettings
    settings: WeeklySettings

    @activity.defn
    async def plan_weekly_emails(self, monday: date) -> WeeklyRound:
        """Return the moments at which it is Monday morning where some reader is."""
        readers = await asyncio.to_thread(self._list_readers)
        return build_round(monday, map(find_time_zone, readers))

    @activity.defn
    async def send_weekly_emails(self, monday: date, moment: datetime, now: datetime) -> None:
        """Send the emails of a week that are due at one moment, each once.

        An address that is refused is logged. What else fails is raised once all others are sent;
        the next attempt sends what is left.
        """
        failure: Exception | None = None
        for address in await asyncio.to_thread(self._list_addresses, monday, moment):
            activity.heartbeat()
            try:
                await self._send(address, now)
            except Unavailable as error:
                failure = error
            except Exception as error:  # whatever is wrong with one, the others are sent
                log.warning("a weekly email has to wait", exc_info=error)
                failure = error
        if failure is not None:
            raise failure

    async def _send(self, address: WeeklyAddress, now: datetime) -> None:
        message_id = build_weekly_id(address.kind, address.person, address.monday, self.site)
        if await asyncio.to_thread(self.archive.notifications.is_sent, message_id):
            return
        message = await asyncio.to_thread(self._compose, address, now)
        if message is not None:
            await self._deliver(message)
        mark = self.archive.notifications.store_sent_mark
        await asyncio.to_thread(mark, message_id, address.person)

    async def _deliver(self, message: EmailMessage) -> None:
        try:
            await self.mailer.send(message)
        except AddressRefused as error:
            log.warning("a weekly email was refused: %s", error)

    def _compose(self, address: WeeklyAddress, now: datetime) -> EmailMessage | None:
        """Return an email, or None where there is nothing to tell."""
        if address.kind is WeeklyKind.DIGEST:
            return self._compose_digest(address, now)
        scope = FigureScope(
            dialect=self.engine.dialect.name,
            reader=address.person,
            now=now,
            since=find_first_day(now.astimezone(UTC).date()),
            policy=self.settings.policy,
        )
        report = measure_figures(self.engine, scope)
        return build_figures_email(report, address, self.settings.policy, self.site, now)

    def _compose_digest(self, address: WeeklyAddress, now: datetime) -> EmailMessage | None:
        reviews = list_reviews_of(self.engine, address.person, limit=MAX_REVIEWS)
        people = self.archive.people.find_named_people((address.person, reviews))
        digest = build_digest(reviews, people, address.person, now)
        if digest.is_empty:
            return None
        person = people.get(address.person) or Person(address=address.person)
        recipient = EmailRecipient(person=person, people=people, now=now)
        return build_digest_email(digest, recipient, address, self.site, now)

    def _list_readers(self) -> list[Person]:
        """List who gets weekly emails, and neither has left nor is known to have no part."""
        wishers = {each.address: each for each in self.archive.people.list_weekly_readers()}
        readers = self._find_named() | wishers
        return [each for each in readers.values() if not each.gone]

    def _find_named(self) -> dict[str, Person]:
        """Find whom the settings name, by any address, each once by the main one."""
        people = [self._find_reader(each) for each in self.settings.recipients]
        return {each.address: each for each in people}

    def _find_reader(self, address: str) -> Person:
        """Find who has an address; of nobody who is known it says whether their data was erased."""
        person = self.archive.people.find_person(address)
        if person is not None:
            return person
        pseudonym = build_pseudonym(address, self.site.secret)
        erased = self.archive.audit.find_newest(AuditKind.ERASED, subject=pseudonym)
        return Person(address=address, gone=erased is not None)

    def _list_addresses(self, monday: date, moment: datetime) -> list[WeeklyAddress]:
        """List the emails that are due at a moment; who is away gets none this week."""
        return [
            address
            for person in self._list_readers()
            if find_moment(monday, find_time_zone(person)) == moment
            and not (person.away_until and person.away_until > monday)
            for address in self._list_kinds(person, monday)
        ]

    def _list_kinds(self, person: Person, monday: date) -> list[WeeklyAddress]:
        is_named = not {person.address, *person.aliases}.isdisjoint(self.settings.recipients)
        reasons = {
            WeeklyKind.FIGURES: BY_WISH if person.wants_figures else BY_SETTING * is_named,
            WeeklyKind.DIGEST: DIGEST_WISH * person.wants_digest,
        }
        return [
            WeeklyAddress(kind=kind, person=person.address, monday=monday, reason=reason)
            for kind, reason in reasons.items()
            if reason
        ]
