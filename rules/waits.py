"""Whom a review waits for, for what, since when, and how often they have heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from models.action import Action
from models.errors import Blocker
from models.letters import Letter, Sent, Wait
from models.orders import PENDING
from models.review import OPEN_STAGES, Gate, Meeting, Review, Stage
from rules.gates import blockers, gate_of

OF_ACTIONS = frozenset(
    {"not-accepted", "declined", "not-done", "postponement", "not-verified", "given-up"}
)
READY = {
    Gate.DRAFT: "The draft is complete and waits to be approved.",
    Gate.ACTIONS: "The actions are complete and wait to be approved.",
    Gate.CLOSURE: "Every action has an outcome; the review waits to be closed.",
}


def waits(review: Review, now: datetime) -> tuple[Wait, ...]:
    """List everything that somebody is waited for; empty only once a review is over.

    Besides what shuts the next gate these are: the approval once nothing shuts it, what owners,
    verifiers and the lead owe to an action at any stage, and a sponsor's open questions.
    """
    if review.stage not in OPEN_STAGES:
        return ()
    shut = blockers(review, now)
    found = (*shut, *_approval(review, shut), *_owed(review, now), *_questions(review))
    once = {(b.code, b.item): b for b in reversed(found)}
    return tuple(_wait(review, b) for b in found if once[b.code, b.item] is b)


def sent_key(cover: str, address: str) -> str:
    """Name the count of letters to one person about one wait in `review.sent`."""
    return f"{cover}|{address}"


def heard(review: Review, cover: str, address: str, since: datetime) -> Sent | None:
    """Say how often somebody heard of a wait; what they heard before it began does not count."""
    sent = review.sent.get(sent_key(cover, address))
    return sent if sent is not None and sent.at >= since else None


def counted(letter: Letter, at: datetime) -> dict[str, Sent]:
    """Say what a letter that went out (or was refused for good) adds to `review.sent`."""
    counts = letter.counts or (letter.count,) * len(letter.covers)
    covered = zip(letter.covers, counts, strict=True)
    return {sent_key(cover, letter.to): Sent(count=n, at=at) for cover, n in covered}


def end_of(meeting: Meeting) -> datetime:
    """Give the moment at which a meeting is over: when it was held, or else is planned to end."""
    return meeting.held_at or meeting.at + timedelta(minutes=meeting.minutes)


def action_of(review: Review, name: str) -> Action | None:
    """Find an action by its name."""
    return next((a for a in review.actions if a.id == name), None)


def _approval(review: Review, shut: tuple[Blocker, ...]) -> Iterator[Blocker]:
    gate = gate_of(review.stage)
    if gate is not None and not shut:
        yield Blocker(
            code=f"approve-{gate}",
            sentence=READY[gate],
            who=(review.roles.lead,),
            way_out=f"afterword approve … {gate}",
        )


def _owed(review: Review, now: datetime) -> Iterator[Blocker]:
    """Ask of each promise what closing will ask, at whatever stage the review is."""
    codes = OF_ACTIONS if review.stage is Stage.DRAFT else OF_ACTIONS | {"recurrence"}
    if review.stage is Stage.ASSIGNED:
        codes |= {"not-assigned"}
    for blocker in blockers(replace(review, stage=Stage.FOLLOW_UP), now):
        if blocker.code in codes:
            yield blocker


def _questions(review: Review) -> Iterator[Blocker]:
    for action in review.actions:
        if action.question is not None and action.standing in PENDING:
            yield Blocker(
                code="question",
                sentence=f"{action.question.by} asks about {action.id}: {action.question.text}",
                who=(action.owner,),
                item=action.id,
                way_out="say how it stands",
            )


def _wait(review: Review, blocker: Blocker) -> Wait:
    return Wait(
        code=blocker.code,
        sentence=blocker.sentence,
        who=tuple(dict.fromkeys(who for who in blocker.who if who)),
        since=_since(review, blocker),
        item=blocker.item,
        way_out=blocker.way_out,
    )


def _since(review: Review, blocker: Blocker) -> datetime:
    action = action_of(review, blocker.item)
    if action is not None:
        return _action_since(review, blocker.code, action)
    if blocker.code == "recurrence":
        return next(r.at for r in review.recurrences if r.id == blocker.item)
    if blocker.code == "meeting-not-held" and review.meeting is not None:
        return max(review.stage_since, review.meeting.at)
    if blocker.code == "follow-up-not-held" and review.follow_up is not None:
        return max(review.stage_since, review.follow_up.at)
    return _stage_since(review)


def _action_since(review: Review, code: str, action: Action) -> datetime:
    if code == "postponement" and action.postponement is not None:
        return action.postponement.at
    if code == "question" and action.question is not None:
        return action.question.at
    if code in OF_ACTIONS:
        return action.since
    return max(review.stage_since, action.since)


def _stage_since(review: Review) -> datetime:
    """Give the latest moment at which a stage, or what its approval rests on, began anew."""
    held = [m.held_at for m in (review.meeting, review.follow_up) if m and m.held_at]
    began = held if review.stage in (Stage.MEETING, Stage.FOLLOW_UP) else []
    return max((review.stage_since, *began))
