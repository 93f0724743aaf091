"""Blockers of follow-up and closure: every action without an outcome, and open decisions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.action import Action, ActionStatus
from models.codes import BlockerCode
from models.commands import (
    IN_PROGRESS,
    Accept,
    AcceptRisk,
    Assign,
    Claim,
    Command,
    Decline,
    Drop,
    GiveUp,
    Grant,
    HoldFollowUp,
    Postpone,
    Reassign,
    Refuse,
    Reject,
    RejectGiveUp,
    Report,
    ScheduleFollowUp,
    Verify,
    Withdraw,
)
from models.commands.base import ItemCommand
from models.errors import Blocker
from models.people import Role
from models.review import Review
from rules.command_lines import format_command_line
from rules.formatting import format_date, quote
from rules.gates.action_blockers import iter_cause_blockers, list_organizers
from rules.permissions import find_decider, list_holders


@dataclass(frozen=True, slots=True)
class ActionBlockerRow:
    """One row: what an action waits for, said with its fields, and who can clear it, and how.

    `cleared_by` is None where it is for whoever decides about the work of the action's owners;
    each `{}` of the way out stands for the command line of one of `commands`.
    """

    code: BlockerCode
    cleared_by: Role | None
    sentence: str
    way_out: str
    commands: tuple[type[Command], ...]

    def build_blocker(self, review: Review, action: Action) -> Blocker:
        """Build the blocker of one action."""
        judged = (*action.owners, action.owner)
        role = self.cleared_by
        return Blocker(
            code=self.code,
            sentence=self.sentence.format(
                action=action,
                until=format_date(action.postponement.until) if action.postponement else "",
            ),
            who=list_holders(review, role, action.id) if role else (find_decider(review, judged),),
            item=action.id,
            way_out=self.way_out.format(
                *(_format_command(review, action, each) for each in self.commands)
            ),
        )


_NOT_DONE = ActionBlockerRow(
    BlockerCode.NOT_DONE,
    Role.OWNER,
    "{action.id} is {action.status} and not claimed done.",
    "Claim it with evidence: {}, ask for time: {}, or give it up: {}.",
    (Claim, Postpone, GiveUp),
)
ROW_BY_STATUS = {
    ActionStatus.PROPOSED: ActionBlockerRow(
        BlockerCode.NOT_ASSIGNED,
        Role.LEAD,
        "{action.id} is proposed and neither assigned nor withdrawn.",
        "Assign it: {}, or withdraw it: {}.",
        (Assign, Withdraw),
    ),
    ActionStatus.ASSIGNED: ActionBlockerRow(
        BlockerCode.NOT_ACCEPTED,
        Role.OWNER,
        "{action.id} waits for {action.owner} to accept it.",
        "Accept it: {}, or decline it: {}.",
        (Accept, Decline),
    ),
    ActionStatus.DECLINED: ActionBlockerRow(
        BlockerCode.DECLINED,
        Role.LEAD,
        "{action.owner} declined {action.id}: {action.last_comment}",
        "Reassign it: {}, or drop it: {}.",
        (Reassign, Drop),
    ),
    ActionStatus.ACCEPTED: _NOT_DONE,
    ActionStatus.BLOCKED: _NOT_DONE,
    ActionStatus.CLAIMED: ActionBlockerRow(
        BlockerCode.NOT_VERIFIED,
        Role.VERIFIER,
        "{action.id} is claimed done and waits to be verified.",
        "Verify it: {}, or reject it: {}.",
        (Verify, Reject),
    ),
    ActionStatus.GIVEN_UP: ActionBlockerRow(
        BlockerCode.GIVEN_UP,
        None,
        "{action.id} was given up: {action.last_comment}",
        "Drop it with a risk, or with --replacement: {}, or keep it: {}.",
        (Drop, RejectGiveUp),
    ),
}
"""What an action waits for in each status; with an outcome, or withdrawn, for nothing."""

POSTPONEMENT_ROW = ActionBlockerRow(
    BlockerCode.POSTPONEMENT,
    None,
    "{action.owner} asks for {action.id} until {until}: {action.postponement.reason}",
    "Grant it: {}, or refuse it: {}.",
    (Grant, Refuse),
)
QUESTION_ROW = ActionBlockerRow(
    BlockerCode.QUESTION,
    Role.OWNER,
    "{action.question.by} asks about {action.id}: {action.question.text}",
    "Say how it is going: {}.",
    (Report,),
)


def iter_acceptance_blockers(review: Review) -> Iterator[Blocker]:
    """Yield what keeps a review in stage “assigned”."""
    for action in review.actions:
        if action.status in (ActionStatus.ASSIGNED, ActionStatus.DECLINED):
            yield ROW_BY_STATUS[action.status].build_blocker(review, action)
    if review.follow_up is None:
        yield _build_no_follow_up(review)


def iter_closure_blockers(review: Review) -> Iterator[Blocker]:
    """Yield what keeps a review from being closed."""
    for action in review.actions:
        yield from _iter_outcome_blockers(review, action)
    for cause in review.causes:
        if not cause.withdrawn:
            yield from iter_cause_blockers(review, cause)
    was_held = any(m.held_at for m in (*review.past_follow_ups, review.follow_up) if m)
    if not was_held or review.plan_changed_at is not None:
        yield _build_follow_up_blocker(review, was_held=was_held)
    for recurrence in review.recurrences:
        if not recurrence.answer:
            yield Blocker(
                code=BlockerCode.RECURRENCE,
                sentence=f"The incident came back on {format_date(recurrence.at)} "
                f"({recurrence.id}: {quote(recurrence.text)}), and nothing is decided yet.",
                who=(review.roles.lead,),
                item=recurrence.id,
                way_out="Add or overturn an action, or accept the risk: "
                f"{format_command_line(review, AcceptRisk, item=recurrence.id)}.",
            )


def _iter_outcome_blockers(review: Review, action: Action) -> Iterator[Blocker]:
    """Yield what an action still needs; nothing once it has an outcome or was withdrawn."""
    if action.status in ROW_BY_STATUS:
        yield ROW_BY_STATUS[action.status].build_blocker(review, action)
    if action.status in IN_PROGRESS and action.postponement is not None:
        yield POSTPONEMENT_ROW.build_blocker(review, action)


def _build_follow_up_blocker(review: Review, *, was_held: bool) -> Blocker:
    """Build the blocker of a follow-up meeting that is to be held, or to be scheduled first."""
    if review.follow_up is None or review.follow_up.held_at is not None:
        return _build_no_follow_up(review)
    return Blocker(
        code=BlockerCode.FOLLOW_UP_NOT_HELD,
        sentence="The plan has changed since the last follow-up meeting."
        if was_held
        else "The follow-up meeting has not been held.",
        who=list_organizers(review),
        way_out="Record that one was held: "
        f"{format_command_line(review, HoldFollowUp, attended=None)}.",
    )


def _build_no_follow_up(review: Review) -> Blocker:
    return Blocker(
        code=BlockerCode.NO_FOLLOW_UP,
        sentence="No follow-up meeting is scheduled.",
        who=list_organizers(review),
        way_out=f"Schedule one: {format_command_line(review, ScheduleFollowUp)}.",
    )


def _format_command(review: Review, action: Action, command_type: type[Command]) -> str:
    options: dict[str, str | None] = {"risk": None} if command_type is Drop else {}
    if command_type is Reassign and action.suggested_owner:
        options["owner"] = action.suggested_owner
    field = "item" if issubclass(command_type, ItemCommand) else "action"
    return format_command_line(review, command_type, **{field: action.id}, **options)
