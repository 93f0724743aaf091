"""What somebody can do now: the commands that the rules would accept from them, with fitting words.

A command is tried on the review as if its words were there; only what no words would change makes
it impossible.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from models.codes import BlockerCode, RefusalCode
from models.commands import (
    COMMANDS,
    AcceptRisk,
    Appoint,
    Approve,
    AskBack,
    Attend,
    Cancel,
    Command,
    Contribute,
    Dismiss,
    Erase,
    HandOver,
    Note,
    Recur,
    Redact,
    Reply,
    ReportBounce,
    Restrict,
    SendBack,
    Snooze,
    Unrestrict,
    Waive,
    Withdraw,
    Write,
)
from models.errors import NotFound, Refusal
from models.field_metadata import (
    ActionId,
    CauseId,
    ContributionId,
    DeclaredField,
    ItemId,
    PersonAddress,
    list_declared_fields,
)
from models.people import Channel
from models.review import Review
from rules.commands import dispatch
from rules.commands.documents import list_waivable_codes
from rules.gates.action_blockers import is_waived
from rules.gates.gates import find_gate, list_blockers

WRITTEN: dict[str, Any] = {"digest": "", "size": 0}
"""What is filled in of a document that is still being written."""

SAMPLE_ADDRESS = "somebody.else@example.org"
SNOOZE_DAYS = timedelta(days=3)
MORE_DAYS = timedelta(days=7)


class Subject(StrEnum):
    """What a command can be about."""

    REVIEW = "review"
    ACTION = "action"
    CAUSE = "cause"
    FINDING = "finding"
    CONTRIBUTION = "contribution"
    LINE = "line"


SUBJECTS: dict[type[Command], tuple[Subject, ...]] = {
    AcceptRisk: (Subject.CAUSE,),
    Redact: (Subject.LINE, Subject.CONTRIBUTION),
    Waive: (Subject.ACTION, Subject.CAUSE, Subject.FINDING),
    Withdraw: (Subject.ACTION, Subject.CAUSE),
}
"""What commands about any item are about."""

SUBJECT_BY_ARGUMENT = (
    (ActionId, Subject.ACTION),
    (CauseId, Subject.CAUSE),
    (ContributionId, Subject.CONTRIBUTION),
)

GIVEN_OTHERWISE: tuple[type[Command], ...] = (
    AskBack,
    Contribute,
    Erase,
    Recur,
    Reply,
    ReportBounce,
    Write,
)
"""Commands that no form of the review's pages gives: by an editor, by tools, or by Afterword."""

RARE: tuple[type[Command], ...] = (
    Note,
    Waive,
    Withdraw,
    Redact,
    Appoint,
    Dismiss,
    HandOver,
    Restrict,
    Unrestrict,
    SendBack,
    Cancel,
)
"""What is done seldom, and comes last."""

ANSWERED_OFTEN = tuple(each for each in COMMANDS.values() if each.mail and each not in RARE)
"""What emails ask for, and comes first."""

ORDER = (
    *ANSWERED_OFTEN,
    *(each for each in COMMANDS.values() if each not in (*ANSWERED_OFTEN, *RARE)),
    *RARE,
)

