"""What a review gave to people's daily emails, and takes back as long as it was not sent."""

from __future__ import annotations

from dataclasses import replace

from models.notifications import Notification
from models.review import Review


def list_daily(review: Review) -> tuple[Notification, ...]:
    """List what waits for daily emails, one notification for each person at most."""
    return tuple(notification for notification in review.in_flight if notification.daily)


def find_daily(review: Review, person: str) -> Notification | None:
    """Find what waits for one person's daily email; None where nothing does."""
    waiting = (each for each in list_daily(review) if each.to == person)
    return next(waiting, None)


def recall_daily(review: Review) -> Review:
    """Return the review with nothing waiting for daily emails.

    What tells of events is held again; reminders are planned again, as far as they are still true.
    """
    daily = list_daily(review)
    if not daily:
        return review
    others = tuple(each for each in review.in_flight if not each.daily)
    return replace(review, in_flight=others, held=(*review.held, *_list_event_parts(daily)))


def remove_delivered(review: Review, delivered: Notification) -> Review:
    """Return the review without what one daily email told; what it did not tell is held again."""
    told_keys = {part.key for part in list_parts(delivered)}
    mine = tuple(each for each in list_daily(review) if each.to == delivered.to)
    others = tuple(each for each in review.in_flight if each not in mine)
    held = (*review.held, *_list_event_parts(mine))
    return replace(
        review, in_flight=others, held=tuple(each for each in held if each.key not in told_keys)
    )


def list_parts(notification: Notification) -> tuple[Notification, ...]:
    """List the notifications that were merged into one, or the one itself."""
    return notification.parts or (notification,)


def _list_event_parts(daily: tuple[Notification, ...]) -> tuple[Notification, ...]:
    return tuple(part for each in daily for part in list_parts(each) if not part.covers)
