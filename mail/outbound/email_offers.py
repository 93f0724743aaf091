"""The ways in which an email offers what its reader can do: a link, a reply, or a command line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mail.common.mail_settings import MailSettings
from mail.decision_links import LEAVE_OUT_QUERY, NOT_MINE_QUERY, build_decision_link
from mail.outbound.recipient import EmailRecipient
from models import commands
from models.codes import EventKind
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review
from rules.commands.possible import Respondent
from rules.gates.gates import find_gate
from rules.permissions import explain_delegation
from rules.replies.offers import (
    REJECT_HINT,
    Offer,
    format_decision_command,
    list_offers,
    list_snooze_offers,
)

REMINDER_KINDS = (NotificationKind.REMINDER, NotificationKind.OVERDUE)
KINDS_WITH_OFFERS = (
    *REMINDER_KINDS,
    NotificationKind.ASSIGNED,
    NotificationKind.LATE_DRAFT,
    NotificationKind.ESCALATION,
    NotificationKind.TO_VERIFY,
    NotificationKind.VERDICT,
    NotificationKind.POSTPONEMENT_ASKED,
    NotificationKind.POSTPONEMENT_ANSWERED,
    NotificationKind.GIVEN_UP_ASKED,
    NotificationKind.GIVEN_UP_ANSWERED,
    NotificationKind.QUESTION,
    NotificationKind.STATUS_BRIEF,
)
"""Kinds after which there is something to do; the others only tell what happened, or invite."""

CODES_WITH_OFFERS = (EventKind.CONTRIBUTE,)
"""Events after which there is something to do, though their notice is of another kind."""

LABELS: dict[type[commands.Command], str] = {
    commands.Claim: "Report as done",
    commands.Report: "Report progress",
    commands.Block: "Report as blocked",
    commands.Unblock: "No longer blocked",
    commands.Postpone: "Ask for more time",
    commands.GiveUp: "Give up",
    commands.Grant: "Grant more time",
    commands.RejectGiveUp: "Keep",
    commands.Reassign: "Give to somebody else",
    commands.Settle: "Accept",
}
"""The commands whose button is called otherwise than by their name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailOffer:
    """One thing that the reader can do: what its button says, and every way that is accepted.

    `link` opens a page that asks for confirmation, `reply` is written in a reply. Where both are
    empty, `command_line` is the way that is left. `is_decision` is about somebody else's work.
    """

    label: str
    link: str = ""
    reply: str = ""
    command_line: str = ""
    is_decision: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWays:
    """Which ways the offers of a whole email have, so that it says no more than that.

    `buttons` are links of any kind, `links` those about decisions, which the text shows too;
    `decision_replies` says whether a decision may be a reply, `has_choice` whether there are
    several replies.
    """

    buttons: bool
    links: bool
    replies: bool
    command_lines: bool
    decision_replies: bool
    has_choice: bool


def list_ways(offers: tuple[EmailOffer, ...]) -> OfferWays:
    """List which ways some offers have."""
    return OfferWays(
        buttons=any(offer.link for offer in offers),
        links=any(offer.link and offer.is_decision for offer in offers),
        replies=any(offer.reply for offer in offers),
        command_lines=any(offer.command_line for offer in offers),
        decision_replies=all(offer.reply for offer in offers if offer.is_decision),
        has_choice=sum(bool(offer.reply) for offer in offers) > 1,
    )


def build_offers(
    item: NotificationItem,
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
) -> tuple[EmailOffer, ...]:
    """Build the offers of one item of a notification, as the review is when it is sent.

    Who is not in the directory has no links.
    """
    if notification.kind not in KINDS_WITH_OFFERS and item.code not in CODES_WITH_OFFERS:
        return ()
    is_known = notification.to in recipient.people
    mail_settings = replace(mail_settings, decision_links=mail_settings.decision_links and is_known)
    offers = _iter_offers(item, notification, review, recipient, mail_settings)
    return tuple(
        each
        for offer in offers
        for each in _list_variants(offer, _build_offer(offer, review, recipient, mail_settings))
    )


def _iter_offers(
    item: NotificationItem,
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
) -> Iterator[Offer]:
    address, now = recipient.person.address, recipient.now
    lead = recipient.people.get(review.roles.lead)
    respondent = Respondent(
        address=address,
        may_decide_by_mail=mail_settings.decisions_by_mail,
        on_behalf=explain_delegation(review, address, lead, now.date()),
    )
    yield from list_offers(review, item.code, item.item, respondent, now)
    if notification.kind in REMINDER_KINDS and notification.count > 1:
        yield from list_snooze_offers(review, item.code, item.item, respondent, now)


def _list_variants(offer: Offer, email_offer: EmailOffer) -> Iterator[EmailOffer]:
    """Yield an offer, and what else it may come to: an action of somebody else's, a rejection."""
    yield email_offer
    if offer.command_type is commands.Settle and (email_offer.link or email_offer.reply):
        link = f"{email_offer.link}?{LEAVE_OUT_QUERY}" if email_offer.link else ""
        yield replace(email_offer, label="Reject", link=link, reply=offer.reply and REJECT_HINT)
    if offer.command_type is commands.Decline and (email_offer.link or email_offer.reply):
        link = f"{email_offer.link}?{NOT_MINE_QUERY}" if email_offer.link else ""
        yield replace(email_offer, label="Not mine", link=link, reply=offer.reply and "not mine")


def _build_offer(
    offer: Offer, review: Review, recipient: EmailRecipient, mail_settings: MailSettings
) -> EmailOffer:
    form = offer.command_type.mail
    link = build_decision_link(
        mail_settings,
        review,
        recipient.person,
        offer.command_type,
        now=recipient.now,
        item=offer.action,
    )
    gate = str(find_gate(review.stage) or "")
    command_line = format_decision_command(offer.command_type, review, offer.action or gate).strip(
        "`"
    )
    return EmailOffer(
        label=f"Approve the {gate}"
        if offer.command_type is commands.Approve
        else LABELS.get(offer.command_type, offer.command_type.__name__),
        link=link,
        reply=offer.reply,
        command_line="" if link or offer.reply else command_line,
        is_decision=form is not None and form.is_decision,
    )
