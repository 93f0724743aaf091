"""A reply's text as passages: each verb with the lines that belong to it, and the prose between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rules.sentences import ANSWERS
from rules.unsaid import CITED, cites
from rules.verbs import Spoken, doubt_after, pieces, spoken
from rules.vocabulary import WORDLESS

LONGEST_LINE = 4_000
"""Characters of a line that may speak of several actions; what is longer is evidence or prose."""

LONGEST_COURTESY = 120

FULL_LINE = 58
"""A line as long as this may have been broken by the mail program."""

SHORTEST_TITLE = 8

_COURTESY = re.compile(
    r"\W*(?:(?:hi|hello|hey|dear|hallo|moin|hej|ciao|bonjour|hola"
    r"|good (?:morning|afternoon|evening|day))"
    r"(?:\s+[^\s,.!]+){0,4}|(?:many |kind |best |warm )?(?:thanks|thank you|thx|cheers|regards|best"
    r"|sincerely|greetings|wishes|br|vg|mfg|lg)(?:[\s,]+(?:a lot|again|so much|very much|in advance"
    r"|for[^.;:]{0,60}|and (?:best |kind )?(?:regards|wishes)|everyone|everybody|all|regards|wishes"
    r"|[^\s,.:;]+)){0,2}|(?:sorry|apologies)(?: for[^.;:]{0,60})?"
    r"|have a (?:nice|good|great)[^.;:]{0,40})\W*",
    re.IGNORECASE,
)
_HINTS = re.compile(
    r"\W*(?:Reply:\s*)?(?:(?:A\d{1,4}\s+)?(?:"
    + "|".join(sorted((re.escape(h) for hints in ANSWERS.values() for h in hints), key=len)[::-1])
    + r")[\s·]*){2,12}",
    re.IGNORECASE,
)
"""Hints of our letters, several in a row: “done …  ·  blocked by …”."""

_LETTERS = re.compile(r"\W+")


@dataclass(slots=True, kw_only=True)
class Passage:
    """Lines that belong together, and what they say; `said` None is prose."""

    lines: list[str] = field(default_factory=list)
    said: Spoken | None = None

    @property
    def text(self) -> str:
        """The lines as they were written."""
        return "\n".join(self.lines).strip()

    @property
    def takes_words(self) -> bool:
        """Tell whether lines that follow belong to it."""
        said = self.said
        return said is not None and said.verb is not None and said.verb not in WORDLESS


def passages(text: str, titles: Mapping[str, str]) -> list[Passage]:
    """Put a text's lines together: a verb takes the prose that follows up to the next verb.

    `titles` are the words of the actions by name: a line that only repeats them, or only names an
    action, says what the lines below it are about.
    """
    reader = _Reader(titles=titles)
    for line in text.split("\n"):
        reader.take(line.strip())
    return [_closed(passage) for passage in reader.found]


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads line by line; `open` is the passage to which prose belongs."""

    titles: Mapping[str, str]
    found: list[Passage] = field(default_factory=list)
    open: Passage | None = None
    before: str = ""
    about: tuple[str, ...] = ()
    cited: bool = False
    found_cited: bool = False

    def take(self, line: str) -> None:
        """Read one line; an empty one ends a paragraph of prose."""
        wraps = _is_wrapped(self.before, line)
        self.before = line
        if _is_hint(line):
            self.open = None
            return
        if not line:
            self.cited = self.cited and not self.found_cited
            if self.open is not None and not self.open.takes_words:
                self.open = None
            if self.open is not None:
                self.open.lines.append("")
            return
        if wraps:
            self.go_on(line)
            return
        for piece in pieces(line) if len(line) <= LONGEST_LINE else [line]:
            self.take_piece(piece)

    def take_piece(self, piece: str) -> None:
        """Read what is said of one action, or a line of prose."""
        said = spoken(piece)
        if said.verb is None and cites(piece):
            self.cited, self.found_cited = True, False
        elif self.cited:
            self.found_cited = True
            said = replace(said, doubt=said.doubt or CITED) if said.verb else said
        if said.verb is None and not said.doubt and _is_courtesy(piece):
            self.open = None
            return
        if _is_heading(said, self.titles):
            self.about, self.open = said.actions, None
            return
        if said.verb is None and not said.doubt and not said.actions:
            self.go_on(piece)
            return
        if said.actions:
            self.about = ()
        said = replace(said, actions=said.actions or self.about)
        self.open = Passage(lines=[piece], said=said)
        self.found.append(self.open)

    def go_on(self, line: str) -> None:
        """Add prose to what is being said, or begin a passage of prose."""
        if self.open is None or not (self.open.takes_words or self.open.said is None):
            self.open = Passage()
            self.found.append(self.open)
        self.open.lines.append(line)


def _is_hint(line: str) -> bool:
    """Tell the lines in which our letters say what may be answered."""
    return "…" in line and _HINTS.fullmatch(line) is not None


def _closed(passage: Passage) -> Passage:
    """Give a verb all its words, those of the following lines included, and judge them again."""
    said = passage.said
    if said is None or not passage.takes_words or len(passage.lines) == 1:
        return passage
    words = "\n".join([said.words, *passage.lines[1:]]).strip()
    whole = replace(said, words=words)
    return Passage(lines=passage.lines, said=replace(whole, doubt=said.doubt or doubt_after(whole)))


def _is_wrapped(before: str, line: str) -> bool:
    """Tell whether a mail program broke a sentence here: a full line, then a small letter."""
    if len(before) < FULL_LINE or not line[:1].islower() or spoken(line[:LONGEST_LINE]).actions:
        return False
    last = before.rsplit(None, 1)[-1]
    return not before.endswith((".", "!", "?", ":", ";")) and "://" not in last


def _is_courtesy(piece: str) -> bool:
    return len(piece) <= LONGEST_COURTESY and _COURTESY.fullmatch(piece) is not None


def _is_heading(said: Spoken, titles: Mapping[str, str]) -> bool:
    if not said.actions or said.verb is not None or said.doubt:
        return False
    if not said.words.strip(" .:,-–—"):
        return True
    words = _LETTERS.sub(" ", said.words).strip().casefold()
    title = _LETTERS.sub(" ", titles.get(said.actions[0], "")).strip().casefold()
    long = min(len(words), len(title)) >= SHORTEST_TITLE
    return long and (title.startswith(words) or words.startswith(title))
