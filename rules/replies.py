"""What a reply means: lines of forgiving language become orders; what is unclear is asked back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.errors import Refusal, Unknown
from models.orders import Claim, Line
from models.review import Review
from rules import answers, orders
from rules.meanings import Occasion, lines_of
from rules.passages import Passage, passages
from rules.unsaid import denies, in_doubt, turned
from rules.verbs import NOT_SO
from rules.vocabulary import MENTION, Verb

MOST_UNKNOWN = 5
"""After as many passages that were not understood we stop reading, as Debian's bug tracker does."""

YESES = (Verb.ACCEPT, Verb.AGREE, Verb.UNBLOCK, Verb.APPROVE)
"""Verbs that take no words, so that a line below may take them back."""

MOST_LINES = 40
LONGEST_TEXT = 64 * 1024
"""Characters of a reply in which we look for meaning; the archive has all of it."""

LONGEST_QUOTED = 1_000
MOST_OCTETS = 40 * 1024
"""Of all texts of one mail together; an order has at most 64 KiB."""

STOPPED = (
    "I stopped reading here, after several passages that I did not understand. What stands below "
    "was not read; please send it again by itself."
)
TOO_LONG = "Your mail says too much for one letter. Please send this line again in another one."


def meaning(
    text: str,
    *,
    reply_id: str,
    by: str,
    review: Review,
    item: str,
    date: datetime,
    zone: str,
    consequence: bool,
    attached: str = "",
) -> tuple[Line, ...]:
    """Say what each line of a reply means: an order with what is made of it, or a question back.

    `item` is the action the letter spoke of ("" for none), `date` when the mail was written, `zone`
    where its writer lives (relative dates count from their day), `consequence` whether leads and
    verifiers may decide by mail, `attached` what came with it as evidence, in words. Free prose is
    passed over where anything at all was understood.
    """
    occasion = Occasion(
        by=by,
        review=review,
        item=item,
        today=_day(date, zone),
        consequence=consequence,
        attached=attached,
    )
    found = passages(text[:LONGEST_TEXT], {action.id: action.text for action in review.actions})
    lines = _read(found, occasion)
    if not lines:
        lines = [Line(text=text, answer=answers.help_for(by, review, _why(text, attached)))]
    return tuple(_numbered(lines, reply_id))


def _why(text: str, attached: str) -> str:
    if text.strip():
        return answers.NOT_UNDERSTOOD
    return answers.ONLY_FILES if attached else answers.NO_WORDS


def judge(review: Review, lines: Iterable[Line], now: datetime) -> tuple[Line, ...]:
    """Let each line's order pass against the record as the lines before it leave it.

    What is refused becomes a line without order that says why, and what would make it right.
    """
    judged = []
    for line in lines:
        given = line
        if line.order is not None:
            try:
                orders.may(review, line.order, now)
                given = replace(line, answer=answers.said(line.order, review))
                review = orders.apply(review, line.order, now)
            except (Refusal, Unknown) as no:
                given = Line(text=line.text, answer=answers.refused(no))
        judged.append(given)
    return tuple(judged)


def _day(when: datetime, zone: str) -> date:
    try:
        return when.astimezone(ZoneInfo(zone)).date()
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return when.astimezone(UTC).date()


def _read(found: list[Passage], occasion: Occasion) -> list[Line]:
    lines: list[Line] = []
    unknown = 0
    for at, passage in enumerate(found):
        if unknown >= MOST_UNKNOWN or len(lines) >= MOST_LINES:
            rest = "\n".join(each.text for each in found[at:])
            return [*lines, Line(text=rest, answer=STOPPED)] if lines else []
        meant = _meant(_with_next(passage, found[at + 1 :]), occasion)
        unknown += not any(line.order for line in meant)
        lines += meant
    return _undenied(lines, found, occasion)


def _with_next(passage: Passage, others: list[Passage]) -> Passage:
    """Let a mere “yes” not count where the line below puts a condition to it."""
    said = passage.said
    if said is None or said.verb not in YESES or said.doubt or not others:
        return passage
    below = others[0]
    is_prose = below.said is None or (below.said.verb is None and not below.said.actions)
    words = turned(said.verb, below.text) if is_prose else ""
    if not words:
        return passage
    doubted = replace(said, doubt=in_doubt(words))
    return Passage(lines=[*passage.lines, *below.lines], said=doubted)


def _undenied(lines: list[Line], found: list[Passage], occasion: Occasion) -> list[Line]:
    """Take back a claim that the same mail denies: “A1 done …”, and below “A1 is not done yet”."""
    denials = [e for e in found if e.said and e.said.doubt == NOT_SO and denies(e.text)]
    denied = {name for each in denials if each.said for name in each.said.actions}
    if any(not each.said.actions for each in denials if each.said):
        claimed = [line.order.action for line in lines if isinstance(line.order, Claim)]
        denied |= {claimed[0]} if len(claimed) == 1 else {occasion.item}
    return [
        Line(text=line.text, answer=answers.BOTH_WAYS)
        if isinstance(line.order, Claim) and line.order.action in denied
        else line
        for line in lines
    ]


def _meant(passage: Passage, occasion: Occasion) -> list[Line]:
    """Say what a passage means; prose is asked about only where it names an action."""
    if passage.said is not None:
        return lines_of(passage.said, passage.text, occasion)
    named = {f"A{int(found[0][1:])}" for found in MENTION.finditer(passage.text)}
    known = [action.id for action in occasion.review.actions if action.id in named]
    if not known:
        return []
    return [Line(text=passage.text, answer=answers.not_understood(tuple(known)))]


def _numbered(lines: list[Line], reply_id: str) -> list[Line]:
    """Give each order its id, and keep the whole within what an order may carry."""
    numbered, octets = [], 0
    for number, line in enumerate(lines, 1):
        text = _quoted(line.text)
        octets += len(text.encode()) + len(repr(line.order).encode())
        if octets > MOST_OCTETS:
            numbered.append(Line(text=text, answer=TOO_LONG))
        elif line.order is None:
            numbered.append(replace(line, text=text))
        else:
            order = replace(line.order, id=f"{reply_id}.{number}")
            numbered.append(replace(line, text=text, order=order))
    return numbered


def _quoted(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST_QUOTED else f"{text[: LONGEST_QUOTED - 1].rstrip()}…"
