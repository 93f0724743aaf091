"""The people, roles and incident that all tests share, and a review just opened."""

from __future__ import annotations

from datetime import UTC, datetime

from models.incident import Incident
from models.people import Person, Roles
from models.review import Review

ADA = "ada@example.org"
FAY = "fay@example.org"
SAM = "sam@example.org"
COORDINATOR = "desk@example.org"
OLGA = "olga@example.org"
OMAR = "omar@example.org"
OREN = "oren@example.org"
ODILE = "odile@example.org"
VERA = "vera@example.org"
PIA = "pia@example.org"

MONDAY = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""A Monday morning without public holidays: incidents in tests end here."""

PEOPLE = {
    person.address: person
    for person in (
        Person(address=ADA, name="Ada Lind", zone="Europe/Berlin", country="DE", manager=SAM),
        Person(address=FAY, name="Fay Moreau", zone="Europe/Paris", country="FR"),
        Person(address=SAM, name="Sam Okafor", zone="Europe/London", country="GB"),
        Person(address=COORDINATOR, name="Reliability desk", zone="UTC"),
        Person(address=OLGA, name="Olga Petrova", zone="Europe/Berlin", country="DE", manager=ADA),
        Person(address=OMAR, name="Omar Haddad", zone="America/New_York", country="US"),
        Person(address=OREN, name="Oren Katz", zone="Asia/Tokyo", country="JP"),
        Person(address=ODILE, name="Odile Roux", zone="Europe/Paris", country="FR"),
        Person(address=VERA, name="Vera Novak", zone="Europe/Prague", country="CZ"),
        Person(address=PIA, name="Pia Sørensen", zone="UTC"),
    )
}

ROLES = Roles(lead=ADA, facilitator=FAY, sponsor=SAM, coordinator=COORDINATOR, participants=(PIA,))

INCIDENT = Incident(
    source="pagerduty",
    key="Q1ABC",
    title="Checkout answered with errors",
    severity=1,
    services=("checkout",),
    started_at=datetime(2026, 3, 2, 8, 15, tzinfo=UTC),
    ended_at=MONDAY,
    link="https://incidents.example.org/Q1ABC",
)


def new_review() -> Review:
    """Return a review just opened: draft stage, no document, no causes, no actions."""
    return Review(
        id="review-pagerduty-Q1ABC",
        incident=INCIDENT,
        roles=ROLES,
        opened_at=MONDAY,
        stage_since=MONDAY,
    )
