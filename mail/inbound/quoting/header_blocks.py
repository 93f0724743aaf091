"""Recognize a message that is quoted whole, by its heading or its “From: … Sent: … To: …”."""

from __future__ import annotations

import re

from mail.inbound.quoting.attributions import MAX_HEADING_LENGTH
from mail.inbound.quoting.lines import TextLine
from mail.inbound.quoting.patterns import outlook_labels
from mail.inbound.quoting.patterns.attribution_patterns import EMAIL_ADDRESS, WROTE
from mail.inbound.quoting.patterns.heading_patterns import (
    ANY_MESSAGE,
    CAPITALIZED_MESSAGE,
    FORWARD_HEADING,
    HEADER_BLOCK_ON_ONE_LINE,
    NOTES_HEADING,
    OTHER_LABEL,
    SENDER_LABEL,
    WROTE_BETWEEN,
)

MAX_HEADER_LINES = 8
MIN_UNKNOWN_LABELS = 3
"""Lines of a block whose labels are of no language that we know."""


_HEADING_SIGN = re.compile("[-:：_=*>]")
"""What every heading has, and most lines of a text do not."""

_RULE = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*")
_TITLED_RULE = re.compile(r"\s*[-_=*]{3,}\s*[^\s_=*-].{0,60}?\s*[-_=*]{3,}\s*")
"""“-------- Some words --------”, in whatever language."""

_LABEL = re.compile(
    rf"[\s>*_]*([^\W\d_][\w{outlook_labels.MARKS} .'’-]{{0,24}}?)[\s*_]*[:：៖][\s*_]*(.*)"
)
_GROUPWISE_HEADING = re.compile(r"(?=.{0,200}\d)[^>].{1,200} >>>\s*")
"""“>>> Ada Lind <ada@example.org> 3/2/2026 9:00 AM >>>”, behind its first mark."""

_GROUPWISE_MARK, _GROUPWISE_DEPTH = ">>> ", 3
_WHOLE_ADDRESS = re.compile(r"<[^\s<>@]{1,64}@[^\s<>@]{1,120}>\W{0,3}$")
_DATE_AND_TIME = re.compile(r"(?=.{0,60}\b\d{4}\b)(?=.{0,60}\b\d{1,2}[:.]\d{2}\b).{1,70}$")
_TIMESTAMP = re.compile(r"\d{1,2}:\d{2}:\d{2} [+-]\d{4}|\d{4}.{1,6}\d{1,2}:\d{2}")


def is_forward_heading(lines: list[TextLine], labels: list[str], at: int) -> bool:
    """Return whether a line announces a forwarded or original message, or is a rule above one."""
    text = lines[at].text
    if len(text) > MAX_HEADING_LENGTH or not _HEADING_SIGN.search(text):
        return False
    if (
        HEADER_BLOCK_ON_ONE_LINE.fullmatch(text)
        or FORWARD_HEADING.fullmatch(text)
        or CAPITALIZED_MESSAGE.fullmatch(text)
        or NOTES_HEADING.fullmatch(text)
        or _GROUPWISE_HEADING.fullmatch(text.removeprefix(_GROUPWISE_MARK))
        or (WROTE_BETWEEN.fullmatch(text) and WROTE.search(text))
    ):
        return True
    after = next((i for i in range(at + 1, min(at + 4, len(lines))) if lines[i].text.strip()), None)
    if after is None:
        return False
    if ANY_MESSAGE.fullmatch(text) and (labels[after] or lines[after].depth):
        return True
    if not (_RULE.fullmatch(text) or _TITLED_RULE.fullmatch(text)):
        return False
    return is_header_block(lines, labels, after) or (
        "@" in lines[after].text and _names_sender(labels[after])
    )


def is_marked_heading(lines: list[TextLine], at: int) -> bool:
    """Return whether a line by itself is GroupWise's heading, which looks like a quoted line."""
    line = lines[at]
    if line.depth != _GROUPWISE_DEPTH or len(line.text) > MAX_HEADING_LENGTH:
        return False
    if _GROUPWISE_HEADING.fullmatch(line.text):
        return True
    is_first = at == 0 or lines[at - 1].depth == 0
    return is_first and line.text.rstrip().endswith(":") and WROTE.search(line.text) is not None


def is_header_block(lines: list[TextLine], labels: list[str], at: int) -> bool:
    """Return whether a block of header lines begins here, one of which names a sender."""
    if _is_block_in_any_language(lines, at):
        return True
    if not labels[at]:
        return False
    end = at + MAX_HEADER_LINES
    block = [
        (line, label) for line, label in zip(lines[at:end], labels[at:end], strict=True) if label
    ]
    senders = [line for line, label in block if _names_sender(label)]
    addressed = any("@" in line.text for line in senders)
    if outlook_labels.is_block_of_one_language(
        (label for _, label in block), is_addressed=addressed
    ):
        return True
    usual = [(line, label) for line, label in block if _is_usual(label)]
    if not any(SENDER_LABEL.fullmatch(label) for _, label in usual):
        return _has_date_and_address([line.text for line, _ in usual])
    return len({label for _, label in usual}) > (1 if addressed else 2)


def _is_block_in_any_language(lines: list[TextLine], at: int) -> bool:
    """Return whether lines with any labels are an address, a date with its time, and another."""
    if "@" not in lines[at].text[:MAX_HEADING_LENGTH]:
        return False
    found = [_match_label(line) for line in lines[at : at + MIN_UNKNOWN_LABELS]]
    values = [match[2] for match in found if match]
    return (
        len(values) == MIN_UNKNOWN_LABELS
        and _WHOLE_ADDRESS.search(values[0]) is not None
        and _DATE_AND_TIME.match(values[1]) is not None
    )


def _has_date_and_address(block: list[str]) -> bool:
    """Return whether header lines without a sender have at least a date and an address."""
    dated = (text for text in block if "@" not in text)
    addressed = any(EMAIL_ADDRESS.search(text) for text in block)
    return addressed and any(_TIMESTAMP.search(text) for text in dated)


def find_label(line: TextLine) -> str:
    """Return the label of a header line in lower case, "" where it has none."""
    found = _match_label(line)
    label = " ".join(found[1].lower().replace("’", "'").split()) if found else ""
    return label if _is_usual(label) or outlook_labels.is_known_label(label) else ""


def _match_label(line: TextLine) -> re.Match[str] | None:
    """Return the label and the value of a line, None where it has none."""
    text = line.text[:MAX_HEADING_LENGTH].replace("\u3000", "")
    return _LABEL.fullmatch(text) if line.depth == 0 else None


def _is_usual(label: str) -> bool:
    """Return whether a label says the same in most languages that have it."""
    return bool(SENDER_LABEL.fullmatch(label) or OTHER_LABEL.fullmatch(label))


def _names_sender(label: str) -> bool:
    return bool(SENDER_LABEL.fullmatch(label)) or outlook_labels.names_sender(label)
