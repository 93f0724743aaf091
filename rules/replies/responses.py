"""The response to each line of a reply: what was done, or how to write it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from models import commands as o
from models.action import Action
from models.errors import NotFound, Refusal
from models.field_metadata import list_declared_fields
from models.review import Review
from rules.formatting import format_date, join_lines, truncate
from rules.permissions import find_decider
from rules.replies.offers import format_decision_command

MAX_TITLE_LENGTH = 60
MAX_CHOICES = 8
MAX_BLOCKERS = 20
CONTRADICTORY = (
    "Nothing was changed by this, because your email also says that it is not done. Please write "
    "again which of the two is true."
)
NOT_UNDERSTOOD = "We did not understand this, and nothing was changed."
TIME_FORM = "but need until <date> because …"
NOT_ACCEPTED_YET = "Nothing was changed yet, so please accept it again together with that."
NOTHING_CHANGED = "Nothing was changed by this."
NOTHING_WAITS = (
    "No action in this review needs a reply from you right now; “note: …” adds a note to the log."
)
_BEGINS_WITH_ACTION = re.compile(r"A\d+ ")
ONLY_FILES = (
    "Your email has a file but no text, so nothing was changed. If the file shows that an action "
    "is done, send it again with “done” above it."
)


def format_response(command: o.MailCommand, review: Review) -> str:
    """Format what a command did, with names and dates in full."""
    if isinstance(command, o.Approve):
        return f"You approved “{command.gate}”."
    if isinstance(command, o.Settle):
        done = "left out" if command.reason else "accepted; it is in the document now"
        return f"{command.contribution}: {done}."
    action = review.action(command.target)
    if action is None or isinstance(command, o.Note):
        return "Noted in the log."
    return f"{action.id}: {_describe(command, action, review)}"


def ask_for_words(command_type: type[o.Command], action: str) -> str:
    """Format the question for missing words, with an example."""
    question = command_type.mail.question if command_type.mail else ""
    return f"{question} {format_example(command_type, action)}"


def format_example(command_type: type[o.Command], action: str = "") -> str:
    """Format an example of a command."""
    return f"For example: {_format_form(_find_example(command_type), action)}."


def ask_which_action(command_type: type[o.Command], actions: Iterable[Action]) -> str:
    """Format the question which action is meant, with the choices."""
    choices = tuple(actions)
    listing = "; ".join(
        f"{action.id} ({truncate(join_lines(action.text), MAX_TITLE_LENGTH)})"
        for action in choices[:MAX_CHOICES]
    )
    return f"Which action do you mean: {listing}? {format_example(command_type, choices[0].id)}"


def format_unknown_action(action: str, review: Review) -> str:
    """Format the response that there is no such action, with the ids of those there are."""
    action_ids = ", ".join(each.id for each in review.actions)
    existing = f"It has {action_ids}." if action_ids else "It has no actions yet."
    return f"There is no action {action} in this review. {existing}"


def format_no_match(forms: tuple[str, ...], other_ways: str) -> str:
    """Format the response that no action of theirs fits the command, with what they can do."""
    suggestion = f"You can write {_quote_forms(forms, ' or ')}." if forms else ""
    return f"None of your actions fits this. {suggestion or other_ways or NOTHING_WAITS}"


def format_switched_off(other_ways: str) -> str:
    """Format the response that a decision is not accepted by mail, with the ways that are."""
    return (
        "Decisions like this cannot be made by email here, because a sender’s address is easily "
        f"forged. {other_ways}"
    )


def format_doubt(doubt: str, other_ways: str) -> str:
    """Format the response that the decision in one mail does not count, with the other ways."""
    return f"This decision was not made, because {doubt}. {other_ways}"


def format_other_ways(
    command_type: type[o.Command], review: str, item: str, *, has_links: bool
) -> str:
    """Format how to make a decision that is not accepted by mail."""
    command_line = format_decision_command(command_type, review, item)
    if has_links:
        return f"Please use the link in our email about it, or the command line: {command_line}."
    return f"Please use the command line: {command_line}."


def suggest_decline(action: Action, review: Review) -> str:
    """Format the response to an owner who reassigns: the lead does that, once they are told."""
    is_offered = action.status in o.Decline.action_statuses
    what, verb = ("Decline it", "decline") if is_offered else ("Give it up", "give up")
    return (
        f"Only {review.roles.lead} can give an action to somebody else. {what}, and say who could "
        f"do it: “{action.id} {verb} because …”."
    )


def format_not_counted(reason: str, forms: tuple[str, ...], other_ways: str = "") -> str:
    """Format the response that a line does not count, and what may be written or done instead."""
    plainly = f"Please write it plainly, such as {_quote_forms(forms, ' or ')}." if forms else ""
    return f"Nothing was changed by this: {reason}. {plainly or other_ways}".strip()


def add_time_form(forms: tuple[str, ...]) -> tuple[str, ...]:
    """Return forms with how to ask for time after each by which an action is accepted."""
    return tuple(
        each
        for form in forms
        for each in (form, *((f"{form}, {TIME_FORM}",) if form.endswith("accept") else ()))
    )


def suggest_accept_with_time(action: str) -> str:
    """Format how to accept an action and ask for more time, to an owner who only asks for time."""
    return (
        f"{action} waits for you to accept it. To accept it and ask for more time, write "
        f"“{action} accept, {TIME_FORM}”; to leave it to somebody else, "
        f"“{action} decline because …”. Nothing was changed yet."
    )


def suggest_grant_or_refuse(action: str, until: date) -> str:
    """Format the choice between granting the requested date and refusing."""
    return (
        f"The owner asks for more time for {action}, until {format_date(until)}. Write "
        f"“{action} grant” for that day, or “{action} refuse because …” with the day that you "
        "would agree to."
    )


def suggest_take_back(action: str) -> str:
    """Format how to take back a claim."""
    return (
        f"{action} is reported as done. If it is not, write “{action} take back because …” and it "
        "is open again. Nothing was changed yet."
    )


def format_not_understood(action: str, forms: tuple[str, ...]) -> str:
    """Format the response to an action named without a command that we understand."""
    suggestion = f" For example: {_quote_forms(forms, ' or ')}." if forms else f" {NOTHING_WAITS}"
    return f"You mention {action}, but we could not tell what you want to say about it.{suggestion}"


def format_help(reason: str, forms: tuple[str, ...], other_ways: str = "") -> str:
    """Format what somebody may answer now, after the reason why they are told.

    `other_ways` says how to decide what they cannot decide by a reply.
    """
    if forms and all(map(_BEGINS_WITH_ACTION.match, forms)):
        how = "Please write one line for each action, starting with its id, such as: "
        return f"{reason} {how}{_quote_forms(forms, ', ')}. {other_ways}".strip()
    if forms:
        return f"{reason} You can write {_quote_forms(forms, ' or ')}. {other_ways}".strip()
    return f"{reason} {other_ways or NOTHING_WAITS}"


def format_unsubscribe_limits(review: Review) -> str:
    """Format the response to “unsubscribe”: reminders come weekly, and end with their cause."""
    return (
        "From now on you get reminders once a week, on Mondays. They end once nothing is waiting "
        f"for you; {review.roles.lead} can give what is waiting to somebody else."
    )


def format_refusal(refusal: Refusal | NotFound, forms: tuple[str, ...] = ()) -> str:
    """Format a refusal with its reason, its way out and its blockers.

    `forms` are what may be written instead, where that is known.
    """
    if isinstance(refusal, NotFound):
        return str(refusal)
    if forms:
        return f"{refusal.reason} You can write {_quote_forms(forms, ' or ')}."
    listing = (f"\n– {blocker.sentence}" for blocker in refusal.blockers[:MAX_BLOCKERS])
    return f"{refusal.reason} {refusal.way_out}".strip() + "".join(listing)


def _quote_forms(forms: tuple[str, ...], separator: str) -> str:
    return separator.join(f"“{form}”" for form in forms[:MAX_CHOICES])


def _find_example(command_type: type[o.Command]) -> str:
    return command_type.mail.example if command_type.mail else ""


def _format_form(words: str, action: str) -> str:
    """Format words to write in a reply, after the id of the action where there is one."""
    return f"“{action} {words}”" if action else f"“{words}”"


def _describe_accept(_: o.Accept, action: Action, __: Review) -> str:
    due_text = f", due on {format_date(action.due)}" if action.due else ""
    return f"accepted; it is yours{due_text}."


def _format_decline(command: o.Decline, _: Action, review: Review) -> str:
    suggestion = f", and is told that you suggest {command.suggested}" if command.suggested else ""
    return f"declined; {review.roles.lead} will look for another owner{suggestion}."


def _describe_postpone(command: o.Postpone, action: Action, review: Review) -> str:
    until = f"you asked for more time, until {format_date(command.until)}."
    current_date = (
        f" Until then the due date is still {format_date(action.due)}." if action.due else ""
    )
    return f"{until} {_format_decider(action, review)}{current_date}"


def _describe_grant(_: o.Grant, action: Action, __: Review) -> str:
    postponement = action.postponement
    return f"granted until {format_date(postponement.until)}." if postponement else "granted."


def _describe_drop(command: o.Drop, _: Action, __: Review) -> str:
    replacement = (
        f"{command.replacement} replaces it" if command.replacement else f"risk: {command.risk}"
    )
    return f"dropped; {replacement}."


def _format_decider(action: Action, review: Review) -> str:
    return f"{find_decider(review, (action.owner, *action.owners))} decides."


def _describe(command: o.MailCommand, action: Action, review: Review) -> str:
    """Format what a command did, by its declared confirmation or by a function of its own."""
    if describer := _DESCRIPTIONS.get(type(command)):
        return describer(command, action, review)
    fields = {
        field.name: getattr(command, field.name) for field in list_declared_fields(type(command))
    }
    texts = {
        name: format_date(value) if isinstance(value, date) else str(value)
        for name, value in fields.items()
    }
    return command.mail.confirmation.format_map(texts) if command.mail else ""


CommandDescriber = Callable[[Any, Action, Review], str]

_DESCRIPTIONS: dict[type[o.Command], CommandDescriber] = {
    o.Accept: _describe_accept,
    o.Decline: _format_decline,
    o.Claim: lambda _, a, __: f"reported as done; {a.verifier or 'somebody else'} will verify it.",
    o.Postpone: _describe_postpone,
    o.GiveUp: lambda _, a, review: f"given up. {_format_decider(a, review)}",
    o.Reject: lambda _, a, __: f"not accepted as done; {a.owner} is told what is missing.",
    o.Grant: _describe_grant,
    o.Drop: _describe_drop,
    o.RejectGiveUp: lambda _, a, __: f"kept; {a.owner} continues with it.",
}
