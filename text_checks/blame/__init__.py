"""Find sentences that blame a person, explain why, and suggest a neutral wording."""

from text_checks.blame.blame_findings import (
    check_sentences,
    find_blame,
    list_blame,
    suggest_wording,
)
from text_checks.blame.mentions import check_mentions, list_mentioned, replace_names

__all__ = [
    "check_mentions",
    "check_sentences",
    "find_blame",
    "list_blame",
    "list_mentioned",
    "replace_names",
    "suggest_wording",
]
