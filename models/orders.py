"""Orders: everything a person or a tool can ask of a review, each declared once, here.

The class is the record, `kind` its verb, the docstring its sentence, `who` may give it, `stages`
and `standings` when. API routes, CLI commands, help, mail verbs and docs are derived from this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Literal, get_args

from models.action import Priority, Standing
from models.document import Finding, Section
from models.incident import Incident
from models.people import Role, Way
from models.review import OPEN_STAGES, Coming, Gate, Stage

WRITERS = (Role.FACILITATOR, Role.LEAD, Role.PARTICIPANT)
LEADERS = (Role.FACILITATOR, Role.LEAD)
LEAD = (Role.LEAD,)
OWNER = (Role.OWNER,)
VERIFIER = (Role.VERIFIER,)
BEFORE_ASSIGNMENT = (Stage.DRAFT, Stage.MEETING)
AFTER_ASSIGNMENT = (Stage.ASSIGNED, Stage.FOLLOW_UP)
UNDER_WAY = (Standing.ACCEPTED, Standing.BLOCKED)
UNFINISHED = (Standing.ASSIGNED, Standing.ACCEPTED, Standing.DECLINED, Standing.BLOCKED)
PENDING = (*UNFINISHED, Standing.CLAIMED, Standing.GIVEN_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What every order has: its own id, who gives it, by which way.

    `standing_in` says why a sponsor decides in the lead's place ("the lead is away until …"); the
    door fills it in from the people directory. `command` is the order's place in the CLI.
    """

    who: ClassVar[tuple[Role, ...]] = ()
    stages: ClassVar[tuple[Stage, ...]] = OPEN_STAGES
    standings: ClassVar[tuple[Standing, ...]] = ()
    command: ClassVar[str] = ""

    id: str
    by: str
    way: Way = Way.API
    standing_in: str = ""


# The document and its causes


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Order):
    """File a new version of the document."""

    who: ClassVar = WRITERS
    command: ClassVar = "review write"

    kind: Literal["write"] = "write"
    digest: str
    size: int
    title: str = ""
    base: int | None = None
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCause(Order):
    """Name a contributing cause and its chain of whys."""

    who: ClassVar = WRITERS
    command: ClassVar = "cause add"

    kind: Literal["add-cause"] = "add-cause"
    symptom: str
    whys: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseCause(Order):
    """Say a cause or its whys better."""

    who: ClassVar = WRITERS
    command: ClassVar = "cause revise"

    kind: Literal["revise-cause"] = "revise-cause"
    cause: str
    symptom: str | None = None
    whys: tuple[str, ...] | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waive(Order):
    """Let a check pass for one item, with a reason that stands in the log."""

    who: ClassVar = LEADERS
    command: ClassVar = "review waive"

    kind: Literal["waive"] = "waive"
    item: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribute(Order):
    """Add a fact of the timeline, or a remark, without your name; the facilitator decides."""

    who: ClassVar = (Role.ANYBODY,)
    command: ClassVar = "review contribute"

    kind: Literal["contribute"] = "contribute"
    text: str
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(Order):
    """Say that a contribution entered the document, or, with a reason, that it did not."""

    who: ClassVar = LEADERS
    command: ClassVar = "review settle"

    kind: Literal["settle"] = "settle"
    contribution: str
    reason: str = ""


