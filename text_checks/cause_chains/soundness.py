"""Assess whether a cause chain is sound: each answer a cause, the last one something to change."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise

from text_checks.blame import find_blame
from text_checks.cause_chains import chain_patterns
from text_checks.cause_chains.similarity import count_shared_stems, is_restatement
from text_checks.language import is_english


class Soundness(StrEnum):
    """The soundness of a cause chain: sound, or its defect."""

    SOUND = "sound"
    TOO_SHORT = "too_short"
    ENDS_IN_PERSON = "ends_in_person"
    ENDS_IN_SYMPTOM = "ends_in_symptom"
    RESTATES = "restates"
    NOT_CAUSAL = "not_causal"


MAX_WHY_LENGTH = 600


def assess_soundness(symptom: str, whys: Sequence[str]) -> Soundness:
    """Return the soundness of a cause chain.

    Of several defects it returns the first of: restates, not causal, ends in a person, ends in a
    symptom, too short.
    """
    answers = [
        chain_patterns.BECAUSE.regex.sub("", why.strip())[:MAX_WHY_LENGTH]
        for why in whys
        if why.strip()
    ]
    if not answers:
        return Soundness.TOO_SHORT
    if not is_english(" ".join((symptom, *answers))):
        return Soundness.SOUND
    if any(is_restatement(previous, answer) for previous, answer in pairwise((symptom, *answers))):
        return Soundness.RESTATES
    if _is_not_causal(symptom, answers):
        return Soundness.NOT_CAUSAL
    return _assess_ending(answers[-1])


def _is_not_causal(symptom: str, answers: list[str]) -> bool:
    if any(chain_patterns.REMEDY.search(why) for why in answers):
        return True
    parallel = sum(
        bool(chain_patterns.ABSENCE.match(a) and chain_patterns.ABSENCE.match(b))
        for a, b in pairwise(answers)
    )
    asides = (
        chain_patterns.ASIDE.search(why) and not count_shared_stems(why, symptom, *answers[:number])
        for number, why in enumerate(answers)
    )
    return parallel > 1 or any(asides)


def _assess_ending(answer: str) -> Soundness:
    is_condition = bool(
        chain_patterns.CONDITION.search(answer) or chain_patterns.LASTING_CONDITION.search(answer)
    )
    if chain_patterns.USERS.match(answer) and not chain_patterns.TRAIT.search(answer):
        return Soundness.ENDS_IN_SYMPTOM
    if (
        chain_patterns.TRAIT.search(answer)
        or find_blame(answer)
        or (
            chain_patterns.ACTOR.match(answer)
            and not chain_patterns.LASTING_CONDITION.search(answer)
        )
    ):
        return Soundness.ENDS_IN_PERSON
    if chain_patterns.EFFECT.search(answer) and not is_condition:
        return Soundness.ENDS_IN_SYMPTOM
    if not is_condition or chain_patterns.PHYSICAL.search(answer):
        return Soundness.TOO_SHORT
    return Soundness.SOUND
