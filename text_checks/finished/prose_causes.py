"""Derive causes from prose: a cause for each sentence in which a reader would see one.

A list of causes is read as it is (text_checks.parsing.causes). What is derived here is an
interpretation, and is always shown as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from models.document import Section
from rules.pattern_table import parse_table
from text_checks.cause_chains import is_same_statement
from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.section_assignment import assign_sections
from text_checks.sentences import split_sentences

MAX_CAUSES = 6
"""A document gives at most so many derived causes; more would be a retelling."""

MAX_COMPARED = 50
"""Number of sentences among which those are left out that say the same again."""

MAX_PER_PART = 3
"""Sentences of one part that tell a cause only in passing (“because of …”)."""

MAX_LENGTH = 400
"""Maximum number of characters of a derived cause."""

MIN_WORDS = 4

_EVENT = (
    r"(?:incidents?|outages?|issues?|problems?|bugs?|failures?|disruptions?|downtime|errors?|crash"
    r"(?:es)?|degradation|vulnerability|leak|loss|delays?|behaviou?r|situation|this|it)"
)
_NAMES_ROOT_CAUSE = parse_table(
    rf"""
    \b(?:root|primary|main|under-?lying|ultimate) (?:root )?causes?\b.{{0,80}}
        \b(?:was|were|is|are|to be|lies|lay)\b
        ✓ The root cause of it was a stale lock.  ✗ Root causes, one by one
    \b{_EVENT}\b[^.]{{0,60}}\b(?:was|were|is|been|be)
        (?: \w+ly| likely| also| in part){{0,2}}
        (?: caused by| due to| the result of| because| triggered by| introduced by)\b
        ✓ The outage was mainly due to a stale lock.  ✗ We were late due to the fog.
    \b(?:cause|reason)s? (?:of|for|behind|why) .{{1,80}}\b(?:was|were|is)\b
        ✓ The reason for this was a stale lock.  ✗ For that reason we were late.
    ^(?:this|it) (?:happened|occurred|was (?:possible|caused)) (?:because|when|due|by|since)\b
        ✓ This happened because a lock was stale.  ✗ This happened twice.
    """
)
"""Words by which a sentence names the cause of what happened, wherever it is."""

_TELLS_WHAT_WAS_FOUND = parse_table(
    r"""
    \b(?:determined|found out|found|discovered|turned out|identified|realised|realized|concluded)
        (?: to be)? that\b
        ✓ It was determined that a lock was stale.  ✗ We were determined to help.
    ^(?:due to|because of)\b  ✓ Due to a stale lock, writes failed.  ✗ Writes failed due to fog.
    """
)
"""Words by which a summary tells what an investigation found."""

_NAMES_CAUSE = parse_table(
    r"""
    \bcaused by\b|\bdue to\b|\bbecause(?: of)?\b|\bas a result of\b
        ✓ It failed due to a lock.  ✗ the due date
    \b(?:the|a|one|another|second|third|other|contributing) (?:cause|factor)\b
        ✓ Another contributing factor was the cache.  ✗ factors
    \b(?:led|leads|leading) to\b|\bresult(?:ed|s|ing) in\b|\btriggered (?:by|a|an|the)\b
        ✓ A typo led to the outage.  ✗ lead times
    \bcontributed to\b|\b(?:stemmed|originated|arose) from\b  ✓ It stemmed from a race.  ✗ stems
    \bwhich (?:had |has |in turn )?(?:caused|meant|made|broke|exhausted|overloaded)\b
        ✓ A retry had no limit, which caused a storm.  ✗ causes are below
    \b(?:did|was|were|had|could)(?: not|n['’]t)\b
        ✓ The block validation did not check the sign.  ✗ It was a check.
    """
)
"""Words by which a sentence of a section on causes may name one."""

_IS_CONSEQUENCE = parse_table(
    r"""
    (?:this|that|these|those|it|they|which|the (?:result|effect|consequence)s?)
        (?: (?!was|were|is|are|been)\w+){0,2}
        (?: led| leads| caused| causes| meant| means| resulted| results| triggered| made)\b
        ✓ This in turn caused slow nodes.  ✗ It was caused by slow nodes.
    .{1,80}, (?:this|that|it) (?:led|leads|caused|causes|meant|resulted|triggered)\b
        ✓ For a shop, this caused lost orders.  ✗ A typo caused it, this time.
    [AQ]:\s  ✓ A: Yes, because of the fees.  ✗ An answer
    (?:as (?:a|the) (?:result|consequence)(?! of)|consequently|therefore|thus|hence|so)\b
        ✓ As a result, users were affected.  ✗ A result was late.
    """,
    "^(?:{})",
)
"""How a sentence begins that only says what followed from the one before."""

_ANNOUNCES_CAUSES = re.compile(
    r"\W*(?:there (?:were|are|was) )?(?:multiple|several|many|various|a (?:number|few|couple) of|"
    r"two|three|four|five)\b.{0,40}\b(?:factors?|causes?|reasons?|issues?|things|problems)\b.{0,60}",
    re.IGNORECASE,
)
"""A sentence that says that causes follow, and names none."""

_NEXT_CAUSE = re.compile(
    r"\W{0,3}(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|finally|additionally|also|"
    r"in addition|furthermore|moreover|another|besides|on top of (?:this|that))\b[\s,:–—-]*",
    re.IGNORECASE,
)
_NO_CAUSE = parse_table(
    r"""
    (?:unknown|not (?:yet )?(?:known|clear|determined|identified|found)|unclear|under investigation)
        ✓ The root cause is not yet known.  ✗ A known defect caused it.
    to (?:prevent|avoid|mitigate|fix|resolve)  ✓ To avoid it, we watch due dates.  ✗ To sum up
    we (?:will|plan|should)|going forward|in the future
        ✓ In the future we will watch it, because it broke.  ✗ It broke.
    ^\W*\w+(?: \w+){0,4} (?:was|were|got|is|are|been)
        (?: resolved| fixed| mitigated| restored| solved)\b
        ✓ It was resolved because we restarted it.  ✗ It was a bad fix.
    \b(?:not|never) (?:been )?(?:impacted|affected)\b  ✓ Most were not affected.  ✗ affected
    (?:no|any|without) (?:other |further )?(?:data|customer|user)s?\b.{0,40}\b(?:lost|loss|impact)
        ✓ No data was lost due to this.  ✗ The data was gone.
    """
)
"""Words of sentences about what is not known, what was done about it, or what will be."""

_CAUSAL_HEADING = re.compile(
    r"caus|contribut|factor|\bwhy\b|reason|fault|trigger|bug", re.IGNORECASE
)
_MARKS = re.compile(r"\*\*|__|`|(?<!\w)[*_]|[*_](?!\w)|!?\[([^\]]{1,300})\]\([^)\s]{1,500}\)")
_LABELLED = re.compile(
    r"\W{0,3}(?:(?:root |primary )?causes?|contributing factors?)\s?[:–—-]\W{0,3}(?=\w)",
    re.IGNORECASE,
)
_SUMMARY_SECTIONS = (Section.SUMMARY, Section.IMPACT, None)


def derive_causes(text: str) -> tuple[str, ...]:
    """Find the causes that the prose of a document names, in its order."""
    blocks = list(_list_prose(text))
    found = list(_derive_from_section(blocks)) or list(_derive_from_summary(blocks))
    distinct: list[str] = []
    for sentence in found[:MAX_COMPARED]:
        if all(not is_same_statement(sentence, other) for other in distinct):
            distinct.append(sentence)
    return tuple(distinct[:MAX_CAUSES])


def _list_prose(text: str) -> Iterator[tuple[Section | None, str, MarkdownBlock]]:
    """Yield each paragraph with its section and the heading above it."""
    heading = ""
    for section, block in assign_sections(text):
        if block.kind == "heading":
            heading = block.text
        elif block.kind in ("paragraph", "item"):
            label = _LABELLED.match(_MARKS.sub("", block.text))
            yield section, label[0] if label else heading, block


def _derive_from_section(
    blocks: Iterable[tuple[Section | None, str, MarkdownBlock]],
) -> Iterator[str]:
    """Yield the causes of each part of the sections on causes: its telling sentences.

    Where none of a part tells, its first one does, if the heading says that it is about causes.
    """
    parts = groupby(
        (each for each in blocks if each[0] is Section.CAUSES and each[2].kind == "paragraph"),
        key=lambda each: each[1],
    )
    for heading, paragraphs in parts:
        if not _CAUSAL_HEADING.search(heading):
            continue
        sentences = [s for _, _, block in paragraphs for s in _list_statements(block.text)]
        yield from map(_tidy, _choose_causes(sentences))


def _choose_causes(sentences: list[str]) -> list[str]:
    """Choose the sentences of one part that name a cause: those that say so, and what they count.

    Else those that do so in passing; else the first, for a part about causes begins with one.
    """
    stated = [s for s in sentences if not _IS_CONSEQUENCE.match(s)]
    sure = [s for s in stated if _NAMES_ROOT_CAUSE.search(s) or _NEXT_CAUSE.match(s)]
    if sure and _NAMES_ROOT_CAUSE.search(" ".join(sure)):
        return sure
    passing = [s for s in stated if _NAMES_CAUSE.search(s) or _NEXT_CAUSE.match(s)]
    return passing[:MAX_PER_PART] or stated[:1]


def _derive_from_summary(
    blocks: Iterable[tuple[Section | None, str, MarkdownBlock]],
) -> Iterator[str]:
    """Yield the causes that a document without a section on causes names; else what was found."""
    sentences = [
        sentence
        for section, _, block in blocks
        if section in _SUMMARY_SECTIONS
        for sentence in _list_statements(block.text)
        if not _IS_CONSEQUENCE.match(sentence)
    ]
    named = [s for s in sentences if _NAMES_ROOT_CAUSE.search(s)]
    found = [s for s in sentences if _TELLS_WHAT_WAS_FOUND.search(s)]
    yield from map(_tidy, (named or found)[:MAX_PER_PART])


def _list_statements(paragraph: str) -> list[str]:
    """List the sentences of a paragraph that may name a cause; questions and lead-ins do not."""
    plain = _MARKS.sub(lambda mark: mark[1] or "", paragraph)
    sentences = (" ".join(sentence.split()) for _, sentence in split_sentences(plain))
    return [
        sentence
        for sentence in sentences
        if len(sentence.split()) >= MIN_WORDS
        and not sentence.endswith(("?", ":"))
        and not _NO_CAUSE.search(sentence)
        and not _ANNOUNCES_CAUSES.fullmatch(sentence)
    ]


def _tidy(sentence: str) -> str:
    """Return a sentence as a statement of its own: without “Secondly,” and of a readable length."""
    next_cause = _NEXT_CAUSE.match(sentence)
    counted = sentence[next_cause.end() :] if next_cause and "," in next_cause[0] else sentence
    label = _LABELLED.match(counted)
    stated = counted[label.end() :] if label else counted
    shortened = (
        stated if len(stated) <= MAX_LENGTH else f"{stated[:MAX_LENGTH].rsplit(' ', 1)[0]} …"
    )
    return shortened[:1].upper() + shortened[1:]
