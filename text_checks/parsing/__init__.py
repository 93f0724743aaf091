"""Parse a post-mortem document into its timeline, causes, actions and other sections."""

from text_checks.parsing.action_items import ActionItem
from text_checks.parsing.causes import CauseChain
from text_checks.parsing.decoding import decode_document, decode_new_document
from text_checks.parsing.headings import find_section
from text_checks.parsing.parsed_document import ParsedDocument, UnreadPart, parse_document

__all__ = [
    "ActionItem",
    "CauseChain",
    "ParsedDocument",
    "UnreadPart",
    "decode_document",
    "decode_new_document",
    "find_section",
    "parse_document",
]
