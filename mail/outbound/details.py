"""Labelled details of an action in an email, chosen by the kind of notification."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mail.outbound.email_formatting import join_on_one_line, truncate
from mail.outbound.recipient import EmailRecipient
from models.action import Action, ActionStatus, Dropped, Verified
from models.notifications import NotificationKind
from models.review import Review
from rules.formatting import format_date, join_words


class Detail(NamedTuple):
    """One labelled detail."""

    label: str
    text: str


def list_details(
    kind: NotificationKind,
    action: Action,
    review: Review,
    recipient: EmailRecipient,
    sentence: str = "",
) -> tuple[Detail, ...]:
    """List the details of an action for a kind of notification, except those in `sentence`."""
    candidates = (
        (label, FORMATTERS[label](action, review, recipient))
        for label in LABELS_BY_KIND.get(kind, DEFAULT_LABELS)
    )
    return tuple(
        Detail(label, truncate(text))
        for label, text in candidates
        if text.strip() and _find_gist(label, text, action) not in join_on_one_line(sentence)
    )


def _find_gist(label: str, text: str, action: Action) -> str:
    """Return the words by which a sentence states a detail."""
    gists = {
        "Due": format_date(action.due) if action.due else "",
        "Status": action.status.value,
        "Requested until": format_date(action.postponement.until) if action.postponement else "",
        "Question": join_on_one_line(action.question.text) if action.question else "",
    }
    return gists.get(label, join_on_one_line(text).strip("“”")).rstrip(".")


def list_review_details(review: Review, recipient: EmailRecipient) -> tuple[Detail, ...]:
    """List the details of a review's incident and roles, for a recipient who may see them."""
    incident, roles = review.incident, review.roles
    candidates = (
        ("What", incident.title),
        ("Severity", str(incident.severity or "")),
        ("Services", join_words(incident.services)),
        ("Began", recipient.format_time(incident.started_at) if incident.started_at else ""),
        ("Ended", recipient.format_time(incident.ended_at)),
        ("Incident", incident.link),
        ("Lead", recipient.format_name_or_you(roles.lead)),
        ("Facilitator", recipient.format_name_or_you(roles.facilitator)),
        ("Sponsor", recipient.format_name_or_you(roles.sponsor)),
    )
    return tuple(Detail(label, truncate(text)) for label, text in candidates if text)


def list_accepted_risks(review: Review) -> tuple[Detail, ...]:
    """List the causes whose risk somebody accepted."""
    accepted = (c for c in review.causes if c.accepted_risk and not c.withdrawn)
    return tuple(Detail(c.id, truncate(f"{c.symptom} – {c.accepted_risk}")) for c in accepted)


def _format_measure(action: Action, _: Review, __: EmailRecipient) -> str:
    return action.measure


def _format_due(action: Action, _: Review, recipient: EmailRecipient) -> str:
    return recipient.format_due_date(action.due) if action.due and action.outcome is None else ""


def _format_owner(action: Action, _: Review, recipient: EmailRecipient) -> str:
    return _format_other_person(action.owner, recipient)


def _format_verifier(action: Action, _: Review, recipient: EmailRecipient) -> str:
    return _format_other_person(action.verifier, recipient) if action.outcome is None else ""


def _format_other_person(address: str, recipient: EmailRecipient) -> str:
    return "" if address == recipient.person.address else recipient.format_name(address)


def _format_priority(action: Action, _: Review, __: EmailRecipient) -> str:
    return action.priority.value


def _format_causes(action: Action, review: Review, _: EmailRecipient) -> str:
    return "\n".join(f"{c.symptom} ({c.id})" for c in review.causes if c.id in action.causes)


def _format_evidence(action: Action, _: Review, __: EmailRecipient) -> str:
    return action.evidence


def _format_last_comment(action: Action, _: Review, __: EmailRecipient) -> str:
    return f"“{action.last_comment.strip()}”" if action.last_comment.strip() else ""


