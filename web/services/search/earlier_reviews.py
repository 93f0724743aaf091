"""The earlier reviews that a new one is like, while there is still something to learn from them."""

from __future__ import annotations

from models.review import Review, Stage
from register.search.similar_reviews import find_similar_reviews
from rules.search.past_promises import EarlierReview
from web.dependencies import AppContext

NEW_STAGES = (Stage.DRAFT, Stage.MEETING)
"""While the plan is still being made; afterwards it is carried out."""


def find_earlier_reviews(
    context: AppContext, review: Review, reader: str
) -> tuple[EarlierReview, ...]:
    """Find the earlier reviews most like a new one that a reader may see. Raises Unavailable."""
    if review.stage not in NEW_STAGES:
        return ()
    return find_similar_reviews(context.engine, review, (reader,))
