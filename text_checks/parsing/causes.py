"""Parse the causes section of a document: each symptom with its chain of whys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from text_checks.parsing.blocks import MarkdownBlock
from text_checks.parsing.headings import find_section
from text_checks.plain_text import convert_to_plain_text

LABEL = re.compile(
    r"\W{0,2}(?:(?:\*\*|__)(?P<bold>C\d{1,4})(?:\*\*|__)(?:[:.)]|\s[–—-])?|(?P<plain>C\d{1,4})(?:[:.)]|\s[–—-]))\s+"
)
_NUMBERED_CAUSE = re.compile(
    r"(?<!\s)\s*(?:root |contributing )?(?:cause|factor|ursache|facteur|causa|oorzaak|orsak|årsag)"
    r" ?#?\d{0,3}\s?(?:[:.)]|\s[–—-])\s+(?=\S)",
    re.IGNORECASE,
)
_CAUSAL = re.compile(
    r"caus|contribut|factor|\bwhys?\b|reason|fault|ursache|auslöser|faktor|facteur|fator|fattor"
    r"|oorza|orsak|årsa[gk]|przyczyn|\bwarum|pourquoi|por ?qu[eêé]|waarom|perché|varför|hvorfor",
    re.IGNORECASE,
)
_WHY = r"(?:why|warum|wieso|weshalb|pourquoi|por ?qu[eêé]|waarom|perché|varför|hvorfor|dlaczego)"
_BECAUSE = r"(?:because|weil|parce que|porque|omdat|därför att|fordi|ponieważ)"
_NUMBER = re.compile(r"(?<!\s)\s*\d{1,3}[.)]\s+")
_WHY_PREFIX = re.compile(
    rf"\W{{0,4}}(?:{_WHY}\s?(?:#?\d{{1,2}})?|{_BECAUSE})\W{{0,4}}[?:.)–—-]\W{{0,4}}", re.IGNORECASE
)
_WHY_QUESTION = re.compile(
    rf"\W{{0,4}}({_WHY}\b[^?]{{3,300}}\?)\W{{0,6}}(\S.*)", re.IGNORECASE | re.DOTALL
)
MAX_NAME_WORDS = 2
MAX_WHY_LENGTH = 2_000
"""Maximum number of characters of one answer; a longer one is prose and stays in the document."""


@dataclass(frozen=True, slots=True)
class CauseChain:
    """A cause as the document states it: a symptom and its whys.

    `label` is the cause id it states itself (“C2”); `line_ranges` are the first and last lines of
    its symptom and of each answer.
    """

    symptom: str
    whys: tuple[str, ...] = ()
    label: str = ""
    line_ranges: tuple[tuple[int, int], ...] = ()

    @property
    def line(self) -> int:
        """Return the line on which it begins; 0 if unknown."""
        return self.line_ranges[0][0] if self.line_ranges else 0


def parse_cause_chains(blocks: Iterable[MarkdownBlock]) -> tuple[CauseChain, ...]:
    """Parse the cause chains from the blocks of a causes section, from top to bottom.

    A chain is a heading with items or nothing under it, an item with items under it, or an item by
    itself; a list in which each item asks why is one chain. Prose makes none, since it names no
    single cause, nor does what stands under a background or an analysis.
    """
    built = [_build_chain(group) for group in _group_blocks(list(blocks))]
    return tuple(chain for chain in built if chain is not None)


def _group_blocks(blocks: list[MarkdownBlock]) -> Iterator[list[MarkdownBlock]]:
    """Yield the blocks of each cause: its heading or item, and the items below."""
    group: list[MarkdownBlock] = []
    is_causal = True
    top = 0
    for block in blocks:
        is_section = block.kind == "heading" and _is_section_heading(block, top)
        top = min(top or block.depth, block.depth) if is_section else top
        is_causal = _CAUSAL.search(block.text) is not None if is_section else is_causal
        if block.kind == "heading" or (block.kind == "item" and _begins_cause(block, group)):
            yield group if not _is_heading_of(group, block) else []
            group = []
        if is_section or not is_causal:
            continue
        if block.kind in ("heading", "item") or group:
            group.append(block)
    yield group


def _is_heading_of(group: list[MarkdownBlock], block: MarkdownBlock) -> bool:
    """Return whether a heading with nothing below it only groups the heading that follows."""
    is_lone = len(group) == 1 and group[0].kind == "heading"
    return is_lone and block.kind == "heading" and block.depth > group[0].depth


def _is_section_heading(heading: MarkdownBlock, top: int) -> bool:
    """Return whether a heading names the section, or one beside it, and no cause."""
    if find_section(heading.text) is None or _NUMBERED_CAUSE.match(heading.text):
        return False
    is_deeper = bool(top) and heading.depth > top
    return not is_deeper or len(heading.text.split()) <= MAX_NAME_WORDS


def _begins_cause(item: MarkdownBlock, group: list[MarkdownBlock]) -> bool:
    """Return whether an item begins a new cause instead of a why of the previous one."""
    if not group:
        return True
    first = group[0]
    if first.kind == "heading":
        return False
    is_why = _WHY_QUESTION.match(item.text) or _WHY_PREFIX.match(item.text)
    return item.depth <= first.depth and not is_why


def _build_chain(group: list[MarkdownBlock]) -> CauseChain | None:
    items = [block for block in group if block.kind == "item" and len(block.text) <= MAX_WHY_LENGTH]
    is_lone = len(group) == 1 and group[0].kind == "heading" and bool(group[0].text)
    if not group or not (items or is_lone or _has_label(group[0])):
        return None
    first = group[0]
    if first.kind == "heading":
        chain = CauseChain(first.raw, _list_answers(items))
    elif question := _WHY_QUESTION.match(first.text):
        chain = CauseChain(question[1], (question[2], *_list_answers(items[1:])))
    elif not items or first is not items[0]:
        return None
    else:
        chain = CauseChain(first.raw, _list_answers(items[1:]))
    used = items if items and first is items[0] else [first, *items]
    line_ranges = tuple((block.line, block.end) for block in used)
    return replace(_split_label(chain), line_ranges=line_ranges)


def _has_label(block: MarkdownBlock) -> bool:
    return block.kind == "heading" and LABEL.match(block.raw) is not None


def _list_answers(items: Iterable[MarkdownBlock]) -> tuple[str, ...]:
    return tuple(answer for block in items if (answer := _extract_answer(block.text)))


def _extract_answer(text: str) -> str:
    question = _WHY_QUESTION.match(text)
    return (question[2] if question else _WHY_PREFIX.sub("", text, count=1)).strip()


def _split_label(chain: CauseChain) -> CauseChain:
    label = LABEL.match(_NUMBER.sub("", chain.symptom, count=1))
    if label is not None:
        symptom = convert_to_plain_text(label.string[label.end() :])
        return replace(chain, symptom=symptom, label=label["bold"] or label["plain"])
    symptom = _NUMBER.sub("", convert_to_plain_text(chain.symptom), count=1)
    return replace(chain, symptom=_NUMBERED_CAUSE.sub("", symptom, count=1).strip())