def _format_postponement(action: Action, _: Review, __: EmailRecipient) -> str:
    postponement = action.postponement
    return (
        f"{format_date(postponement.until)}, because {postponement.reason}" if postponement else ""
    )


def _format_question(action: Action, _: Review, recipient: EmailRecipient) -> str:
    question = action.question
    return f"{recipient.format_name(question.by)}: “{question.text.strip()}”" if question else ""


def _format_status(action: Action, _: Review, __: EmailRecipient) -> str:
    return "" if action.outcome else STATUS_TEXTS[action.status]


def _format_outcome(action: Action, _: Review, recipient: EmailRecipient) -> str:
    match action.outcome:
        case Verified() as verified:
            return f"Verified by {recipient.format_name(verified.by)}: {verified.finding}"
        case Dropped() as dropped:
            return f"Dropped by {recipient.format_name(dropped.by)}: {dropped.reason}"
    return ""


def _format_replacement(action: Action, _: Review, __: EmailRecipient) -> str:
    return action.outcome.replacement if isinstance(action.outcome, Dropped) else ""


def _format_risk(action: Action, _: Review, __: EmailRecipient) -> str:
    return action.outcome.risk if isinstance(action.outcome, Dropped) else ""


FORMATTERS: dict[str, Callable[[Action, Review, EmailRecipient], str]] = {
    "Done when": _format_measure,
    "Due": _format_due,
    "Owner": _format_owner,
    "Verifier": _format_verifier,
    "Priority": _format_priority,
    "Causes": _format_causes,
    "Evidence": _format_evidence,
    "Last comment": _format_last_comment,
    "Requested until": _format_postponement,
    "Question": _format_question,
    "Status": _format_status,
    "Outcome": _format_outcome,
    "Replaced by": _format_replacement,
    "Accepted risk": _format_risk,
}

STATUS_TEXTS: dict[ActionStatus, str] = {
    ActionStatus.PROPOSED: "proposed",
    ActionStatus.WITHDRAWN: "withdrawn",
    ActionStatus.ASSIGNED: "not accepted yet",
    ActionStatus.ACCEPTED: "in progress",
    ActionStatus.DECLINED: "declined, needs an owner",
    ActionStatus.BLOCKED: "blocked",
    ActionStatus.CLAIMED: "claimed as done, waiting to be verified",
    ActionStatus.GIVEN_UP: "given up, waiting for a decision",
    ActionStatus.VERIFIED: "verified",
    ActionStatus.DROPPED: "dropped",
}

DEFAULT_LABELS = ("Owner", "Due")

LABELS_BY_KIND: dict[NotificationKind, tuple[str, ...]] = {
    NotificationKind.ASSIGNED: ("Done when", "Due", "Priority", "Verifier", "Causes"),
    NotificationKind.REMINDER: ("Done when", "Owner", "Due", "Verifier"),
    NotificationKind.OVERDUE: ("Done when", "Due", "Verifier", "Last comment"),
    NotificationKind.ESCALATION: ("Owner", "Verifier", "Due", "Last comment"),
    NotificationKind.TO_VERIFY: ("Done when", "Owner", "Evidence"),
    NotificationKind.VERDICT: ("Outcome", "Done when", "Last comment", "Verifier"),
    NotificationKind.POSTPONEMENT_ASKED: ("Owner", "Due", "Requested until", "Done when"),
    NotificationKind.POSTPONEMENT_ANSWERED: ("Due",),
    NotificationKind.GIVEN_UP_ASKED: ("Owner", "Due", "Done when", "Last comment"),
    NotificationKind.GIVEN_UP_ANSWERED: ("Outcome", "Replaced by", "Accepted risk", "Due"),
    NotificationKind.QUESTION: ("Question", "Due"),
    NotificationKind.STATUS_BRIEF: ("Status", "Outcome", "Owner", "Due", "Last comment"),
    NotificationKind.ANSWER: ("Status", "Outcome", "Due"),
    NotificationKind.CLOSED: ("Outcome", "Replaced by", "Accepted risk", "Owner"),
}
