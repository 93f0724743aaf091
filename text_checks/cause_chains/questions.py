"""Choose the next question to ask about a cause chain."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from models.document import Finding
from rules.formatting import truncate
from text_checks.cause_chains.similarity import is_restatement
from text_checks.cause_chains.soundness import Soundness, assess_soundness
from text_checks.sentences import MAX_PASSAGE_LENGTH, split_sentences

WHY_PROMPTS = (
    "What made that possible?",
    "What usually prevents this, and what was different this time?",
    "What did it look like at that moment?",
    "What would have shown it earlier?",
    "How is this meant to work, and where is that written?",
)
"""General questions shown beside every “why”."""

PROBLEMS = {
    Soundness.TOO_SHORT: "The chain stops at an event, and does not say yet what made it possible.",
    Soundness.ENDS_IN_PERSON: "The chain ends with a person, not with what made it likely.",
    Soundness.ENDS_IN_SYMPTOM: "The last answer is an effect of the incident, not a cause of it.",
    Soundness.RESTATES: "This answer repeats the one before it in other words.",
    Soundness.NOT_CAUSAL: "This answer does not explain the one before it.",
}
QUESTIONS = {
    Soundness.TOO_SHORT: "What made it possible that {last}?",
    Soundness.ENDS_IN_PERSON: "“{last}”: what would have led anyone to do it, or caught it?",
    Soundness.ENDS_IN_SYMPTOM: "“{last}” is an effect. What led to the answer before?",
    Soundness.RESTATES: "“{last}” and the answer before it say the same. What caused both?",
    Soundness.NOT_CAUSAL: "Would it have happened without “{last}”? If so, what else was needed?",
    Soundness.SOUND: "What else had to be true for this to happen?",
}


def choose_next_question(symptom: str, whys: Sequence[str]) -> str:
    """Return the question that leads to the next answer of the chain."""
    soundness = assess_soundness(symptom, whys)
    return QUESTIONS[soundness].format(
        last=_lowercase_start(_find_faulty_answer(symptom, whys, soundness))
    )


def check_chain(symptom: str, whys: Sequence[str], item: str = "") -> Finding | None:
    """Return what a chain lacks as a finding; None for a sound chain."""
    soundness = assess_soundness(symptom, whys)
    if soundness is Soundness.SOUND:
        return None
    passage = _find_faulty_answer(symptom, whys, soundness)
    return Finding(
        id="W1",
        code=soundness.value.replace("_", "-"),
        passage=truncate(passage, MAX_PASSAGE_LENGTH),
        problem=PROBLEMS[soundness],
        suggestion=choose_next_question(symptom, whys),
        item=item,
    )


def _find_faulty_answer(symptom: str, whys: Sequence[str], soundness: Soundness) -> str:
    answers = [why.strip() for why in whys if why.strip()]
    chain = [symptom.strip(), *answers]
    if soundness is Soundness.RESTATES:
        return next(
            (
                answer
                for previous, answer in itertools.pairwise(chain)
                if is_restatement(previous, answer)
            ),
            chain[-1],
        )
    return chain[-1]


def _lowercase_start(text: str) -> str:
    first = next((sentence for _, sentence in split_sentences(text)), text)
    text = truncate(first.rstrip(" .!?"), MAX_PASSAGE_LENGTH)
    is_name = text[1:2].isupper() or text[:2] in ("I ", "I'")
    return text if is_name else f"{text[:1].lower()}{text[1:]}"
