"""Check a whole document: what is missing, vague, not explained to the end, or blaming."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.codes import BlockerCode
from models.document import Finding, Section
from rules.formatting import truncate
from text_checks import actions, blame, cause_chains
from text_checks.language import is_english, is_foreign
from text_checks.parsing import ActionItem, ParsedDocument, parse_document
from text_checks.sentences import MAX_PASSAGE_LENGTH, Sentence, list_sentences

LANGUAGE_SAMPLE = 200
"""Number of sentences from which the language of a text is decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCheck:
    """The result of a check: the missing required sections, and the findings sorted by line.

    `is_english` says whether the text is in English, the only language that is checked.
    """

    title: str
    is_english: bool
    missing: tuple[Section, ...]
    findings: tuple[Finding, ...]


def check_document(text: str) -> DocumentCheck:
    """Check a whole document: its sentences, its cause chains and its actions."""
    parsed = parse_document(text)
    sentences = tuple(list_sentences(text))
    findings = sorted(
        (*blame.check_sentences(sentences), *_check_items(parsed)),
        key=lambda f: (f.line, f.column),
    )
    return DocumentCheck(
        title=parsed.title,
        is_english=_is_mostly_english(sentences),
        missing=parsed.missing,
        findings=tuple(replace(f, id=f"W{number}") for number, f in enumerate(findings, 1)),
    )


def _is_mostly_english(sentences: Sequence[Sentence]) -> bool:
    """Return whether most sentences are English; short ones in doubt count as the whole does."""
    sample = [sentence.text for sentence in sentences[:LANGUAGE_SAMPLE]]
    if is_foreign(" ".join(sample)):
        return False
    return not sample or 2 * sum(map(is_english, sample)) >= len(sample)


def _check_items(parsed: ParsedDocument) -> Iterator[Finding]:
    for chain in parsed.chains:
        if found := cause_chains.check_chain(chain.symptom, chain.whys):
            yield replace(found, line=chain.line, column=1)
    for item in parsed.actions:
        if item.line:
            for found in actions.check_action(item.text, item.measure):
                yield replace(found, line=item.line, column=1)
            yield from _check_verifier(item)
    for part in parsed.unread:
        yield Finding(
            id="W1",
            code="no-action",
            passage=truncate(part.passage, MAX_PASSAGE_LENGTH),
            problem=part.problem,
            line=part.line,
            column=1,
        )


def _check_verifier(item: ActionItem) -> Iterator[Finding]:
    """Yield a finding on an action that its own owner is to verify, by the same name."""
    owner, verifier = (" ".join(name.split()).casefold() for name in (item.owner, item.verifier))
    if owner != verifier or actions.is_nobody(owner):
        return
    yield Finding(
        id="W1",
        code=BlockerCode.VERIFIER_OWNS,
        passage=truncate(item.text, MAX_PASSAGE_LENGTH),
        problem=f"Who else can look? {item.owner} would verify their own work.",
        suggestion="Name somebody as verifier who does not own it.",
        line=item.line,
        column=1,
    )
