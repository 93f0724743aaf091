"""Labelled details of an action in an email, chosen by the kind of notification."""

from __future__ import annotations

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
    texts = _format_details(action, review, recipient)
    return tuple(
        Detail(label, truncate(texts[label]))
        for label in LABELS_BY_KIND.get(kind, DEFAULT_LABELS)
        if texts[label].strip()
        and _find_gist(label, texts[label], action) not in join_on_one_line(sentence)
    )


def _find_gist(label: str, text: str, action: Action) -> str:
    """Return the words by which a sentence states a detail."""
    gists = {
        "Due": format_date(action.due) if action.due else "",
        "Status": str(action.status),
        "Requested until": format_date(action.postponement.until) if action.postponement else "",
        "Question": join_on_one_line(action.question.text) if action.question else "",
        "Outcome": join_on_one_line(_find_outcome_words(action)),
    }
    return gists.get(label, join_on_one_line(text).strip("“”")).rstrip(".")


def _find_outcome_words(action: Action) -> str:
    """Return what somebody wrote when the action was verified or dropped."""
    match action.outcome:
        case Verified() as verified:
            return verified.finding
        case Dropped() as dropped:
            return dropped.reason
    return ""


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
    return tuple(
        Detail(c.id, truncate(f"{c.symptom.rstrip('.')} – {c.accepted_risk}")) for c in accepted
    )


def _format_details(action: Action, review: Review, recipient: EmailRecipient) -> dict[str, str]:
    """Format every detail of an action by its label, empty where there is nothing to say."""
    is_open = action.outcome is None
    dropped = action.outcome if isinstance(action.outcome, Dropped) else None
    asked, question = action.postponement, action.question
    comment = action.last_comment.strip()
    causes = (cause for cause in review.causes if cause.id in action.causes)
    return {
        "Done when": action.measure,
        "Due": recipient.format_due_date(action.due) if action.due and is_open else "",
        "Owner": _format_other_person(action.owner, recipient),
        "Verifier": _format_other_person(action.verifier, recipient) if is_open else "",
        "Priority": str(action.priority),
        "Causes": "\n".join(f"{cause.symptom.rstrip('.')} ({cause.id})" for cause in causes),
        "Evidence": action.evidence,
        "Last comment": f"“{comment}”" if comment and is_open else "",
        "Requested until": f"{format_date(asked.until)}, because {asked.reason}" if asked else "",
        "Question": f"{recipient.format_name(question.by)}: “{question.text.strip()}”"
        if question
        else "",
        "Status": STATUS_TEXTS[action.status] if is_open else "",
        "Outcome": _format_outcome(action, recipient),
        "Replaced by": dropped.replacement if dropped else "",
        "Accepted risk": dropped.risk if dropped else "",
    }


def _format_other_person(address: str, recipient: EmailRecipient) -> str:
    return "" if address == recipient.person.address else recipient.format_name(address)


def _format_outcome(action: Action, recipient: EmailRecipient) -> str:
    match action.outcome:
        case Verified() as verified:
            return f"Verified by {recipient.format_name(verified.by)}: {verified.finding}"
        case Dropped() as dropped:
            return f"Dropped by {recipient.format_name(dropped.by)}: {dropped.reason}"
    return ""


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
    ActionStatus.UNVERIFIED: "history, verified by nobody",
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
    NotificationKind.RECEIPT: ("Status", "Outcome", "Due"),
    NotificationKind.CLOSED: ("Outcome", "Replaced by", "Accepted risk", "Owner"),
}
