"""Reviews at every stage, built by commands: how far a test wants one to be when it begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import commands
from models.document import Section
from models.people import Channel
from models.review import Gate, Review
from rules.commands import dispatch
from tests.sample_people import ADA, FAY, ODILE, OLGA, OMAR, OREN, PIA, VERA, new_review

SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.WENT_WELL)
MEETING_AT = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
DUE = date(2026, 3, 27)


class ReviewBuilder:
    """A review and its clock; commands go through the real rules."""

    def __init__(self, review: Review | None = None, now: datetime | None = None) -> None:
        self.review = review or new_review()
        self.now = now or self.review.opened_at
        self._count = 0

    def ask(self, command_type: type[commands.Command], by: str, **fields: Any) -> Review:
        """Apply a command by `by` and return the review; raises what the rules raise."""
        command = self.build_command(command_type, by, **fields)
        dispatch.validate(self.review, command, self.now)
        self.review = dispatch.advance_stage(
            dispatch.apply(self.review, command, self.now), self.now
        )
        return self.review

    def build_command(
        self, command_type: type[commands.Command], by: str, **fields: Any
    ) -> commands.Command:
        """Build a command with an id of its own."""
        self._count += 1
        named = {
            "id": f"command-{self.review.revision}-{self._count}",
            "channel": Channel.CLI,
            **fields,
        }
        return command_type(by=by, **named)

    def advance(self, **span: float) -> ReviewBuilder:
        """Add a span of time to the clock and return the builder."""
        self.now += timedelta(**span)
        return self

    def set_time(self, time: datetime) -> ReviewBuilder:
        """Return the builder with its clock set to a time."""
        self.now = time
        return self


def build_drafted() -> ReviewBuilder:
    """Build a review with everything that the draft gate asks for."""
    builder = ReviewBuilder()
    builder.advance(hours=2).ask(
        commands.Write, FAY, digest="d" * 64, size=2_000, title="Checkout", sections=SECTIONS
    )
    builder.ask(commands.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")
    return builder


def build_met() -> ReviewBuilder:
    """Build a review whose meeting was held, with two causes and two proposed actions."""
    builder = build_drafted()
    builder.advance(days=1).ask(commands.Approve, ADA, gate=Gate.DRAFT)
    builder.ask(
        commands.AddCause,
        FAY,
        symptom="Checkout answered 500 for 90 minutes",
        whys=("The pool of connections ran dry", "Nothing limits what one tenant may hold"),
    )
    builder.ask(
        commands.AddCause,
        PIA,
        symptom="Nobody was paged for 40 minutes",
        whys=("The alert looks at averages", "One tenant disappears in an average"),
    )
    builder.set_time(MEETING_AT + timedelta(hours=1)).ask(
        commands.HoldMeeting, FAY, attended=(ADA, PIA)
    )
    propose_action(builder, "Limit connections per tenant to 20", OLGA, causes=("C1",))
    propose_action(
        builder, "Page when one tenant sees over 2 % errors for 5 minutes", OMAR, causes=("C2",)
    )
    return builder


def propose_action(builder: ReviewBuilder, text: str, owner: str, **fields: Any) -> Review:
    """Add a complete proposed action to a review and return the review."""
    defaults: dict[str, Any] = {
        "verifier": VERA,
        "due": max(DUE, (builder.now + timedelta(days=14)).date()),
        "measure": "A load test with 50 tenants stays under 1 % errors",
        "priority": "P2",
        "causes": ("C1",),
    }
    return builder.ask(commands.Propose, FAY, text=text, owner=owner, **{**defaults, **fields})


def build_assigned() -> ReviewBuilder:
    """Build a review whose two actions are assigned and not yet accepted."""
    builder = build_met()
    builder.advance(hours=1).ask(commands.Approve, ADA, gate=Gate.ACTIONS)
    return builder


def build_in_follow_up() -> ReviewBuilder:
    """Build a review in follow-up: both actions accepted, the follow-up meeting set."""
    builder = build_assigned()
    builder.advance(hours=1).ask(commands.Accept, OLGA, action="A1")
    builder.ask(commands.Accept, OMAR, action="A2")
    at = MEETING_AT + timedelta(days=35)
    builder.ask(commands.ScheduleFollowUp, FAY, at=at, place="Room 4")
    return builder


def build_verified() -> ReviewBuilder:
    """Build a review in follow-up whose actions are verified, its follow-up meeting held."""
    builder = build_in_follow_up()
    for owner, name in ((OLGA, "A1"), (OMAR, "A2")):
        builder.advance(days=5).ask(
            commands.Claim, owner, action=name, evidence="https://example.org/change"
        )
        builder.advance(days=1).ask(
            commands.Verify, VERA, action=name, finding="I ran it twice; it holds."
        )
    builder.set_time(MEETING_AT + timedelta(days=35, hours=1)).ask(
        commands.HoldFollowUp, FAY, statuses={}
    )
    return builder


def build_closed() -> ReviewBuilder:
    """Build a closed review."""
    builder = build_verified()
    builder.advance(hours=1).ask(commands.Approve, ADA, gate=Gate.CLOSURE)
    return builder


def build_rich() -> ReviewBuilder:
    """Build a review in follow-up that has something of everything."""
    builder = build_assigned()
    propose_action(builder, "Write the runbook for a dry pool and try it in a game day", OREN)
    builder.ask(commands.Assign, ADA, action="A3")
    propose_action(builder, "Draw a dashboard of connections by tenant", ODILE)
    builder.advance(hours=1).ask(commands.Accept, OLGA, action="A1")
    builder.ask(commands.Decline, OMAR, action="A2", reason="I am moving to another team")
    builder.ask(commands.Reassign, ADA, action="A2", owner=ODILE, reason="Omar is moving")
    builder.ask(commands.Accept, ODILE, action="A2")
    builder.ask(commands.Accept, OREN, action="A3")
    builder.ask(commands.Withdraw, FAY, item="A4", reason="A1 brings one along")
    builder.ask(commands.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=35), place="Room 4")
    builder.advance(days=3).ask(
        commands.Block, OREN, action="A3", reason="The game day needs a date"
    )
    builder.ask(
        commands.Postpone,
        OLGA,
        action="A1",
        until=DUE + timedelta(days=10),
        reason="A freeze until April",
    )
    builder.ask(commands.Claim, ODILE, action="A2", evidence="https://example.org/alert")
    builder.ask(commands.Note, FAY, text="The alert fired in the rehearsal")
    builder.review = replace(builder.review, notified_revision=builder.review.revision)
    return builder
