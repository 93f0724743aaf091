"""The passages of a reply: each verb with the lines that belong to it, and the prose between."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rules.replies.line_parser import ParsedLine, find_doubt, parse_line, split_line
from rules.replies.offers import GRANT_WITH_REASON, HINTS
from rules.replies.patterns.verb_patterns import WORDLESS
from rules.replies.retractions import CITATION_DOUBT, is_citation

MAX_LINE_LENGTH = 4_000
"""Characters of a line that may mention several actions; a longer one is evidence or prose."""

MAX_COURTESY_LENGTH = 120

FULL_LINE = 58
"""Characters from which a line may have been wrapped by the mail program."""

SHORTEST_TITLE = 8

FORMER_HINTS = ("done …", "progress …", "verify …", "drop …", "keep …")
"""Hints of emails from before 29 November 2026, which people still answer."""

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
    + "|".join(
        sorted(map(re.escape, (*HINTS.values(), GRANT_WITH_REASON, *FORMER_HINTS)), key=len)[::-1]
    )
    + r")[\s·]*){2,12}",
    re.IGNORECASE,
)
"""Several reply hints of our emails in a row: “done …  ·  blocked by …”."""

_NON_WORD = re.compile(r"\W+")
_RULE = re.compile(r"[-–—_=~*+ ]*")
"""A line between two parts of a text, or an empty one."""


@dataclass(slots=True, kw_only=True)
class ReplyPassage:
    """Lines that belong together, and their parsed form; `parsed` None is prose."""

    lines: list[str] = field(default_factory=list)
    parsed: ParsedLine | None = None

    @property
    def text(self) -> str:
        """Return the lines as they were written."""
        return "\n".join(self.lines).strip()

    @property
    def takes_words(self) -> bool:
        """Return whether the lines that follow belong to this passage."""
        parsed = self.parsed
        return parsed is not None and parsed.verb is not None and parsed.verb not in WORDLESS


def split_passages(text: str, titles: Mapping[str, str]) -> list[ReplyPassage]:
    """Split a text into passages: a verb takes the prose that follows, up to the next verb.

    `titles` are the texts of the actions by id: a line that only repeats one, or only contains an
    id, says which action the lines below it are about.
    """
    reader = _PassageReader(titles=titles)
    for line in text.split("\n"):
        reader.read_line(line.strip())
    return [_close_passage(passage) for passage in reader.passages]


@dataclass(slots=True, kw_only=True)
class _PassageReader:
    """Reads a text line by line; prose is added to the passage `current`."""

    titles: Mapping[str, str]
    passages: list[ReplyPassage] = field(default_factory=list)
    current: ReplyPassage | None = None
    previous_line: str = ""
    heading_actions: tuple[str, ...] = ()
    in_citation: bool = False
    has_cited_text: bool = False

    def read_line(self, line: str) -> None:
        """Read one line; an empty line ends a paragraph of prose."""
        is_wrapped = _is_wrapped(self.previous_line, line)
        self.previous_line = line
        if _is_hint(line):
            self.current = None
            return
        if not line:
            self.in_citation = self.in_citation and not self.has_cited_text
            if self.current is not None and not self.current.takes_words:
                self.current = None
            if self.current is not None:
                self.current.lines.append("")
            return
        if is_wrapped:
            self.add_prose(line)
            return
        for piece in split_line(line) if len(line) <= MAX_LINE_LENGTH else [line]:
            self.read_piece(piece)

    def read_piece(self, piece: str) -> None:
        """Read the part of a line that is about one action, or a line of prose."""
        parsed = parse_line(piece)
        if parsed.verb is None and is_citation(piece):
            self.in_citation, self.has_cited_text = True, False
        elif self.in_citation:
            self.has_cited_text = True
            parsed = (
                replace(parsed, doubt=parsed.doubt or CITATION_DOUBT) if parsed.verb else parsed
            )
        if parsed.verb is None and not parsed.doubt and _is_courtesy(piece):
            self.current = None
            return
        if _is_heading(parsed, self.titles):
            self.heading_actions, self.current = parsed.actions, None
            return
        if parsed.verb is None and not parsed.doubt and not parsed.actions:
            self.add_prose(piece)
            return
        if parsed.contributions:
            self.current = ReplyPassage(lines=[piece], parsed=parsed)
            self.passages.append(self.current)
            return
        if parsed.actions:
            self.heading_actions = ()
        parsed = replace(parsed, actions=parsed.actions or self.heading_actions)
        self.current = ReplyPassage(lines=[piece], parsed=parsed)
        self.passages.append(self.current)

    def add_prose(self, line: str) -> None:
        """Add prose to the current passage, or begin a passage of prose."""
        if self.current is None or not (self.current.takes_words or self.current.parsed is None):
            self.current = ReplyPassage()
            self.passages.append(self.current)
        self.current.lines.append(line)


def _is_hint(line: str) -> bool:
    """Return whether a line repeats the reply hints of our emails."""
    return "…" in line and _HINTS.fullmatch(line) is not None


def _close_passage(passage: ReplyPassage) -> ReplyPassage:
    """Return a passage whose verb has the words of all its lines, with its doubt found again.

    A rule at the end, as “---” between two answers, is no word of theirs.
    """
    parsed = passage.parsed
    if parsed is None or not passage.takes_words or len(passage.lines) == 1:
        return passage
    lines = passage.lines[1:]
    while lines and _RULE.fullmatch(lines[-1]):
        lines.pop()
    words = "\n".join([parsed.words, *lines]).strip()
    complete = replace(parsed, words=words)
    return ReplyPassage(
        lines=passage.lines, parsed=replace(complete, doubt=parsed.doubt or find_doubt(complete))
    )


def _is_wrapped(previous_line: str, line: str) -> bool:
    """Return whether a sentence was wrapped here: a full line, then a lower-case one."""
    if (
        len(previous_line) < FULL_LINE
        or not line[:1].islower()
        or parse_line(line[:MAX_LINE_LENGTH]).actions
    ):
        return False
    last_word = previous_line.rsplit(None, 1)[-1]
    return not previous_line.endswith((".", "!", "?", ":", ";")) and "://" not in last_word


def _is_courtesy(piece: str) -> bool:
    return len(piece) <= MAX_COURTESY_LENGTH and _COURTESY.fullmatch(piece) is not None


def _is_heading(parsed: ParsedLine, titles: Mapping[str, str]) -> bool:
    if not parsed.actions or parsed.verb is not None or parsed.doubt:
        return False
    if not parsed.words.strip(" .:,-–—"):
        return True
    words = _NON_WORD.sub(" ", parsed.words).strip().casefold()
    title = _NON_WORD.sub(" ", titles.get(parsed.actions[0], "")).strip().casefold()
    is_long_enough = min(len(words), len(title)) >= SHORTEST_TITLE
    return is_long_enough and (title.startswith(words) or words.startswith(title))
