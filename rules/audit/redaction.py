"""Take the words of a log line, or of an anonymous contribution, out of a review."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from models.codes import EventKind
from models.review import Event, Review
from rules.audit.log_chain import COVERING_KINDS, take_out

REDACTED = "[redacted]"
COPY_FIELDS = frozenset(
    "last_comment evidence finding reason risk accepted_risk answer rejected_because".split()
)
"""Fields of an action, a cause, a waiver or a recurrence that repeat what a log line tells."""

_CONTRIBUTION = re.compile(r"contributed (K\d+)\b")


def find_lines(review: Review, item: str) -> tuple[Event, ...]:
    """Find the log lines that are meant: one by its number, or those of a contribution."""
    return tuple(
        event
        for event in review.log
        if item in (str(event.revision), _find_contribution(event)) and item
    )


def is_redactable(event: Event) -> bool:
    """Return whether a line may be redacted: not twice, nor one that tells of a redaction."""
    return event.kind not in COVERING_KINDS and not event.text.startswith(REDACTED[:-1])


def redact(review: Review, item: str, mark: str) -> Review:
    """Return the review without the words of these lines; the mark stands in their place.

    What repeats them goes too: the contribution, the receipt, what was written with an action, and
    emails that are not sent yet.
    """
    lines = [event for event in find_lines(review, item) if is_redactable(event)]
    revisions = {event.revision for event in lines}
    contributions = {item, *map(_find_contribution, lines)} - {""}
    redacted = replace(
        blank_notices(review, contributions),
        log=tuple(
            take_out(event, by=event.by, item=event.item, text=mark)
            if event.revision in revisions
            else event
            for event in review.log
        ),
        contributions=tuple(
            replace(each, text=REDACTED, when="") if each.id in contributions else each
            for each in review.contributions
        ),
        receipts={
            name: replace(receipt, summary=REDACTED) if receipt.revision in revisions else receipt
            for name, receipt in review.receipts.items()
        },
    )
    for event in lines:
        redacted = _redact_copies(redacted, event)
    return redacted


def map_strings(
    value: Any, convert: Callable[[str], str], names: frozenset[str] = frozenset()
) -> Any:
    """Return a value with every text in it converted, at any depth; other types stay as they are.

    With `names`, only fields with one of these are converted.
    """
    if isinstance(value, str):
        return convert(value) if type(value) is str and not names else value
    if isinstance(value, tuple):
        return tuple(map_strings(each, convert, names) for each in value)
    if isinstance(value, dict):
        return {
            map_strings(key, convert, names): map_strings(each, convert, names)
            for key, each in value.items()
        }
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **dict(_iter_changes(value, convert, names)))
    return value


def _iter_changes(
    value: Any, convert: Callable[[str], str], names: frozenset[str]
) -> Iterator[tuple[str, Any]]:
    for field in fields(value):
        before = getattr(value, field.name)
        after = map_strings(before, convert, frozenset() if field.name in names else names)
        if field.init and after != before:
            yield field.name, after


def _find_contribution(event: Event) -> str:
    found = _CONTRIBUTION.match(event.text) if event.kind is EventKind.CONTRIBUTE else None
    return found[1] if found else ""


def blank_notices(review: Review, contributions: set[str]) -> Review:
    """Return the review without the words of contributions in notices that are not sent yet."""
    words = {
        f"“{each.when}: {each.text}”" if each.when else f"“{each.text}”"
        for each in review.contributions
        if each.id in contributions
    }

    def blank_words(text: str) -> str:
        for each in words:
            text = text.replace(each, REDACTED)
        return text

    return replace(
        review,
        held=map_strings(review.held, blank_words),
        in_flight=map_strings(review.in_flight, blank_words),
    )


def _redact_copies(review: Review, event: Event) -> Review:
    """Return the review without what repeats a line: with its item, and in emails that wait."""

    def blank_copy(text: str) -> str:
        return REDACTED if text.strip() and text.strip() in event.text else text

    def blank_items(items: tuple[Any, ...], name: str) -> tuple[Any, ...]:
        return tuple(
            map_strings(each, blank_copy, COPY_FIELDS)
            if getattr(each, name) == event.item
            else each
            for each in items
        )

    def blank_sentence(text: str) -> str:
        return text.replace(event.text, REDACTED) if event.text else text

    return replace(
        review,
        actions=blank_items(review.actions, "id"),
        causes=blank_items(review.causes, "id"),
        recurrences=blank_items(review.recurrences, "id"),
        waivers=blank_items(review.waivers, "item"),
        held=map_strings(review.held, blank_sentence),
        in_flight=map_strings(review.in_flight, blank_sentence),
    )
