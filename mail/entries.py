"""The things a letter speaks of, each with its facts and the words one can answer with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from mail.facts import Fact, facts
from mail.wording import Reader, clip, line
from models.action import Action, Standing
from models.letters import Item, Letter, LetterKind
from models.review import Review
from rules.sentences import named

WHOLE_REVIEW = (LetterKind.STATUS_BRIEF, LetterKind.CLOSED)
"""Letters that show every action, not only those their items name."""

UNSHOWN = (Standing.PROPOSED, Standing.WITHDRAWN)
OPEN_END = "…"
NAME = re.compile(r"[A-Z]\d+")
ADDRESS = re.compile(r"[^\s@<>“”„\"'():;,]+@[\w-]+(?:\.[\w-]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing a letter speaks of.

    `name` is what people call it ("A1"), `heading` its own words, `sentence` what is to be said
    about it, `answers` the words one can reply with; any of them may be empty.
    """

    name: str = ""
    heading: str = ""
    sentence: str = ""
    facts: tuple[Fact, ...] = ()
    answers: tuple[str, ...] = ()


def entries(letter: Letter, review: Review, reader: Reader) -> tuple[Entry, ...]:
    """List what a letter speaks of."""
    alone = single(letter) != ""
    said = (_said(item, letter.kind, review, reader, alone) for item in _spoken_of(letter))
    return (*said, *_rest(letter, review, reader))


def single(letter: Letter) -> str:
    """Name the one item a letter speaks of; "" where it speaks of none or of several."""
    names = {item.item for item in letter.items}
    return names.pop() if len(names) == 1 else ""


def mailto(address: str, subject: str, words: str) -> str:
    """Give the link that begins a reply with these words; an open end is left to the writer."""
    body = f"{words.removesuffix(OPEN_END).rstrip()} " if words.endswith(OPEN_END) else words
    return f"mailto:{quote(address, safe='@')}?subject={quote(subject)}&body={quote(body)}"


def _spoken_of(letter: Letter) -> tuple[Item, ...]:
    """Leave out what the head of a letter says already: when the meeting of a brief is."""
    brief = letter.kind is LetterKind.STATUS_BRIEF
    return tuple(item for item in letter.items if item.item or not brief)


def _rest(letter: Letter, review: Review, reader: Reader) -> tuple[Entry, ...]:
    if letter.kind not in WHOLE_REVIEW:
        return ()
    spoken = {item.item for item in letter.items}
    shown = (a for a in review.actions if a.id not in spoken and a.standing not in UNSHOWN)
    return tuple(
        Entry(name=a.id, heading=clip(a.text), facts=facts(letter.kind, a, review, reader))
        for a in shown
    )


def _said(item: Item, kind: LetterKind, review: Review, reader: Reader, alone: bool) -> Entry:
    action = next((a for a in review.actions if a.id == item.item), None)
    sentence = clip(_in_short(item, review, reader))
    words = (line(w) if alone else _labelled(item.item, line(w)) for w in item.answers)
    return Entry(
        name=item.item if NAME.fullmatch(item.item) else "",
        heading=clip(_words_of(item.item, action, review)),
        sentence=sentence,
        facts=facts(kind, action, review, reader, sentence) if action else (),
        answers=tuple(words),
    )


def _words_of(name: str, action: Action | None, review: Review) -> str:
    if action:
        return action.text
    causes = {c.id: c.symptom for c in review.causes}
    return {r.id: r.text for r in review.recurrences}.get(name, causes.get(name, ""))


def _in_short(item: Item, review: Review, reader: Reader) -> str:
    """Say a sentence with people's names, and without the action's own words: they stand above."""
    sentence = ADDRESS.sub(lambda found: reader.name(found[0]), item.sentence)
    if not item.item:
        return sentence
    return sentence.removeprefix(f"{item.item}: ").replace(named(review, item.item), item.item)


def _labelled(name: str, words: str) -> str:
    return words if words.startswith(name) else f"{name} {words}"
