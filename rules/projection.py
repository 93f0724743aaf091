"""Projection: what the register does not have of a review yet."""

from __future__ import annotations

from dataclasses import fields

from models.messages.register_update import RegisterUpdate
from models.review import Event, Review

FIELDS_OUTSIDE_HEAD = frozenset(
    {
        "id",
        "revision",
        "actions",
        "causes",
        "log",
        "receipts",
        "notified_revision",
        "held",
        "in_flight",
        "sent",
        "chain_key",
    }
)
HEAD_FIELDS = tuple(field.name for field in fields(Review) if field.name not in FIELDS_OUTSIDE_HEAD)


def build_register_update(review: Review, run: str, recorded: Review | None) -> RegisterUpdate:
    """Build the update from the review as `recorded` in the register (None: everything)."""
    if recorded is None or not recorded.revision:
        return RegisterUpdate(
            review=review.id,
            run=run,
            base=0,
            revision=review.revision,
            head={name: getattr(review, name) for name in HEAD_FIELDS},
            actions=review.actions,
            causes=review.causes,
            events=review.log,
        )
    return RegisterUpdate(
        review=review.id,
        run=run,
        base=recorded.revision,
        revision=review.revision,
        head={
            name: getattr(review, name)
            for name in HEAD_FIELDS
            if getattr(review, name) != getattr(recorded, name)
        },
        actions=tuple(a for a in review.actions if a not in recorded.actions),
        causes=tuple(c for c in review.causes if c not in recorded.causes),
        events=_list_changed_events(review.log, recorded),
    )


def _list_changed_events(log: tuple[Event, ...], recorded: Review) -> tuple[Event, ...]:
    """List the events after those recorded, and those of which something was taken out since.

    Where one of a revision is listed, all of it are.
    """
    pairs = zip(log, recorded.log, strict=False)
    changed = {now.revision for now, then in pairs if now is not then and now != then}
    return tuple(e for e in log if e.revision > recorded.revision or e.revision in changed)
