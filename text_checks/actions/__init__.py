"""Check whether an action is specific: who does what exactly, by when, and how we will know."""

from text_checks.actions.action_findings import check_action, is_vague
from text_checks.actions.measures import ask_for_evidence, ask_for_finding, check_measure
from text_checks.actions.owner_and_due import (
    OwnerAndDue,
    find_owner_and_due,
    is_nobody,
    list_unanswered,
)
from text_checks.actions.vagueness import VagueReason, find_vague_reason

__all__ = [
    "OwnerAndDue",
    "VagueReason",
    "ask_for_evidence",
    "ask_for_finding",
    "check_action",
    "check_measure",
    "find_owner_and_due",
    "find_vague_reason",
    "is_nobody",
    "is_vague",
    "list_unanswered",
]
