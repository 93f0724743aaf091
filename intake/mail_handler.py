"""Accept or refuse mail at SMTP time: 550 for an unknown address, 451 for our own failures.

A mail is accepted only when the review has accepted it and the raw mail is archived; so a
mail that is delivered again after a crash is the same command, and nothing happens twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from intake import automated_mail_commands, smtp_replies
from intake.build_reply import ReplyBuilder, is_unsubscribe
from intake.incoming_mail import IncomingMail
from intake.sender_policy import SenderPolicy
from intake.smtp_replies import SmtpReply
from mail.common import reply_token
from mail.common.mail_settings import MailSettings
from mail.inbound.parse_mail import list_reply_tokens, parse_mail
from models.commands import AnyCommand, Reply
from models.errors import NotFound, Refusal, Unavailable
from models.review import OPEN_STAGES, Review
from register.archive import Archive
from register.repositories.sent_notifications import ReplyAddress
from rules.visibility import may_see
from workflows.client import ReviewClient

MAX_ATTEMPTS = 3
"""Attempts with one mail when the review changes between reading and asking."""

MAX_REPLIES = 20
REPLY_WINDOW = timedelta(hours=2)
"""As Odoo does it: more replies than that from one person are two programs in a loop."""

NULL_SENDERS = ("", "<>")
REPLY_EVENT = "reply"

log = logging.getLogger("afterword.intake")


class MailHandler:
    """Decides on each mail, first by its recipient and then by its content."""

    def __init__(
        self,
        review_client: ReviewClient,
        archive: Archive,
        mail_settings: MailSettings,
        clock: Callable[[], datetime],
        *,
        sender_policy: SenderPolicy,
    ) -> None:
        self._review_client = review_client
        self._archive = archive
        self._mail_settings = mail_settings
        self._clock = clock
        self._sender_policy = sender_policy

    async def check_recipient(self, address: str) -> SmtpReply:
        """Return the SMTP reply for a recipient, before any mail is sent."""
        try:
            return await self._check_address(address.strip().lower())
        except Unavailable as error:
            log.warning("451 for a recipient: %s", error)
            return smtp_replies.TRY_AGAIN_LATER

    async def handle(self, incoming: IncomingMail) -> SmtpReply:
        """Return the SMTP reply for a mail; any failure on our side is temporary."""
        try:
            smtp_reply = await self._handle_mail(incoming)
        except Unavailable as error:
            log.warning("451 for mail %s: %s", incoming.digest, error)
            return smtp_replies.TRY_AGAIN_LATER
        except Exception:
            log.exception("451 for mail %s: it could not be judged", incoming.digest)
            return smtp_replies.TRY_AGAIN_LATER
        log.info("%s for mail %s", smtp_reply.line, incoming.digest)
        return smtp_reply

    async def _check_address(self, address: str) -> SmtpReply:
        if address == self._mail_settings.sender.lower():
            return smtp_replies.RECIPIENT_ACCEPTED
        local, _, domain = address.rpartition("@")
        if domain != self._mail_settings.domain.lower() or not local.startswith("reply"):
            return smtp_replies.NO_RELAY
        token = reply_token.find_token_in_address(address, self._mail_settings.domain)
        known = await self._load_reply_address(token)
        return smtp_replies.RECIPIENT_ACCEPTED if known else smtp_replies.UNKNOWN_ADDRESS

    async def _handle_mail(self, incoming: IncomingMail) -> SmtpReply:
        automated_kind = self._classify(incoming)
        reply_address = await self._find_reply_address(incoming)
        if automated_kind:
            reply_address = reply_address or await self._find_reported_address(incoming)
            if reply_address is None and incoming.mail.calendar_reply is None:
                log.info("mail %s is dropped: %s, about no letter", incoming.digest, automated_kind)
                return smtp_replies.DISCARDED
            await self._store_mail(incoming, reply_address, f"machine: {automated_kind}")
            await self._ask_automated_command(incoming, reply_address, automated_kind)
            return smtp_replies.FILED
        if reply_address is None:
            return smtp_replies.UNKNOWN_NOTIFICATION
        is_from_person = await self._is_from_person(incoming.mail.sender, reply_address)
        if self._sender_policy.requires_sender and not is_from_person:
            return smtp_replies.WRONG_SENDER
        is_authenticated = is_from_person and await self._is_authenticated(incoming)
        if self._sender_policy.requires_authentication and not is_authenticated:
            return smtp_replies.NOT_AUTHENTICATED
        return await self._ask_reply(incoming, reply_address, may_decide=is_authenticated)

    def _classify(self, incoming: IncomingMail) -> str:
        if incoming.mail.sender == self._mail_settings.sender.lower():
            return "loop"
        if incoming.envelope_from in NULL_SENDERS and not incoming.mail.automated_kind:
            return "bounce"
        is_auto_reply = incoming.mail.automated_kind == automated_mail_commands.AUTO_REPLY
        return (
            ""
            if is_auto_reply and self._sender_policy.is_human_domain(incoming.mail)
            else incoming.mail.automated_kind
        )

    async def _find_reply_address(self, incoming: IncomingMail) -> ReplyAddress | None:
        """Find the reply address of a mail, or of the notification that it refers to."""
        own = reply_token.find_token_in_address(incoming.address, self._mail_settings.domain)
        for token in (
            (own,) if own else list_reply_tokens(incoming.mail, self._mail_settings.domain)
        ):
            if (known := await self._load_reply_address(token)) is not None:
                return known
        return None

    async def _find_reported_address(self, incoming: IncomingMail) -> ReplyAddress | None:
        """Find the reply address of the email that a delivery report quotes."""
        token = await asyncio.to_thread(
            reply_token.find_token_in_report, incoming.raw, self._mail_settings.domain
        )
        return await self._load_reply_address(token)

    async def _ask_automated_command(
        self, incoming: IncomingMail, reply_address: ReplyAddress | None, automated_kind: str
    ) -> None:
        """Send the review the command that an automated mail leads to, if any."""
        command: AnyCommand | None = None
        review = reply_address.review if reply_address else ""
        try:
            if automated_kind == automated_mail_commands.CALENDAR and await self._is_from_attendee(
                incoming
            ):
                review = incoming.mail.calendar_reply.review if incoming.mail.calendar_reply else ""
                command = automated_mail_commands.build_attend_command(
                    incoming.mail, await self._review_client.fetch_review(review)
                )
            elif reply_address is not None:
                person = await asyncio.to_thread(self._archive.find_person, reply_address.person)
                addresses = frozenset({reply_address.person, *(person.aliases if person else ())})
                command = await asyncio.to_thread(
                    automated_mail_commands.build_automated_command,
                    incoming.raw,
                    incoming.mail,
                    reply_address,
                    automated_kind,
                    addresses,
                )
            if command is not None:
                await self._review_client.ask(review, command)
        except (Refusal, NotFound) as error:
            log.info("mail %s changes nothing: %s", incoming.digest, error)

    async def _is_from_attendee(self, incoming: IncomingMail) -> bool:
        """Return whether a calendar reply is from the attendee, and to one of our invitations."""
        calendar_reply = incoming.mail.calendar_reply
        if calendar_reply is None or (calendar_reply.domain, calendar_reply.attendee) != (
            self._mail_settings.domain.lower(),
            incoming.mail.sender,
        ):
            return False
        return not self._sender_policy.requires_authentication or await self._is_authenticated(
            incoming
        )

    async def _load_reply_address(self, token: str) -> ReplyAddress | None:
        if not token:
            return None
        known = await asyncio.to_thread(self._archive.find_reply_address, token)
        if known is None:
            return None
        person = await asyncio.to_thread(self._archive.find_person, known.person)
        renewed = person.renewed if person else 0
        subject = (known.review, known.person, known.item)
        is_genuine = reply_token.is_genuine(
            self._mail_settings.secret, token, *subject, renewed=renewed
        )
        return known if is_genuine else None

    async def _is_from_person(self, sender: str, reply_address: ReplyAddress) -> bool:
        if not sender or sender == reply_address.person:
            return bool(sender)
        person = await asyncio.to_thread(self._archive.find_person, sender)
        return person is not None and person.address == reply_address.person

    async def _is_authenticated(self, incoming: IncomingMail) -> bool:
        """Return whether a mail's sender is authenticated, where the sender policy needs it."""
        if not (
            self._sender_policy.requires_authentication or self._sender_policy.decisions_by_mail
        ):
            return False
        return await asyncio.to_thread(
            self._sender_policy.is_authenticated, incoming.raw, incoming.mail
        )

    async def _ask_reply(
        self, incoming: IncomingMail, reply_address: ReplyAddress, *, may_decide: bool
    ) -> SmtpReply:
        """Send the mail to its review as one command; retry while the review changes."""
        command_id = await asyncio.to_thread(self._choose_command_id, incoming, reply_address.token)
        builder = ReplyBuilder(
            archive=self._archive,
            incoming=incoming,
            reply_address=reply_address,
            command_id=command_id,
            may_decide=may_decide and self._sender_policy.decisions_by_mail,
        )
        for _ in range(MAX_ATTEMPTS):
            try:
                review = await self._review_client.fetch_review(reply_address.review)
                if command_id not in review.receipts:
                    if (refusal := self._check_admission(review, reply_address)) is not None:
                        return refusal
                    await self._store_mail(incoming, reply_address, "pending", command_id)
                    reply = await asyncio.to_thread(builder.build, review, self._clock())
                    await self._record_unsubscribe(reply)
                    await self._review_client.ask(review.id, reply)
                await self._store_mail(incoming, reply_address, "accepted", command_id)
            except NotFound:
                return smtp_replies.UNKNOWN_REVIEW
            except Refusal as refusal:
                if refusal.code == "stale":
                    continue
                await self._store_mail(
                    incoming, reply_address, f"refused: {refusal.code}", command_id
                )
                return smtp_replies.build_refusal_reply(refusal.reason, refusal.way_out)
            return smtp_replies.ACCEPTED
        return smtp_replies.TRY_AGAIN_LATER

    async def _record_unsubscribe(self, reply: Reply) -> None:
        """Record that who replies “unsubscribe” gets reminders once a week only."""
        if is_unsubscribe(reply):
            await asyncio.to_thread(self._archive.set_weekly, reply.by, weekly=True)

    def _check_admission(self, review: Review, reply_address: ReplyAddress) -> SmtpReply | None:
        if review.stage not in OPEN_STAGES:
            return smtp_replies.REVIEW_CLOSED
        if not may_see(review, reply_address.person):
            return smtp_replies.RESTRICTED
        since = self._clock() - REPLY_WINDOW
        recent = [e for e in review.log if e.at > since and e.by == reply_address.person]
        is_over_limit = sum(event.kind == REPLY_EVENT for event in recent) >= MAX_REPLIES
        return smtp_replies.TOO_MANY_REPLIES if is_over_limit else None

    def _choose_command_id(self, incoming: IncomingMail, token: str) -> str:
        """Return the command id; two mails with one Message-ID get different ones."""
        first_mail = self._archive.find_mail(incoming.build_command_id(token))
        is_same = (
            first_mail is None
            or first_mail == incoming.raw
            or incoming.has_same_text(parse_mail(first_mail))
        )
        return (
            incoming.build_command_id(token) if is_same else incoming.build_second_command_id(token)
        )

    async def _store_mail(
        self,
        incoming: IncomingMail,
        reply_address: ReplyAddress | None,
        verdict: str,
        command_id: str = "",
    ) -> None:
        await asyncio.to_thread(
            self._archive.store_mail,
            digest=incoming.digest,
            raw=incoming.raw,
            received_at=self._clock(),
            command_id=command_id
            or incoming.build_command_id(reply_address.token if reply_address else ""),
            review=reply_address.review if reply_address else "",
            person=reply_address.person if reply_address else "",
            verdict=verdict,
        )
