"""Commands: everything that a person or a tool can ask of a review, each declared once.

The class is the record, `kind` its verb, the docstring its help text, `who` may give it,
`stages` and `action_statuses` when, and each field carries its metadata (models.field_metadata).
API routes, CLI commands, help, mail verbs and docs are derived from it.
"""

from __future__ import annotations

from typing import get_args

from models.commands.actions import (
    Assign,
    ChangeVerifier,
    Propose,
    Reassign,
    Revise,
    Withdraw,
)
from models.commands.base import (
    AFTER_ASSIGNMENT,
    BEFORE_ASSIGNMENT,
    IN_PROGRESS,
    LEAD,
    LEADERS,
    OWNER,
    PENDING,
    UNFINISHED,
    VERIFIER,
    WRITERS,
    ActionCommand,
    Command,
    ItemCommand,
    MailForm,
    get_kind,
)
from models.commands.causes import (
    AcceptRisk,
    AddCause,
    Recur,
    ReviseCause,
)
from models.commands.decisions import (
    Approve,
    Cancel,
    Drop,
    Grant,
    Overturn,
    Refuse,
    RejectGiveUp,
    Reopen,
    SendBack,
)
from models.commands.documents import (
    Contribute,
    Note,
    Settle,
    Waive,
    Write,
)
from models.commands.mail import (
    MailCommand,
    Reply,
    ReplyLine,
    ReportBounce,
)
from models.commands.meetings import (
    Attend,
    HoldFollowUp,
    HoldMeeting,
    ScheduleFollowUp,
    ScheduleMeeting,
)
from models.commands.ownership import (
    Accept,
    Block,
    Claim,
    Decline,
    GiveUp,
    Postpone,
    Report,
    TakeBack,
    Unblock,
)
from models.commands.roles import (
    APPOINTABLE_ROLES,
    Appoint,
    Restrict,
    Unrestrict,
)
from models.commands.verification import (
    Ask,
    Reject,
    Verify,
)

SignalCommand = Report | Claim | Note | Recur
"""The commands that tools may also send as a signal."""

AnyCommand = (
    Write
    | AddCause
    | ReviseCause
    | Waive
    | Contribute
    | Settle
    | Propose
    | Revise
    | Withdraw
    | Note
    | ScheduleMeeting
    | HoldMeeting
    | ScheduleFollowUp
    | HoldFollowUp
    | Attend
    | Approve
    | SendBack
    | Assign
    | Reassign
    | ChangeVerifier
    | Grant
    | Refuse
    | Drop
    | RejectGiveUp
    | AcceptRisk
    | Cancel
    | Reopen
    | Overturn
    | Accept
    | Decline
    | Report
    | Block
    | Unblock
    | Postpone
    | Claim
    | TakeBack
    | GiveUp
    | Verify
    | Reject
    | Ask
    | Appoint
    | Restrict
    | Unrestrict
    | Recur
    | ReportBounce
    | Reply
)

COMMANDS: dict[str, type[Command]] = {
    get_kind(command_type): command_type for command_type in get_args(AnyCommand)
}
"""Every command by its kind."""

__all__ = [
    "AFTER_ASSIGNMENT",
    "APPOINTABLE_ROLES",
    "BEFORE_ASSIGNMENT",
    "COMMANDS",
    "IN_PROGRESS",
    "LEAD",
    "LEADERS",
    "OWNER",
    "PENDING",
    "UNFINISHED",
    "VERIFIER",
    "WRITERS",
    "Accept",
    "AcceptRisk",
    "ActionCommand",
    "AddCause",
    "AnyCommand",
    "Appoint",
    "Approve",
    "Ask",
    "Assign",
    "Attend",
    "Block",
    "Cancel",
    "ChangeVerifier",
    "Claim",
    "Command",
    "Contribute",
    "Decline",
    "Drop",
    "GiveUp",
    "Grant",
    "HoldFollowUp",
    "HoldMeeting",
    "ItemCommand",
    "MailCommand",
    "MailForm",
    "Note",
    "Overturn",
    "Postpone",
    "Propose",
    "Reassign",
    "Recur",
    "Refuse",
    "Reject",
    "RejectGiveUp",
    "Reopen",
    "Reply",
    "ReplyLine",
    "Report",
    "ReportBounce",
    "Restrict",
    "Revise",
    "ReviseCause",
    "ScheduleFollowUp",
    "ScheduleMeeting",
    "SendBack",
    "Settle",
    "SignalCommand",
    "TakeBack",
    "Unblock",
    "Unrestrict",
    "Verify",
    "Waive",
    "Withdraw",
    "Write",
    "get_kind",
]
