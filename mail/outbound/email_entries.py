"""The items an email is about, each with its details and what one can do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from mail.common.mail_settings import MailSettings
from mail.outbound.details import Detail, list_details
from mail.outbound.email_formatting import truncate
from mail.outbound.email_offers import EmailOffer, build_offers
from mail.outbound.recipient import EmailRecipient
from models.action import Action, ActionStatus
from models.email_address import replace_email_addresses
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review, Stage
from rules.notices.invitations import FOLLOW_UP_LEFT, MEETING_LEFT
from rules.notifications.wording import format_action_reference

KINDS_WITH_ALL_ACTIONS = (NotificationKind.STATUS_BRIEF, NotificationKind.CLOSED)
"""Notifications that show every action, not only those their items name."""

CODES_OF_CANCELLATIONS = ("meeting", "follow-up", MEETING_LEFT, FOLLOW_UP_LEFT)
"""Codes of items that say which meeting is cancelled, as the head of the email does."""

HIDDEN_STATUSES = (ActionStatus.PROPOSED, ActionStatus.WITHDRAWN)
OPEN_END = "…"
ITEM_ID = re.compile(r"[A-Z]\d+")
_SENTENCE_END = re.compile(r"(?<=[.?!…”])[ ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item an email is about.

    `name` is its id ("A1"), `called` what it is called where it has none ("the approval of the
    draft"), `heading` its text, `sentence` what the email says about it, `offers` what its reader
    can do about it; any of them may be empty.
    """

    name: str = ""
    called: str = ""
    heading: str = ""
    sentence: str = ""
    details: tuple[Detail, ...] = ()
    offers: tuple[EmailOffer, ...] = ()


def list_entries(
    notification: Notification,
    review: Review,
    recipient: EmailRecipient,
    mail_settings: MailSettings,
) -> tuple[Entry, ...]:
    """List the entries of a notification; each offer stands at the first entry of its item."""
    is_single = find_only_item(notification) != ""
    entries: list[Entry] = []
    for item in _list_items(notification):
        offers = build_offers(item, notification, review, recipient, mail_settings)
        known = {offer for entry in entries for offer in entry.offers}
        new = (offer if is_single else _add_label(item.item, offer) for offer in offers)
        entry = _remove_repetitions(
            _build_entry(item, notification.kind, review, recipient), entries
        )
        entries.append(replace(entry, offers=tuple(each for each in new if each not in known)))
    return (*entries, *_list_other_actions(notification, review, recipient))


def find_only_item(notification: Notification) -> str:
    """Return the id of the only item a notification is about, "" for none or several."""
    item_ids = {item.item for item in notification.items}
    return item_ids.pop() if len(item_ids) == 1 else ""


def build_mailto_link(address: str, subject: str, text: str) -> str:
    """Return a link that begins a reply with this text; the writer completes an open end."""
    body = f"{text.removesuffix(OPEN_END).rstrip()} " if text.endswith(OPEN_END) else text
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def _list_items(notification: Notification) -> tuple[NotificationItem, ...]:
    """Return the items except those the head of the email shows: what is about a meeting."""
    is_brief = notification.kind is NotificationKind.STATUS_BRIEF
    is_cancellation = notification.kind is NotificationKind.MEETING_CANCELLED
    return tuple(
        item
        for item in notification.items
        if (item.item or not is_brief)
        and not (is_cancellation and item.code in CODES_OF_CANCELLATIONS)
    )


def _list_other_actions(
    notification: Notification, review: Review, recipient: EmailRecipient
) -> tuple[Entry, ...]:
    kind = notification.kind
    if kind is NotificationKind.MEETING_CANCELLED and review.stage is Stage.CLOSED:
        kind = NotificationKind.CLOSED
    if kind not in KINDS_WITH_ALL_ACTIONS:
        return ()
    item_ids = {item.item for item in notification.items}
    shown = (a for a in review.actions if a.id not in item_ids and a.status not in HIDDEN_STATUSES)
    return tuple(
        Entry(
            name=a.id,
            heading=truncate(a.text),
            details=list_details(kind, a, review, recipient),
        )
        for a in shown
    )


def _build_entry(
    item: NotificationItem, kind: NotificationKind, review: Review, recipient: EmailRecipient
) -> Entry:
    action = next((a for a in review.actions if a.id == item.item), None)
    sentence = truncate(_shorten_sentence(item, review, recipient))
    return Entry(
        name=item.item if ITEM_ID.fullmatch(item.item) else "",
        called=_format_approval(item.code),
        heading=truncate(_find_text(item.item, action, review)),
        sentence=sentence,
        details=list_details(kind, action, review, recipient, sentence) if action else (),
    )


def _remove_repetitions(entry: Entry, earlier: list[Entry]) -> Entry:
    """Return an entry without what an earlier one about the same action says."""
    same = [each for each in earlier if each.name and each.name == entry.name]
    said = {sentence for each in same for sentence in _SENTENCE_END.split(each.sentence)}
    known_details = {detail for each in same for detail in each.details}
    new = (part for part in _SENTENCE_END.split(entry.sentence) if part not in said)
    return replace(
        entry,
        heading="" if any(each.heading == entry.heading for each in same) else entry.heading,
        sentence=" ".join(new) or entry.sentence,
        details=tuple(each for each in entry.details if each not in known_details),
    )


def _format_approval(code: str) -> str:
    _, approve, gate = code.partition("approve-")
    return f"the approval of the {gate}" if approve else ""


def _find_text(name: str, action: Action | None, review: Review) -> str:
    if action:
        return action.text
    causes = {c.id: c.symptom for c in review.causes}
    return {r.id: r.text for r in review.recurrences}.get(name, causes.get(name, ""))


def _shorten_sentence(item: NotificationItem, review: Review, recipient: EmailRecipient) -> str:
    """Return a sentence with names for addresses, without the action's text, shown above."""
    sentence = replace_email_addresses(item.sentence, recipient.format_name)
    if not item.item:
        return sentence
    return sentence.removeprefix(f"{item.item}: ").replace(
        format_action_reference(review, item.item), item.item
    )


def _add_label(name: str, offer: EmailOffer) -> EmailOffer:
    """Return an offer whose reply names what it is about."""
    return replace(offer, reply=f"{name} {offer.reply}") if name and offer.reply else offer
