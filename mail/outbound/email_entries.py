"""The items an email is about, each with its details and what one can do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote

from mail.common.mail_settings import MailSettings
from mail.outbound.calendar_invitation import KINDS_WITH_CALENDAR, find_meeting
from mail.outbound.details import Detail, list_details
from mail.outbound.email_formatting import truncate
from mail.outbound.email_offers import EmailOffer, build_offers
from mail.outbound.recipient import EmailRecipient
from models.action import Action, ActionStatus
from models.codes import EventKind
from models.email_address import replace_email_addresses
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review, Stage
from rules.formatting import quote as quote_text
from rules.notices.invitations import FOLLOW_UP_LEFT, MEETING_LEFT
from rules.notifications.event_notifications import OPENING
from rules.notifications.wording import format_action_reference

KINDS_WITH_ALL_ACTIONS = (NotificationKind.STATUS_BRIEF, NotificationKind.CLOSED)
"""Notifications that show every action, not only those their items name."""

CODES_OF_MEETINGS = ("meeting", "follow-up", MEETING_LEFT, FOLLOW_UP_LEFT)
"""Codes of items that say which meeting an email is about, as its head does."""

CODES_IN_HEAD: dict[NotificationKind, tuple[str, ...]] = {
    NotificationKind.STATUS_BRIEF: ("status-brief",),
    NotificationKind.OPENED: (OPENING,),
    NotificationKind.CLOSED: (EventKind.APPROVE,),
}
"""Codes of other items that the head of an email says already."""

STATUS_CODE = "status"
"""The code of items whose sentence says of an action what its details say."""

HIDDEN_STATUSES = (ActionStatus.PROPOSED, ActionStatus.WITHDRAWN)
OPEN_END = "…"
ITEM_ID = re.compile(r"[A-Z]\d+")
_SENTENCE_END = re.compile(r"(?<=[.?!…”])[ ]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item an email is about.

    `name` is its id ("A1"), `heading` its text, `sentence` what the email says about it, `offers`
    what its reader can do about it; any of them may be empty.
    """

    name: str = ""
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
    """List the entries of a notification; all that it says about one action is one entry."""
    is_single = find_only_item(notification) != ""
    entries: list[Entry] = []
    for items in _group_items(notification, review):
        known = {offer for entry in entries for offer in entry.offers}
        offers = (
            offer if is_single else _add_label(item.item, offer)
            for item in items
            for offer in build_offers(item, notification, review, recipient, mail_settings)
        )
        new = tuple(offer for offer in dict.fromkeys(offers) if offer not in known)
        entry = _build_entry(items, notification.kind, review, recipient)
        entries.append(replace(entry, offers=new))
    return (*entries, *_list_other_actions(notification, review, recipient))


def find_only_item(notification: Notification) -> str:
    """Return the id of the only item a notification is about, "" for none or several."""
    item_ids = {item.item for item in notification.items}
    return item_ids.pop() if len(item_ids) == 1 else ""


def build_mailto_link(address: str, subject: str, text: str) -> str:
    """Return a link that begins a reply with this text; the writer completes an open end."""
    body = f"{text.removesuffix(OPEN_END).rstrip()} " if text.endswith(OPEN_END) else text
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def _group_items(notification: Notification, review: Review) -> list[list[NotificationItem]]:
    """Return the items that are shown, those about one action, cause or section together."""
    groups: dict[str, list[NotificationItem]] = {}
    for number, item in enumerate(notification.items):
        if not _is_shown_by_template(item, notification, review):
            groups.setdefault(item.item or str(number), []).append(item)
    return list(groups.values())


def _is_shown_by_template(
    item: NotificationItem, notification: Notification, review: Review
) -> bool:
    """Return whether the head of an email says what an item says: a meeting's time, a closure."""
    if notification.kind in KINDS_WITH_CALENDAR and item.code in CODES_OF_MEETINGS:
        return find_meeting(notification, review) is not None
    return item.code in CODES_IN_HEAD.get(notification.kind, ())


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
    items: list[NotificationItem], kind: NotificationKind, review: Review, recipient: EmailRecipient
) -> Entry:
    name = items[0].item
    action = next((a for a in review.actions if a.id == name), None)
    sentences = (
        truncate(_shorten_sentence(item, review, recipient))
        for item in items
        if item.code != STATUS_CODE
    )
    parts = (part for each in sentences for part in _SENTENCE_END.split(each))
    sentence = " ".join(dict.fromkeys(filter(None, parts)))
    return Entry(
        name=name if ITEM_ID.fullmatch(name) else "",
        heading=truncate(_find_text(name, action, review)),
        sentence=sentence,
        details=list_details(kind, action, review, recipient, sentence) if action else (),
    )


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
    recurrence = next((each for each in review.recurrences if each.id == item.item), None)
    if recurrence:
        return sentence.replace(f" ({recurrence.id}: {quote_text(recurrence.text)})", "")
    return sentence.removeprefix(f"{item.item}: ").replace(
        format_action_reference(review, item.item), item.item
    )


def _add_label(name: str, offer: EmailOffer) -> EmailOffer:
    """Return an offer whose reply names what it is about."""
    return replace(offer, reply=f"{name} {offer.reply}") if name and offer.reply else offer
