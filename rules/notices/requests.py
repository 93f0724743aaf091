"""What a pending item asks of somebody, as a clause after “please”: “verify A3”."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from models.codes import BlockerCode
from models.notifications import NotificationItem, PendingItem
from models.review import Review
from rules.formatting import format_number, join_words, quote

MAX_PASSAGE_LENGTH = 40
MAX_LISTED_ITEMS = 3
UNCOUNTED_CODES = frozenset({"agenda", "opening", "status", "status-brief"})
"""Codes of items that tell what their email is about, and are not one more thing in it."""

REQUESTS: dict[str, str] = {
    BlockerCode.APPOINT_LEAD: "appoint another lead",
    BlockerCode.RECURRENCE: "decide what follows from {item}",
    BlockerCode.NOT_VERIFIED: "verify {item}",
    BlockerCode.POSTPONEMENT: "grant or refuse more time for {item}",
    BlockerCode.GIVEN_UP: "decide whether to drop {item}",
    BlockerCode.DECLINED: "find another owner for {item}",
    BlockerCode.APPROVE_DRAFT: "approve the draft",
    BlockerCode.APPROVE_ACTIONS: "approve the actions",
    BlockerCode.APPROVE_CLOSURE: "close the review",
    BlockerCode.NOT_ACCEPTED: "accept or decline {item}",
    BlockerCode.NOT_ASSIGNED: "assign or withdraw {item}",
    BlockerCode.NO_FACILITATOR: "appoint a facilitator",
    BlockerCode.QUESTION: "answer the question about {item}",
    BlockerCode.NOT_DONE: "report on {item}",
    BlockerCode.NO_MEETING: "schedule the review meeting",
    BlockerCode.NO_DOCUMENT: "write the document",
    BlockerCode.SECTION_MISSING: "add the {item} to the document",
    BlockerCode.MEETING_NOT_HELD: "record that the review meeting was held",
    BlockerCode.NOTHING_WENT_WELL: "add what went well to the document",
    BlockerCode.NO_CAUSES: "name a contributing cause",
    BlockerCode.CAUSE_WITHOUT_ACTION: "find an action for {item}",
    BlockerCode.TOO_SHORT: "ask further why for {item}",
    BlockerCode.NO_OWNER: "complete {item}",
    BlockerCode.NO_MEASURE: "complete {item}",
    BlockerCode.NO_DUE_DATE: "complete {item}",
    BlockerCode.NO_VERIFIER: "complete {item}",
    BlockerCode.NO_CAUSE: "complete {item}",
    BlockerCode.VERIFIER_OWNS: "find another verifier for {item}",
    BlockerCode.DUE_IN_THE_PAST: "set another due date for {item}",
    BlockerCode.DUE_TOO_LATE: "set another due date for {item}",
    BlockerCode.NO_FOLLOW_UP: "schedule the follow-up meeting",
    BlockerCode.FOLLOW_UP_NOT_HELD: "record that the follow-up meeting was held",
}
"""What each code asks for, the most urgent first: others wait for a decision."""

_URGENCY = {code: number for number, code in enumerate(REQUESTS)}


def add_request(item: NotificationItem, review: Review, pending: PendingItem) -> NotificationItem:
    """Return the item with what a pending item asks of whoever can clear it."""
    return replace(item, request=_format_request(review, pending))


def add_plea(item: NotificationItem, review: Review, pending: PendingItem) -> NotificationItem:
    """Return the item with what it asks of a leader while others do not clear a pending item."""
    is_of_action = review.action(pending.item) is not None
    plea = f"with {pending.item}" if is_of_action else f"to {_format_request(review, pending)}"
    return replace(item, request=f"help {plea}")


def join_requests(items: Iterable[NotificationItem]) -> str:
    """Join what some items ask: the most urgent is named, the rest are counted; empty for nothing.

    What is asked alike of several is one request: “accept or decline A1 and A2, and one more
    thing”.
    """
    distinct = tuple(item for item in dict.fromkeys(items) if item.code not in UNCOUNTED_CODES)
    asked = sorted((item for item in distinct if item.request), key=_get_urgency)
    if not asked:
        return ""
    stem = _get_stem(asked[0])
    alike = [item for item in asked if _get_stem(item) == stem]
    count = len(distinct) - len(alike)
    things = "thing" if count == 1 else "things"
    rest = f", and {format_number(count)} more {things}" if count else ""
    names = dict.fromkeys(item.item for item in alike if item.request != stem)
    return f"{stem}{_join_items(tuple(names))}{rest}"


def _join_items(names: tuple[str, ...]) -> str:
    if len(names) > MAX_LISTED_ITEMS:
        names = (*names[: MAX_LISTED_ITEMS - 1], f"{format_number(len(names) - 2)} more")
    return join_words(names)


def _get_stem(item: NotificationItem) -> str:
    return item.request.removesuffix(item.item)


def _get_urgency(item: NotificationItem) -> int:
    return _URGENCY.get(item.code, len(_URGENCY))


def _format_request(review: Review, pending: PendingItem) -> str:
    if pending.code in REQUESTS:
        return REQUESTS[pending.code].format(item=pending.item)
    passage = next((f.passage for f in review.findings if f.id == pending.item), "")
    return f"reword {quote(passage, MAX_PASSAGE_LENGTH) if passage else pending.item}"
