"""What we answer to each line of a reply: what was made of it, or how to say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from models import orders as o
from models.action import Action
from models.errors import Refusal, Unknown
from models.review import Review
from rules.authority import decider
from rules.dates import said as in_full
from rules.vocabulary import Verb

LONGEST_TITLE = 60
MOST_CHOICES = 8
MOST_BLOCKERS = 20
PLAIN_WORDS = ("accept", "done https://…", "progress …", "decline because …")
PLAIN: dict[Verb | None, tuple[str, ...]] = {
    Verb.VERIFY: ("verify: what you saw", "reject because …"),
    Verb.CLAIM: ("done: https://…", "progress …", "blocked by …"),
    Verb.GRANT: ("grant", "refuse because …"),
    Verb.DROP: ("drop because …", "keep because …"),
    Verb.KEEP: ("drop because …", "keep because …"),
    Verb.ACCEPT: ("accept", "decline because …"),
    Verb.AGREE: ("accept", "decline because …"),
    Verb.APPROVE: ("approve closure",),
}
"""The plain forms of each verb, for those whose words are in doubt."""

BOTH_WAYS = (
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

EXAMPLES: dict[type[o.Order], str] = {
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
    o.Keep: "keep because the risk is too high",
    o.Reassign: "reassign to omar@example.org because he owns the pool",
    o.Approve: "approve closure",
}
"""How each thing may be said, without the action's name."""

ASKS: dict[type[o.Order], str] = {
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
    o.Keep: "Why is it kept?",
    o.Note: "What shall be noted?",
    o.Reassign: "To whom? Please write their address.",
}
"""What we ask where the words that belong to a verb are missing."""


def said(order: o.MailOrder, review: Review) -> str:
    """Say what was made of an order, with names and dates in full."""
    action = next((a for a in review.actions if a.id == getattr(order, "action", "")), None)
    if isinstance(order, o.Approve):
        return f"You approved “{order.gate}”."
    if action is None:
        return "Noted in the log."
    return f"{action.id}: {_SAID[type(order)](order, action, review)}"


def asked(kind: type[o.Order], action: str) -> str:
    """Ask for the words that are missing, with an example."""
    return f"{ASKS[kind]} {example(kind, action)}"


def example(kind: type[o.Order], action: str = "") -> str:
    """Show how a thing may be said."""
    return f"For example: “{f'{action} ' if action else ''}{EXAMPLES.get(kind, '')}”."


def which(kind: type[o.Order], actions: Iterable[Action]) -> str:
    """Ask which action is meant, and name the choices."""
    chosen = tuple(actions)
    listed = "; ".join(f"{a.id} ({_title(a)})" for a in chosen[:MOST_CHOICES])
    return f"Which action do you mean: {listed}? {example(kind, chosen[0].id)}"


def no_such(action: str, review: Review) -> str:
    """Say that there is no action by this name, and which there are."""
    names = ", ".join(a.id for a in review.actions)
    there = f"There are {names}." if names else "It has no actions yet."
    return f"There is no action {action} in this review. {there}"


def none_fits(kind: type[o.Order]) -> str:
    """Say that nothing of theirs fits what they said."""
    return f"No action of yours fits this. If one is meant, name it. {example(kind, 'A2')}"


def switched_off(kind: type[o.Order], review: Review, item: str) -> str:
    """Say why a decision is not taken by mail, and the command that takes it."""
    words = f"afterword {kind.command} {review.id} {item}".strip()
    return (
        "Decisions like this one are not taken by mail here, because a sender’s address is easily "
        f"forged. Please use the command line: {words}"
    )


def decline_instead(action: str, review: Review) -> str:
    """Say to an owner who hands an action on that this is the lead's, and what is theirs."""
    return (
        f"It is for {review.roles.lead} to give an action to somebody else. Decline it, and say "
        f"who could do it: “{action} decline because …”."
    )


def not_counted(why: str, actions: tuple[str, ...], plain: tuple[str, ...] = PLAIN_WORDS) -> str:
    """Say why a line does not count, and how it would."""
    name = actions[0] if actions else ""
    shown = " or ".join(f"“{f'{name} ' if name else ''}{words}”" for words in plain)
    return f"Nothing was changed by this: {why}. Please say it plainly, such as {shown}."


def grant_or_refuse(action: str, until: date) -> str:
    """Say that more time is granted until the day that was asked for, or not."""
    return (
        f"More time for {action} was asked for until {in_full(until)}. Write “{action} grant” for "
        f"that day, or “{action} refuse because …” with the day that you would agree to."
    )


