"""The chain of a review's log: a line is added to it, or something is taken out of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from models.codes import EventKind
from models.review import Event, Review
from rules.audit import hash_chain
from rules.audit.hash_chain import ChainLine

COVERING_KINDS = (EventKind.REDACT, EventKind.ERASE)
"""The events that take something out of earlier lines, and commit to what is left of them."""


def read_event(event: Event) -> ChainLine:
    """Return an event as a line of its chain."""
    return ChainLine(
        number=event.revision,
        facts=(hash_chain.format_moment(event.at), event.channel, event.kind, event.gate or ""),
        words=(event.by, event.item, event.text),
        link=event.link,
        seal=event.seal,
        covers=event.covers,
    )


def read_log(log: Iterable[Event]) -> list[ChainLine]:
    """Return the lines of a log's chain."""
    return [read_event(event) for event in log]


def give_key(review: Review, key: str) -> Review:
    """Return the review with a key for its salts, which records of before have not."""
    return review if review.chain_key else replace(review, chain_key=key)


def append_to_chain(review: Review, event: Event) -> Review:
    """Return the review with one more line, linked to the last one.

    A review without a key gets one from what the line says; edges and workflow give a secret one.
    """
    moment = hash_chain.format_moment(event.at)
    key = review.chain_key or hash_chain.compute_digest("key", review.id, moment, event.text)
    salt, next_key = hash_chain.draw_salt(key)
    is_covering = event.kind in COVERING_KINDS
    covers = hash_chain.compute_cover(read_log(review.log)) if is_covering else ""
    sealed = replace(event, seal=salt, covers=covers)
    line, last = read_event(sealed), read_event(review.log[-1]) if review.log else None
    link = hash_chain.compute_link(line, hash_chain.find_previous_link(review.id, last, line))
    log = (*review.log, replace(sealed, link=link))
    return replace(review, revision=event.revision, log=log, chain_key=next_key)


def take_out(event: Event, *, by: str, item: str, text: str) -> Event:
    """Return a line with other names or words; its link still commits to those of before.

    What it says now is committed to by the event that took them out. A line from before there was
    a chain has nothing to keep.
    """
    changed, line = replace(event, by=by, item=item, text=text), read_event(event)
    if changed == event or not event.link or line.is_taken_out:
        return changed
    return replace(changed, seal=hash_chain.compute_commitment(event.seal, line.words))
