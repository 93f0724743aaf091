"""What time asks for: the letters due now, those held for working hours, and the next moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from models.letters import Letter, LetterKind
from models.orders import ChangeVerifier, Reassign, ScheduleFollowUp
from models.people import Person
from models.plan import ClockOrder, Plan
from models.policy import Policy
from models.review import Review
from rules import agenda
from rules.brief import briefs
from rules.calendar import DAY
from rules.clockwork import clock_orders
from rules.news import AT_ONCE
from rules.news import letters as news_letters
from rules.nudges import Nudge, is_flying, nudges
from rules.presence import Presence, ladder
from rules.waits import counted

LEADING = (LetterKind.CLOSED, LetterKind.STATUS_BRIEF, LetterKind.AGENDA)
"""Kinds that a letter keeps whatever else is in it: they list everything."""


SPARED = (LetterKind.REMINDER, LetterKind.OVERDUE)
"""Kinds that come on Mondays to who wants them once a week."""

WEEK = 7


def plan(review: Review, people: Mapping[str, Person], policy: Policy, now: datetime) -> Plan:
    """Say what time asks of a review now.

    `people` is the directory by address, `now` aware. What an order of the clock hands over is
    written about only once that has been carried out.
    """
    review = replace(review, policy=policy)
    presence = Presence(people, policy, now)
    orders = clock_orders(review, presence)
    every = _nudges(review, presence)
    asked = _due(review, every, orders, presence)
    told = tuple(_told(review, presence))
    letters = _going(asked, told, presence)
    held = _held(asked, told, presence)
    is_as_before = not letters and not review.flying
    ahead = every if is_as_before else _nudges(_booked(review, letters, now), presence)
    moment = _next_moment(ahead, held, presence)
    return Plan(letters=letters, held=held, orders=orders, moment=moment)


def _due(
    review: Review,
    every: tuple[Nudge, ...],
    orders: tuple[ClockOrder, ...],
    presence: Presence,
) -> tuple[Nudge, ...]:
    """List what is due by now, whatever the hour, and neither under way nor handed over."""
    items = {order.action for order in orders if isinstance(order, Reassign | ChangeVerifier)}
    is_set = any(isinstance(order, ScheduleFollowUp) for order in orders)
    covers = {"no-follow-up"} if is_set else set()
    return tuple(
        nudge
        for nudge in every
        if nudge.due <= presence.now
        and not is_flying(review, nudge.letter)
        and items.isdisjoint(item.item for item in nudge.letter.items)
        and covers.isdisjoint(nudge.letter.covers)
    )


def _nudges(review: Review, presence: Presence) -> tuple[Nudge, ...]:
    agendas = agenda.reminders(review, presence)
    return (*nudges(review, presence), *briefs(review, presence), *agendas)


def _told(review: Review, presence: Presence) -> Iterator[Letter]:
    """List the news to tell, with what was held before; reminders held are decided anew."""
    carried = (letter for letter in review.held if not letter.covers)
    for letter in (*carried, *news_letters(review, presence)):
        to = _reachable(review, letter, presence)
        if to:
            yield replace(letter, to=to)


def _reachable(review: Review, letter: Letter, presence: Presence) -> str:
    """Name who gets a letter: its receiver, or, for the lead's notices, who stands in if gone."""
    if not presence.is_gone(letter.to):
        return letter.to
    rungs = ladder(review.roles)
    if letter.kind is not LetterKind.NOTICE or letter.to not in rungs:
        return ""
    higher = rungs[rungs.index(letter.to) + 1 :]
    return next((rung for rung in higher if not presence.is_gone(rung)), "")


def _going(
    asked: tuple[Nudge, ...], told: tuple[Letter, ...], presence: Presence
) -> tuple[Letter, ...]:
    now = presence.now
    alone = tuple(replace(x, not_before=None) for x in told if x.kind in AT_ONCE)
    ready = [n.letter for n in asked if _asked_at(n, presence) <= now]
    ready += [
        replace(x, not_before=None)
        for x in told
        if x.kind not in AT_ONCE and _told_at(x, presence) <= now
    ]
    return (*alone, *_bundled(ready))


def _held(
    asked: tuple[Nudge, ...], told: tuple[Letter, ...], presence: Presence
) -> tuple[Letter, ...]:
    now = presence.now
    news = [
        replace(x, not_before=at)
        for x in told
        if x.kind not in AT_ONCE and (at := _told_at(x, presence)) > now
    ]
    waiting = [
        replace(n.letter, not_before=at) for n in asked if (at := _asked_at(n, presence)) > now
    ]
    return (*news, *_bundled(waiting))


def _told_at(letter: Letter, presence: Presence) -> datetime:
    return presence.calendar(letter.to).opening(presence.now)


def _asked_at(nudge: Nudge, presence: Presence) -> datetime:
    """Give the first working hour of the receiver's in which a due letter finds them at work."""
    earliest = max(presence.now, nudge.due, nudge.back or nudge.due)
    calendar = presence.calendar(nudge.letter.to)
    opening = calendar.opening(earliest)
    if nudge.letter.kind not in SPARED or not presence.is_weekly(nudge.letter.to):
        return opening
    day = calendar.day(opening)
    monday = day + timedelta(days=-day.weekday() % WEEK)
    return opening if monday == day else calendar.opening(calendar.start_of(monday))


def _bundled(letters: Iterable[Letter]) -> Iterator[Letter]:
    """Make one letter of all that one person is to get at one moment."""
    piles: dict[tuple[str, datetime | None], list[Letter]] = {}
    for letter in letters:
        piles.setdefault((letter.to, letter.not_before), []).append(letter)
    return (_bundle(pile) for pile in piles.values())


def _bundle(pile: list[Letter]) -> Letter:
    return replace(
        pile[0],
        kind=_kind(pile),
        items=tuple(dict.fromkeys(item for letter in pile for item in letter.items)),
        covers=tuple(cover for letter in pile for cover in letter.covers),
        counts=tuple(count for letter in pile for count in letter.counts),
        count=min(letter.count for letter in pile),
        revision=max(letter.revision for letter in pile),
    )


def _kind(pile: list[Letter]) -> LetterKind:
    kinds = {letter.kind for letter in pile}
    leading = [kind for kind in LEADING if kind in kinds]
    if leading or len(kinds) == 1:
        return next(iter(leading or kinds))
    return LetterKind.REMINDER if any(x.covers for x in pile) else LetterKind.NOTICE


def _booked(review: Review, letters: tuple[Letter, ...], now: datetime) -> Review:
    """Take letters that go, or are under way, for delivered."""
    sent = dict(review.sent)
    for letter in (*review.flying, *letters):
        sent |= counted(letter, now)
    return replace(review, sent=sent, flying=())


def _next_moment(
    ahead: tuple[Nudge, ...], held: tuple[Letter, ...], presence: Presence
) -> datetime | None:
    """Give the first moment after now at which a letter may go."""
    moments = [_after_now(nudge, presence) for nudge in ahead]
    return min((*moments, *(x.not_before for x in held if x.not_before)), default=None)


def _after_now(nudge: Nudge, presence: Presence) -> datetime:
    """Give the moment at which a letter may go; what a clock order hands over, tomorrow."""
    at = _asked_at(nudge, presence)
    if at > presence.now:
        return at
    calendar = presence.calendar(nudge.letter.to)
    return calendar.start_of(calendar.day(presence.now) + DAY)
