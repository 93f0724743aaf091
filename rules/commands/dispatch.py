"""Validate commands against a review, and apply them to its record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from models.action import Action, ActionStatus
from models.codes import EventKind, RefusalCode
from models.commands import (
    ActionCommand,
    Approve,
    AskBack,
    Command,
    Erase,
    Overturn,
    Propose,
    Reply,
    ReplyLine,
    ReviseCause,
    get_kind,
)
from models.errors import NotFound, Refusal
from models.filing import Filing
from models.notifications import Notification, NotificationItem, NotificationKind, QuotedLine
from models.review import Receipt, Review, Stage
from rules import permissions
from rules.command_lines import format_command_line
from rules.commands import (
    actions,
    causes,
    decisions,
    documents,
    hand_over,
    mail,
    meetings,
    ownership,
    roles,
    verification,
)
from rules.commands.decision_rounds import check_round
from rules.commands.handler import Handler
from rules.commands.refusals import require_action
from rules.commands.transitions import append_clock_event, append_event, move_review
from rules.formatting import join_words
from rules.gates.closure import ROW_BY_STATUS
from rules.gates.gates import find_gate, list_blockers

MAX_FIELD_BYTES = 16 * 1024
"""Maximum size in bytes of one text field of a command; longer text belongs in the archive."""

HANDLERS: dict[type[Command], Handler] = {
    **documents.HANDLERS,
    **causes.HANDLERS,
    **actions.HANDLERS,
    **meetings.HANDLERS,
    **decisions.HANDLERS,
    **ownership.HANDLERS,
    **verification.HANDLERS,
    **roles.HANDLERS,
    **hand_over.HANDLERS,
    **mail.HANDLERS,
}
"""The handler of every command but Reply, which carries others."""


def validate(review: Review, command: Command, now: datetime) -> None:
    """Raise Refusal or NotFound unless the command can be carried out now.

    Refusal carries code, reason and way out; NotFound means that a named item does not exist. A
    command with a receipt (one that was already carried out) is accepted.
    """
    if command.id in review.receipts:
        return
    if isinstance(command, Reply):
        _validate_reply(review, command, now)
        return
    _check_length(command)
    _check_stage(review, command)
    action = _check_item(review, command)
    permissions.check_permission(review, command)
    _check_status(review, command, action)
    check_round(review, command)
    handler = HANDLERS[type(command)]
    if handler.validate is not None:
        handler.validate(review, command, now)


def apply(review: Review, command: Command, now: datetime) -> Review:
    """Apply a command and return the review with a log line and a receipt; never refuse."""
    if command.id in review.receipts:
        return review
    if isinstance(command, Reply):
        return _apply_reply(review, command, now)
    updated, sentence = HANDLERS[type(command)].apply(review, command, now)
    changed = _append_command_event(updated, command, sentence, now)
    if not isinstance(command, Erase):  # whose pseudonym takes their place leaves no meeting
        changed = meetings.record_leavers(review, changed)
    return _add_receipt(changed, command, sentence)


def advance_stage(review: Review, now: datetime) -> Review:
    """Return the review moved to follow-up when all owners accepted and a follow-up is set."""
    if review.stage is not Stage.ASSIGNED or list_blockers(review, now):
        return review
    updated = move_review(review, "all accepted", now)
    text = "every owner has accepted and the follow-up meeting is set"
    return append_clock_event(updated, now, kind=EventKind.ALL_ACCEPTED, text=text)


def _validate_reply(review: Review, command: Reply, now: datetime) -> None:
    _check_stage(review, command)
    try:
        for each in _list_commands(command):
            validate(review, each, now)
            review = apply(review, each, now)
    except (Refusal, NotFound) as error:
        raise Refusal(
            RefusalCode.STALE,
            "The review has changed since this mail was read.",
            "Read the mail again.",
        ) from error


def _apply_reply(review: Review, command: Reply, now: datetime) -> Review:
    commands = _list_commands(command)
    for each in commands:
        review = apply(review, each, now)
    understood = sum(map(_is_understood, command.lines))
    count = f"{understood} of {len(command.lines)} lines"
    sentence = f"replied by email: {count} understood and applied"
    updated = _append_command_event(review, command, sentence, now)
    item_ids = dict.fromkeys(each.target for each in commands if each.target)
    notification = Notification(
        kind=NotificationKind.ANSWER,
        to=command.by,
        revision=updated.revision,
        in_reply_to=command.message_id,
        subject=command.subject,
        quoted_lines=tuple(
            QuotedLine(line=line.text, answer=line.answer, done=_is_understood(line))
            for line in command.lines
        ),
        items=tuple(NotificationItem(code="answer", sentence="", item=item) for item in item_ids),
    )
    return _add_receipt(replace(updated, held=(*updated.held, notification)), command, sentence)


def _is_understood(line: ReplyLine) -> bool:
    return line.command is not None and not isinstance(line.command, AskBack)


def _list_commands(reply: Reply) -> list[Command]:
    return [line.command for line in reply.lines if line.command is not None]


def _add_receipt(review: Review, command: Command, summary: str) -> Review:
    receipt = Receipt(command_id=command.id, revision=review.revision, summary=summary)
    return replace(review, receipts={**review.receipts, command.id: receipt})


def _append_command_event(review: Review, command: Command, sentence: str, now: datetime) -> Review:
    return append_event(
        review,
        now,
        by=command.by,
        channel=command.channel,
        kind=EventKind(get_kind(type(command))),
        text=f"{sentence} ({command.token_origin})" if command.token_origin else sentence,
        item=command.target,
        gate=command.gate if isinstance(command, Approve) else None,
    )


def _check_length(command: Command) -> None:
    for field in fields(command):
        for text in _iter_texts(getattr(command, field.name)):
            if len(text.encode()) > MAX_FIELD_BYTES:
                raise Refusal(
                    RefusalCode.TOO_LONG,
                    f"“{field.name}” is longer than {MAX_FIELD_BYTES // 1024} KiB.",
                    "Put the text into the document or a file, and name its link here.",
                )


def _iter_texts(value: Any) -> Iterator[str]:
    """Yield every text inside a field, at any depth."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _iter_texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from _iter_texts(tuple(value.values()))
    elif isinstance(value, tuple):
        for part in value:
            yield from _iter_texts(part)


