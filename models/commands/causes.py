"""Commands about causes and recurrences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from models.commands.base import LEAD, WRITERS, Command, Findings, ItemCommand, Reason
from models.field_metadata import CauseId, FieldMetadata, FreeText
from models.incident import Incident
from models.people import Role
from models.review import OPEN_STAGES, Stage

_SYMPTOM = FreeText(help="What was seen.", example="Checkout had no connections left.")
_WHYS = FreeText(
    help="Why that was so, one step deeper each time.",
    example=["Every retry opened a connection.", "The client library has no cap by default."],
    option="why",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCause(Command):
    """Add a contributing cause and its chain of whys."""

    who: ClassVar = WRITERS
    cli: ClassVar = "cause add"

    kind: Literal["add-cause"] = "add-cause"
    symptom: Annotated[str, _SYMPTOM]
    whys: Annotated[tuple[str, ...], _WHYS] = ()
    findings: Findings = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseCause(Command):
    """Edit a cause or its whys."""

    who: ClassVar = WRITERS
    cli: ClassVar = "cause revise"

    kind: Literal["revise-cause"] = "revise-cause"
    cause: Annotated[str, CauseId(is_argument=True)]
    symptom: Annotated[str | None, _SYMPTOM] = None
    whys: Annotated[tuple[str, ...] | None, _WHYS] = None
    findings: Findings = ()

    @property
    def target(self) -> str:
        """Return the id of the cause."""
        return self.cause


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRisk(ItemCommand):
    """Accept the risk of a cause without action, or of a recurrence, with a reason."""

    who: ClassVar = LEAD
    cli: ClassVar = "accept-risk"
    judges_work: ClassVar = True

    kind: Literal["accept-risk"] = "accept-risk"
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Recur(Command):
    """Report that the incident came back."""

    who: ClassVar = (Role.TOOL, *WRITERS, Role.SPONSOR)
    stages: ClassVar = (*OPEN_STAGES, Stage.CLOSED)
    cli: ClassVar = "review recur"

    kind: Literal["recur"] = "recur"
    incident: Annotated[
        Incident,
        FieldMetadata(
            help="The incident that came back.",
            example={
                "source": "pagerduty",
                "key": "Q2XYZ",
                "title": "Checkout answered with errors again",
                "ended_at": "2026-03-20T08:40:00Z",
            },
        ),
    ]


CauseCommand = AddCause | ReviseCause | AcceptRisk | Recur
