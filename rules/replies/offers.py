"""What somebody can do about an item right now: the offers of an email, none of which is refused.

The offers follow from the review alone: what the item waits for, and what this person may do about
it. Each is tried on the review as if its words were there, so what would be refused is not offered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models import commands as o
from models.action import Action, ActionStatus
from models.codes import BlockerCode, RefusalCode
from models.errors import NotFound, Refusal
from models.review import Review
from rules.command_lines import format_command_line
from rules.commands import dispatch
from rules.commands.possible import Respondent, build_sample
from rules.gates.action_blockers import find_latest_due_date
from rules.gates.closure import ROW_BY_STATUS
from rules.gates.gates import find_gate, list_blockers

CommandTypes = tuple[type[o.Command], ...]

HINTS: dict[type[o.Command], str] = {
    o.Accept: "accept",
    o.Decline: "decline because …",
    o.Report: "progress: …",
    o.Claim: "done: …",
    o.Block: "blocked by …",
    o.Unblock: "unblocked",
    o.Postpone: "until <date> because …",
    o.GiveUp: "give up because …",
    o.TakeBack: "take back because …",
    o.Snooze: "snooze until <date>",
    o.Verify: "verify: …",
    o.Reject: "reject because …",
    o.Grant: "grant",
    o.Refuse: "refuse because …",
    o.Drop: "drop because …, risk: …",
    o.RejectGiveUp: "keep because …",
    o.Reassign: "reassign to <address> because …",
    o.Approve: "approve",
    o.Settle: "accept",
}
"""How a reply gives each command; “…” and “<date>” stand for words of the writer."""

GRANT_WITH_REASON = "grant because …"
"""Where the day that is asked for is later than the limit of its priority."""

REJECT_HINT = "reject because …"
"""How a reply leaves a contribution out, instead of accepting it."""

WORK: CommandTypes = (o.Claim, o.Unblock, o.Block, o.Postpone, o.GiveUp)
ANSWERS: dict[str, CommandTypes] = {
    BlockerCode.QUESTION: (o.Report,),
    BlockerCode.NOT_ACCEPTED: (o.Accept, o.Decline),
    BlockerCode.NOT_DONE: WORK,
    BlockerCode.NOT_VERIFIED: (o.Verify, o.Reject),
    BlockerCode.POSTPONEMENT: (o.Grant, o.Refuse),
    BlockerCode.GIVEN_UP: (o.Drop, o.RejectGiveUp),
    BlockerCode.DECLINED: (o.Reassign, o.Drop),
}
"""What an action waits for, and the commands that answer it."""

STALLED: CommandTypes = (o.Reassign, o.Drop)
"""What a leader can do about an action that its owner leaves unanswered."""

STALLED_CODES = (BlockerCode.NOT_ACCEPTED, BlockerCode.NOT_DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A command that would be accepted from somebody, about an item or (“”) the review.

    `action` is the id of the action, or of the contribution.

    `reply` is what they write for it in a reply, “…” and “<date>” standing for words of their own;
    it is empty where it is not accepted by mail.
    """

    command_type: type[o.Command]
    action: str = ""
    reply: str = ""


def list_offers(
    review: Review, code: str, item: str, respondent: Respondent, now: datetime
) -> tuple[Offer, ...]:
    """List what somebody can do about an item of an email, the most usual first.

    `code` is that of the item: it names the approval it asks for, and tells a leader's notice of
    what stalls from their own work.
    """
    action = review.action(item)
    if action:
        candidates = _list_answers(action, code, respondent)
    elif is_contribution(review, item):
        candidates = (o.Settle,)
    else:
        candidates = _list_approvals(review, code)
    return tuple(
        Offer(
            command_type=command_type,
            action=item,
            reply=_format_reply(review, command_type, action, respondent, now),
        )
        for command_type in dict.fromkeys(candidates)
        if is_possible(review, command_type, item, respondent, now)
    )


def list_snooze_offers(
    review: Review, code: str, item: str, respondent: Respondent, now: datetime
) -> tuple[Offer, ...]:
    """List the snooze of a reminder that comes again: none where nothing is left to snooze."""
    action = review.action(item)
    if action is None or code not in map(str, _list_codes(action)):
        return ()
    waits_for = {
        BlockerCode.NOT_ACCEPTED: action.owner,
        BlockerCode.NOT_DONE: action.owner,
        BlockerCode.NOT_VERIFIED: action.verifier,
    }
    is_theirs = waits_for.get(BlockerCode(code)) == respondent.address
    if not is_theirs or not is_possible(review, o.Snooze, item, respondent, now):
        return ()
    return (Offer(command_type=o.Snooze, action=item, reply=HINTS[o.Snooze]),)


