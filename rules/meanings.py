"""From what is said to lines: which action is meant, and which order its owner may give of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models import orders as o
from models.action import Action, Standing
from models.orders import Line
from models.review import Review
from rules import answers, dates
from rules.drafts import drafted
from rules.gates import gate_of
from rules.verbs import NOT_SO, Spoken
from rules.vocabulary import Verb

ORDER_OF: dict[Verb, tuple[type[o.Order], ...]] = {
    Verb.ACCEPT: (o.Accept,),
    Verb.AGREE: (o.Accept,),
    Verb.DECLINE: (o.Decline,),
    Verb.CLAIM: (o.Claim,),
    Verb.REPORT: (o.Report,),
    Verb.BLOCK: (o.Block,),
    Verb.UNBLOCK: (o.Unblock,),
    Verb.POSTPONE: (o.Postpone,),
    Verb.GIVE_UP: (o.GiveUp,),
    Verb.TAKE_BACK: (o.TakeBack,),
    Verb.VERIFY: (o.Verify,),
    Verb.REJECT: (o.Reject, o.Decline),
    Verb.GRANT: (o.Grant,),
    Verb.REFUSE: (o.Refuse, o.Decline),
    Verb.DROP: (o.Drop,),
    Verb.KEEP: (o.Keep,),
    Verb.REASSIGN: (o.Reassign,),
    Verb.APPROVE: (o.Approve,),
    Verb.NOTE: (o.Note,),
}
"""What each verb asks for; the second where the first is not theirs: an owner who “rejects” an
action they were given declines it."""

CONSEQUENCE = (o.Verify, o.Reject, o.Grant, o.Refuse, o.Drop, o.Keep, o.Reassign, o.Approve)
"""What leads and verifiers decide: only by mail where the setting allows it."""

_OWNERS = (
    *(o.Accept, o.Decline, o.Claim, o.Report, o.Block, o.Unblock),
    *(o.Postpone, o.GiveUp, o.TakeBack),
)
_SPAN = re.compile(
    r"\d|\b(?:one|two|three|four|an?) (?:more )?(?:days?|weeks?|months?)\b|\b(?:until|till)\b",
    re.IGNORECASE,
)
_DAY = re.compile(r"\b(?:until|till|to)\s+", re.IGNORECASE)
_VERIFIERS = (o.Verify, o.Reject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Who answers about which review on which day.

    `item` is what the letter spoke of, `attached` says in words what came with the answer.
    """

    by: str
    review: Review
    item: str
    today: date
    consequence: bool
    attached: str = ""


def lines_of(said: Spoken, text: str, occasion: Occasion) -> list[Line]:
    """Turn what was said into lines, one for each action; their orders have no id yet.

    A “yes” where nothing waits for one is politeness, and no line.
    """
    if (answer := _answered(said, occasion)) is not None:
        return [Line(text=text, answer=answer)]
    if said.verb in (Verb.APPROVE, Verb.NOTE):
        return [_line(said, text, next(iter(said.actions), ""), occasion)]
    if said.verb is Verb.AGREE and not said.actions and not _waits_for_a_yes(occasion):
        return []
    named = _meant(said, occasion)
    if isinstance(named, str):
        return [Line(text=text, answer=named)]
    return [_line(said, text, action, occasion) for action in named]


def _answered(said: Spoken, occasion: Occasion) -> str | None:
    """Answer what asks for no order: words in doubt, an action named in vain, a call for help."""
    if said.doubt == NOT_SO and (claimed := _claimed(said, occasion)):
        return answers.take_back(claimed)
    if said.doubt:
        plain = answers.PLAIN.get(said.verb, answers.PLAIN_WORDS)
        return answers.not_counted(said.doubt, said.actions, plain)
    if said.verb is None:
        return answers.not_understood(said.actions)
    if said.verb is Verb.HELP:
        return answers.help_for(occasion.by, occasion.review)
    return answers.no_way_out(occasion.review) if said.verb is Verb.UNSUBSCRIBE else None


