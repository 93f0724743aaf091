"""What all commands have in common: the record, who may give it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from models.action import ActionStatus
from models.document import Finding
from models.field_metadata import ActionId, FreeText, ItemId, ServerField
from models.people import Channel, Role
from models.review import OPEN_STAGES, Stage

WRITERS = (Role.FACILITATOR, Role.LEAD, Role.PARTICIPANT)
ORGANIZERS = (Role.FACILITATOR, Role.LEAD)
LEAD = (Role.LEAD,)
OWNER = (Role.OWNER,)
VERIFIER = (Role.VERIFIER,)
BEFORE_ASSIGNMENT = (Stage.DRAFT, Stage.MEETING)
AFTER_ASSIGNMENT = (Stage.ASSIGNED, Stage.FOLLOW_UP)
IN_PROGRESS = (ActionStatus.ACCEPTED, ActionStatus.BLOCKED)
UNFINISHED = (
    ActionStatus.ASSIGNED,
    ActionStatus.ACCEPTED,
    ActionStatus.DECLINED,
    ActionStatus.BLOCKED,
)
PENDING = (*UNFINISHED, ActionStatus.CLAIMED, ActionStatus.GIVEN_UP)

Reason = Annotated[str, FreeText(help="Why.", example="The vendor answers in April.")]
AskedBack = Annotated[str, ServerField()]
"""What to ask back, once, where the words of a command say nothing; "" where they do."""

Findings = Annotated[tuple[Finding, ...], ServerField()]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailForm:
    """How a command is given by email: the verb, and what its words become.

    `verb` is one of rules.replies.patterns.verb_patterns; `words` the field that takes what follows
    it, "" where nothing does; `example` a reply without the action's id; `question` what is asked
    back where the words are missing; `confirmation` what is answered once it is done, with fields
    of the command in braces, "" where rules.replies.responses builds the answer. `is_decision`
    commands need the setting for decisions by mail.
    """

    verb: str
    words: str = ""
    example: str = ""
    question: str = ""
    confirmation: str = ""
    is_decision: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every command has: its own id, its sender and its channel.

    `on_behalf` says why a sponsor decides for the lead ("the lead is away until …"); the edge
    fills it in from the people directory. `cli` is the command's place in the CLI, `mail` its
    form in a reply; `audience` says in words who may give it where its roles do not. `target` is
    the item or person that it is about. `round_id` says which claim, request or stage it decides
    about, as rules.commands.decision_rounds finds it; "" where that does not matter. `token_origin`
    says by whose token it came, where somebody else made it for its sender just before.
    """

    who: ClassVar[tuple[Role, ...]] = ()
    audience: ClassVar[str] = ""
    stages: ClassVar[tuple[Stage, ...]] = OPEN_STAGES
    action_statuses: ClassVar[tuple[ActionStatus, ...]] = ()
    cli: ClassVar[str] = ""
    mail: ClassVar[MailForm | None] = None
    judges_work: ClassVar[bool] = False
    """Whether it judges somebody's work, so that nobody gives it about their own."""
    needs_confirmation: ClassVar[bool] = False
    """Whether the CLI asks before sending it."""

    id: Annotated[str, ServerField()]
    by: Annotated[str, ServerField()]
    channel: Annotated[Channel, ServerField()] = Channel.API
    on_behalf: Annotated[str, ServerField()] = ""
    round_id: Annotated[str, ServerField()] = ""
    token_origin: Annotated[str, ServerField()] = ""

    @property
    def target(self) -> str:
        """Return the id of the item, or the address of the person, that it is about, or ""."""
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCommand(Command):
    """A command about one action."""

    action: Annotated[str, ActionId(is_argument=True)]

    @property
    def target(self) -> str:
        """Return the id of the action."""
        return self.action


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCommand(Command):
    """A command about one item: an action, cause, finding or recurrence."""

    item: Annotated[str, ItemId(is_argument=True)]

    @property
    def target(self) -> str:
        """Return the id of the item."""
        return self.item


def get_kind(command_type: type[Command]) -> str:
    """Return the kind of a command, which is also its verb in the API."""
    return str(command_type.__dataclass_fields__["kind"].default)
