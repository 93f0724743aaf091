"""Replies of people to real emails, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy import text

from local.postbox import build_reply
from models import commands as o
from models.action import ActionStatus
from models.notifications import NotificationKind
from models.review import Gate, Review
from tests.intake.intake_server import LINK
from tests.patience import PATIENCE
from tests.sample_people import ADA
from tests.workflows.workflow_stack import RunningReview, WorkflowStack


@dataclass(frozen=True, kw_only=True)
class SentReply:
    """A person's reply to a real email about a review of its own."""

    case: RunningReview
    by: str
    action: str
    mail: EmailMessage

    @property
    def raw(self) -> bytes:
        """Return the bytes of the mail."""
        return self.mail.as_bytes()

    @property
    def to(self) -> str:
        """Return the reply address."""
        return str(self.mail["To"].addresses[0].addr_spec)

    def find_archived(self) -> tuple[str, bytes] | None:
        """Return the verdict and the bytes that the archive has of it; None where it has none."""
        query = text("SELECT verdict, raw FROM mails WHERE review = :id AND person = :by")
        with self.case.stack.engine.connect() as connection:
            row = connection.execute(query, {"id": self.case.id, "by": self.by}).one_or_none()
        return (row.verdict, row.raw) if row else None

    def list_answers(self) -> list[str]:
        """List the texts of the emails that answer it."""
        notifications = self.case.stack.postbox.list_emails(self.by)
        mine = self.mail["Message-ID"]
        return [
            each.get_body("plain") for each in notifications if each.message["In-Reply-To"] == mine
        ]

    def count_logged(self, review: Review) -> int:
        """Count the replies of this person in a review's log."""
        return sum(event.kind == "reply" and event.by == self.by for event in review.log)


async def send_replies(stack: WorkflowStack, *people: str) -> list[SentReply]:
    """Return one reply per person to the emails about a new review: their action is done."""
    for person in people:
        stack.archive.people.set_weekly(person, weekly=False)
    case = await stack.open_review()
    await case.write_draft()
    await case.hold_meeting()
    before = len(stack.postbox.list_emails())
    await case.ask(o.Approve, ADA, gate=Gate.ACTIONS)
    await case.skip(days=3)
    sent = []
    for action, person in zip(("A1", "A2"), people, strict=False):
        notification = await stack.postbox.wait_for(person, action, after=before, within=PATIENCE)
        words = f"accept\n{action} done {LINK}\nunsubscribe"
        mail = build_reply(notification, words, stack.read_clock())
        sent.append(SentReply(case=case, by=person, action=action, mail=mail))
    return sent


async def check_taken_once(reply: SentReply) -> None:
    """Check that a mail was taken, and did what it says exactly once."""
    stack = reply.case.stack
    review = await reply.case.wait_until(lambda now: not _is_unanswered(now))
    action = next(each for each in review.actions if each.id == reply.action)
    writer = stack.archive.people.find_person(reply.by)

    assert reply.count_logged(review) == 1
    assert (action.status, action.evidence) == (ActionStatus.CLAIMED, LINK)
    assert reply.find_archived() == ("accepted", reply.raw)
    assert writer is not None
    assert writer.weekly
    (answer,) = reply.list_answers()
    assert LINK in answer


def _is_unanswered(review: Review) -> bool:
    return any(
        notification.kind is NotificationKind.ANSWER
        for notification in (*review.held, *review.in_flight)
    )
