"""The letters that open waits give rise to: to whom, which kind, and when each falls due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from models.letters import Item, Letter, LetterKind, Wait
from models.review import OPEN_STAGES, Review, Stage
from rules import pace, sentences
from rules.dates import said
from rules.presence import OF_THE_HANDS, Presence, above, hearing
from rules.sentences import Reader
from rules.waits import action_of, heard, sent_key, waits

FIRST = {
    "not-accepted": LetterKind.ASSIGNED,
    "not-verified": LetterKind.TO_VERIFY,
    "postponement": LetterKind.POSTPONEMENT_ASKED,
    "given-up": LetterKind.GIVEN_UP_ASKED,
    "question": LetterKind.QUESTION,
}
NOT_THE_DRAFT = pace.AT_ONCE | pace.APPROVALS | {"no-meeting"}
LATE_RUNGS = 2
"""Of a late action hear the lead and the sponsor; who stands in for them stands above."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A letter about one wait, when it falls due, and when its reader, if away, is back."""

    letter: Letter
    due: datetime
    back: datetime | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """An action that is being done: whose it is, and by when."""

    owner: str
    due: date


def nudges(review: Review, presence: Presence) -> tuple[Nudge, ...]:
    """Write every letter that the open waits give rise to, due now or in time to come.

    Who can clear a wait hears of it. Where none of them is at work the first above who is hears
    instead, and the letters of those who are away wait for their return. Every third letter goes
    one step further up the ladder, and all the steps below hear again.
    """
    found = (*_vacancy(review, presence), *waits(review, presence.now))
    return tuple(nudge for wait in found for nudge in _about(review, wait, presence))


def _vacancy(review: Review, presence: Presence) -> Iterator[Wait]:
    roles = review.roles
    if review.stage in OPEN_STAGES and presence.is_gone(roles.lead):
        yield Wait(
            code="appoint-lead",
            sentence=f"{roles.lead} led this review and has left.",
            who=tuple(a for a in dict.fromkeys((roles.sponsor, roles.desk)) if a != roles.lead),
            since=review.opened_at,
            way_out="afterword review appoint … lead",
        )


def _about(review: Review, wait: Wait, presence: Presence) -> Iterator[Nudge]:
    asked = {to: _asked(review, wait, to, presence) for to in wait.who if not presence.is_gone(to)}
    hearers = hearing(wait, review.roles, presence)
    due = [nudge.due for nudge in asked.values()]
    for hearer in hearers:
        if hearer not in asked:
            asked[hearer] = _stood_in(review, wait, hearer, due, presence)
    yield from asked.values()
    promise = _promise(review, wait)
    if promise is not None:
        yield from _lateness(review, wait, promise, hearers, presence)
        return
    yield from _steps_up(review, wait, [asked[to] for to in hearers], presence)


def _asked(review: Review, wait: Wait, to: str, presence: Presence) -> Nudge:
    calendar = presence.calendar(to)
    last = heard(review, wait.key, to, wait.since)
    count = last.count + 1 if last else 1
    kind = _kind(review, wait, count, calendar.day(presence.now))
    item = sentences.asked(review, wait, _reader(to, presence))
    letter = _letter(review, wait, to, kind=kind, item=item, count=count)
    back = presence.back_at(to) if to != review.roles.desk else None
    return Nudge(letter, pace.due(review, wait, to, last, calendar), back)


def _kind(review: Review, wait: Wait, count: int, today: date) -> LetterKind:
    promise = _promise(review, wait)
    if promise is not None and today > promise.due:
        return LetterKind.OVERDUE
    if count > 1:
        return LetterKind.REMINDER
    if review.stage is Stage.DRAFT and wait.code not in NOT_THE_DRAFT:
        return LetterKind.LATE_DRAFT
    return FIRST.get(wait.code, LetterKind.REMINDER)


def _stood_in(
    review: Review, wait: Wait, to: str, due: list[datetime], presence: Presence
) -> Nudge:
    last = heard(review, wait.key, to, wait.since)
    own = pace.due(review, wait, to, last, presence.calendar(to))
    decides = wait.code not in OF_THE_HANDS and to == review.roles.sponsor
    why = " ".join(_absence(who, presence) for who in wait.who) or "Nobody is named for it."
    item = sentences.stood_in(review, wait, _reader(to, presence), why, decides=decides)
    count = last.count + 1 if last else 1
    letter = _letter(review, wait, to, kind=LetterKind.ESCALATION, item=item, count=count)
    return Nudge(letter, max(own, min(due, default=own)))


