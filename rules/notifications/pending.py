"""The pending items of a review: who is to do what, since when, and how often they heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from models.action import Action
from models.codes import BlockerCode
from models.commands import PENDING, Approve
from models.errors import Blocker
from models.notifications import Notification, PendingItem, SentCount
from models.review import OPEN_STAGES, Gate, Review, Stage
from rules.command_lines import format_command_line
from rules.gates.closure import QUESTION_ROW
from rules.gates.gates import find_gate, list_blockers

ACTION_CODES = frozenset(
    {
        BlockerCode.NOT_ACCEPTED,
        BlockerCode.DECLINED,
        BlockerCode.NOT_DONE,
        BlockerCode.POSTPONEMENT,
        BlockerCode.NOT_VERIFIED,
        BlockerCode.GIVEN_UP,
    }
)
APPROVAL_SENTENCES = {
    Gate.DRAFT: "The draft is complete and ready for approval.",
    Gate.ACTIONS: "The actions are complete and ready for approval.",
    Gate.CLOSURE: "Every action has an outcome; the review is ready to be closed.",
}


def list_pending_items(review: Review, now: datetime) -> tuple[PendingItem, ...]:
    """List everything that somebody still has to do; empty only once a review is over.

    Besides the blockers of the next gate these are: its approval once nothing blocks it, what
    owners, verifiers and the lead owe to an action at any stage, and a sponsor's open questions.
    """
    if review.stage not in OPEN_STAGES:
        return ()
    gate_blockers = list_blockers(review, now)
    all_blockers = (
        *gate_blockers,
        *_list_approvals(review, gate_blockers),
        *_list_action_blockers(review, now),
        *_list_questions(review),
    )
    first_by_key = {(blocker.code, blocker.item): blocker for blocker in reversed(all_blockers)}
    return tuple(
        _build_pending_item(review, blocker)
        for blocker in all_blockers
        if first_by_key[blocker.code, blocker.item] is blocker
    )


def build_sent_key(key: str, address: str) -> str:
    """Build the key under which `review.sent` counts one person's notifications of an item."""
    return f"{key}|{address}"


def build_sent_counts(notification: Notification, at: datetime) -> dict[str, SentCount]:
    """Build the counts that a sent (or permanently refused) notification adds to `review.sent`."""
    counts = notification.counts or (notification.count,) * len(notification.covers)
    covered = zip(notification.covers, counts, strict=True)
    return {
        build_sent_key(key, notification.to): SentCount(count=count, at=at)
        for key, count in covered
    }


def _list_approvals(review: Review, gate_blockers: tuple[Blocker, ...]) -> Iterator[Blocker]:
    gate = find_gate(review.stage)
    if gate is not None and not gate_blockers:
        yield Blocker(
            code=f"approve-{gate}",
            sentence=APPROVAL_SENTENCES[gate],
            who=(review.roles.lead,),
            way_out=f"Approve it: {format_command_line(review, Approve, gate=gate)}.",
        )


def _list_action_blockers(review: Review, now: datetime) -> Iterator[Blocker]:
    """Yield the blockers that closing would raise for each action, at any stage of the review."""
    codes = ACTION_CODES if review.stage is Stage.DRAFT else ACTION_CODES | {BlockerCode.RECURRENCE}
    if review.stage is Stage.ASSIGNED:
        codes |= {BlockerCode.NOT_ASSIGNED}
    for blocker in list_blockers(replace(review, stage=Stage.FOLLOW_UP), now):
        if blocker.code in codes:
            yield blocker


def _list_questions(review: Review) -> Iterator[Blocker]:
    for action in review.actions:
        if action.question is not None and action.status in PENDING:
            yield QUESTION_ROW.build_blocker(review, action)


def _build_pending_item(review: Review, blocker: Blocker) -> PendingItem:
    return PendingItem(
        code=blocker.code,
        sentence=blocker.sentence,
        who=tuple(dict.fromkeys(address for address in blocker.who if address)),
        since=_find_start(review, blocker),
        item=blocker.item,
        way_out=blocker.way_out,
    )


def _find_start(review: Review, blocker: Blocker) -> datetime:
    action = review.action(blocker.item)
    if action is not None:
        return _find_action_start(review, blocker.code, action)
    if blocker.code == BlockerCode.RECURRENCE:
        return next(
            recurrence.at for recurrence in review.recurrences if recurrence.id == blocker.item
        )
    if blocker.code == BlockerCode.MEETING_NOT_HELD and review.meeting is not None:
        return max(review.stage_since, review.meeting.at)
    if blocker.code == BlockerCode.FOLLOW_UP_NOT_HELD and review.follow_up is not None:
        return max(review.stage_since, review.follow_up.at)
    return _find_stage_start(review)


def _find_action_start(review: Review, code: str, action: Action) -> datetime:
    if code == BlockerCode.POSTPONEMENT and action.postponement is not None:
        return action.postponement.at
    if code == BlockerCode.QUESTION and action.question is not None:
        return action.question.at
    if code in ACTION_CODES:
        return action.since
    return max(review.stage_since, action.since)


def _find_stage_start(review: Review) -> datetime:
    """Find the latest time at which the stage, or the meeting its approval depends on, began."""
    held_times = [
        meeting.held_at
        for meeting in (review.meeting, review.follow_up)
        if meeting and meeting.held_at
    ]
    starts = held_times if review.stage in (Stage.MEETING, Stage.FOLLOW_UP) else []
    return max((review.stage_since, *starts))
