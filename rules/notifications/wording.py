"""The sentences of a notification about a pending item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from models.action import Action, ActionStatus
from models.codes import BlockerCode
from models.notifications import Notification, NotificationItem, NotificationKind, PendingItem
from models.review import Review
from rules.formatting import (
    end_sentence,
    format_date,
    format_distance,
    format_item,
    join_words,
    quote,
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """The address of a recipient, and the date where they are."""

    address: str
    today: date

    def format_address(self, address: str) -> str:
        """Format an address: “you” for the recipient, otherwise the address itself."""
        return "you" if address == self.address else address


def build_request(
    pending: PendingItem, action: Action | None, to: str, today: date
) -> NotificationItem:
    """Build the item that asks somebody who can clear a pending item to do so.

    `action` is the one the item is about (None for none), `today` the date where `to` is.
    """
    sentence = _format_sentence(pending, action, Recipient(to, today))
    return NotificationItem(code=pending.code, sentence=sentence, item=pending.item)


def build_substitute_request(
    pending: PendingItem,
    action: Action | None,
    to: str,
    today: date,
    reason: str,
) -> NotificationItem:
    """Build the item that tells a leader what is pending while those responsible are absent."""
    request = _format_sentence(pending, action, Recipient(to, today))
    sentence = f"{reason} In the meantime, this is waiting: {request}"
    return NotificationItem(code=pending.code, sentence=sentence, item=pending.item)


def build_escalation(
    pending: PendingItem, action: Action | None, to: str, today: date, reason: str
) -> NotificationItem:
    """Build the item that tells a leader what is not done, and why they are told, if it is new."""
    request = _format_sentence(pending, action, Recipient(to, today))
    sentence = f"{reason} {request}" if reason else request
    return NotificationItem(code=pending.code, sentence=sentence, item=pending.item)


def build_status_item(action: Action) -> NotificationItem:
    """Build the item with the status of one action for a status brief."""
    due_text = (
        f", due on {format_date(action.due)}" if action.due and action.outcome is None else ""
    )
    comment = f" Latest: {quote(action.last_comment)}" if action.last_comment else ""
    sentence = f"{_format_action(action)} is {action.status}{due_text}.{comment}"
    return NotificationItem(code="status", sentence=sentence, item=action.id)


def format_action_reference(review: Review, action_id: str) -> str:
    """Format an action by its text and id: “Add a rate limit” (A2); the id alone if unknown."""
    action = review.action(action_id)
    return _format_action(action) if action else action_id


def format_notification(notification: Notification) -> str:
    """Format what a notification is, as the log of a review names it: “Verify A1”."""
    items = dict.fromkeys(item.item for item in notification.items if item.item)
    return KIND_TITLES[notification.kind].format(join_words(tuple(items)) or "the review")


def _format_sentence(pending: PendingItem, action: Action | None, recipient: Recipient) -> str:
    formatter = REQUEST_FORMATTERS.get(pending.code)
    if action is not None and formatter is not None:
        return formatter(action, recipient)
    if pending.code.startswith("approve-") or not pending.way_out:
        return pending.sentence
    return f"{pending.sentence} {pending.way_out}"


def _format_work_request(action: Action, recipient: Recipient) -> str:
    is_blocked = action.status is ActionStatus.BLOCKED and action.last_comment
    reason = end_sentence(f" It is blocked: {quote(action.last_comment)}") if is_blocked else ""
    owner = recipient.format_address(action.owner)
    due_date = _format_due_date(action, recipient)
    wish = _format_open_wish(action, owner)
    return f"{_format_action(action)} is assigned to {owner}.{due_date}{reason}{wish}"


def _format_open_wish(action: Action, owner: str) -> str:
    """Format that an owner asked for more time and nobody has decided yet; empty where not."""
    if action.postponement is None:
        return ""
    until = format_date(action.postponement.until)
    asker = f"{owner[:1].upper()}{owner[1:]}" if owner == "you" else owner
    return f" {asker} asked for more time, until {until}; that is not decided yet."


def _format_accept_request(action: Action, recipient: Recipient) -> str:
    due_date = _format_due_date(action, recipient)
    if action.owner == recipient.address:
        return f"You have been asked to own {_format_action(action)}.{due_date}"
    return (
        f"{_format_action(action)} is assigned to {action.owner}, who has neither accepted nor "
        f"declined it.{due_date}"
    )


def _format_verify_request(action: Action, _: Recipient) -> str:
    return end_sentence(
        f"{action.owner} says that {_format_action(action)} is done: {quote(action.evidence)}"
    )


def _format_reassign_request(action: Action, _: Recipient) -> str:
    declined = f"{action.owner} declined {_format_action(action)}: {quote(action.last_comment)}"
    return (
        f"{end_sentence(declined)} {_format_suggestion(action)}"
        "It needs a new owner, or can be dropped with a replacement or an accepted risk."
    )


def _format_suggestion(action: Action) -> str:
    return f"They suggest {action.suggested_owner}. " if action.suggested_owner else ""


def _format_postpone_request(action: Action, _: Recipient) -> str:
    postponement = action.postponement
    request = (
        f", until {format_date(postponement.until)}: {quote(postponement.reason)}"
        if postponement
        else ""
    )
    return end_sentence(f"{action.owner} asks for more time for {_format_action(action)}{request}")


def _format_drop_request(action: Action, _: Recipient) -> str:
    return end_sentence(
        f"{action.owner} cannot do {_format_action(action)}: {quote(action.last_comment)}"
    )


def _format_answer_request(action: Action, _: Recipient) -> str:
    question = action.question
    asker, text = (question.by, f": {quote(question.text)}") if question else ("Somebody", "")
    return end_sentence(f"{asker} asks about {_format_action(action)}{text}")


def _format_assign_request(action: Action, _: Recipient) -> str:
    return f"{_format_action(action)} is proposed, but not yet assigned or withdrawn."


REQUEST_FORMATTERS: dict[str, Callable[[Action, Recipient], str]] = {
    BlockerCode.NOT_ACCEPTED: _format_accept_request,
    BlockerCode.NOT_DONE: _format_work_request,
    BlockerCode.NOT_VERIFIED: _format_verify_request,
    BlockerCode.DECLINED: _format_reassign_request,
    BlockerCode.POSTPONEMENT: _format_postpone_request,
    BlockerCode.GIVEN_UP: _format_drop_request,
    BlockerCode.QUESTION: _format_answer_request,
    BlockerCode.NOT_ASSIGNED: _format_assign_request,
}


def _format_action(action: Action) -> str:
    return format_item(action.text, action.id)


def _format_due_date(action: Action, recipient: Recipient) -> str:
    if action.due is None:
        return ""
    days = (action.due - recipient.today).days
    verb = "was" if days < 0 else "is"
    return f" It {verb} due on {format_date(action.due)}, {format_distance(days)}."


KIND_TITLES: dict[NotificationKind, str] = {
    NotificationKind.OPENED: "The review is open",
    NotificationKind.LATE_DRAFT: "The draft is due",
    NotificationKind.MEETING_INVITATION: "Invitation to the review meeting",
    NotificationKind.AGENDA: "Agenda for the meeting",
    NotificationKind.MEETING_CANCELLED: "The meeting is cancelled",
    NotificationKind.ASSIGNED: "Accept or decline {}",
    NotificationKind.REMINDER: "Reminder about {}",
    NotificationKind.OVERDUE: "Overdue: {}",
    NotificationKind.ESCALATION: "Help needed with {}",
    NotificationKind.TO_VERIFY: "Verify {}",
    NotificationKind.VERDICT: "Verdict on {}",
    NotificationKind.POSTPONEMENT_ASKED: "More time for {}?",
    NotificationKind.POSTPONEMENT_ANSWERED: "Decision about more time for {}",
    NotificationKind.GIVEN_UP_ASKED: "Drop or keep {}?",
    NotificationKind.GIVEN_UP_ANSWERED: "Decision about dropping {}",
    NotificationKind.QUESTION: "Question about {}",
    NotificationKind.FOLLOW_UP_INVITATION: "Invitation to the follow-up meeting",
    NotificationKind.STATUS_BRIEF: "Status of the actions",
    NotificationKind.NOTICE: "News about {}",
    NotificationKind.CLOSED: "The review is closed",
    NotificationKind.ANSWER: "Answer to a reply",
    NotificationKind.RECEIPT: "Receipt for a decision about {}",
}
