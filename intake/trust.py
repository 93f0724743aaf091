"""How far a mail is believed: by its token alone, by its From address, or once that is proven."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mail.authenticity import Lookup, authentic
from mail.reading import Mail


class Proof(StrEnum):
    """What a reply must bring with it, each more than the one before."""

    TOKEN = "token"  # noqa: S105  (a way to trust, no secret)
    FROM = "from"
    AUTHENTICATED = "authenticated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What is asked of replies.

    `authserv_id` is the name under which our own mail server says what it found; "" where DKIM is
    looked at here. `people_of` are domains whose mail is people's though it says of itself that it
    is automatic. `consequence` lets who is proven decide by mail. `lookup` asks name servers.
    """

    require: Proof = Proof.FROM
    authserv_id: str = ""
    consequence: bool = False
    people_of: tuple[str, ...] = ()
    lookup: Lookup | None = None

    @property
    def asks_for_sender(self) -> bool:
        """Tell whether the From address must be the person's own."""
        return self.require is not Proof.TOKEN

    @property
    def asks_for_proof(self) -> bool:
        """Tell whether the From address must be proven."""
        return self.require is Proof.AUTHENTICATED

    def is_by_people(self, mail: Mail) -> bool:
        """Tell whether mail of this sender's domain is people's, whatever it says of itself."""
        domain = mail.sender.rpartition("@")[2]
        return domain in {each.lower() for each in self.people_of}

    def proves(self, raw: bytes, mail: Mail) -> bool:
        """Tell whether a mail is proven to come from its From address. Raises Away."""
        return authentic(mail.sender, raw, mail.results, self.authserv_id, self.lookup)