def list_reply_forms(
    review: Review, item: str, respondent: Respondent, now: datetime
) -> tuple[str, ...]:
    """List what somebody may write in a reply now, about an item or about all that waits for them.

    Each begins with the id of its action.
    """
    return tuple(
        f"{offer.action} {reply}".strip()
        for offer in list_open_offers(review, item, respondent, now)
        for reply in list_replies(offer)
    )


def list_replies(offer: Offer) -> tuple[str, ...]:
    """List what a reply can say about an offer: a contribution is accepted or left out."""
    if not offer.reply:
        return ()
    return (offer.reply, REJECT_HINT) if offer.command_type is o.Settle else (offer.reply,)


def is_contribution(review: Review, item: str) -> bool:
    """Return whether an item is a contribution."""
    return any(each.id == item for each in review.contributions)


def list_open_offers(
    review: Review, item: str, respondent: Respondent, now: datetime
) -> tuple[Offer, ...]:
    """List everything that waits for somebody now: about one item, or anywhere in the review."""
    gate = find_gate(review.stage)
    codes = {action.id: "" for action in review.actions if item in ("", action.id)}
    codes |= {each.id: "" for each in review.contributions if item in ("", each.id)}
    if gate and not item and not list_blockers(review, now):
        codes[""] = f"approve-{gate}"
    return tuple(
        offer
        for each, code in codes.items()
        for offer in list_offers(review, code, each, respondent, now)
    )


def is_possible(
    review: Review, command_type: type[o.Command], item: str, respondent: Respondent, now: datetime
) -> bool:
    """Return whether a command would be accepted from somebody now, with words that fit."""
    return find_refusal(review, command_type, item, respondent, now) is None


def find_refusal(
    review: Review, command_type: type[o.Command], item: str, respondent: Respondent, now: datetime
) -> Refusal | NotFound | None:
    """Find why a command would be refused from somebody whatever its words are; None if it is not.

    What an approval lacks is not looked for: its page says so.
    """
    try:
        dispatch.validate(review, build_sample(review, command_type, item, respondent, now), now)
    except (NotFound, Refusal) as error:
        is_lacking = isinstance(error, Refusal) and error.code is RefusalCode.BLOCKED
        return None if is_lacking else error
    return None


def needs_reason(
    review: Review, command_type: type[o.Command], action: Action | None, now: datetime
) -> bool:
    """Return whether a decision needs a reason that is otherwise optional: time past the limit."""
    if command_type is not o.Grant or action is None or action.postponement is None:
        return False
    return action.postponement.until > find_latest_due_date(review, action.priority, now)


def format_decision_command(command_type: type[o.Command], review: Review | str, item: str) -> str:
    """Format the command line of a command, in backticks; `item` is what it is about, or the gate.

    Its words are to be filled in.
    """
    argument = "contribution" if command_type is o.Settle else "action"
    target = {"gate" if command_type is o.Approve else argument: item or None}
    risk = {"risk": None} if command_type is o.Drop else {}
    return format_command_line(review, command_type, **target, **risk)


def _list_approvals(review: Review, code: str) -> CommandTypes:
    gate = find_gate(review.stage)
    return (o.Approve,) if gate and code == f"approve-{gate}" else ()


def _list_answers(action: Action, code: str, respondent: Respondent) -> CommandTypes:
    """List the commands that answer what an action waits for now."""
    is_stalled = code in STALLED_CODES and respondent.address != action.owner
    answers = (each for waiting in _list_codes(action) for each in ANSWERS[waiting])
    return (*answers, *(STALLED if is_stalled else ()))


def _list_codes(action: Action) -> Iterator[BlockerCode]:
    if action.question is not None:
        yield BlockerCode.QUESTION
    if action.status in ROW_BY_STATUS and action.status is not ActionStatus.PROPOSED:
        yield ROW_BY_STATUS[action.status].code
    if action.status in o.IN_PROGRESS and action.postponement is not None:
        yield BlockerCode.POSTPONEMENT


def _format_reply(
    review: Review,
    command_type: type[o.Command],
    action: Action | None,
    respondent: Respondent,
    now: datetime,
) -> str:
    form = command_type.mail
    if form is None or (form.is_decision and not respondent.may_decide_by_mail):
        return ""
    if command_type is o.Reassign and action is not None and action.owner == respondent.address:
        return ""
    if needs_reason(review, command_type, action, now):
        return GRANT_WITH_REASON
    return HINTS[command_type]