IMPOSSIBLE = frozenset(
    {
        RefusalCode.CANCELLED,
        RefusalCode.CLOSED,
        RefusalCode.FILED_AS_HISTORY,
        RefusalCode.NOT_YOURS,
        RefusalCode.NOTHING_ASKED,
        RefusalCode.WRONG_GATE,
        RefusalCode.WRONG_STAGE,
        RefusalCode.WRONG_STATUS,
    }
)
"""Codes of refusals that no words would change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """Who may be offered something: their address, and what else decides what they may do.

    `on_behalf` says why a sponsor decides for the lead, `may_decide_by_mail` whether decisions are
    accepted in their replies.
    """

    address: str
    may_decide_by_mail: bool = False
    on_behalf: str = ""


def list_possible_commands(
    review: Review, item: str, respondent: Respondent, now: datetime
) -> tuple[type[Command], ...]:
    """List the commands about an item (“” for the review) that somebody can give now.

    Approvals that lack something are listed: their page says what is missing.
    """
    subject = find_subject(review, item)
    return tuple(
        command_type
        for command_type in ORDER
        if subject in list_subjects(command_type)
        and (command_type is not Waive or list_open_checks(review, item, now))
        and find_obstacle(review, command_type, item, respondent, now) is None
    )


def list_open_checks(review: Review, item: str, now: datetime) -> tuple[str, ...]:
    """List the codes of the checks of an item that can be waived and were not."""
    too_late = {
        blocker.code
        for blocker in list_blockers(review, now)
        if blocker.item == item and blocker.code == BlockerCode.DUE_TOO_LATE
    }
    codes = list_waivable_codes(review, item, now) | too_late
    return tuple(sorted(code for code in codes if not is_waived(review, item, code)))


def find_obstacle(
    review: Review, command_type: type[Command], item: str, respondent: Respondent, now: datetime
) -> Refusal | None:
    """Find why somebody cannot give a command, whatever its words are; None if they can.

    Raises NotFound where what it is about is not there; an example that names nobody is no bar.
    """
    sample = build_sample(review, command_type, item, respondent, now, fill_optional=False)
    try:
        dispatch.validate(review, sample, now)
    except Refusal as refusal:
        return refusal if refusal.code in IMPOSSIBLE else None
    except NotFound as error:
        if item and error.name == item:
            raise
    return None


def find_subject(review: Review, item: str) -> Subject:
    """Return what the id of an item stands for; raises NotFound for one that is not there."""
    if not item:
        return Subject.REVIEW
    if review.action(item) is not None:
        return Subject.ACTION
    if any(cause.id == item for cause in review.causes):
        return Subject.CAUSE
    if any(found.id == item for found in review.findings):
        return Subject.FINDING
    if any(each.id == item for each in review.contributions):
        return Subject.CONTRIBUTION
    if any(str(event.revision) == item for event in review.log):
        return Subject.LINE
    raise NotFound("item", item)


def list_subjects(command_type: type[Command]) -> tuple[Subject, ...]:
    """List what a command can be about; nothing for what no form gives."""
    if command_type in GIVEN_OTHERWISE:
        return ()
    if command_type in SUBJECTS:
        return SUBJECTS[command_type]
    argument = find_argument(command_type)
    if argument is None or not isinstance(argument.metadata, (ItemId, ContributionId)):
        return (Subject.REVIEW,)
    return tuple(
        subject for kind, subject in SUBJECT_BY_ARGUMENT if isinstance(argument.metadata, kind)
    )


def find_argument(command_type: type[Command]) -> DeclaredField | None:
    """Find the field by which a command names what it is about, if it has one."""
    declared = list_declared_fields(command_type)
    return next((field for field in declared if field.metadata.is_argument), None)


def build_target(review: Review, command_type: type[Command], item: str) -> dict[str, Any]:
    """Build the field of a command that says what it is about."""
    if command_type is Approve:
        return {"gate": find_gate(review.stage)}
    argument = find_argument(command_type)
    if argument is None or command_type is Attend:
        return {}
    return {argument.name: item}


def build_sample(
    review: Review,
    command_type: type[Command],
    item: str,
    respondent: Respondent,
    now: datetime,
    *,
    fill_optional: bool = True,
) -> Command:
    """Build a command as if somebody had filled in its words, to see whether it is possible."""
    target = build_target(review, command_type, item)
    samples = {
        field.name: _choose_sample(review, field, command_type, item, now)
        for field in list_declared_fields(command_type)
        if field.is_typed and field.name not in target and (fill_optional or field.is_required)
    }
    return command_type(
        id="sample",
        by=respondent.address,
        channel=Channel.LINK,
        on_behalf=respondent.on_behalf,
        **(WRITTEN if command_type is Write else {}),
        **target,
        **samples,
    )


def _choose_sample(
    review: Review, field: DeclaredField, command_type: type[Command], item: str, now: datetime
) -> Any:
    """Choose a value for a field that is accepted wherever the command is possible at all."""
    if field.hint is datetime:
        return now + MORE_DAYS
    if field.hint is not date:
        is_person = isinstance(field.metadata, PersonAddress)
        return SAMPLE_ADDRESS if is_person else field.metadata.example
    action = review.action(item)
    today = now.date()
    due = action.due if action and action.due else today
    return today + SNOOZE_DAYS if command_type is Snooze else max(today, due) + MORE_DAYS