def take_back(action: str) -> str:
    """Say to who corrects a claim how to take it back."""
    return (
        f"{action} is claimed as done. If it is not, write “{action} take back because …”, and it "
        "goes on; nothing was changed yet."
    )


def not_understood(actions: tuple[str, ...]) -> str:
    """Say that an action was named, but nothing we understand was said of it."""
    name = actions[0]
    return (
        f"{name} is named here, but not what you want to say of it. For example: “{name} done "
        f"https://…”, “{name} progress …”, “{name} blocked by …” or “{name} until 13 March "
        "because …”."
    )


def help_for(by: str, review: Review, why: str = NOT_UNDERSTOOD) -> str:
    """Say what somebody may answer, and `why` that is said: the actions that wait for them."""
    kinds = [
        (kind, action)
        for action in review.actions
        for kind in (o.Accept, o.Decline, o.Claim, o.Postpone, o.Block, o.Verify, o.Reject)
        if _holder(kind, action) == by and action.standing in kind.standings
    ]
    if not kinds:
        return (
            f"{why} No action of this review waits for a word from you now; “note: …” puts a "
            "remark into the log."
        )
    shown = ", ".join(f"“{a.id} {EXAMPLES[kind]}”" for kind, a in kinds[:MOST_CHOICES])
    return (
        f"{why} Please write one line for each action, beginning with its name. You may say: "
        f"{shown}."
    )


def no_way_out(review: Review) -> str:
    """Say that letters come once a week, and end with what they are about."""
    return (
        "Reminders to you come once a week from now on, on Mondays. They cannot stop by "
        "themselves: something waits for you, and they end with it. "
        f"{review.roles.lead} can hand what waits to somebody else."
    )


def refused(refusal: Refusal | Unknown) -> str:
    """Say no in the words of a refusal, with its way out and what stands in the way."""
    if isinstance(refusal, Unknown):
        return str(refusal)
    listed = (f"\n– {blocker.sentence}" for blocker in refusal.blockers[:MOST_BLOCKERS])
    return f"{refusal.reason} {refusal.way_out}".strip() + "".join(listed)


def _holder(kind: type[o.Order], action: Action) -> str:
    return action.verifier if kind in (o.Verify, o.Reject) else action.owner


def _title(action: Action) -> str:
    text = " ".join(action.text.split())
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _accepted(order: o.Accept, action: Action, review: Review) -> str:
    del order, review
    due = f", due on {in_full(action.due)}" if action.due else ""
    return f"accepted; it is yours{due}."


def _asked_for(order: o.Postpone, action: Action, review: Review) -> str:
    until = f"more time is asked for, until {in_full(order.until)}."
    stands = f" Until then {in_full(action.due)} stands." if action.due else ""
    return f"{until} {_decides(action, review)}{stands}"


def _granted(order: o.Grant, action: Action, review: Review) -> str:
    del order, review
    asked_for = action.postponement
    return f"granted until {in_full(asked_for.until)}." if asked_for else "granted."


def _dropped(order: o.Drop, action: Action, review: Review) -> str:
    del action, review
    instead = f"{order.replacement} replaces it" if order.replacement else f"risk: {order.risk}"
    return f"dropped; {instead}."


def _decides(action: Action, review: Review) -> str:
    return f"{decider(review, (action.owner, *action.owners))} decides."


Saying = Callable[[Any, Action, Review], str]

_SAID: dict[type[o.Order], Saying] = {
    o.Accept: _accepted,
    o.Decline: lambda _, __, review: f"declined; {review.roles.lead} looks for another owner.",
    o.Claim: lambda _, a, __: f"claimed as done; {a.verifier or 'somebody else'} will verify it.",
    o.Report: lambda *_: "your words stand in the register.",
    o.Block: lambda *_: "marked as blocked.",
    o.Unblock: lambda *_: "marked as going on.",
    o.Postpone: _asked_for,
    o.GiveUp: lambda _, a, review: f"given up. {_decides(a, review)}",
    o.TakeBack: lambda *_: "the claim is taken back; it goes on.",
    o.Verify: lambda *_: "verified, with what you found.",
    o.Reject: lambda _, a, __: f"not accepted as done; {a.owner} hears what is missing.",
    o.Grant: _granted,
    o.Refuse: lambda *_: "no more time; the date stands.",
    o.Drop: _dropped,
    o.Keep: lambda _, a, __: f"kept; {a.owner} goes on with it.",
    o.Reassign: lambda order, *_: f"given to {order.owner}, who is asked to accept it.",
    o.Note: lambda *_: "noted in the log.",
}
