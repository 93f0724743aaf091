"""What an email with news is about, as its subject says it."""

from __future__ import annotations

from collections.abc import Iterable

from models.codes import EventKind
from models.notifications import NotificationItem
from rules.formatting import format_number

NEWS: dict[str, str] = {
    EventKind.RECUR: "the incident came back",
    EventKind.CANCEL: "the review is cancelled",
    EventKind.REOPEN: "the review is open again",
    EventKind.SEND_BACK: "the review was sent back",
    EventKind.RESTRICT: "the review is restricted to some people",
    EventKind.UNRESTRICT: "the review is open to everybody again",
    EventKind.APPOINT: "a role for you",
    EventKind.HAND_OVER: "something was handed over",
    EventKind.FOLLOW_UP_OPENED: "a follow-up review is open",
    EventKind.CONTRIBUTE: "an anonymous contribution",
    EventKind.ATTEND: "an answer to the invitation",
    EventKind.REPORT_BOUNCE: "an email could not be delivered",
    EventKind.REFUSED: "a message was refused",
    EventKind.CANCEL_REQUESTED: "a request to cancel its workflow",
    EventKind.BLOCK: "{item} is blocked",
    EventKind.UNBLOCK: "{item} goes on",
    EventKind.POSTPONE: "{item} needs more time",
    EventKind.GIVE_UP: "{item} was given up",
    EventKind.CLAIM: "{item} is said to be done",
    EventKind.TAKE_BACK: "{item} is not done after all",
    EventKind.DROP: "{item} is dropped",
    EventKind.REASSIGN: "{item} has another owner",
    EventKind.CHANGE_VERIFIER: "{item} has another verifier",
    EventKind.REPORT: "an answer about {item}",
}
"""What each kind of event is in a subject, the most important first."""

_IMPORTANCE = {code: number for number, code in enumerate(NEWS)}


def format_news(items: Iterable[NotificationItem]) -> str:
    """Format what some items tell: the most important is named, the rest are counted."""
    ordered = sorted(items, key=lambda item: _IMPORTANCE.get(item.code, len(_IMPORTANCE)))
    phrases = tuple(dict.fromkeys(map(_format_item, ordered)))
    if not phrases:
        return "news"
    count = len(phrases) - 1
    things = "thing" if count == 1 else "things"
    return f"{phrases[0]}, and {format_number(count)} more {things}" if count else phrases[0]


def _format_item(item: NotificationItem) -> str:
    if item.code in NEWS and (item.item or "{item}" not in NEWS[item.code]):
        return NEWS[item.code].format(item=item.item)
    return f"news about {item.item or 'the review'}"
