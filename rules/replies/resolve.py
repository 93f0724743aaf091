"""The resolution of parsed lines: which action is meant, and which command is given."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from models import commands as o
from models.action import Action, ActionStatus
from models.commands import ReplyLine
from models.people import Role
from rules.gates.gates import find_gate
from rules.replies import dates, responses
from rules.replies.build_command import CommandRequest, build_command
from rules.replies.line_parser import ACCEPTING_VERBS, DENIED, ParsedLine
from rules.replies.offers import (
    find_refusal,
    is_possible,
)
from rules.replies.patterns.verb_patterns import Verb
from rules.replies.patterns.vocabulary import LEADING_IDS, strip_prefix
from rules.replies.reply_context import ReplyContext, answer_decision, format_possibilities
from rules.replies.settle_by_mail import list_contributions, settle_by_mail

MAIL_COMMANDS: tuple[type[o.Command], ...] = tuple(
    command_type for command_type in get_args(o.MailCommand) if command_type.mail
)
"""The commands that a reply can give: those that declare a form for mail."""

COMMAND_TYPES = {
    Verb(command_type.mail.verb): command_type
    for command_type in MAIL_COMMANDS
    if command_type.mail
} | {Verb.AGREE: o.Accept}
DECLINING_VERBS = (Verb.REJECT, Verb.REFUSE)
"""Verbs by which an owner declines an action that they were given."""

_SPAN = re.compile(
    r"\d|\b(?:one|two|three|four|an?) (?:more )?(?:days?|weeks?|months?)\b|\b(?:until|till)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:until|till|to)\s+", re.IGNORECASE)


def resolve_lines(parsed: ParsedLine, text: str, context: ReplyContext) -> list[ReplyLine]:
    """Build the lines for a parsed line, one for each action; their commands have no id yet.

    A “yes” when nothing waits for one is politeness, and gives no line.
    """
    if contributions := list_contributions(parsed, context):
        return [settle_by_mail(parsed, text, each, context) for each in contributions]
    if (response := _find_response(parsed, context)) is not None:
        return [ReplyLine(text=text, answer=response)]
    if parsed.verb is Verb.REASSIGN and not _may_reassign(context):
        words = strip_prefix(LEADING_IDS, text)
        parsed = replace(parsed, verb=Verb.DECLINE, words=words)
    if parsed.verb in (Verb.APPROVE, Verb.NOTE):
        return [_build_line(parsed, text, next(iter(parsed.actions), ""), context)]
    if parsed.verb is Verb.AGREE and not parsed.actions and not _is_yes_expected(context):
        if parsed.time_request is None:
            return []
        words = parsed.time_request.words
        parsed = replace(parsed, verb=Verb.POSTPONE, words=words, time_request=None)
    actions = _resolve_actions(parsed, context)
    if isinstance(actions, str):
        return [ReplyLine(text=text, answer=actions)]
    return [line for action in actions for line in _build_lines(parsed, text, action, context)]


def _may_reassign(context: ReplyContext) -> bool:
    """Return whether this person leads; others can only say who else should own an action."""
    roles = context.review.roles
    return context.by in (roles.lead, roles.sponsor)


def _find_response(parsed: ParsedLine, context: ReplyContext) -> str | None:
    """Find the response where no command is given: a doubt, an action without a verb, or help."""
    if parsed.doubt == DENIED and (claimed_action := _find_claimed_action(parsed, context)):
        return responses.suggest_take_back(claimed_action)
    if parsed.doubt:
        forms = context.list_forms(*parsed.actions)
        if parsed.verb in ACCEPTING_VERBS:
            forms = responses.add_time_form(forms)
        other_ways = "" if forms else context.format_other_ways()
        return responses.format_not_counted(parsed.doubt, forms, other_ways)
    if parsed.verb is None:
        forms = context.list_forms(*parsed.actions)
        return responses.format_not_understood(parsed.actions[0], forms)
    if parsed.verb is Verb.HELP:
        return format_possibilities(context, responses.NOTHING_CHANGED)
    return (
        responses.format_unsubscribe_limits(context.review)
        if parsed.verb is Verb.UNSUBSCRIBE
        else None
    )


def _resolve_actions(parsed: ParsedLine, context: ReplyContext) -> tuple[str, ...] | str:
    """Find the actions that are meant, or the question which one is."""
    if parsed.actions:
        return parsed.actions
    command_types = _list_command_types(parsed)
    fitting = _find_first(
        _list_matching_actions(command_type, context) for command_type in command_types
    )
    if parsed.for_all and fitting:
        return tuple(action.id for action in fitting)
    if context.review.action(context.item):
        return (context.item,)
    if len(fitting) > 1:
        return _choose_action(command_types[0], fitting, context)
    fitting = fitting or _find_first(
        _list_own_actions(command_type, context) for command_type in command_types
    )
    if len(fitting) == 1:
        return (fitting[0].id,)
    return responses.format_no_match(context.list_forms(), context.format_other_ways())


def _choose_action(
    command_type: type[o.Command], fitting: list[Action], context: ReplyContext
) -> tuple[str, ...] | str:
    """Return the action that is meant, or the question which one is where several are possible."""
    possible = [
        action
        for action in fitting
        if is_possible(context.review, command_type, action.id, context.respondent, context.now)
    ]
    if len(possible) > 1:
        return responses.ask_which_action(command_type, possible)
    return ((possible or fitting)[0].id,)


def _find_claimed_action(parsed: ParsedLine, context: ReplyContext) -> str:
    """Find the only claimed action of theirs that is meant; empty for none or several."""
    actions = parsed.actions or ((context.item,) if context.item else ())
    fitting = [
        a.id for a in _list_matching_actions(o.TakeBack, context) if not actions or a.id in actions
    ]
    return fitting[0] if len(fitting) == 1 else ""


def _is_yes_expected(context: ReplyContext) -> bool:
    """Return whether a mere “yes” can only mean that they accept."""
    fitting = {action.id for action in _list_matching_actions(o.Accept, context)}
    return bool(fitting & {context.item} if context.item else fitting)


def _list_command_types(parsed: ParsedLine) -> tuple[type[o.Command], ...]:
    """List the commands that a verb may mean; the second where the first is not theirs."""
    command_type = COMMAND_TYPES[parsed.verb] if parsed.verb else o.Report
    return (command_type, o.Decline) if parsed.verb in DECLINING_VERBS else (command_type,)


def _find_first(candidates: Iterable[list[Action]]) -> list[Action]:
    return next((actions for actions in candidates if actions), [])


def _list_matching_actions(command_type: type[o.Command], context: ReplyContext) -> list[Action]:
    """List the actions to which this person may apply this command now."""
    return [
        action
        for action in _list_own_actions(command_type, context)
        if action.status in command_type.action_statuses and _is_requested(command_type, action)
    ]


def _list_own_actions(command_type: type[o.Command], context: ReplyContext) -> list[Action]:
    """List the pending actions in which this person has a role that the command needs."""
    pending = [action for action in context.review.actions if action.status in o.PENDING]
    if not {Role.OWNER, Role.VERIFIER}.intersection(command_type.who):
        return pending
    return [
        action
        for action in pending
        if (Role.OWNER in command_type.who and action.owner == context.by)
        or (Role.VERIFIER in command_type.who and action.verifier == context.by)
    ]


def _is_requested(command_type: type[o.Command], action: Action) -> bool:
    """Return whether an action waits for this decision."""
    if command_type in (o.Grant, o.Refuse):
        return action.postponement is not None
    return command_type is not o.Drop or action.status is ActionStatus.GIVEN_UP


def _build_line(parsed: ParsedLine, text: str, action: str, context: ReplyContext) -> ReplyLine:
    review = context.review
    if action and review.action(action) is None:
        return ReplyLine(text=text, answer=responses.format_unknown_action(action, review))
    command_type = _choose_command_type(parsed, action, context)
    known_action = review.action(action)
    is_owner = known_action is not None and known_action.owner == context.by
    is_accepted = known_action is not None and known_action.status in o.IN_PROGRESS
    gives_away = command_type is o.Reassign or (command_type is o.Decline and is_accepted)
    if known_action is not None and is_owner and gives_away:
        return ReplyLine(text=text, answer=responses.suggest_decline(known_action, review))
    is_decision = command_type.mail is not None and command_type.mail.is_decision
    if is_decision and not context.may_decide:
        return ReplyLine(text=text, answer=answer_decision(command_type, action, context))
    words = parsed.words
    if command_type is o.Grant and (question := _check_granted_date(words, action, context)):
        return ReplyLine(text=text, answer=question)
    if command_type is o.Approve and not words.strip(" .,!") and (gate := find_gate(review.stage)):
        words = gate.value
    if command_type is o.Claim and context.attached:
        words = f"{words.strip()}\n{context.attached}".strip()
    command = build_command(_build_request(command_type, words, action, context))
    if isinstance(command, str):
        refusal = find_refusal(review, command_type, action, context.respondent, context.now)
        forms = context.list_forms(action)
        answer = responses.format_refusal(refusal, forms) if refusal else command
        return ReplyLine(text=text, answer=answer)
    return ReplyLine(text=text, command=command, answer=responses.format_response(command, review))


def _build_request(
    command_type: type[o.Command], words: str, action: str, context: ReplyContext, reason: str = ""
) -> CommandRequest:
    known_action = context.review.action(action)
    return CommandRequest(
        command_type=command_type,
        words=words,
        action=action,
        by=context.by,
        today=context.today,
        due=known_action.due if known_action else None,
        reason=reason,
    )


def _build_lines(
    parsed: ParsedLine, text: str, action: str, context: ReplyContext
) -> list[ReplyLine]:
    """Build the lines for one action: two where somebody accepts it and asks for more time."""
    request = parsed.time_request
    if request is None:
        return [_build_line(parsed, text, action, context)]
    known_action = context.review.action(action)
    if known_action is None or not _is_offered(known_action, context):
        postponing = replace(parsed, verb=Verb.POSTPONE, words=request.words, time_request=None)
        return [_build_line(postponing, text, action, context)]
    command = build_command(
        _build_request(o.Postpone, request.words, action, context, reason=request.clause)
    )
    if isinstance(command, str):
        return [ReplyLine(text=text, answer=f"{command} {responses.NOT_ACCEPTED_YET}")]
    accepting = replace(parsed, verb=Verb.ACCEPT, words="", time_request=None)
    line = _build_line(accepting, text, action, context)
    due = known_action.due
    is_in_time = due is not None and isinstance(command, o.Postpone) and command.until <= due
    if is_in_time:
        return [line]
    answer = responses.format_response(command, context.review)
    return [line, ReplyLine(text=request.clause, command=command, answer=answer)]


def _check_granted_date(words: str, action: str, context: ReplyContext) -> str:
    """Check that time is granted for the requested date; return a question if not, else empty."""
    found_action = context.review.action(action)
    postponement = found_action.postponement if found_action else None
    if postponement is None or not _SPAN.search(words.partition("because")[0]):
        return ""
    until_match = _UNTIL.search(words)
    parsed_date = (
        dates.parse_date(words[until_match.end() :], context.today) if until_match else None
    )
    if isinstance(parsed_date, dates.ParsedDate) and parsed_date.value == postponement.until:
        return ""
    return responses.suggest_grant_or_refuse(action, postponement.until)


def _choose_command_type(parsed: ParsedLine, action: str, context: ReplyContext) -> type[o.Command]:
    """Choose what a verb means for an action: an owner who is offered one may only decline it."""
    first, *others = _list_command_types(parsed)
    found_action = context.review.action(action)
    is_offered = found_action is not None and _is_offered(found_action, context)
    return others[0] if others and is_offered else first


def _is_offered(action: Action, context: ReplyContext) -> bool:
    """Return whether an action waits for this person to accept it."""
    return action.owner == context.by and action.status is ActionStatus.ASSIGNED
