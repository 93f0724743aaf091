"""Tell mail by people from automated mail: loops, bounces, lists, calendar and auto-replies."""

from __future__ import annotations

from intake.incoming_mail import IncomingMail
from intake.sender_policy import SenderPolicy
from mail.inbound.automated_mail import AutomatedKind

NULL_SENDERS = ("", "<>")
"""Envelope senders of mail that nobody may answer: bounces and automatic replies."""


def classify(
    incoming: IncomingMail, own_sender: str, sender_policy: SenderPolicy
) -> AutomatedKind | None:
    """Return the kind of automated mail, None for mail by a person.

    `own_sender` is the address that our own emails come from.
    """
    kind = incoming.mail.automated_kind
    if incoming.mail.sender == own_sender.lower():
        return AutomatedKind.LOOP
    if incoming.envelope_from in NULL_SENDERS and not kind:
        return AutomatedKind.BOUNCE
    if kind is AutomatedKind.AUTO_REPLY and sender_policy.is_human_domain(incoming.mail):
        return None
    return kind
