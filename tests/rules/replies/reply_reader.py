"""Functions by which the tests of replies read a text, and the reviews that they read it for."""

from __future__ import annotations

from datetime import UTC, datetime

from models import commands as o
from models.commands import MailCommand, ReplyLine
from models.review import Review
from rules.replies.interpret import interpret_reply
from rules.replies.obstacles import Obstacle
from tests.sample_people import ADA, OLGA
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_in_follow_up,
    propose_action,
)

MONDAY = datetime(2026, 3, 9, 9, 30, tzinfo=UTC)
LINK = "https://example.org/changes/41"


def parse_reply(
    text: str,
    review: Review,
    by: str = OLGA,
    *,
    item: str = "",
    at: datetime = MONDAY,
    zone: str = "UTC",
    consequence: bool = True,
    links: bool = False,
    behalf: str = "",
    attached: str = "",
    obstacle: Obstacle | None = None,
) -> tuple[ReplyLine, ...]:
    """Parse a text as somebody's reply to an email about a review."""
    return interpret_reply(
        text,
        reply_id="reply-1",
        by=by,
        review=review,
        item=item,
        date=at,
        zone=zone,
        may_decide=consequence,
        has_links=links,
        on_behalf=behalf,
        attached=attached,
        obstacle=obstacle,
    )


def get_only_line(lines: tuple[ReplyLine, ...]) -> ReplyLine:
    """Return the only line."""
    (line,) = lines
    return line


def list_commands(lines: tuple[ReplyLine, ...]) -> list[MailCommand]:
    """List the commands, without the lines that are answered back."""
    return [line.command for line in lines if line.command is not None]


def parse_command(text: str, review: Review, by: str = OLGA, **options: object) -> MailCommand:
    """Return the only command of a text."""
    (command,) = list_commands(parse_reply(text, review, by, **options))  # type: ignore[arg-type]  # as read takes them
    return command


def parse_question(text: str, review: Review, by: str = OLGA, **options: object) -> str:
    """Return the answer to a text that is not understood."""
    line = get_only_line(parse_reply(text, review, by, **options))  # type: ignore[arg-type]  # as read takes them
    assert line.command is None
    return line.answer


def build_claimed() -> ReviewBuilder:
    """Build a review in which Olga claims that A1 is done."""
    builder = build_in_follow_up()
    builder.advance(days=2).ask(o.Claim, OLGA, action="A1", evidence=LINK)
    return builder


def build_two_for_olga() -> Review:
    """Build a review in which A1 and A3 wait for Olga to accept."""
    builder = build_assigned()
    propose_action(builder, "Write the runbook for a dry pool", OLGA)
    return builder.ask(o.Assign, ADA, action="A3")