def _check_stage(review: Review, command: Command) -> None:
    if review.filing is not None:
        raise Refusal(
            RefusalCode.FILED_AS_HISTORY,
            "This post-mortem was filed as history: Afterword never carried it.",
            _describe_follow_up(review, review.filing),
        )
    if review.stage in command.stages:
        return
    if review.stage is Stage.CLOSED:
        reason, way_out = "The review is closed.", "The lead or the sponsor can reopen it."
        raise Refusal(RefusalCode.CLOSED, reason, way_out)
    if review.stage is Stage.CANCELLED:
        raise Refusal(RefusalCode.CANCELLED, "The review was cancelled.", "Open a new one.")
    when = join_words(command.stages, "or")
    raise Refusal(
        RefusalCode.WRONG_STAGE,
        f"This is only possible in stage {when}; the review is in stage {review.stage}.",
        _describe_next_gate(review),
    )


def _describe_next_gate(review: Review) -> str:
    gate = find_gate(review.stage)
    if gate is None:
        return "Next, every owner must accept."
    return f"Next: {format_command_line(review, Approve, gate=gate)}."


def _describe_follow_up(review: Review, filing: Filing) -> str:
    if filing.follow_up:
        return f"What it left undone is carried by {filing.follow_up}."
    return (
        f"The coordinator or {review.roles.facilitator} can take up what it left undone: "
        "`afterword review import … --open-follow-up`. If the incident came back, open a new "
        "review: `afterword review open`."
    )


def _check_item(review: Review, command: Command) -> Action | None:
    if isinstance(command, ActionCommand):
        return require_action(review, command.action)
    if isinstance(command, ReviseCause) and all(c.id != command.cause for c in review.causes):
        raise NotFound("cause", command.cause, tuple(c.id for c in review.causes))
    return None


def _check_status(review: Review, command: Command, action: Action | None) -> None:
    if action is None or not command.action_statuses or action.status in command.action_statuses:
        return
    raise Refusal(
        RefusalCode.WRONG_STATUS,
        f"{action.id} is {action.status}; "
        f"this is only possible while it is {join_words(command.action_statuses, 'or')}.",
        _describe_next_step(review, action),
    )


def _describe_next_step(review: Review, action: Action) -> str:
    """Return what can be done with an action instead, and who can do it."""
    if action.status in ROW_BY_STATUS:
        blocker = ROW_BY_STATUS[action.status].build_blocker(review, action)
        return f"It waits for {join_words(blocker.who, 'or')}. {blocker.way_out}"
    if action.status is ActionStatus.WITHDRAWN:
        return f"Propose it again: {format_command_line(review, Propose)}."
    line = format_command_line(review, Overturn, action=action.id)
    return f"{review.roles.lead} can take its outcome back: {line}."
