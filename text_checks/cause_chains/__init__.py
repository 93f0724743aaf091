"""Check whether cause chains are sound, and choose the question to ask next."""

from text_checks.cause_chains.questions import WHY_PROMPTS, check_chain, choose_next_question
from text_checks.cause_chains.similarity import find_duplicates, is_same_statement
from text_checks.cause_chains.soundness import Soundness, assess_soundness

__all__ = [
    "WHY_PROMPTS",
    "Soundness",
    "assess_soundness",
    "check_chain",
    "choose_next_question",
    "find_duplicates",
    "is_same_statement",
]
