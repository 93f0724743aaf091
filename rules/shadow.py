"""Which part of a review the register has not seen yet."""

from __future__ import annotations

from dataclasses import fields

from models.review import Review
from models.shadow import Change

APART = frozenset(
    {"id", "revision", "actions", "causes", "log", "receipts", "told", "held", "flying", "sent"}
)
HEAD = tuple(field.name for field in fields(Review) if field.name not in APART)


def change(review: Review, run: str, seen: Review | None) -> Change:
    """Say what changed in `review` since the register saw it as `seen` (None: everything)."""
    if seen is None or not seen.revision:
        return Change(
            review=review.id,
            run=run,
            base=0,
            revision=review.revision,
            head={name: getattr(review, name) for name in HEAD},
            actions=review.actions,
            causes=review.causes,
            events=review.log,
        )
    return Change(
        review=review.id,
        run=run,
        base=seen.revision,
        revision=review.revision,
        head={
            name: getattr(review, name)
            for name in HEAD
            if getattr(review, name) != getattr(seen, name)
        },
        actions=tuple(a for a in review.actions if a not in seen.actions),
        causes=tuple(c for c in review.causes if c not in seen.causes),
        events=tuple(e for e in review.log if e.revision > seen.revision),
    )
