"""The next question to ask of a chain of whys, in what and how beside why."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from models.document import Finding
from words.prose import sentences
from words.whys.judging import Soundness, judge
from words.whys.likeness import restates

PROMPTS = (
    "What made that possible?",
    "What usually prevents this, and what was different this time?",
    "How did it look from there, at that moment?",
    "What would have shown it earlier?",
    "How is this meant to work, and where does that stand?",
)
"""Questions that stand beside every “why”."""

LONGEST_QUOTE = 160
WHY = {
    Soundness.TOO_SHORT: "The chain stops at an event. What made it possible is not said yet.",
    Soundness.ENDS_IN_PERSON: "The chain ends in a person, not in what made it likely for anybody.",
    Soundness.ENDS_IN_SYMPTOM: "The last answer is an effect of the incident, not a cause of it.",
    Soundness.RESTATES: "This answer says the one before it again in other words.",
    Soundness.NOT_CAUSAL: "This answer does not bring about the one before it.",
}
ASK = {
    Soundness.TOO_SHORT: "What made it possible that {last}?",
    Soundness.ENDS_IN_PERSON: "“{last}”: what would have led anybody to it, or caught it?",
    Soundness.ENDS_IN_SYMPTOM: "“{last}” is an effect. What brought about the answer before it?",
    Soundness.RESTATES: "“{last}” and the one before are one answer. What brought both about?",
    Soundness.NOT_CAUSAL: "Would it have happened without “{last}”? If so, what else was needed?",
    Soundness.SOUND: "What else had to be true for this to happen?",
}


def next_question(symptom: str, whys: Sequence[str]) -> str:
    """Give the question that leads the chain on."""
    found = judge(symptom, whys)
    return ASK[found].format(last=_lowered(_offending(symptom, whys, found)))


def finding(symptom: str, whys: Sequence[str], item: str = "") -> Finding | None:
    """Say what a chain lacks; None for a sound one."""
    found = judge(symptom, whys)
    if found is Soundness.SOUND:
        return None
    where = _offending(symptom, whys, found)
    return Finding(
        id="W1",
        code=found.value.replace("_", "-"),
        where=where if len(where) <= LONGEST_QUOTE else f"{where[: LONGEST_QUOTE - 1]}…",
        why=WHY[found],
        better=next_question(symptom, whys),
        item=item,
    )


def _offending(symptom: str, whys: Sequence[str], found: Soundness) -> str:
    said = [why.strip() for why in whys if why.strip()]
    chain = [symptom.strip(), *said]
    if found is Soundness.RESTATES:
        return next((b for a, b in itertools.pairwise(chain) if restates(a, b)), chain[-1])
    return chain[-1]


def _lowered(text: str) -> str:
    first = next((sentence for _, sentence in sentences(text)), text)
    text = first.rstrip(" .!?")[:LONGEST_QUOTE]
    is_name = text[1:2].isupper() or text[:2] in ("I ", "I'")
    return text if is_name else f"{text[:1].lower()}{text[1:]}"
