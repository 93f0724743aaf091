"""What a letter says about a wait, written to its reader, and the words they can answer with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from models.action import Action, Standing
from models.letters import Item, Wait
from models.review import Review
from rules.calendar import Calendar
from rules.dates import said
from rules.waits import action_of

LONGEST_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and on which day it is there."""

    address: str
    today: date

    def call(self, address: str) -> str:
        """Name somebody by address, which becomes their name in the letter; or say “you”."""
        return "you" if address == self.address else address


LATER = ("until <date> because …", "give up because …")
OWNER_WORDS = ("done …", "blocked by …", *LATER)
BLOCKED_WORDS = ("unblocked", "done …", *LATER)
ANSWERS: dict[str, tuple[str, ...]] = {
    "not-accepted": ("accept", "decline because …"),
    "not-done": OWNER_WORDS,
    "question": ("progress …", *OWNER_WORDS),
    "not-verified": ("verify …", "reject because …"),
    "postponement": ("grant", "refuse because …"),
    "given-up": ("drop …", "keep …"),
    "declined": ("drop …",),
    "approve-draft": ("approve",),
    "approve-actions": ("approve",),
    "approve-closure": ("approve",),
}


def asked(review: Review, wait: Wait, reader: Reader) -> Item:
    """Say to somebody who can clear a wait what they are waited for."""
    sentence = _said(review, wait, reader)
    answers = _answers(review, wait)
    return Item(code=wait.code, sentence=sentence, item=wait.item, answers=answers)


def stood_in(review: Review, wait: Wait, reader: Reader, why: str, *, decides: bool) -> Item:
    """Say to somebody above what waits while those it waits for are absent, and `why` they hear.

    `decides` tells whether they may give the answer themselves.
    """
    sentence = f"{why} Meanwhile this waits: {_said(review, wait, reader)}"
    answers = _answers(review, wait) if decides else ()
    return Item(code=wait.code, sentence=sentence, item=wait.item, answers=answers)


def stepped_up(review: Review, wait: Wait, reader: Reader, why: str) -> Item:
    """Say to somebody above what got no answer below, and `why` they hear of it."""
    sentence = f"{why} {_said(review, wait, reader)}"
    return Item(code=wait.code, sentence=sentence, item=wait.item)


def status(action: Action) -> Item:
    """Say where one action stands, for the brief before a follow-up meeting."""
    dated = f", due on {said(action.due)}" if action.due and action.outcome is None else ""
    word = f" Last word: {_quoted(action.said)}" if action.said else ""
    sentence = f"{_name(action)} is {action.standing}{dated}.{word}"
    return Item(code="status", sentence=sentence, item=action.id)


def moment(when: datetime, calendar: Calendar) -> str:
    """Write a moment in full, in the zone of a calendar."""
    local = when.astimezone(calendar.zone)
    return f"{said(local.date())}, {local:%H:%M} ({calendar.zone.key})"


def named(review: Review, item: str) -> str:
    """Call an action by its words and its name: “Add a rate limit” (A2)."""
    action = action_of(review, item)
    return _name(action) if action else item


def _answers(review: Review, wait: Wait) -> tuple[str, ...]:
    action = action_of(review, wait.item)
    if wait.code == "not-done" and action and action.standing is Standing.BLOCKED:
        return BLOCKED_WORDS
    return ANSWERS.get(wait.code, ())


def _said(review: Review, wait: Wait, reader: Reader) -> str:
    action = action_of(review, wait.item)
    tell = TELLING.get(wait.code)
    if action is not None and tell is not None:
        return tell(action, reader)
    if wait.code.startswith("approve-") or not wait.way_out:
        return wait.sentence
    end = "" if wait.way_out.endswith("…") else "."
    return f"{wait.sentence} What helps: {wait.way_out}{end}"


def _to_accept(action: Action, reader: Reader) -> str:
    return f"{_name(action)} is meant for {reader.call(action.owner)}.{_due(action, reader)}"


def _to_do(action: Action, reader: Reader) -> str:
    is_blocked = action.standing is Standing.BLOCKED and action.said
    why = f" It is blocked: {_quoted(action.said)}." if is_blocked else ""
    return f"{_name(action)} is with {reader.call(action.owner)}.{_due(action, reader)}{why}"


def _to_verify(action: Action, _: Reader) -> str:
    return f"{action.owner} says that {_name(action)} is done: {_quoted(action.evidence)}."


def _to_reassign(action: Action, _: Reader) -> str:
    return (
        f"{action.owner} declined {_name(action)}: {_quoted(action.said)}. "
        "It needs another owner, or is dropped with a replacement or an accepted risk."
    )


def _to_postpone(action: Action, reader: Reader) -> str:
    asked = action.postponement
    wish = f" until {said(asked.until)}: {_quoted(asked.reason)}" if asked else ""
    return f"{action.owner} asks for time for {_name(action)}{wish}.{_due(action, reader)}"


def _to_drop(action: Action, _: Reader) -> str:
    return (
        f"{action.owner} cannot do {_name(action)}: {_quoted(action.said)}. "
        "It is dropped with a replacement or an accepted risk, or kept with a reason."
    )


def _to_answer(action: Action, reader: Reader) -> str:
    question = action.question
    asks = f"{question.by} asks: {_quoted(question.text)} " if question else ""
    return f"{asks}It is about {_name(action)}.{_due(action, reader)}"


def _to_assign(action: Action, _: Reader) -> str:
    return f"{_name(action)} is proposed, and neither assigned nor withdrawn."


TELLING: dict[str, Callable[[Action, Reader], str]] = {
    "not-accepted": _to_accept,
    "not-done": _to_do,
    "not-verified": _to_verify,
    "declined": _to_reassign,
    "postponement": _to_postpone,
    "given-up": _to_drop,
    "question": _to_answer,
    "not-assigned": _to_assign,
}


def _name(action: Action) -> str:
    return f"{_quoted(action.text)} ({action.id})"


def _due(action: Action, reader: Reader) -> str:
    if action.due is None:
        return ""
    days = (action.due - reader.today).days
    if days < 0:
        return f" It was due on {said(action.due)}, {_days(-days)} ago."
    far = {0: "today", 1: "tomorrow"}.get(days, f"in {_days(days)}")
    return f" It is due on {said(action.due)}, {far}."


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _quoted(text: str) -> str:
    return f"“{_clipped(text).rstrip('.')}”"


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 2]} …"
