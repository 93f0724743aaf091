"""Replies of people to real letters, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from sqlalchemy import text

from local.postbox import answer
from models import orders as o
from models.action import Standing
from models.letters import LetterKind
from models.review import Gate, Review
from tests.cast import ADA
from tests.intake.gate import LINK
from tests.workflows.house import Case, House


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A person's reply to a real letter about a review of its own."""

    case: Case
    by: str
    action: str
    mail: EmailMessage

    @property
    def raw(self) -> bytes:
        """Its octets."""
        return self.mail.as_bytes()

    @property
    def to(self) -> str:
        """The reply address."""
        return str(self.mail["To"].addresses[0].addr_spec)

    def filed(self) -> tuple[str, bytes] | None:
        """What the archive says of it, and what it has; None where it knows nothing."""
        wanted = text("SELECT verdict, raw FROM mails WHERE review = :id AND person = :by")
        with self.case.house.engine.connect() as connection:
            found = connection.execute(wanted, {"id": self.case.id, "by": self.by}).one_or_none()
        return (found.verdict, found.raw) if found else None

    def answers(self) -> list[str]:
        """The words of the letters that answer it."""
        letters = self.case.house.postbox.letters(self.by)
        mine = self.mail["Message-ID"]
        return [each.part("plain") for each in letters if each.message["In-Reply-To"] == mine]

    def heard(self, review: Review) -> int:
        """Count the replies of this person in a review's log."""
        return sum(event.kind == "reply" and event.by == self.by for event in review.log)


async def replies(home: House, *people: str) -> list[Reply]:
    """Let people answer the letters about one new review, each saying that their action is done."""
    for person in people:
        home.archive.set_weekly(person, weekly=False)
    case = await home.open()
    await case.draft()
    await case.meet()
    before = len(home.postbox.letters())
    await case.give(o.Approve, ADA, gate=Gate.ACTIONS)
    await case.skip(days=3)
    written = []
    for action, person in zip(("A1", "A2"), people, strict=False):
        letter = await home.postbox.wait_for(person, action, after=before)
        words = f"accept\n{action} done {LINK}\nunsubscribe"
        mail = answer(letter, words, home.clock())
        written.append(Reply(case=case, by=person, action=action, mail=mail))
    return written


async def taken_once(reply: Reply) -> None:
    """See that a mail was taken, and did what it says exactly once."""
    house = reply.case.house
    review = await reply.case.until(lambda now: not _unanswered(now))
    action = next(each for each in review.actions if each.id == reply.action)
    writer = house.archive.person(reply.by)

    assert reply.heard(review) == 1
    assert (action.standing, action.evidence) == (Standing.CLAIMED, LINK)
    assert reply.filed() == ("accepted", reply.raw)
    assert writer is not None
    assert writer.weekly
    (told,) = reply.answers()
    assert LINK in told


def _unanswered(review: Review) -> bool:
    return any(letter.kind is LetterKind.ANSWER for letter in (*review.held, *review.flying))
