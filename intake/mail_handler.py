"""Accept or refuse mail at SMTP time: 550 for an unknown address, 451 for our own failures.

A mail is accepted only when the review has accepted it and the raw mail is archived; so a
mail that is delivered again after a crash is the same command, and nothing happens twice.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from intake import smtp_replies
from intake.admission import Admission
from intake.answering import CommandSender
from intake.checks.mail_limits import MailKind
from intake.classification import classify
from intake.incoming_mail import IncomingMail
from intake.smtp_replies import SmtpReply
from mail.common.reply_token import compute_digest
from mail.inbound.automated_mail import AutomatedKind
from mail.inbound.bounces import iter_quoted_message_ids
from mail.inbound.parse_mail import parse_head, parse_mail
from models.email_address import TokenKind
from models.errors import Unavailable
from register.repositories.sent_notifications import ReplyAddress

log = logging.getLogger("afterword.intake")


MAX_READERS = 2
"""Mails that are read at once; recipients are judged beside them."""

MAX_STRANGER_OCTETS = 64 * 1024
"""Octets that are read of a mail to no address that we gave out: what it is says its beginning."""


class MailHandler:
    """Decides on each mail, first by its recipient and then by its content."""

    def __init__(self, admission: Admission, command_sender: CommandSender) -> None:
        self._admission = admission
        self._command_sender = command_sender
        self._readers = ThreadPoolExecutor(MAX_READERS, "read-mail")

    async def check_recipient(self, address: str) -> SmtpReply:
        """Return the SMTP reply for a recipient, before any mail is sent."""
        try:
            return await asyncio.to_thread(self._admission.check_recipient, address)
        except Unavailable as error:
            log.warning("451 for a recipient: %s", error)
            return smtp_replies.TRY_AGAIN_LATER

    async def handle_raw(
        self, raw: bytes, envelope_from: str, addresses: tuple[str, ...]
    ) -> tuple[SmtpReply, ...]:
        """Return the SMTP reply for each recipient of a mail, which is parsed once for all."""
        try:
            mails = await self._read(raw, envelope_from, addresses)
        except Unavailable as error:
            log.warning("451 for a mail: %s", error)
            return tuple(smtp_replies.TRY_AGAIN_LATER for _ in addresses)
        except Exception:
            log.exception("451 for a mail: it could not be read")
            return tuple(smtp_replies.TRY_AGAIN_LATER for _ in addresses)
        return tuple([await self.handle(each) for each in mails])

    async def _read(
        self, raw: bytes, envelope_from: str, addresses: tuple[str, ...]
    ) -> list[IncomingMail]:
        """Parse a mail once for all its recipients, whole if it came to an address of ours."""
        head = await asyncio.to_thread(parse_head, raw)
        mails = [
            IncomingMail(raw=raw, mail=head, envelope_from=envelope_from, address=address)
            for address in addresses
        ]
        limit = await asyncio.to_thread(self._find_read_limit, mails)
        loop = asyncio.get_running_loop()
        mail = await loop.run_in_executor(self._readers, parse_mail, raw[:limit])
        return [replace(each, mail=mail) for each in mails]

    def _find_read_limit(self, mails: list[IncomingMail]) -> int | None:
        """Return how many octets are read of a mail whose head is known; None for all."""
        known = (self._admission.find_reply_address(each) for each in mails)
        return None if any(known) else MAX_STRANGER_OCTETS

    async def handle(self, incoming: IncomingMail) -> SmtpReply:
        """Return the SMTP reply for a mail; any failure on our side is temporary."""
        try:
            smtp_reply = await self._handle_mail(incoming)
        except Unavailable as error:
            log.warning("451 for mail %s: %s", incoming.digest, error)
            return smtp_replies.TRY_AGAIN_LATER
        except Exception:
            log.exception("451 for mail %s: it could not be handled", incoming.digest)
            return smtp_replies.TRY_AGAIN_LATER
        log.info("%s for mail %s", smtp_reply.line, incoming.digest)
        return smtp_reply

    async def _handle_mail(self, incoming: IncomingMail) -> SmtpReply:
        admission = self._admission
        reply_address = await asyncio.to_thread(admission.find_reply_address, incoming)
        kind = classify(incoming, admission.mail_settings.sender, admission.sender_policy)
        is_report = kind is not AutomatedKind.AUTO_REPLY
        if reply_address is not None and reply_address.kind is TokenKind.BOUNCE and is_report:
            return await self._handle_report(incoming, reply_address)
        if kind is AutomatedKind.CALENDAR:
            return await self._handle_calendar_reply(incoming, reply_address)
        if reply_address is None:
            return self._refuse_stranger(incoming, kind)
        if kind:
            return await self._handle_automated_mail(incoming, reply_address, kind)
        return await self._handle_reply(incoming, reply_address)

    async def _handle_reply(self, incoming: IncomingMail, reply_address: ReplyAddress) -> SmtpReply:
        """Send the review what a person wrote; return what became of it."""
        admission, command_sender = self._admission, self._command_sender
        if reply_address.kind is TokenKind.MEETING:
            return smtp_replies.INVITATIONS_ONLY
        check = await asyncio.to_thread(admission.check_sender, incoming, reply_address)
        if check.refusal is not None:
            return check.refusal
        if refusal := await command_sender.find_limit_refusal(
            incoming, reply_address.person, MailKind.PERSON
        ):
            return refusal
        if reply_address.kind is TokenKind.UNSUBSCRIBE:
            return await command_sender.unsubscribe(incoming, reply_address)
        decisions = admission.check_decisions(
            incoming, reply_address, check.proof, command_sender.read_clock()
        )
        return await command_sender.send_reply(incoming, reply_address, decisions)

    def _refuse_stranger(self, incoming: IncomingMail, kind: AutomatedKind | None) -> SmtpReply:
        """Return the reply to a mail that is about none of our emails; nothing of it is stored."""
        if not kind:
            return smtp_replies.UNKNOWN_NOTIFICATION
        log.info("mail %s is dropped: %s, unrelated to our emails", incoming.digest, kind)
        return smtp_replies.DISCARDED

    async def _handle_automated_mail(
        self, incoming: IncomingMail, reply_address: ReplyAddress, kind: AutomatedKind
    ) -> SmtpReply:
        """Archive an automated mail of a person, and tell the review that it came.

        Its sender must prove what a person must. One that does not is dropped: a refusal would be
        sent to whom it names.
        """
        admission, command_sender = self._admission, self._command_sender
        check = await asyncio.to_thread(admission.check_sender, incoming, reply_address)
        if check.refusal is not None:
            log.warning("mail %s is dropped: %s, %s", incoming.digest, kind, check.refusal.line)
            return smtp_replies.DISCARDED_AUTOMATED
        if refusal := await command_sender.find_limit_refusal(
            incoming, reply_address.person, MailKind.MACHINE
        ):
            return refusal
        await command_sender.store_mail(
            incoming, reply_address, f"automated: {kind}", kind=MailKind.MACHINE
        )
        await command_sender.send_automatic_reply(incoming, reply_address, kind)
        return smtp_replies.FILED

    async def _handle_report(
        self, incoming: IncomingMail, reply_address: ReplyAddress
    ) -> SmtpReply:
        """Archive a delivery report, and tell the reviews that an email came back.

        It counts only for the email that its address was given to, and for whom that was sent to.
        """
        command_sender = self._command_sender
        quoted = await asyncio.to_thread(list, iter_quoted_message_ids(incoming.raw))
        if reply_address.item not in map(compute_digest, quoted):
            log.warning("mail %s is dropped: no report about its email", incoming.digest)
            return smtp_replies.UNKNOWN_REPORT
        if refusal := await command_sender.find_limit_refusal(
            incoming, reply_address.person, MailKind.MACHINE
        ):
            return refusal
        await command_sender.store_mail(
            incoming, reply_address, f"automated: {AutomatedKind.BOUNCE}", kind=MailKind.MACHINE
        )
        await command_sender.send_bounce(incoming, reply_address)
        return smtp_replies.FILED

    async def _handle_calendar_reply(
        self, incoming: IncomingMail, reply_address: ReplyAddress | None
    ) -> SmtpReply:
        """Send the review what somebody answers to an invitation; return what became of it."""
        admission, command_sender = self._admission, self._command_sender
        if not admission.is_our_invitation(incoming, reply_address):
            return smtp_replies.UNKNOWN_INVITATION
        check = await asyncio.to_thread(admission.check_attendee, incoming, reply_address)
        if check.answer is None:
            return check.refusal
        if refusal := await command_sender.find_limit_refusal(
            incoming, check.answer.person, MailKind.CALENDAR
        ):
            return refusal
        return await command_sender.send_invitation_answer(incoming, reply_address, check.answer)
