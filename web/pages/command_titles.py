"""What commands are called on pages: the title of a form, and the label of what leads to it."""

from __future__ import annotations

from models.commands import Command, get_kind
from models.review import Review
from rules.gates.gates import find_gate

TITLES = {
    "accept-risk": "Accept the risk of {}",
    "add-cause": "Add a cause",
    "appoint": "Appoint somebody",
    "ask": "Ask about {}",
    "assign": "Assign {}",
    "attend": "Say whether you will attend",
    "block": "Report {} as blocked",
    "cancel": "Cancel the review",
    "change-verifier": "Name another verifier of {}",
    "claim": "Report {} as done",
    "dismiss": "Take a participant out",
    "give-up": "Give {} up",
    "grant": "Grant more time for {}",
    "hand-over": "Hand over all that somebody has here",
    "hold-follow-up": "Record the follow-up meeting",
    "hold-meeting": "Record the meeting",
    "note": "Write a note",
    "postpone": "Ask for more time for {}",
    "propose": "Propose an action",
    "reassign": "Give {} to somebody else",
    "recur": "Report that it came back",
    "redact": "Redact {}",
    "refuse": "Refuse more time for {}",
    "reject": "Reject the claim of {}",
    "reject-give-up": "Keep {}",
    "reopen": "Reopen the review",
    "report": "Report on {}",
    "restrict": "Restrict the review to some people",
    "revise": "Change {}",
    "revise-cause": "Change {}",
    "schedule-follow-up": "Schedule the follow-up meeting",
    "schedule-meeting": "Schedule the meeting",
    "send-back": "Send the review back",
    "settle": "Decide about {}",
    "snooze": "Snooze your reminders of {}",
    "take-back": "Take back the claim of {}",
    "unblock": "Report that {} goes on",
    "unrestrict": "Show the review to everybody",
    "waive": "Waive a check of {}",
}
"""Commands that are called otherwise than by their verb and what they are about."""


def format_title(command_type: type[Command], review: Review, item: str) -> str:
    """Format what somebody does by giving a command about an item, or “” for the review."""
    kind = get_kind(command_type)
    about = item or f"“{find_gate(review.stage)}”"
    verb = kind.replace("-", " ").capitalize()
    return TITLES.get(kind, f"{verb} {{}}").format(about)
