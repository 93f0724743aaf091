"""The sections of a document as texts that can be searched."""

from __future__ import annotations

import re

from models.errors import InvalidInput
from rules.search.search_entries import FACT_SECTIONS, Passage
from text_checks.parsing import decode_document, parse_document

_COMMENT = re.compile(r"<!--(?:[^-]|-(?!->)){0,2000}-->")


def list_passages(content: bytes) -> tuple[Passage, ...]:
    """List the sections of a document that hold text; none where it cannot be read."""
    try:
        parsed = parse_document(decode_document(content))
    except InvalidInput:
        return ()
    return tuple(
        Passage(section=section, text=_COMMENT.sub("", "\n".join(texts)))
        for section, texts in parsed.section_texts.items()
        if section not in FACT_SECTIONS
    )
