"""Tell mail by people from automated mail: loops, bounces, lists, calendar and auto-replies."""

from __future__ import annotations

from intake.automated_mail_commands import AUTO_REPLY, BOUNCE
from intake.incoming_mail import IncomingMail
from intake.sender_policy import SenderPolicy

LOOP = "loop"
NULL_SENDERS = ("", "<>")
"""Envelope senders of mail that nobody may answer: bounces and automatic replies."""


def classify(incoming: IncomingMail, own_sender: str, sender_policy: SenderPolicy) -> str:
    """Return the kind of automated mail, "" for mail by a person.

    `own_sender` is the address that our own emails come from.
    """
    kind = incoming.mail.automated_kind
    if incoming.mail.sender == own_sender.lower():
        return LOOP
    if incoming.envelope_from in NULL_SENDERS and not kind:
        return BOUNCE
    if kind == AUTO_REPLY and sender_policy.is_human_domain(incoming.mail):
        return ""
    return kind
