"""Recognize a message that is quoted whole, by its heading or its “From: … Sent: … To: …”."""

from __future__ import annotations

import re

from mail.inbound.quoting.attribution_patterns import EMAIL_ADDRESS, WROTE
from mail.inbound.quoting.attributions import MAX_HEADING_LENGTH
from mail.inbound.quoting.heading_patterns import (
    FORWARD_HEADING,
    HEADER_BLOCK_ON_ONE_LINE,
    OTHER_LABEL,
    SENDER_LABEL,
    WROTE_BETWEEN,
)
from mail.inbound.quoting.lines import TextLine

MAX_HEADER_LINES = 8

_RULE = re.compile(r"\s*(?:_{5,}|-{5,}|={5,}|\*{5,})\s*")
_TITLED_RULE = re.compile(r"\s*[-_=*]{3,}\s*[^\s_=*-].{0,60}?\s*[-_=*]{3,}\s*")
"""“-------- Some words --------”, in whatever language."""

_LABEL = re.compile(r"[\s>*_]*([^\W\d_][\w .'’-]{0,24}?)[\s*_]*[:：][\s*_]*(.*)")
_TIMESTAMP = re.compile(r"\d{1,2}:\d{2}:\d{2} [+-]\d{4}|\d{4}.{1,6}\d{1,2}:\d{2}")


def is_forward_heading(lines: list[TextLine], labels: list[str], at: int) -> bool:
    """Return whether a line announces a forwarded or original message, or is a rule above one."""
    text = lines[at].text
    if len(text) > MAX_HEADING_LENGTH:
        return False
    if (
        HEADER_BLOCK_ON_ONE_LINE.fullmatch(text)
        or FORWARD_HEADING.fullmatch(text)
        or (WROTE_BETWEEN.fullmatch(text) and WROTE.search(text))
    ):
        return True
    after = next((i for i in range(at + 1, min(at + 4, len(lines))) if lines[i].text.strip()), None)
    if after is None:
        return False
    if not (_RULE.fullmatch(text) or _TITLED_RULE.fullmatch(text)):
        return False
    names_sender = SENDER_LABEL.fullmatch(labels[after]) is not None
    return is_header_block(lines, labels, after) or ("@" in lines[after].text and names_sender)


def is_header_block(lines: list[TextLine], labels: list[str], at: int) -> bool:
    """Return whether a block of header lines begins here, one of which names a sender."""
    if not labels[at]:
        return False
    end = at + MAX_HEADER_LINES
    block = [
        (line, label) for line, label in zip(lines[at:end], labels[at:end], strict=True) if label
    ]
    senders = [line for line, label in block if SENDER_LABEL.fullmatch(label)]
    addressed = any("@" in line.text for line in senders)
    if not senders:
        return _has_date_and_address([line.text for line, _ in block])
    return len({label for _, label in block}) > (1 if addressed else 2)


def _has_date_and_address(block: list[str]) -> bool:
    """Return whether header lines without a sender have at least a date and an address."""
    dated = (text for text in block if "@" not in text)
    addressed = any(EMAIL_ADDRESS.search(text) for text in block)
    return addressed and any(_TIMESTAMP.search(text) for text in dated)


def find_label(line: TextLine) -> str:
    """Return the label of a header line in lower case, "" where it has none."""
    text = line.text[:MAX_HEADING_LENGTH].replace("\u3000", "")
    found = _LABEL.fullmatch(text) if line.depth == 0 else None
    label = " ".join(found[1].lower().replace("’", "'").split()) if found else ""
    known = SENDER_LABEL.fullmatch(label) or OTHER_LABEL.fullmatch(label)
    return label if known else ""
