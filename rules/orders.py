"""Orders against a review: whether one may be given now, and what the record is afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any

from models.action import Action
from models.errors import Refusal, Unknown
from models.letters import Item, Letter, LetterKind, Quoted
from models.orders import Order, Reply
from models.people import Way
from models.review import Event, Receipt, Review, Stage
from rules import authority, changes, checks
from rules.gates import blockers
from rules.machines import stage_after
from rules.refusing import action_of
from rules.steps import moved

LONGEST_FIELD = 16 * 1024
"""Octets of free text in one field of an order; longer text belongs into the archive."""


def may(review: Review, order: Order, now: datetime) -> None:
    """Let an order pass, or say why not.

    Raises Refusal with code, reason and way out, or Unknown for a name that does not exist. An
    order that was carried out before passes: it is no news.
    """
    if order.id in review.receipts:
        return
    if isinstance(order, Reply):
        _may_reply(review, order, now)
        return
    _check_length(order)
    _check_stage(review, order)
    action = _check_item(review, order)
    authority.check(review, order)
    _check_standing(order, action)
    checks.check(review, order, now)


def apply(review: Review, order: Order, now: datetime) -> Review:
    """Carry out an order: the record afterwards, with a log line and a receipt; refuses nothing."""
    if order.id in review.receipts:
        return review
    if isinstance(order, Reply):
        return _apply_reply(review, order, now)
    changed, sentence = changes.change(review, order, now)
    return _receipted(_logged(changed, order, sentence, now), order, sentence)


def follow(review: Review, now: datetime) -> Review:
    """Take the moves that follow by themselves: everybody has accepted and a follow-up is set."""
    if review.stage is not Stage.ASSIGNED or blockers(review, now):
        return review
    after = moved(review, "all accepted", now)
    said = "every owner has accepted and the follow-up meeting is set"
    return by_clock(after, now, kind="all-accepted", text=said)


def log(
    review: Review, now: datetime, *, by: str, way: Way, kind: str, text: str, item: str = ""
) -> Review:
    """Add a line to the log; each line is one revision."""
    revision = review.revision + 1
    event = Event(revision=revision, at=now, by=by, way=way, kind=kind, text=text, item=item)
    return replace(review, revision=revision, log=(*review.log, event))


def by_clock(review: Review, now: datetime, *, kind: str, text: str, item: str = "") -> Review:
    """Add a line to the log that nobody but time itself gave rise to."""
    return log(review, now, by=authority.CLOCK, way=Way.CLOCK, kind=kind, text=text, item=item)


def _may_reply(review: Review, order: Reply, now: datetime) -> None:
    _check_stage(review, order)
    try:
        for line in order.lines:
            if line.order is not None:
                may(review, line.order, now)
                review = apply(review, line.order, now)
    except (Refusal, Unknown) as changed:
        raise Refusal(
            "stale", "The review has changed since this mail was read.", "Read the mail again."
        ) from changed


def _apply_reply(review: Review, order: Reply, now: datetime) -> Review:
    for line in order.lines:
        if line.order is not None:
            review = apply(review, line.order, now)
    done = sum(line.order is not None for line in order.lines)
    sentence = f"answered by mail: {done} of {len(order.lines)} lines understood and done"
    answered = _logged(review, order, sentence, now)
    letter = Letter(
        kind=LetterKind.ANSWER,
        to=order.by,
        revision=answered.revision,
        in_reply_to=order.message_id,
        subject=order.subject,
        quoted=tuple(
            Quoted(line=line.text, answer=line.answer, done=line.order is not None)
            for line in order.lines
        ),
        items=tuple(_spoken_of(order)),
    )
    return _receipted(replace(answered, held=(*answered.held, letter)), order, sentence)


def _spoken_of(order: Reply) -> list[Item]:
    named = dict.fromkeys(_item(line.order) for line in order.lines if line.order is not None)
    return [Item(code="answer", sentence="", item=item) for item in named if item]


def _receipted(review: Review, order: Order, said: str) -> Review:
    receipt = Receipt(order=order.id, revision=review.revision, said=said)
    return replace(review, receipts={**review.receipts, order.id: receipt})


def _logged(review: Review, order: Order, sentence: str, now: datetime) -> Review:
    kind = str(getattr(order, "kind", ""))
    by, way, item = order.by, order.way, _item(order)
    return log(review, now, by=by, way=way, kind=kind, text=sentence, item=item)


def _item(order: Any) -> str:
    named = (getattr(order, field, "") for field in ("action", "cause", "item", "person"))
    return next((str(name) for name in named if name), "")


def _check_length(order: Order) -> None:
    for field in fields(order):
        for text in _texts(getattr(order, field.name)):
            if len(text.encode()) > LONGEST_FIELD:
                raise Refusal(
                    "too-long",
                    f"“{field.name}” is longer than {LONGEST_FIELD // 1024} KiB.",
                    "Put the text into the document or a file, and name its link here.",
                )


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a field, however deep it lies."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from _texts(tuple(value.values()))
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)


def _check_stage(review: Review, order: Order) -> None:
    if review.stage in order.stages:
        return
    if review.stage is Stage.CLOSED:
        reason, way_out = "The review is closed.", "The lead or the sponsor can reopen it."
        raise Refusal("closed", reason, way_out)
    if review.stage is Stage.CANCELLED:
        raise Refusal("cancelled", "The review was cancelled.", "Open a new one.")
    when = " or ".join(order.stages)
    raise Refusal(
        "wrong-stage",
        f"This belongs to stage {when}; the review is in stage {review.stage}.",
        _towards(review.stage),
    )


def _towards(stage: Stage) -> str:
    gates = [
        gate for gate in ("draft", "actions", "closure") if stage_after(stage, f"approve {gate}")
    ]
    if gates:
        return f"The way on is: afterword approve … {gates[0]}."
    return "The way on is that every owner accepts."


def _check_item(review: Review, order: Order) -> Action | None:
    name = getattr(order, "action", None)
    if name is not None:
        return action_of(review, name)
    cause = getattr(order, "cause", None)
    if cause is not None and all(c.id != cause for c in review.causes):
        raise Unknown("cause", cause, tuple(c.id for c in review.causes))
    return None


def _check_standing(order: Order, action: Action | None) -> None:
    if action is None or not order.standings or action.standing in order.standings:
        return
    raise Refusal(
        "wrong-standing",
        f"{action.id} is {action.standing}; this needs it to be {' or '.join(order.standings)}.",
        "",
    )
