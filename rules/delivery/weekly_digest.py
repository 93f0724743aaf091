"""The weekly digest of one person: what waits for them, what they promised, what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.action import FINISHED_STATUSES
from models.codes import BlockerCode
from models.people import Person
from models.review import Review
from rules.notifications.pending_work import gather_pending_work

AHEAD = timedelta(days=14)
"""How far ahead meetings are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """One line of a digest: about which review, which action or cause of it, and what.

    `at` is when a meeting is, `due` an action's due date.
    """

    review: str
    title: str
    item: str
    text: str
    due: date | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What waits for somebody, what they promised, and which meetings come next."""

    waiting: tuple[DigestLine, ...] = ()
    promised: tuple[DigestLine, ...] = ()
    meetings: tuple[DigestLine, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to tell."""
        return not (self.waiting or self.promised or self.meetings)


def build_digest(
    reviews: Iterable[Review], people: Mapping[str, Person], address: str, now: datetime
) -> Digest:
    """Build somebody's digest from the open reviews in which they are responsible for something.

    What waits comes by how long it has waited, what was promised by its due date.
    """
    listed = tuple(reviews)
    waiting = [each for review in listed for each in _iter_waiting(review, people, address, now)]
    promised = [each for review in listed for each in _iter_promised(review, address)]
    meetings = [each for review in listed for each in _iter_meetings(review, now)]
    return Digest(
        waiting=tuple(line for _, line in sorted(waiting, key=lambda pair: pair[0])),
        promised=tuple(sorted(promised, key=lambda line: line.due or date.max)),
        meetings=tuple(sorted(meetings, key=lambda line: line.at or now)),
    )


def _iter_waiting(
    review: Review, people: Mapping[str, Person], address: str, now: datetime
) -> Iterator[tuple[datetime, DigestLine]]:
    """Yield what waits for somebody but their own promises, which are told by themselves."""
    for entry in gather_pending_work(review, people, now).entries:
        is_promise = entry.item.code == BlockerCode.NOT_DONE
        if is_promise or entry.item.since > now or address not in entry.item.who:
            continue
        line = DigestLine(
            review=review.id,
            title=review.incident.title,
            item=entry.action.id if entry.action else "",
            text=entry.item.sentence,
            due=entry.action.due if entry.action else None,
        )
        yield entry.item.since, line


def _iter_promised(review: Review, address: str) -> Iterator[DigestLine]:
    for action in review.actions:
        is_promised = action.assigned_at is not None and action.status not in FINISHED_STATUSES
        if is_promised and action.owner == address:
            yield DigestLine(
                review=review.id,
                title=review.incident.title,
                item=action.id,
                text=action.text,
                due=action.due,
            )


def _iter_meetings(review: Review, now: datetime) -> Iterator[DigestLine]:
    meeting = review.next_meeting
    if meeting is not None and now <= meeting.at <= now + AHEAD:
        name = "Follow-up meeting" if review.follow_up else "Review meeting"
        where = f": {meeting.place}" if meeting.place else ""
        yield DigestLine(
            review=review.id,
            title=review.incident.title,
            item="",
            text=f"{name}{where}",
            at=meeting.at,
        )
