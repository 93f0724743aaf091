"""The response to each line of a reply: what was done, or how to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from models import commands as o
from models.action import Action
from models.errors import NotFound, Refusal
from models.review import Review
from rules.permissions import find_decider
from rules.replies.dates import format_date as in_full
from rules.replies.vocabulary import Verb

LONGEST_TITLE = 60
MOST_CHOICES = 8
MOST_BLOCKERS = 20
DEFAULT_PLAIN_FORMS = ("accept", "done https://…", "progress …", "decline because …")
PLAIN_FORMS: dict[Verb | None, tuple[str, ...]] = {
    Verb.VERIFY: ("verify: what you saw", "reject because …"),
    Verb.CLAIM: ("done: https://…", "progress …", "blocked by …"),
    Verb.GRANT: ("grant", "refuse because …"),
    Verb.DROP: ("drop because …", "keep because …"),
    Verb.KEEP: ("drop because …", "keep because …"),
    Verb.ACCEPT: ("accept", "decline because …"),
    Verb.AGREE: ("accept", "decline because …"),
    Verb.APPROVE: ("approve closure",),
}
"""The plain forms to suggest for each verb whose words are in doubt."""

CONTRADICTORY = (
    "Nothing was counted of this: your mail also says that it is not done. Please write again "
    "which of the two it is."
)
NOT_UNDERSTOOD = "I did not understand this, and nothing was changed."
NO_WORDS = (
    "I found no words of yours in this mail, only what it quotes, and nothing was changed. "
    "Please write above the line that says so."
)
ONLY_FILES = (
    "A file came without a word, and nothing was changed. If it shows that an action is done, send "
    "it again with “done” above it."
)

EXAMPLES: dict[type[o.Command], str] = {
    o.Accept: "accept",
    o.Decline: "decline because I am on leave until May",
    o.Claim: "done https://…",
    o.Report: "progress half of the alerts are live",
    o.Block: "blocked by the freeze",
    o.Unblock: "unblocked",
    o.Postpone: "until 13 March because the vendor answers late",
    o.GiveUp: "give up because the vendor ends the product",
    o.TakeBack: "take back because one region is missing",
    o.Verify: "verify: the alert fired in the drill",
    o.Reject: "reject because the link is dead",
    o.Grant: "grant",
    o.Refuse: "refuse because the launch depends on it",
    o.Drop: "drop because it costs too much, risk: one more such outage a year",
    o.RejectGiveUp: "keep because the risk is too high",
    o.Reassign: "reassign to omar@example.org because he owns the pool",
    o.Approve: "approve closure",
}
"""An example of each command, without the id of an action."""

QUESTIONS: dict[type[o.Command], str] = {
    o.Decline: "Why do you decline it?",
    o.Claim: "What shows that it is done? Whoever verifies it needs a link or a sentence.",
    o.Report: "How far has it come?",
    o.Block: "What holds it up?",
    o.Postpone: "Why is more time needed?",
    o.GiveUp: "Why can it not be done?",
    o.Verify: "What did you find? A sentence is enough.",
    o.Reject: "What is missing?",
    o.Refuse: "Why is it refused?",
    o.Drop: "Why is it dropped?",
    o.RejectGiveUp: "Why is it kept?",
    o.Note: "What shall be noted?",
    o.Reassign: "To whom? Please write their address.",
}
"""The question for each command whose words are missing."""


def format_response(command: o.MailCommand, review: Review) -> str:
    """Format what a command did, with names and dates in full."""
    action = next(
        (each for each in review.actions if each.id == getattr(command, "action", "")), None
    )
    if isinstance(command, o.Approve):
        return f"You approved “{command.gate}”."
    if action is None:
        return "Noted in the log."
    return f"{action.id}: {_DESCRIPTIONS[type(command)](command, action, review)}"


def ask_for_words(command_type: type[o.Command], action: str) -> str:
    """Format the question for missing words, with an example."""
    return f"{QUESTIONS[command_type]} {format_example(command_type, action)}"


def format_example(command_type: type[o.Command], action: str = "") -> str:
    """Format an example of a command."""
    return f"For example: “{f'{action} ' if action else ''}{EXAMPLES.get(command_type, '')}”."


def ask_which_action(command_type: type[o.Command], actions: Iterable[Action]) -> str:
    """Format the question which action is meant, with the choices."""
    choices = tuple(actions)
    listing = "; ".join(
        f"{action.id} ({_truncate_title(action)})" for action in choices[:MOST_CHOICES]
    )
    return f"Which action do you mean: {listing}? {format_example(command_type, choices[0].id)}"


def format_unknown_action(action: str, review: Review) -> str:
    """Format the response that there is no such action, with the ids of those there are."""
    action_ids = ", ".join(each.id for each in review.actions)
    existing = f"There are {action_ids}." if action_ids else "It has no actions yet."
    return f"There is no action {action} in this review. {existing}"


def format_no_match(command_type: type[o.Command]) -> str:
    """Format the response that no action of theirs fits the command."""
    return f"No action of yours fits this. If one is meant, name it. {format_example(command_type, 'A2')}"


def format_switched_off(command_type: type[o.Command], review: Review, item: str) -> str:
    """Format the response that a decision is not accepted by mail, with the command to run."""
    words = f"afterword {command_type.cli} {review.id} {item}".strip()
    return (
        "Decisions like this one are not taken by mail here, because a sender’s address is easily "
        f"forged. Please use the command line: {words}"
    )


def suggest_decline(action: str, review: Review) -> str:
    """Format the response to an owner who reassigns: the lead does that; decline instead."""
    return (
        f"It is for {review.roles.lead} to give an action to somebody else. Decline it, and say "
        f"who could do it: “{action} decline because …”."
    )


def format_not_counted(
    reason: str, actions: tuple[str, ...], plain_forms: tuple[str, ...] = DEFAULT_PLAIN_FORMS
) -> str:
    """Format the response that a line does not count, and how to write it."""
    action_id = actions[0] if actions else ""
    forms = " or ".join(f"“{f'{action_id} ' if action_id else ''}{words}”" for words in plain_forms)
    return f"Nothing was changed by this: {reason}. Please say it plainly, such as {forms}."


def suggest_grant_or_refuse(action: str, until: date) -> str:
    """Format the choice between granting the requested date and refusing."""
    return (
        f"More time for {action} was asked for until {in_full(until)}. Write “{action} grant” for "
        f"that day, or “{action} refuse because …” with the day that you would agree to."
    )


def suggest_take_back(action: str) -> str:
    """Format how to take back a claim."""
    return (
        f"{action} is claimed as done. If it is not, write “{action} take back because …”, and it "
        "goes on; nothing was changed yet."
    )


def format_not_understood(actions: tuple[str, ...]) -> str:
    """Format the response to an action named without a command that we understand."""
    action_id = actions[0]
    return (
        f"{action_id} is named here, but not what you want to say of it. For example: “{action_id} done "
        f"https://…”, “{action_id} progress …”, “{action_id} blocked by …” or “{action_id} until 13 March "
        "because …”."
    )


def format_help(by: str, review: Review, reason: str = NOT_UNDERSTOOD) -> str:
    """Format what somebody may answer now, after the reason why they are told."""
    options = [
        (command_type, action)
        for action in review.actions
        for command_type in (o.Accept, o.Decline, o.Claim, o.Postpone, o.Block, o.Verify, o.Reject)
        if _find_responder(command_type, action) == by
        and action.status in command_type.action_statuses
    ]
    if not options:
        return (
            f"{reason} No action of this review waits for a word from you now; “note: …” puts a "
            "remark into the log."
        )
    forms = ", ".join(
        f"“{each.id} {EXAMPLES[command_type]}”" for command_type, each in options[:MOST_CHOICES]
    )
    return (
        f"{reason} Please write one line for each action, beginning with its name. You may say: "
        f"{forms}."
    )


def format_unsubscribe_limits(review: Review) -> str:
    """Format the response to “unsubscribe”: reminders become weekly, and end with their
    subject.
    """
    return (
        "Reminders to you come once a week from now on, on Mondays. They cannot stop by "
        "themselves: something waits for you, and they end with it. "
        f"{review.roles.lead} can hand what waits to somebody else."
    )


def format_refusal(refusal: Refusal | NotFound) -> str:
    """Format a refusal with its reason, its way out and its blockers."""
    if isinstance(refusal, NotFound):
        return str(refusal)
    listing = (f"\n– {blocker.sentence}" for blocker in refusal.blockers[:MOST_BLOCKERS])
    return f"{refusal.reason} {refusal.way_out}".strip() + "".join(listing)


def _find_responder(command_type: type[o.Command], action: Action) -> str:
    return action.verifier if command_type in (o.Verify, o.Reject) else action.owner


def _truncate_title(action: Action) -> str:
    text = " ".join(action.text.split())
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _describe_accept(command: o.Accept, action: Action, review: Review) -> str:
    del command, review
    due_text = f", due on {in_full(action.due)}" if action.due else ""
    return f"accepted; it is yours{due_text}."


def _describe_postpone(command: o.Postpone, action: Action, review: Review) -> str:
    until = f"more time is asked for, until {in_full(command.until)}."
    current_date = f" Until then {in_full(action.due)} stands." if action.due else ""
    return f"{until} {_format_decider(action, review)}{current_date}"


def _describe_grant(command: o.Grant, action: Action, review: Review) -> str:
    del command, review
    postponement = action.postponement
    return f"granted until {in_full(postponement.until)}." if postponement else "granted."


def _describe_drop(command: o.Drop, action: Action, review: Review) -> str:
    del action, review
    replacement = (
        f"{command.replacement} replaces it" if command.replacement else f"risk: {command.risk}"
    )
    return f"dropped; {replacement}."


def _format_decider(action: Action, review: Review) -> str:
    return f"{find_decider(review, (action.owner, *action.owners))} decides."


CommandDescriber = Callable[[Any, Action, Review], str]

_DESCRIPTIONS: dict[type[o.Command], CommandDescriber] = {
    o.Accept: _describe_accept,
    o.Decline: lambda _, __, review: f"declined; {review.roles.lead} looks for another owner.",
    o.Claim: lambda _, a, __: f"claimed as done; {a.verifier or 'somebody else'} will verify it.",
    o.Report: lambda *_: "your words stand in the register.",
    o.Block: lambda *_: "marked as blocked.",
    o.Unblock: lambda *_: "marked as going on.",
    o.Postpone: _describe_postpone,
    o.GiveUp: lambda _, a, review: f"given up. {_format_decider(a, review)}",
    o.TakeBack: lambda *_: "the claim is taken back; it goes on.",
    o.Verify: lambda *_: "verified, with what you found.",
    o.Reject: lambda _, a, __: f"not accepted as done; {a.owner} hears what is missing.",
    o.Grant: _describe_grant,
    o.Refuse: lambda *_: "no more time; the date stands.",
    o.Drop: _describe_drop,
    o.RejectGiveUp: lambda _, a, __: f"kept; {a.owner} goes on with it.",
    o.Reassign: lambda command, *_: f"given to {command.owner}, who is asked to accept it.",
    o.Note: lambda *_: "noted in the log.",
}
