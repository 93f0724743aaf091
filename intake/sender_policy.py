"""The sender policy: a reply counts by its token, its From address, or an authenticated sender."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mail.inbound.addresses import find_only_sender
from mail.inbound.parse_mail import ParsedMail
from mail.inbound.senders.authentication import SenderProof, is_authentic, prove_sender
from mail.inbound.senders.dkim_signatures import TxtLookup
from mail.inbound.senders.raw_fields import list_raw_fields


class RequiredProof(StrEnum):
    """What a reply must prove, each more than the one before."""

    TOKEN = "token"  # noqa: S105  (a way to trust, no secret)
    FROM = "from"
    AUTHENTICATED = "authenticated"


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderPolicy:
    """What is required of replies.

    `authserv_id` is the name our own mail server puts into Authentication-Results; "" where DKIM
    is checked here. `human_sender_domains` are domains whose mail is from people even if marked
    as automatic. `decisions_by_mail` lets authenticated senders decide by mail. `postbox_id` is the
    name, known to nobody else, by which the postbox of this machine vouches for who replies in it;
    "" where there is none. `lookup` asks name servers.
    """

    require: RequiredProof = RequiredProof.FROM
    authserv_id: str = ""
    postbox_id: str = ""
    decisions_by_mail: bool = False
    human_sender_domains: tuple[str, ...] = ()
    lookup: TxtLookup | None = None

    @property
    def requires_sender(self) -> bool:
        """Return whether the From address must be the person's own."""
        return self.require is not RequiredProof.TOKEN

    @property
    def requires_authentication(self) -> bool:
        """Return whether the From address must be authenticated."""
        return self.require is RequiredProof.AUTHENTICATED

    def is_human_domain(self, mail: ParsedMail) -> bool:
        """Return whether the sender's domain is human, even if its mail is marked automatic."""
        domain = mail.sender.rpartition("@")[2]
        return domain in {each.lower() for each in self.human_sender_domains}

    def prove_sender(self, raw: bytes, mail: ParsedMail) -> SenderProof:
        """Return what proves that a mail comes from its From address. Raises Unavailable.

        Both are read as mail servers read them; a From that we only made out proves nothing.
        """
        if find_only_sender(list_raw_fields(raw, "from")) != mail.sender:
            return SenderProof()
        results = list_raw_fields(raw, "authentication-results")
        if self.postbox_id and is_authentic(mail.sender, raw, results, self.postbox_id):
            return SenderProof(is_proven=True, is_direct=True)
        return prove_sender(mail.sender, raw, results, self.authserv_id, self.lookup)