def _absence(who: str, presence: Presence) -> str:
    back = presence.back_at(who)
    if back is None:
        return f"{who} has left."
    return f"{who} is away until {said(presence.calendar(who).day(back))}."


def _lateness(
    review: Review, wait: Wait, promise: Promise, hearers: tuple[str, ...], presence: Presence
) -> Iterator[Nudge]:
    rungs = above(wait, review.roles)
    told = set(hearers)
    for number in range(min(LATE_RUNGS, len(rungs))):
        to = next((r for r in rungs[number:] if presence.is_at_work(r)), review.roles.desk)
        if to in told:
            continue
        told.add(to)
        calendar = presence.calendar(to)
        cover = _over(wait, promise.owner)
        last = review.sent.get(sent_key(cover, to))
        due = pace.overdue(promise.due, number, last, calendar, review.policy)
        item = sentences.stepped_up(review, wait, _reader(to, presence), "This is late.")
        count = last.count + 1 if last else 1
        letter = _letter(
            review, wait, to, kind=LetterKind.ESCALATION, item=item, count=count, cover=cover
        )
        yield Nudge(letter, due)


def _steps_up(
    review: Review, wait: Wait, asked: list[Nudge], presence: Presence
) -> Iterator[Nudge]:
    hearers = [nudge.letter.to for nudge in asked]
    letters = max(_letters(review, nudge, presence) for nudge in asked)
    label = next((who for who in wait.who if set(wait.who) & set(hearers)), hearers[0])
    cover = _over(wait, label)
    why = f"{letters} letters to {' and '.join(hearers)} have brought no answer."
    steps = letters // review.policy.letters_per_step_up
    for count, to in zip(
        range(steps, 0, -1), _higher(review, wait, hearers, presence), strict=False
    ):
        last = heard(review, cover, to, wait.since)
        if last is None or last.count < count:
            item = sentences.stepped_up(review, wait, _reader(to, presence), why)
            letter = _letter(
                review, wait, to, kind=LetterKind.ESCALATION, item=item, count=count, cover=cover
            )
            yield Nudge(letter, presence.now)


def _higher(review: Review, wait: Wait, hearers: list[str], presence: Presence) -> list[str]:
    rungs = above(wait, review.roles)
    heard_up_to = max((rungs.index(to) + 1 for to in hearers if to in rungs), default=0)
    return [rung for rung in rungs[heard_up_to:] if presence.is_at_work(rung)]


def _letters(review: Review, nudge: Nudge, presence: Presence) -> int:
    """Count the letters about a wait, with the one that goes out now or is under way."""
    letter, now = nudge.letter, presence.now
    goes = nudge.due <= now and presence.calendar(letter.to).is_open(now)
    return letter.count - (not goes and not is_flying(review, letter))


def is_flying(review: Review, letter: Letter) -> bool:
    """Tell whether a letter about the same to the same person is with the mail server."""
    covers = set(letter.covers)
    return any(f.to == letter.to and covers & set(f.covers) for f in review.flying)


def _letter(
    review: Review,
    wait: Wait,
    to: str,
    *,
    kind: LetterKind,
    item: Item,
    count: int,
    cover: str = "",
) -> Letter:
    before = next((e.revision for e in reversed(review.log) if e.at < wait.since), 0)
    return Letter(
        kind=kind,
        to=to,
        items=(item,),
        covers=(cover or wait.key,),
        counts=(count,),
        count=count,
        revision=before + 1,
    )


def _reader(to: str, presence: Presence) -> Reader:
    return Reader(to, presence.calendar(to).day(presence.now))


def _over(wait: Wait, below: str) -> str:
    """Name the letters that go over somebody's head, apart from those to people waited for."""
    return f"{wait.key}^{below}"


def _promise(review: Review, wait: Wait) -> Promise | None:
    action = action_of(review, wait.item)
    if wait.code != "not-done" or action is None or action.due is None:
        return None
    return Promise(action.owner, action.due)
