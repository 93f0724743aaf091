"""Understand one line of a reply: its verb, its actions, and whether the verb counts.

The language is forgiving in how a thing is said and strict in whether it was said: a negation, a
question, a condition or a promise of later never counts as the thing itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rules import unsaid
from rules import vocabulary as v
from rules.vocabulary import Verb

MOST_LEADS = 8
"""Words of politeness and grammar that may stand before a verb."""

LONGEST_DOUBTFUL = 14
"""Words of a line without an action's name up to which we ask back what it may mean."""

NOT_SO = "it says what is not so"
CONDITIONAL = "it comes with a condition or speaks of something else"

_WRAPPING = "\"'*_`“”‘’"
_JOINING = re.compile(r"[\s,;]and$", re.IGNORECASE)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?;](?=\s|$)")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A line as understood: its actions, its verb (None: none was found), the words after it.

    `doubt` says why the verb does not count as said; `every` is set for “all” and “both”; `plainly`
    for a verb in the very words of our letters, with a colon.
    """

    actions: tuple[str, ...] = ()
    verb: Verb | None = None
    words: str = ""
    doubt: str = ""
    every: bool = False
    plainly: bool = False


def spoken(line: str) -> Spoken:
    """Understand one line: its actions, its verb and words, or why the verb does not count."""
    said = _spoken(line)
    if said.verb is not Verb.AGREE:
        return said
    if v.POLITE.fullmatch(said.words):
        return replace(said, doubt="")
    later = _spoken(said.words.lstrip(" ,.!;:–—-"))
    if later.verb is None:
        return replace(said, doubt=later.doubt or CONDITIONAL)
    return replace(later, actions=said.actions or later.actions)


def pieces(line: str) -> list[str]:
    """Take “A2 done https://…; A3 accept” apart into what is said of each action."""
    starts, ends_at = [0], []
    for found in v.NEXT_ACTION.finditer(line):
        before = _bare(line[starts[-1] : found.start()])
        ends_sentence = found[0].startswith((".", "!", ";"))
        ends = ends_sentence or _verb(_leading_actions(before)[1])
        if ends and _verb(_leading_actions(line[found.end() :])[1]):
            starts.append(found.end())
            ends_at.append(found.start())
    ends_at.append(len(line))
    *heads, last = [line[start:end].strip() for start, end in zip(starts, ends_at, strict=True)]
    return [*(_unjoined(head) for head in heads), last]


def doubt_after(said: Spoken) -> str:
    """Say why the words after a verb take back what it says; "" where they do not."""
    why = (
        why for verbs, unsays, why in v.UNSAID if said.verb in verbs and unsays.match(said.words)
    )
    if first := next(why, ""):
        return first
    if words := unsaid.taken_back(said.verb, said.words, plainly=said.plainly):
        return unsaid.in_doubt(words)
    if said.verb not in (Verb.ACCEPT, Verb.AGREE):
        return ""
    harmless = v.HARMLESS.match(said.words)
    if harmless is None or v.CONDITION.search(said.words):
        return CONDITIONAL
    more = _verb(said.words[harmless.end() :].lstrip(" ,.;:!–—-"))
    return CONDITIONAL if more and more[0] in v.SAYS_MORE else ""


def _spoken(line: str) -> Spoken:
    actions, rest = _leading_actions(_bare(line))
    if _is_question(rest):
        return _asked_back(Spoken(actions=actions), rest, "it is a question")
    found = _verb(rest)
    if found is None:
        return _without_verb(Spoken(actions=actions), rest)
    verb, words = found
    if not actions:
        actions, words = _following_actions(verb, words)
    every = v.EVERY.match(words) if verb in (Verb.ACCEPT, Verb.AGREE) else None
    words = (words[every.end() :] if every else words).strip()
    plainly = words.startswith(":") and verb.value in rest.casefold().partition(":")[0].split()
    said = Spoken(actions=actions, verb=verb, words=words, every=bool(every), plainly=plainly)
    if verb is Verb.CLAIM and v.IMPERATIVE.match(rest):
        return replace(said, doubt="it says what is to be done")
    return replace(said, doubt=doubt_after(said))


def _without_verb(said: Spoken, rest: str) -> Spoken:
    if v.THUMB.fullmatch(rest):
        return replace(said, verb=Verb.AGREE)
    if needs := v.NEEDS_UNTIL.fullmatch(rest):
        words = f"{needs['until']} because {needs['why']}"
        return replace(said, verb=Verb.POSTPONE, words=words)
    if v.NEGATION.search(rest):
        return _asked_back(said, rest, NOT_SO)
    if v.HEDGE.search(rest):
        return _asked_back(said, rest, "it speaks of what may be, or of later")
    return replace(said, words=rest)


def _asked_back(said: Spoken, rest: str, why: str) -> Spoken:
    is_short = len(rest.split()) <= LONGEST_DOUBTFUL
    is_doubtful = v.STRONG.search(_URL.sub("", rest)) and (is_short or said.actions)
    return replace(said, words=rest, doubt=why if is_doubtful else "")


def _bare(line: str) -> str:
    """Take bullets, greetings and quotation marks off a line."""
    line = line.replace("’", "'").replace("‘", "'").replace("\u2011", "-")
    line = line[_end(v.BULLET.match(line)) :].strip()
    line = line[_end(v.GREETED.match(line)) :]
    line = line[_end(v.THANKED.match(line)) :]
    line = line[_end(v.NODDED.match(line)) :]
    return line.strip(_WRAPPING).strip()


def _unjoined(text: str) -> str:
    """Take “, and” off an end."""
    bare = text.rstrip(" \t,;")
    return _JOINING.sub("", bare).rstrip(" \t,;")


def _end(found: re.Match[str] | None) -> int:
    return found.end() if found else 0


def _leading_actions(text: str) -> tuple[tuple[str, ...], str]:
    found = v.LEADING_IDS.match(text)
    return (_named(found[1]), text[found.end() :]) if found else ((), text)


def _following_actions(verb: Verb, words: str) -> tuple[tuple[str, ...], str]:
    found = (v.ADJOINING_IDS if verb is Verb.BLOCK else v.FOLLOWING_IDS).match(words)
    return (_named(found[1]), words[found.end() :]) if found else ((), words)


def _named(ids: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"A{int(number)}" for number in _NUMBER.findall(ids)))


def _is_question(text: str) -> bool:
    if v.QUESTION_LEAD.match(text):
        return True
    sentence = _SENTENCE_END.search(_URL.sub("", text))
    return sentence is not None and sentence[0] == "?"


def _verb(rest: str) -> tuple[Verb, str] | None:
    """Find the verb at the front, past what politeness and grammar put before it."""
    modal = False
    for _ in range(MOST_LEADS):
        for verb, pattern in v.VERBS:
            found = pattern.match(rest)
            if found and (not modal or verb in v.WITH_MODALS):
                return verb, _kept(verb, found[0], rest[found.end() :])
        lead = v.MODAL_LEAD.match(rest)
        modal = modal or lead is not None
        lead = lead or v.PLAIN_LEAD.match(rest)
        if lead is None:
            return None
        rest = rest[lead.end() :]
    return None


def _kept(verb: Verb, said: str, after: str) -> str:
    """Keep words that are part of what is said: “waiting for …”, “working on …”."""
    named = {Verb.REPORT: v.NAMED_REPORT, Verb.BLOCK: v.NAMED_BLOCK}.get(verb)
    return after if named is None or named.fullmatch(said) else f" {said}{after}"
