"""What a letter tells about an action besides its sentence: labelled lines, chosen by its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mail.wording import Reader, clip, day, line, listed
from models.action import Action, Dropped, Standing, Verified
from models.letters import LetterKind
from models.review import Review


class Fact(NamedTuple):
    """One labelled line."""

    label: str
    text: str


def facts(
    kind: LetterKind, action: Action, review: Review, reader: Reader, sentence: str = ""
) -> tuple[Fact, ...]:
    """Tell about an action what this kind of letter shows and `sentence` does not say already."""
    told = ((label, TELLING[label](action, review, reader)) for label in SHOWN.get(kind, USUAL))
    return tuple(
        Fact(label, clip(text))
        for label, text in told
        if text.strip() and _gist(label, text, action) not in line(sentence)
    )


def _gist(label: str, text: str, action: Action) -> str:
    """Give the words by which a sentence says a fact."""
    gists = {
        "Due": day(action.due) if action.due else "",
        "Stands": action.standing.value,
        "Wants until": day(action.postponement.until) if action.postponement else "",
        "Question": line(action.question.text) if action.question else "",
    }
    return gists.get(label, line(text).strip("“”")).rstrip(".")


def about(review: Review, reader: Reader) -> tuple[Fact, ...]:
    """Tell what a review is about and who plays which part, to a reader who may know."""
    incident, roles = review.incident, review.roles
    told = (
        ("What", incident.title),
        ("Severity", str(incident.severity or "")),
        ("Services", listed(incident.services)),
        ("Began", reader.moment(incident.started_at) if incident.started_at else ""),
        ("Ended", reader.moment(incident.ended_at)),
        ("Incident", incident.link),
        ("Lead", reader.call(roles.lead)),
        ("Facilitator", reader.call(roles.facilitator)),
        ("Sponsor", reader.call(roles.sponsor)),
    )
    return tuple(Fact(label, clip(text)) for label, text in told if text)


def risks(review: Review) -> tuple[Fact, ...]:
    """Tell which causes were left as risks that somebody accepted."""
    left = (c for c in review.causes if c.accepted_risk and not c.withdrawn)
    return tuple(Fact(c.id, clip(f"{c.symptom} – {c.accepted_risk}")) for c in left)


def _measure(action: Action, _: Review, __: Reader) -> str:
    return action.measure


def _due(action: Action, _: Review, reader: Reader) -> str:
    return reader.due(action.due) if action.due and action.outcome is None else ""


def _owner(action: Action, _: Review, reader: Reader) -> str:
    return _other(action.owner, reader)


def _verifier(action: Action, _: Review, reader: Reader) -> str:
    return _other(action.verifier, reader) if action.outcome is None else ""


def _other(address: str, reader: Reader) -> str:
    return "" if address == reader.person.address else reader.name(address)


def _priority(action: Action, _: Review, __: Reader) -> str:
    return action.priority.value


def _causes(action: Action, review: Review, _: Reader) -> str:
    return "\n".join(f"{c.symptom} ({c.id})" for c in review.causes if c.id in action.causes)


def _evidence(action: Action, _: Review, __: Reader) -> str:
    return action.evidence


def _said(action: Action, _: Review, __: Reader) -> str:
    return f"“{action.said.strip()}”" if action.said.strip() else ""


def _asked(action: Action, _: Review, __: Reader) -> str:
    asked = action.postponement
    return f"{day(asked.until)}, because {asked.reason}" if asked else ""


def _question(action: Action, _: Review, reader: Reader) -> str:
    asked = action.question
    return f"{reader.name(asked.by)}: “{asked.text.strip()}”" if asked else ""


def _standing(action: Action, _: Review, __: Reader) -> str:
    return "" if action.outcome else STANDINGS[action.standing]


def _outcome(action: Action, _: Review, reader: Reader) -> str:
    match action.outcome:
        case Verified() as done:
            return f"Verified by {reader.name(done.by)}: {done.finding}"
        case Dropped() as dropped:
            return f"Dropped by {reader.name(dropped.by)}: {dropped.reason}"
    return ""


def _instead(action: Action, _: Review, __: Reader) -> str:
    return action.outcome.replacement if isinstance(action.outcome, Dropped) else ""


def _risk(action: Action, _: Review, __: Reader) -> str:
    return action.outcome.risk if isinstance(action.outcome, Dropped) else ""


TELLING: dict[str, Callable[[Action, Review, Reader], str]] = {
    "Done when": _measure,
    "Due": _due,
    "Owner": _owner,
    "Verifier": _verifier,
    "Priority": _priority,
    "Because of": _causes,
    "Evidence": _evidence,
    "Last word": _said,
    "Wants until": _asked,
    "Question": _question,
    "Stands": _standing,
    "Outcome": _outcome,
    "Instead": _instead,
    "Accepted risk": _risk,
}

STANDINGS: dict[Standing, str] = {
    Standing.PROPOSED: "proposed",
    Standing.WITHDRAWN: "withdrawn",
    Standing.ASSIGNED: "not accepted yet",
    Standing.ACCEPTED: "under way",
    Standing.DECLINED: "declined, needs an owner",
    Standing.BLOCKED: "blocked",
    Standing.CLAIMED: "claimed done, waits to be verified",
    Standing.GIVEN_UP: "given up, waits for a decision",
    Standing.VERIFIED: "verified",
    Standing.DROPPED: "dropped",
}

USUAL = ("Owner", "Due")

SHOWN: dict[LetterKind, tuple[str, ...]] = {
    LetterKind.ASSIGNED: ("Done when", "Due", "Priority", "Verifier", "Because of"),
    LetterKind.REMINDER: ("Done when", "Owner", "Due", "Verifier"),
    LetterKind.OVERDUE: ("Done when", "Due", "Verifier", "Last word"),
    LetterKind.ESCALATION: ("Owner", "Verifier", "Due", "Last word"),
    LetterKind.TO_VERIFY: ("Done when", "Owner", "Evidence"),
    LetterKind.VERDICT: ("Outcome", "Done when", "Last word", "Verifier"),
    LetterKind.POSTPONEMENT_ASKED: ("Owner", "Due", "Wants until", "Done when"),
    LetterKind.POSTPONEMENT_ANSWERED: ("Due",),
    LetterKind.GIVEN_UP_ASKED: ("Owner", "Due", "Done when", "Last word"),
    LetterKind.GIVEN_UP_ANSWERED: ("Outcome", "Instead", "Accepted risk", "Due"),
    LetterKind.QUESTION: ("Question", "Due"),
    LetterKind.STATUS_BRIEF: ("Stands", "Outcome", "Owner", "Due", "Last word"),
    LetterKind.ANSWER: ("Stands", "Outcome", "Due"),
    LetterKind.CLOSED: ("Outcome", "Instead", "Accepted risk", "Owner"),
}
