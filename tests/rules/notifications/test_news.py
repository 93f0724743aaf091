"""The subject of an email with news says what happened, and not only that something did."""

from __future__ import annotations

import pytest

from models.codes import EventKind
from models.notifications import NotificationItem
from rules.notices.news import NEWS, format_news
from rules.notices.notices import (
    notify_everybody,
    notify_of_bounce,
    notify_of_cancellation,
    notify_of_recurrence,
)
from rules.notifications.event_notifications import NOTIFIERS


def build_item(code: str, item: str = "") -> NotificationItem:
    return NotificationItem(code=code, sentence="Something happened.", item=item)


@pytest.mark.parametrize(
    ("items", "subject"),
    [
        ([build_item("block", "A1")], "A1 is blocked"),
        ([build_item("appoint")], "a role for you"),
        ([build_item("change-verifier", "A2")], "A2 has another verifier"),
        (
            [build_item("block", "A1"), build_item("recur")],
            "the incident came back, and one more thing",
        ),
        (
            [build_item("drop", "A1"), build_item("drop", "A2"), build_item("attend")],
            "an answer to the invitation, and two more things",
        ),
        ([build_item("accept", "A3")], "news about A3"),
        ([build_item("note")], "news about the review"),
        ([], "news"),
    ],
)
def test_the_most_important_is_named_and_the_rest_is_counted(
    items: list[NotificationItem], subject: str
) -> None:
    assert format_news(items) == subject


def test_what_everybody_is_told_of_has_words_of_its_own() -> None:
    telling = {notify_everybody, notify_of_bounce, notify_of_cancellation, notify_of_recurrence}

    kinds = {kind for kind, notifiers in NOTIFIERS.items() if telling & set(notifiers)}

    assert EventKind.RESTRICT in kinds
    assert kinds <= NEWS.keys()
