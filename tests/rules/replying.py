"""How the tests of replies read a text, and the reviews they read it for."""

from __future__ import annotations

from datetime import UTC, datetime

from models import orders as o
from models.orders import Line, MailOrder
from models.review import Review
from rules.replies import meaning
from tests.cast import ADA, OLGA
from tests.lives import Life, assigned, following_up, propose

MONDAY = datetime(2026, 3, 9, 9, 30, tzinfo=UTC)
LINK = "https://example.org/changes/41"


def read(
    text: str,
    review: Review,
    by: str = OLGA,
    *,
    item: str = "",
    at: datetime = MONDAY,
    zone: str = "UTC",
    consequence: bool = True,
    attached: str = "",
) -> tuple[Line, ...]:
    """Read a text as somebody's reply to a letter about a review."""
    return meaning(
        text,
        reply_id="reply-1",
        by=by,
        review=review,
        item=item,
        date=at,
        zone=zone,
        consequence=consequence,
        attached=attached,
    )


def only(lines: tuple[Line, ...]) -> Line:
    """Give the only line."""
    (line,) = lines
    return line


def ordered(lines: tuple[Line, ...]) -> list[MailOrder]:
    """Give the orders, without the lines that are answered back."""
    return [line.order for line in lines if line.order is not None]


def understood(text: str, review: Review, by: str = OLGA, **how: object) -> MailOrder:
    """Give the only order of a text."""
    (order,) = ordered(read(text, review, by, **how))  # type: ignore[arg-type]  # as read takes them
    return order


def asked_back(text: str, review: Review, by: str = OLGA, **how: object) -> str:
    """Give the answer to a text that is not understood."""
    line = only(read(text, review, by, **how))  # type: ignore[arg-type]  # as read takes them
    assert line.order is None
    return line.answer


def claimed() -> Life:
    """A review in which Olga claims that A1 is done."""
    life = following_up()
    life.later(days=2).give(o.Claim, OLGA, action="A1", evidence=LINK)
    return life


def two_for_olga() -> Review:
    """A review in which A1 and A3 wait for Olga to accept."""
    life = assigned()
    propose(life, "Write the runbook for a dry pool", OLGA)
    return life.give(o.Assign, ADA, action="A3")
