"""Lives of reviews, played by orders: how far a test wants one to be when it begins."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models import orders as o
from models.document import Section
from models.people import Way
from models.review import Gate, Review
from rules import orders
from tests.cast import ADA, FAY, ODILE, OLGA, OMAR, OREN, PIA, VERA, new_review

SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE, Section.WENT_WELL)
MEETING_AT = datetime(2026, 3, 5, 14, 0, tzinfo=UTC)
DUE = date(2026, 3, 27)


class Life:
    """A review and its clock; orders are asked of the real rules."""

    def __init__(self, review: Review | None = None, now: datetime | None = None) -> None:
        self.review = review or new_review()
        self.now = now or self.review.opened_at
        self._count = 0

    def give(self, order: type[o.Order], by: str, **fields: Any) -> Review:
        """Give an order as `by`; raises what the rules raise."""
        asked = self.order(order, by, **fields)
        orders.may(self.review, asked, self.now)
        self.review = orders.follow(orders.apply(self.review, asked, self.now), self.now)
        return self.review

    def order(self, order: type[o.Order], by: str, **fields: Any) -> o.Order:
        """Make an order with an id of its own."""
        self._count += 1
        named = {"id": f"order-{self.review.revision}-{self._count}", "way": Way.CLI, **fields}
        return order(by=by, **named)

    def later(self, **span: float) -> Life:
        """Let time pass."""
        self.now += timedelta(**span)
        return self

    def at(self, moment: datetime) -> Life:
        """Let time pass until a moment."""
        self.now = moment
        return self


def drafted() -> Life:
    """A review with everything that the draft gate asks for."""
    life = Life()
    life.later(hours=2).give(
        o.Write, FAY, digest="d" * 64, size=2_000, title="Checkout", sections=SECTIONS
    )
    life.give(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")
    return life


def met() -> Life:
    """A review whose meeting was held, with two causes and two proposed actions."""
    life = drafted()
    life.later(days=1).give(o.Approve, ADA, gate=Gate.DRAFT)
    life.give(
        o.AddCause,
        FAY,
        symptom="Checkout answered 500 for 90 minutes",
        whys=("The pool of connections ran dry", "Nothing limits what one tenant may hold"),
    )
    life.give(
        o.AddCause,
        PIA,
        symptom="Nobody was paged for 40 minutes",
        whys=("The alert looks at averages", "One tenant disappears in an average"),
    )
    life.at(MEETING_AT + timedelta(hours=1)).give(o.HoldMeeting, FAY, attended=(ADA, PIA))
    propose(life, "Limit connections per tenant to 20", OLGA, causes=("C1",))
    propose(life, "Page when one tenant sees over 2 % errors for 5 minutes", OMAR, causes=("C2",))
    return life


def propose(life: Life, text: str, owner: str, **fields: Any) -> Review:
    """Propose a good action in a life."""
    said: dict[str, Any] = {
        "verifier": VERA,
        "due": max(DUE, (life.now + timedelta(days=14)).date()),
        "measure": "A load test with 50 tenants stays under 1 % errors",
        "priority": "P2",
        "causes": ("C1",),
    }
    return life.give(o.Propose, FAY, text=text, owner=owner, **{**said, **fields})


def assigned() -> Life:
    """A review whose two actions are assigned and not yet accepted."""
    life = met()
    life.later(hours=1).give(o.Approve, ADA, gate=Gate.ACTIONS)
    return life


def following_up() -> Life:
    """A review in follow-up: both actions accepted, the follow-up meeting set."""
    life = assigned()
    life.later(hours=1).give(o.Accept, OLGA, action="A1")
    life.give(o.Accept, OMAR, action="A2")
    at = MEETING_AT + timedelta(days=35)
    life.give(o.ScheduleFollowUp, FAY, at=at, place="Room 4")
    return life


def verified() -> Life:
    """A review in follow-up whose actions are verified, its follow-up meeting held."""
    life = following_up()
    for owner, name in ((OLGA, "A1"), (OMAR, "A2")):
        life.later(days=5).give(o.Claim, owner, action=name, evidence="https://example.org/change")
        life.later(days=1).give(o.Verify, VERA, action=name, finding="I ran it twice; it holds.")
    life.at(MEETING_AT + timedelta(days=35, hours=1)).give(o.HoldFollowUp, FAY, statuses={})
    return life


def closed() -> Life:
    """A closed review."""
    life = verified()
    life.later(hours=1).give(o.Approve, ADA, gate=Gate.CLOSURE)
    return life


def rich() -> Life:
    """A review in follow-up that has something of everything."""
    life = assigned()
    propose(life, "Write the runbook for a dry pool and try it in a game day", OREN)
    life.give(o.Assign, ADA, action="A3")
    propose(life, "Draw a dashboard of connections by tenant", ODILE)
    life.later(hours=1).give(o.Accept, OLGA, action="A1")
    life.give(o.Decline, OMAR, action="A2", reason="I am moving to another team")
    life.give(o.Reassign, ADA, action="A2", owner=ODILE, reason="Omar is moving")
    life.give(o.Accept, ODILE, action="A2")
    life.give(o.Accept, OREN, action="A3")
    life.give(o.Withdraw, FAY, item="A4", reason="A1 brings one along")
    life.give(o.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=35), place="Room 4")
    life.later(days=3).give(o.Block, OREN, action="A3", reason="The game day needs a date")
    life.give(
        o.Postpone, OLGA, action="A1", until=DUE + timedelta(days=10), reason="A freeze until April"
    )
    life.give(o.Claim, ODILE, action="A2", evidence="https://example.org/alert")
    life.give(o.Note, FAY, text="The alert fired in the rehearsal")
    life.review = replace(life.review, told=life.review.revision)
    return life