# Actions until they are assigned


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Order):
    """Propose an action."""

    who: ClassVar = WRITERS
    command: ClassVar = "action propose"

    kind: Literal["propose"] = "propose"
    text: str
    owner: str = ""
    verifier: str = ""
    due: date | None = None
    measure: str = ""
    priority: Priority = Priority.P3
    causes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(Order):
    """Change an action's words, measure, due date, priority or causes."""

    who: ClassVar = WRITERS
    standings: ClassVar = (Standing.PROPOSED, *UNFINISHED)
    command: ClassVar = "action revise"

    kind: Literal["revise"] = "revise"
    action: str
    text: str | None = None
    owner: str | None = None
    verifier: str | None = None
    due: date | None = None
    measure: str | None = None
    priority: Priority | None = None
    causes: tuple[str, ...] | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Order):
    """Take back a proposed action or a cause."""

    who: ClassVar = WRITERS
    command: ClassVar = "action withdraw"

    kind: Literal["withdraw"] = "withdraw"
    item: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Order):
    """Put a remark into the log."""

    who: ClassVar = (*WRITERS, Role.SPONSOR, Role.OWNER, Role.VERIFIER, Role.DESK, Role.TOOL)
    command: ClassVar = "review note"

    kind: Literal["note"] = "note"
    text: str
    item: str = ""


# Meetings


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleMeeting(Order):
    """Set the meeting's time and place; everybody is invited."""

    who: ClassVar = LEADERS
    stages: ClassVar = BEFORE_ASSIGNMENT
    command: ClassVar = "meeting schedule"

    kind: Literal["schedule-meeting"] = "schedule-meeting"
    at: datetime
    place: str
    minutes: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldMeeting(Order):
    """Record that the meeting was held, and who came."""

    who: ClassVar = LEADERS
    stages: ClassVar = (Stage.MEETING,)
    command: ClassVar = "meeting hold"

    kind: Literal["hold-meeting"] = "hold-meeting"
    attended: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFollowUp(Order):
    """Set the follow-up meeting's time and place; everybody is invited."""

    who: ClassVar = (*LEADERS, Role.CLOCK)
    stages: ClassVar = AFTER_ASSIGNMENT
    command: ClassVar = "follow-up schedule"

    kind: Literal["schedule-follow-up"] = "schedule-follow-up"
    at: datetime
    place: str
    minutes: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFollowUp(Order):
    """Record the follow-up meeting, with the status of every open action."""

    who: ClassVar = LEADERS
    stages: ClassVar = (Stage.FOLLOW_UP,)
    command: ClassVar = "follow-up hold"

    kind: Literal["hold-follow-up"] = "hold-follow-up"
    statuses: dict[str, str]
    attended: tuple[str, ...] = ()
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attend(Order):
    """Say whether you come to the next meeting: yes, no or maybe."""

    who: ClassVar = (Role.ANYBODY,)
    command: ClassVar = "meeting attend"

    kind: Literal["attend"] = "attend"
    coming: Coming


# The lead decides


