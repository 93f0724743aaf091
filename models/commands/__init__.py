"""Commands: everything that a person or a tool can ask of a review, each declared once.

The class is the record, `kind` its verb, the docstring its help text, `who` may give it,
`stages` and `action_statuses` when, and each field carries its metadata (models.field_metadata).
API routes, CLI commands, help, mail verbs and docs are derived from it.
"""

from __future__ import annotations

from typing import get_args

from models.commands.actions import *
from models.commands.actions import AssignmentCommand
from models.commands.base import *
from models.commands.base import Command, get_kind
from models.commands.causes import *
from models.commands.causes import CauseCommand, Recur
from models.commands.decisions import *
from models.commands.decisions import DecisionCommand
from models.commands.documents import *
from models.commands.documents import DocumentCommand, Note
from models.commands.mail import *
from models.commands.mail import IncomingMailCommand
from models.commands.meetings import *
from models.commands.meetings import MeetingCommand
from models.commands.ownership import *
from models.commands.ownership import Claim, OwnershipCommand, Report
from models.commands.roles import *
from models.commands.roles import RoleCommand
from models.commands.verification import *
from models.commands.verification import VerificationCommand

SignalCommand = Report | Claim | Note | Recur
"""The commands that tools may also send as a signal."""

AnyCommand = (
    DocumentCommand
    | CauseCommand
    | AssignmentCommand
    | MeetingCommand
    | DecisionCommand
    | OwnershipCommand
    | VerificationCommand
    | RoleCommand
    | IncomingMailCommand
)

COMMANDS: dict[str, type[Command]] = {
    get_kind(command_type): command_type for command_type in get_args(AnyCommand)
}
"""Every command by its kind."""
