"""Chains of whys: whether they are sound, and what to ask next."""

from words.whys.asking import PROMPTS, finding, next_question
from words.whys.judging import Soundness, judge
from words.whys.likeness import same, twins

__all__ = ["PROMPTS", "Soundness", "finding", "judge", "next_question", "same", "twins"]
