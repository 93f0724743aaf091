"""Check that a decision by mail was meant for the address it came to, lately, and for once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from mail.common import reply_token
from mail.inbound.addresses import parse_addresses, parse_message_ids
from mail.inbound.parse_mail import ParsedMail
from mail.inbound.senders.authentication import SenderProof
from mail.inbound.senders.raw_fields import list_raw_fields
from models.email_address import TokenKind
from register.repositories.sent_notifications import ReplyAddress

DECISION_WINDOW = timedelta(days=7)
"""How old a mail may be that decides something: servers try for five days (RFC 5321, 4.5.4.1)."""

CLOCK_DIFFERENCE = timedelta(days=1)
"""How far ahead a sender's clock may be."""

NOT_PROVEN = "we cannot verify the sender of your email (DMARC or DKIM must pass)"
OTHER_ADDRESS = "your email does not name the reply address that it came to under To or Cc"
NOT_SIGNED = (
    "your mail server does not sign to whom and when you wrote, so that anybody who has your email "
    "could send it again"
)
NOT_RECENT = "your email has no date, or one that is not of the last seven days"
NO_MESSAGE_ID = "your email has no single Message-ID, by which it would be known if it came again"
REPEATED_MESSAGE_ID = "another email of yours with the same Message-ID came before"
NOT_A_REPLY_ADDRESS = "it came to an address that is not for decisions"
SIGNED_FIELDS = frozenset({"from", "date", "message-id"})
REPLY_KINDS = (TokenKind.REPLY, TokenKind.EARLIER, TokenKind.MESSAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCheck:
    """Whether a mail may decide; `doubt` says why not, "" where none of its kind may."""

    may_decide: bool = False
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenReply:
    """A reply whose sender is proven, and which of our addresses it came to.

    Whoever has seen a mail can send it again to another address, and whoever was shown one can
    change what is not signed. What came straight from the sender's own server is as it was written.
    """

    raw: bytes
    mail: ParsedMail
    address: str
    reply_address: ReplyAddress
    proof: SenderProof
    domain: str

    def check_decisions(self, now: datetime) -> DecisionCheck:
        """Check whether its decisions count."""
        doubt = self._find_doubt(now)
        return DecisionCheck(may_decide=not doubt, doubt=doubt)

    def _find_doubt(self, now: datetime) -> str:
        mail = self.mail
        if self.reply_address.kind not in REPLY_KINDS:
            return NOT_A_REPLY_ADDRESS
        if parse_message_ids(list_raw_fields(self.raw, "message-id")) != (mail.message_id,):
            return NO_MESSAGE_ID
        if mail.date is None or not now - DECISION_WINDOW <= mail.date <= now + CLOCK_DIFFERENCE:
            return NOT_RECENT
        places = set(self._iter_places())
        if not places:
            return OTHER_ADDRESS
        is_signed = self.proof.signed_fields >= SIGNED_FIELDS and not places.isdisjoint(
            self.proof.signed_fields
        )
        return "" if self.proof.is_direct or is_signed else NOT_SIGNED

    def _iter_places(self) -> Iterator[str]:
        """Yield the headers that say to which of our emails it is a reply."""
        if self.reply_address.kind is TokenKind.MESSAGE:
            yield from ("in-reply-to", "references")
            return
        token = reply_token.find_token_in_address(self.address, self.domain)
        for name in ("to", "cc"):
            addresses = parse_addresses(list_raw_fields(self.raw, name))
            named = [reply_token.find_token_in_address(each, self.domain) for each in addresses]
            if token in named if token else any(named):
                yield name