def _meant(said: Spoken, occasion: Occasion) -> tuple[str, ...] | str:
    """Name the actions that are meant, or ask which."""
    if said.actions:
        return said.actions
    kinds = _kinds(said)
    fitting = _first(_fitting(kind, occasion) for kind in kinds)
    if said.every and fitting:
        return tuple(action.id for action in fitting)
    if any(action.id == occasion.item for action in occasion.review.actions):
        return (occasion.item,)
    fitting = fitting or _first(_theirs(kind, occasion) for kind in kinds)
    if len(fitting) == 1:
        return (fitting[0].id,)
    return answers.which(kinds[0], fitting) if fitting else answers.none_fits(kinds[0])


def _claimed(said: Spoken, occasion: Occasion) -> str:
    """Name the claimed action of theirs that is spoken of; "" where it is none or several."""
    named = said.actions or ((occasion.item,) if occasion.item else ())
    fitting = [a.id for a in _fitting(o.TakeBack, occasion) if not named or a.id in named]
    return fitting[0] if len(fitting) == 1 else ""


def _waits_for_a_yes(occasion: Occasion) -> bool:
    """Tell whether a mere “yes” can only mean that they accept."""
    fitting = {action.id for action in _fitting(o.Accept, occasion)}
    return bool(fitting & {occasion.item} if occasion.item else fitting)


def _kinds(said: Spoken) -> tuple[type[o.Order], ...]:
    return ORDER_OF[said.verb] if said.verb else (o.Report,)


def _first(found: Iterable[list[Action]]) -> list[Action]:
    return next((actions for actions in found if actions), [])


def _fitting(kind: type[o.Order], occasion: Occasion) -> list[Action]:
    """Name the actions of which this person may say this now."""
    return [
        action
        for action in _theirs(kind, occasion)
        if action.standing in kind.standings and _is_asked(kind, action)
    ]


def _theirs(kind: type[o.Order], occasion: Occasion) -> list[Action]:
    """Name the open actions in which this person plays the part that the order needs."""
    pending = [action for action in occasion.review.actions if action.standing in o.PENDING]
    if kind in _OWNERS:
        return [action for action in pending if action.owner == occasion.by]
    if kind in _VERIFIERS:
        return [action for action in pending if action.verifier == occasion.by]
    return pending


def _is_asked(kind: type[o.Order], action: Action) -> bool:
    """Tell whether an action waits for this very decision."""
    if kind in (o.Grant, o.Refuse):
        return action.postponement is not None
    return kind is not o.Drop or action.standing is Standing.GIVEN_UP


def _line(said: Spoken, text: str, action: str, occasion: Occasion) -> Line:
    review = occasion.review
    if action and all(known.id != action for known in review.actions):
        return Line(text=text, answer=answers.no_such(action, review))
    kind = _kind(said, action, occasion)
    if kind is o.Reassign and any(
        a.id == action and a.owner == occasion.by for a in review.actions
    ):
        return Line(text=text, answer=answers.decline_instead(action, review))
    if kind in CONSEQUENCE and not occasion.consequence:
        item = action or said.words.partition(" ")[0]
        return Line(text=text, answer=answers.switched_off(kind, review, item))
    words = said.words
    if kind is o.Grant and (asked := _other_day(words, action, occasion)):
        return Line(text=text, answer=asked)
    if kind is o.Approve and not words.strip(" .,!") and (ahead := gate_of(review.stage)):
        words = ahead.value
    if kind is o.Claim and occasion.attached:
        words = f"{words.strip()}\n{occasion.attached}".strip()
    order = drafted(kind, words, action, occasion.by, occasion.today)
    if isinstance(order, str):
        return Line(text=text, answer=order)
    return Line(text=text, order=order, answer=answers.said(order, review))


def _other_day(words: str, action: str, occasion: Occasion) -> str:
    """Ask back where more time is granted for another span than was asked for; "" if not."""
    known = next((a for a in occasion.review.actions if a.id == action), None)
    asked = known.postponement if known else None
    if asked is None or not _SPAN.search(words.partition("because")[0]):
        return ""
    given = _DAY.search(words)
    read = dates.read(words[given.end() :], occasion.today) if given else None
    if isinstance(read, dates.Day) and read.on == asked.until:
        return ""
    return answers.grant_or_refuse(action, asked.until)


def _kind(said: Spoken, action: str, occasion: Occasion) -> type[o.Order]:
    first, *others = _kinds(said)
    if others:
        known = next((a for a in occasion.review.actions if a.id == action), None)
        if known and known.owner == occasion.by and known.standing is Standing.ASSIGNED:
            return others[0]
    return first