@dataclass(frozen=True, slots=True, kw_only=True)
class Approve(Order):
    """Open a gate: draft, actions or closure."""

    who: ClassVar = LEAD
    stages: ClassVar = (Stage.DRAFT, Stage.MEETING, Stage.FOLLOW_UP)
    command: ClassVar = "approve"

    kind: Literal["approve"] = "approve"
    gate: Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack(Order):
    """Send the review back one stage, with a reason."""

    who: ClassVar = LEAD
    stages: ClassVar = (Stage.MEETING, Stage.ASSIGNED, Stage.FOLLOW_UP)
    command: ClassVar = "send-back"

    kind: Literal["send-back"] = "send-back"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Order):
    """Assign a proposed action after the actions gate, by the same checks."""

    who: ClassVar = LEAD
    stages: ClassVar = AFTER_ASSIGNMENT
    standings: ClassVar = (Standing.PROPOSED,)
    command: ClassVar = "action assign"

    kind: Literal["assign"] = "assign"
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassign(Order):
    """Give an action to another owner, who accepts anew."""

    who: ClassVar = (*LEAD, Role.CLOCK)
    standings: ClassVar = UNFINISHED
    command: ClassVar = "action reassign"

    kind: Literal["reassign"] = "reassign"
    action: str
    owner: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeVerifier(Order):
    """Name somebody else to verify an action; never one who owned it."""

    who: ClassVar = (*LEAD, Role.CLOCK)
    standings: ClassVar = (Standing.PROPOSED, *PENDING)
    command: ClassVar = "action verifier"

    kind: Literal["change-verifier"] = "change-verifier"
    action: str
    verifier: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant(Order):
    """Grant the time an owner asked for."""

    who: ClassVar = LEAD
    standings: ClassVar = UNDER_WAY
    command: ClassVar = "action grant"

    kind: Literal["grant"] = "grant"
    action: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse(Order):
    """Refuse the time an owner asked for; the old date stands."""

    who: ClassVar = LEAD
    standings: ClassVar = UNDER_WAY
    command: ClassVar = "action refuse"

    kind: Literal["refuse"] = "refuse"
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop(Order):
    """Drop an action: a reason, and a replacement action or an accepted risk."""

    who: ClassVar = LEAD
    standings: ClassVar = (*UNFINISHED, Standing.GIVEN_UP)
    command: ClassVar = "drop"

    kind: Literal["drop"] = "drop"
    action: str
    reason: str
    replacement: str = ""
    risk: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep(Order):
    """Refuse to drop an action its owner gave up; it goes on."""

    who: ClassVar = LEAD
    standings: ClassVar = (Standing.GIVEN_UP,)
    command: ClassVar = "action keep"

    kind: Literal["keep"] = "keep"
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRisk(Order):
    """Accept the risk of a cause without action, or of a recurrence, with a reason."""

    who: ClassVar = LEAD
    command: ClassVar = "accept-risk"

    kind: Literal["accept-risk"] = "accept-risk"
    item: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Order):
    """End the review without an outcome, with a reason."""

    who: ClassVar = LEAD
    command: ClassVar = "cancel"

    kind: Literal["cancel"] = "cancel"
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Order):
    """Take up a closed review again: name the outcomes that did not last, or a recurrence."""

    who: ClassVar = (*LEAD, Role.SPONSOR)
    stages: ClassVar = (Stage.CLOSED,)
    command: ClassVar = "reopen"

    kind: Literal["reopen"] = "reopen"
    reason: str
    actions: tuple[str, ...] = ()
    recurrence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overturn(Order):
    """Take back an outcome that did not last; its owner accepts anew."""

    who: ClassVar = LEAD
    stages: ClassVar = AFTER_ASSIGNMENT
    standings: ClassVar = (Standing.VERIFIED, Standing.DROPPED)
    command: ClassVar = "action overturn"

    kind: Literal["overturn"] = "overturn"
    action: str
    reason: str
    recurrence: str = ""


# Owners


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Order):
    """Accept an action as yours."""

    who: ClassVar = OWNER
    standings: ClassVar = (Standing.ASSIGNED,)
    command: ClassVar = "action accept"

    kind: Literal["accept"] = "accept"
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline(Order):
    """Decline an action, with a reason."""

    who: ClassVar = OWNER
    standings: ClassVar = (Standing.ASSIGNED,)
    command: ClassVar = "action decline"

    kind: Literal["decline"] = "decline"
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Order):
    """Say how far an action has come."""

    who: ClassVar = (*OWNER, Role.TOOL)
    standings: ClassVar = (*UNFINISHED, Standing.CLAIMED, Standing.GIVEN_UP)
    command: ClassVar = "action report"

    kind: Literal["report"] = "report"
    action: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Order):
    """Say what holds an action up."""

    who: ClassVar = OWNER
    standings: ClassVar = (Standing.ACCEPTED,)
    command: ClassVar = "action block"

    kind: Literal["block"] = "block"
    action: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unblock(Order):
    """Say that an action can go on."""

    who: ClassVar = OWNER
    standings: ClassVar = (Standing.BLOCKED,)
    command: ClassVar = "action unblock"

    kind: Literal["unblock"] = "unblock"
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Postpone(Order):
    """Ask for more time, with a reason."""

    who: ClassVar = OWNER
    standings: ClassVar = UNDER_WAY
    command: ClassVar = "action postpone"

    kind: Literal["postpone"] = "postpone"
    action: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Order):
    """Claim that an action is done, with evidence for the verifier."""

    who: ClassVar = (*OWNER, Role.TOOL)
    standings: ClassVar = UNDER_WAY
    command: ClassVar = "action claim"

    kind: Literal["claim"] = "claim"
    action: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack(Order):
    """Take back a claim; the action goes on."""

    who: ClassVar = OWNER
    standings: ClassVar = (Standing.CLAIMED,)
    command: ClassVar = "action take-back"

    kind: Literal["take-back"] = "take-back"
    action: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp(Order):
    """Say that an action cannot be done; the lead drops or keeps it."""

    who: ClassVar = OWNER
    standings: ClassVar = UNDER_WAY
    command: ClassVar = "action give-up"

    kind: Literal["give-up"] = "give-up"
    action: str
    reason: str


# Verifiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Verify(Order):
    """Confirm that a claimed action is in place, and say what you found."""

    who: ClassVar = VERIFIER
    standings: ClassVar = (Standing.CLAIMED,)
    command: ClassVar = "verify"

    kind: Literal["verify"] = "verify"
    action: str
    finding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject(Order):
    """Say that a claimed action is not there yet, and what is missing."""

    who: ClassVar = VERIFIER
    standings: ClassVar = (Standing.CLAIMED,)
    command: ClassVar = "reject"

    kind: Literal["reject"] = "reject"
    action: str
    reason: str


# Sponsors, appointments, visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Order):
    """Ask an owner how an action stands; the answer stands in the register."""

    who: ClassVar = (Role.SPONSOR,)
    standings: ClassVar = PENDING
    command: ClassVar = "action ask"

    kind: Literal["ask"] = "ask"
    action: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appoint(Order):
    """Put somebody into a role: lead, facilitator, sponsor or participant."""

    who: ClassVar = (*LEAD, Role.SPONSOR, Role.DESK, Role.CLOCK)
    command: ClassVar = "review appoint"

    kind: Literal["appoint"] = "appoint"
    role: Role
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrict(Order):
    """Show the review to these people only; everybody else sees a neutral title."""

    who: ClassVar = LEADERS
    command: ClassVar = "review restrict"

    kind: Literal["restrict"] = "restrict"
    people: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrestrict(Order):
    """Show a restricted review to everybody again."""

    who: ClassVar = LEAD
    command: ClassVar = "review unrestrict"

    kind: Literal["unrestrict"] = "unrestrict"


# Tools and mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Recur(Order):
    """Say that the incident came back."""

    who: ClassVar = (Role.TOOL, *WRITERS, Role.SPONSOR)
    stages: ClassVar = (*OPEN_STAGES, Stage.CLOSED)
    command: ClassVar = "review recur"

    kind: Literal["recur"] = "recur"
    incident: Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack(Order):
    """Say that mail to somebody came back; the lead hears of it."""

    who: ClassVar = (Role.TOOL,)
    command: ClassVar = "review come-back"

    kind: Literal["undeliverable"] = "undeliverable"
    person: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a mail and what it means.

    `order` is None where it was not understood or may not be done; `answer` then says why.
    """

    text: str
    order: MailOrder | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Order):
    """Answer a letter by mail; each line that is understood and allowed is applied.

    `mail` is the archived raw mail's digest; its Message-ID and subject are what the answer to it
    goes by, so that mail programs show both together.
    """

    who: ClassVar = (Role.ANYBODY,)

    kind: Literal["reply"] = "reply"
    mail: str
    message_id: str = ""
    subject: str = ""
    lines: tuple[Line, ...] = ()


MailOrder = (
    Accept
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
    | Grant
    | Refuse
    | Drop
    | Keep
    | Reassign
    | Approve
    | Note
)

ToldOrder = Report | Claim | Note | Recur

AnyOrder = (
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
    | Keep
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
    | ComeBack
    | Reply
)

ORDERS: dict[str, type[Order]] = {
    cls.__dataclass_fields__["kind"].default: cls for cls in get_args(AnyOrder)
}
