"""From a mail's words to one order: what each line asks of the review, judged as it stands now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.brought import Brought
from mail.reading import Mail
from mail.sent import own_words
from models.orders import Line, Reassign, Reply
from models.people import Way
from models.review import Review
from register.archive import Archive
from register.letters import Capability
from register.mails import SHORT
from rules.replies import judge, meaning
from rules.stead import standing_in
from rules.verbs import spoken
from rules.vocabulary import Verb

SOONEST = timedelta(days=1)
"""A Date header further in the future than this is wrong; then the mail was written now."""

MOST_NAMED = 5
LONGEST_SUBJECT = 200
UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replying:
    """One mail and whose it is, read as the order `order_id` against a review at a moment.

    `consequence` says whether what it decides counts.
    """

    archive: Archive
    brought: Brought
    given: Capability
    order_id: str
    consequence: bool

    def reply(self, review: Review, now: datetime) -> Reply:
        """Read the mail's words as one order. Raises Away."""
        person = self.given.person
        lines = self._lines(self._words(), review, now)
        if not any(line.order for line in lines) and (wish := _by_subject(self.brought.mail)):
            lines = self._lines(wish, review, now)
        lead = self.archive.person(review.roles.lead)
        stead = standing_in(review, person, lead, now.date())
        return Reply(
            id=self.order_id,
            by=person,
            way=Way.MAIL,
            standing_in=stead,
            mail=self.brought.digest,
            message_id=self.brought.mail.message_id,
            subject=self.brought.mail.subject[:LONGEST_SUBJECT],
            lines=judge(review, _in_stead(lines, stead), now),
        )

    def _lines(self, words: str, review: Review, now: datetime) -> tuple[Line, ...]:
        writer = self.archive.person(self.given.person)
        lines = meaning(
            words,
            reply_id=self.order_id,
            by=self.given.person,
            review=review,
            item=self.given.item,
            date=_written(self.brought.mail.date, now),
            zone=writer.zone if writer else "UTC",
            consequence=self.consequence,
            attached=self._attached(),
        )
        return tuple(_to_somebody(line, self.archive) for line in lines)

    def _attached(self) -> str:
        """Say what files came with the mail, and how to look at them."""
        if not self.brought.mail.files:
            return ""
        named = ", ".join(file.shown for file in self.brought.mail.files[:MOST_NAMED])
        review = self.given.review.removeprefix("review-")
        return f"Attached: {named} (afterword mail show {review} {self.order_id[:SHORT]} --into .)"

    def _words(self) -> str:
        letters = self.archive.letters_to(self.given.review, self.given.person)
        return own_words(self.brought.mail, letters).own


def unsubscribes(reply: Reply) -> bool:
    """Tell whether a reply says “unsubscribe”, which no order does."""
    said = (spoken(line.text.partition("\n")[0]) for line in reply.lines)
    return any(each.verb is Verb.UNSUBSCRIBE and not each.doubt for each in said)


def _to_somebody(line: Line, archive: Archive) -> Line:
    """Let an action be given only to somebody whom the directory knows."""
    if not isinstance(line.order, Reassign):
        return line
    person = archive.person(line.order.owner)
    if person is None or person.gone:
        said = f"{line.order.owner} is not in the people directory, or has left."
        return replace(line, order=None, answer=said)
    return replace(line, order=replace(line.order, owner=person.address))


def _by_subject(mail: Mail) -> str:
    """Take what a mail program's “unsubscribe” button says, which says it in the subject alone."""
    return UNSUBSCRIBE if mail.subject.strip().lower() == UNSUBSCRIBE else ""


def _written(date: datetime | None, now: datetime) -> datetime:
    return now if date is None or date > now + SOONEST else date


def _in_stead(lines: Iterable[Line], stead: str) -> Iterable[Line]:
    for line in lines:
        if line.order is None or not stead:
            yield line
        else:
            yield replace(line, order=replace(line.order, standing_in=stead))
