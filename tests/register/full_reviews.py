"""A review in which nothing is left empty, and how it goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from models.action import (
    Action,
    ActionStatus,
    Dropped,
    Postponement,
    Priority,
    Question,
    Verified,
)
from models.codes import EventKind
from models.document import Cause, Document, Finding, Section, Waiver
from models.incident import Recurrence
from models.notifications import Notification, NotificationKind, SentCount
from models.people import Channel
from models.review import Event, Meeting, Receipt, Review, Stage
from tests.sample_people import (
    ADA,
    FAY,
    MONDAY,
    ODILE,
    OLGA,
    OMAR,
    OREN,
    PIA,
    SAM,
    VERA,
    new_review,
)

RUN = "4b2c0c1e-run-1"
NEXT_RUN = "0a9d11f3-run-2"
FINDING = Finding(
    id="W1", code="blame", passage="human error", problem="what let it happen?", line=12, item="C1"
)
INDIA = timezone(timedelta(hours=5, minutes=30))


def build_event(
    revision: int, kind: EventKind = EventKind.NOTE, item: str = "", text: str = "said “grüße”"
) -> Event:
    """Build a line of the log."""
    at = MONDAY + timedelta(minutes=revision)
    return Event(
        revision=revision, at=at, by=ADA, channel=Channel.CLI, kind=kind, item=item, text=text
    )


def build_action(
    number: int, status: ActionStatus = ActionStatus.ACCEPTED, due: int = 20
) -> Action:
    """Build an action, due on a day of March."""
    return Action(
        id=f"A{number}",
        text=f"Limit retries of client {number}",
        since=MONDAY,
        owner=OLGA,
        verifier=VERA,
        due=date(2026, 3, due),
        measure="No retry storm in a load test",
        status=status,
        owners=(OLGA,),
    )


def build_full_review() -> Review:
    """Build a review in follow-up with something in every field, even far time zones."""
    verified = Verified(evidence="graph", finding="in place", by=VERA, at=MONDAY)
    dropped = Dropped(reason="too dear", by=ADA, at=MONDAY, risk="we may be slow again")
    meeting = Meeting(
        at=datetime(2026, 3, 5, 14, 30, 15, 123456, tzinfo=INDIA),
        place="Room 4",
        sequence=2,
        held_at=MONDAY,
        attended=(ADA, FAY, PIA),
        notes="went well",
        statuses={"A1": "half done"},
    )
    return replace(
        new_review(),
        stage=Stage.FOLLOW_UP,
        revision=4,
        document=Document(
            digest="d" * 64, revision=3, by=FAY, at=MONDAY, size=20_000, sections=tuple(Section)
        ),
        findings=(FINDING,),
        waivers=(Waiver(item="A1", code="vague", reason="clear to us", by=ADA, at=MONDAY),),
        causes=tuple(
            Cause(id=f"C{n}", symptom="Retries piled up", whys=("no limit",), findings=(FINDING,))
            for n in range(1, 12)
        ),
        actions=(
            replace(build_action(1, due=27), priority=Priority.P1, causes=("C1", "C2"), claims=2),
            replace(
                build_action(2, due=20),
                owner=OMAR,
                postponement=Postponement(until=date(2026, 4, 1), reason="ill", at=MONDAY),
                question=Question(by=SAM, text="How is it?", at=MONDAY),
                findings=(FINDING,),
            ),
            replace(build_action(3, ActionStatus.VERIFIED, due=10), owner=OREN, outcome=verified),
            replace(build_action(4, ActionStatus.DROPPED, due=11), owner=ODILE, outcome=dropped),
            build_action(5, ActionStatus.WITHDRAWN, due=12),
            *(replace(build_action(n, ActionStatus.PROPOSED), due=None) for n in range(6, 12)),
        ),
        recurrences=(Recurrence(id="R1", at=MONDAY, text="again", link="https://x.example.org"),),
        meeting=meeting,
        follow_up=replace(meeting, at=datetime(2026, 4, 9, 9, tzinfo=UTC), held_at=None),
        past_follow_ups=(meeting,),
        plan_changed_at=MONDAY,
        accepted_at=MONDAY,
        reopened=1,
        log=(
            build_event(1, EventKind.OPEN),
            build_event(2, EventKind.PROPOSE, "A1"),
            build_event(3, EventKind.REPLY),
            build_event(3, EventKind.ACCEPT, "A1"),
            build_event(4, EventKind.HOLD_MEETING),
        ),
        receipts={"o1": Receipt(command_id="o1", revision=2, summary="proposed A1")},
        notified_revision=4,
        held=(Notification(kind=NotificationKind.REMINDER, to=OLGA, not_before=MONDAY),),
        in_flight=(Notification(kind=NotificationKind.NOTICE, to=ADA),),
        sent={f"accept:A1:{OLGA}": SentCount(count=1, at=MONDAY)},
    )


def strip_unregistered(review: Review) -> Review:
    """Return the review as the register shows it: without receipts and notifications."""
    return replace(
        review, receipts={}, notified_revision=0, held=(), in_flight=(), sent={}, chain_key=""
    )


def continue_review(review: Review, **changed: object) -> Review:
    """Return the review one line of the log later."""
    revision = review.revision + 1
    log = (*review.log, build_event(revision))
    return replace(review, revision=revision, log=log, **changed)  # type: ignore[arg-type]  # any field
