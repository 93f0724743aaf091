"""Pass a mail on to its review as one command, and archive it with what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from activities.write_contribution import ContributionWriter
from intake import smtp_replies
from intake.accepted_contributions import (
    announce_places,
    iter_accepting,
    list_settles,
    write_contributions,
)
from intake.admission import check_review
from intake.automated_mail_commands import (
    InvitationAnswer,
    build_answer_command,
    build_automatic_reply_note,
    build_bounce_command,
    names_meeting,
)
from intake.build_reply import UNSUBSCRIBE, ReplyBuilder, is_unsubscribe
from intake.checks.decision_proof import REPEATED_MESSAGE_ID, DecisionCheck
from intake.checks.mail_limits import MailKind, find_limit_refusal
from intake.incoming_mail import IncomingMail
from intake.smtp_replies import SmtpReply
from mail.common.reply_token import split_reviews
from mail.inbound.automated_mail import AutomatedKind
from mail.inbound.parse_mail import parse_mail
from models.codes import RefusalCode
from models.commands import AnyCommand
from models.email_address import TokenKind
from models.errors import NotFound, Refusal
from models.review import Review
from register.archive import Archive
from register.repositories.sent_notifications import ReplyAddress
from rules.replies.divide import DividedReply, divide_reply
from rules.visibility import list_people, may_see
from workflows.client import ReviewClient

MAX_ATTEMPTS = 3
"""Attempts with one mail when the review changes between reading and asking."""

log = logging.getLogger("afterword.intake")


class CommandSender:
    """Sends reviews the commands that mails lead to.

    `has_links` says whether our emails have links by which to decide.
    """

    def __init__(
        self,
        review_client: ReviewClient,
        archive: Archive,
        clock: Callable[[], datetime],
        *,
        has_links: bool = False,
    ) -> None:
        self._review_client = review_client
        self._archive = archive
        self._clock = clock
        self._has_links = has_links
        self._writer = ContributionWriter(
            archive=archive,
            clock=clock,
            fetch_review=review_client.fetch_review,
            send_command=review_client.send_command,
        )

    def read_clock(self) -> datetime:
        """Return the time."""
        return self._clock()

    async def find_limit_refusal(
        self, incoming: IncomingMail, person: str, kind: MailKind
    ) -> SmtpReply | None:
        """Return the refusal of one more mail of a person in a day; None where it is accepted."""
        mails, now = self._archive.mail, self._clock()
        return await asyncio.to_thread(find_limit_refusal, mails, incoming, person, kind, now)

    async def unsubscribe(self, incoming: IncomingMail, reply_address: ReplyAddress) -> SmtpReply:
        """Return the reply once a person's reminders are weekly; an open review answers too."""
        await asyncio.to_thread(self._archive.people.set_weekly, reply_address.person, weekly=True)
        reply = await self.send_reply(incoming, reply_address, DecisionCheck(), text=UNSUBSCRIBE)
        return reply if reply.is_temporary else smtp_replies.UNSUBSCRIBED

    async def send_reply(
        self,
        incoming: IncomingMail,
        reply_address: ReplyAddress,
        decisions: DecisionCheck,
        text: str | None = None,
    ) -> SmtpReply:
        """Send a mail to its review as one command, or to several reviews what is for each.

        `text` is what it says, where that follows from its address.
        """
        builder = await asyncio.to_thread(
            self._build_builder, incoming, reply_address, decisions, text
        )
        if len(split_reviews(reply_address.review)) > 1:
            return await self._send_divided(builder)
        return await self._send_built(builder)

    def _build_builder(
        self,
        incoming: IncomingMail,
        reply_address: ReplyAddress,
        decisions: DecisionCheck,
        text: str | None,
    ) -> ReplyBuilder:
        """Build what builds the command; a mail under the id of another one decides nothing."""
        identity = reply_address.identity
        command_id = self._choose_command_id(incoming, identity)
        is_repeated = command_id != incoming.build_command_id(identity)
        repeated = DecisionCheck(doubt=REPEATED_MESSAGE_ID)
        return ReplyBuilder(
            archive=self._archive,
            incoming=incoming,
            reply_address=reply_address,
            command_id=command_id,
            decisions=repeated if is_repeated and decisions.may_decide else decisions,
            has_links=self._has_links,
            text=text,
        )

    async def _send_divided(self, builder: ReplyBuilder) -> SmtpReply:
        """Send each review of an email about several what a reply says about it.

        The mail is accepted when every one has accepted its part. Delivered again, it is divided
        again; a review that has its part keeps it.
        """
        found = await self._fetch_reviews(builder.reply_address)
        refusals = [check_review(each, builder.reply_address, self._clock()) for each in found]
        reviews = tuple(each for each, no in zip(found, refusals, strict=True) if no is None)
        if not reviews:
            return next(filter(None, refusals), smtp_replies.UNKNOWN_REVIEW)
        over = tuple(review for review in found if review not in reviews)
        text = await asyncio.to_thread(builder.get_text)
        address = builder.reply_address
        divided = divide_reply(text, reviews, address.person, over, address.created_at)
        parts = {divided.asked_by or reviews[0].id: "", **divided.texts}
        replies = [
            await self._send_built(await self._build_part(builder, name, part, divided))
            for name, part in parts.items()
        ]
        temporary = [reply for reply in replies if reply.is_temporary]
        accepted = [reply for reply in replies if reply.is_accepted]
        return (temporary or accepted or replies)[0]

    async def _build_part(
        self, builder: ReplyBuilder, review: str, text: str, divided: DividedReply
    ) -> ReplyBuilder:
        token = f"{builder.reply_address.identity}:{review}"
        return replace(
            builder,
            reply_address=replace(builder.reply_address, review=review),
            command_id=await asyncio.to_thread(self._choose_command_id, builder.incoming, token),
            text=text,
            unclear=divided.unclear if review == divided.asked_by else (),
        )

    async def _fetch_reviews(self, reply_address: ReplyAddress) -> tuple[Review, ...]:
        """Return the reviews that an email was about, as far as they exist."""
        reviews = []
        for name in split_reviews(reply_address.review):
            with suppress(NotFound):
                reviews.append(await self._review_client.fetch_review(name))
        return tuple(reviews)

    async def _send_built(self, builder: ReplyBuilder) -> SmtpReply:
        """Send a review the command from a mail; retry while the review changes."""
        incoming, reply_address = builder.incoming, builder.reply_address
        for _ in range(MAX_ATTEMPTS):
            try:
                return await self._send_reply_once(builder)
            except NotFound:
                return smtp_replies.UNKNOWN_REVIEW
            except Refusal as refusal:
                if refusal.code in (RefusalCode.STALE, RefusalCode.CONFLICT):
                    continue
                verdict = f"refused: {refusal.reason}"
                await self.store_mail(incoming, reply_address, verdict, builder.command_id)
                return smtp_replies.build_refusal_reply(refusal.reason, refusal.way_out)
        return smtp_replies.TRY_AGAIN_LATER

    async def send_automatic_reply(
        self, incoming: IncomingMail, reply_address: ReplyAddress, kind: AutomatedKind
    ) -> None:
        """Tell the reviews of an email that somebody's program answered it."""
        if kind is not AutomatedKind.AUTO_REPLY:
            return
        for name in split_reviews(reply_address.review):
            address = replace(reply_address, review=name)
            await self._send_if_possible(
                incoming, name, build_automatic_reply_note(incoming.mail, address)
            )

    async def send_bounce(self, incoming: IncomingMail, reply_address: ReplyAddress) -> None:
        """Tell the reviews of an email that it came back, if it did for good."""
        for name in split_reviews(reply_address.review):
            address = replace(reply_address, review=name)
            command = await asyncio.to_thread(self._build_bounce_command, incoming, address)
            await self._send_if_possible(incoming, name, command)

    async def send_invitation_answer(
        self, incoming: IncomingMail, reply_address: ReplyAddress | None, answer: InvitationAnswer
    ) -> SmtpReply:
        """Send a review what somebody answers to an invitation; return what became of it."""
        try:
            review = await self._find_invited_review(reply_address, answer)
        except NotFound:
            return smtp_replies.UNKNOWN_INVITATION
        if review is None or not _is_invited(review, reply_address, answer.person):
            return smtp_replies.UNKNOWN_INVITATION
        kind = MailKind.CALENDAR
        address = _build_answer_address(review, answer, self._clock())
        command = build_answer_command(incoming.mail, review, answer)
        if command is None:
            await self.store_mail(incoming, address, "automated: calendar", kind=kind)
            return smtp_replies.FILED
        await self.store_mail(incoming, address, "pending", command.id, kind)
        try:
            await self._review_client.send_command(review.id, command)
        except Refusal as refusal:
            verdict = f"refused: {refusal.reason}"
            await self.store_mail(incoming, address, verdict, command.id, kind)
            return smtp_replies.build_refusal_reply(refusal.reason, refusal.way_out)
        await self.store_mail(incoming, address, "accepted", command.id, kind)
        return smtp_replies.ANSWER_RECORDED

    async def _find_invited_review(
        self, reply_address: ReplyAddress | None, answer: InvitationAnswer
    ) -> Review | None:
        """Find the review whose invitation is answered: by its id, the reply address or its title.

        Raises NotFound where it no longer exists.
        """
        named = answer.reply.review or (reply_address.review if reply_address else "")
        if named:
            return await self._review_client.fetch_review(named)
        recent = await asyncio.to_thread(
            self._archive.notifications.list_recent_reviews, answer.person
        )
        for name in recent:
            with suppress(NotFound):
                review = await self._review_client.fetch_review(name)
                if names_meeting(answer, review):
                    return review
        return None

    async def store_mail(
        self,
        incoming: IncomingMail,
        reply_address: ReplyAddress | None,
        verdict: str,
        command_id: str = "",
        kind: MailKind = MailKind.PERSON,
    ) -> None:
        """Store the raw mail in the archive, with its verdict and what it is counted as."""
        await asyncio.to_thread(
            self._archive.mail.store_mail,
            digest=incoming.digest,
            raw=incoming.raw,
            received_at=self._clock(),
            command_id=command_id
            or incoming.build_command_id(reply_address.identity if reply_address else ""),
            review=reply_address.review if reply_address else "",
            person=reply_address.person if reply_address else "",
            verdict=verdict,
            kind=kind,
        )

    async def _send_reply_once(self, builder: ReplyBuilder) -> SmtpReply:
        """Send a mail to its review unless the review has it. Raises Refusal and NotFound."""
        incoming, reply_address = builder.incoming, builder.reply_address
        review = await self._review_client.fetch_review(reply_address.review)
        if builder.command_id not in review.receipts:
            if (refusal := check_review(review, reply_address, self._clock())) is not None:
                return refusal
            await self.store_mail(incoming, reply_address, "pending", builder.command_id)
            reply = await asyncio.to_thread(builder.build, review, self._clock())
            if is_unsubscribe(reply):
                await asyncio.to_thread(self._archive.people.set_weekly, reply.by, weekly=True)
            reply = await announce_places(self._writer, review.id, reply)
            await self._review_client.send_command(review.id, reply)
            await write_contributions(self._writer, review.id, list_settles(reply))
        else:
            on_behalf = await asyncio.to_thread(builder.explain_delegation, review, self._clock())
            settles = iter_accepting(review, builder.command_id, reply_address.person, on_behalf)
            await write_contributions(self._writer, review.id, settles)
        await self.store_mail(incoming, reply_address, "accepted", builder.command_id)
        return smtp_replies.ACCEPTED

    async def _send_if_possible(
        self, incoming: IncomingMail, review: str, command: AnyCommand | None
    ) -> None:
        """Send a command about an automated mail; a refusal has nobody who would read it."""
        if command is None:
            return
        try:
            await self._review_client.send_command(review, command)
        except (Refusal, NotFound) as error:
            log.info("mail %s changes nothing: %s", incoming.digest, error)

    def _build_bounce_command(
        self, incoming: IncomingMail, reply_address: ReplyAddress
    ) -> AnyCommand | None:
        person = self._archive.people.find_person(reply_address.person)
        addresses = frozenset({reply_address.person, *(person.aliases if person else ())})
        return build_bounce_command(incoming.raw, incoming.mail, reply_address, addresses)

    def _choose_command_id(self, incoming: IncomingMail, identity: str) -> str:
        """Return the command id; two different mails with one Message-ID get different ones."""
        command_id = incoming.build_command_id(identity)
        first_mail = self._archive.mail.find_mail(command_id)
        if first_mail is None or first_mail == incoming.raw:
            return command_id
        if incoming.has_same_text(parse_mail(first_mail)):
            return command_id
        return incoming.build_second_command_id(identity)


def _is_invited(review: Review, reply_address: ReplyAddress | None, person: str) -> bool:
    """Return whether an answer to an invitation is by one of a review's people."""
    is_granted = reply_address is not None and reply_address.person == person
    is_known = person in list_people(review) | set(review.restricted_to)
    return may_see(review, person) and (is_granted or is_known)


def _build_answer_address(review: Review, answer: InvitationAnswer, now: datetime) -> ReplyAddress:
    """Build the address under which an answer to an invitation is archived."""
    return ReplyAddress(
        kind=TokenKind.MEETING, review=review.id, person=answer.person, item="", created_at=now
    )
