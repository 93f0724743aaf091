"""Make one review of many out of a template: other people, another time, other words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from random import Random
from typing import Any

from bench.full_size.company import Company
from models.email_address import replace_email_addresses
from models.incident import Incident
from models.review import Review
from rules.identifiers import build_review_id
from tests.sample_people import COORDINATOR, PEOPLE

SOURCES = ("pagerduty", "opsgenie", "statuspage", "manual")
FAILURES = (
    "answered with errors",
    "lost a tenth of its messages",
    "was slow for everybody in Asia",
    "ran out of connections",
    "فشل في تسجيل الدخول",
    "served stale pages 🔥",
    "could not be deployed: a change of its base image was not announced to those who build on it, "
    + "and so it was two releases behind when the certificate ended " * 3,
)
VERBS = "Limit Alert Document Test Remove Rehearse Automate Split Rotate Measure".split()
OBJECTS = (
    "retries of its clients",
    "the age of its oldest message",
    "how to fail over by hand",
    "connections for each tenant",
    "certificates before they end",
    "the restore of a backup, each quarter",
)
CAUSES = (
    "Nothing limits what one tenant may hold",
    "The alert looks at averages",
    "The runbook was for another version",
    "A retry storm kept the queue full",
    "The certificate had no owner",
)
RESTRICTED_SHARE = 0.03


def vary_review(template: Review, number: int, company: Company, now: datetime) -> Review:
    """Build a review of its own out of a template; the same number gives the same one.

    An open one ended in the last 60 days, a finished one in the last three years.
    """
    random = Random(number)  # noqa: S311  (no secret)
    service = company.services[int(len(company.services) * random.random() ** 2)].name
    people = company.choose_members(random, service, len(PEOPLE) - 1)
    addresses = dict(zip((a for a in PEOPLE if a != COORDINATOR), people, strict=True))
    days = random.uniform(0, 1000 if template.closed_at else 60)
    shift = now - template.log[-1].at - timedelta(days=days)
    review: Review = _build_converter(addresses, shift)(template)
    incident = _vary_incident(review.incident, number, service, random)
    return replace(
        review,
        id=build_review_id(incident),
        incident=incident,
        causes=tuple(replace(each, symptom=random.choice(CAUSES)) for each in review.causes),
        actions=tuple(
            replace(each, text=f"{random.choice(VERBS)} {random.choice(OBJECTS)} in {service}")
            for each in review.actions
        ),
        restricted_to=tuple(people[:3]) if random.random() < RESTRICTED_SHARE else (),
    )


def _vary_incident(incident: Incident, number: int, service: str, random: Random) -> Incident:
    is_carried = incident.source != "history"
    return replace(
        incident,
        source=random.choice(SOURCES) if is_carried else incident.source,
        key=f"Q{number:06X}",
        title=f"{service} {random.choice(FAILURES)}",
        severity=random.choice((1, 2, 2, 3, 3, 3, 4, None)),
        services=(service,),
        link=f"https://incidents.company.example/Q{number:06X}",
    )


def _build_converter(addresses: dict[str, str], shift: timedelta) -> Callable[[Any], Any]:
    """Build the function that moves all times of a record, and gives it other people."""

    def convert(value: Any) -> Any:
        if isinstance(value, str | date) and not isinstance(value, Enum):
            return _convert_leaf(value, addresses, shift)
        if isinstance(value, tuple):
            return tuple(map(convert, value))
        if isinstance(value, dict):
            return {convert(key): convert(each) for key, each in value.items()}
        if is_dataclass(value) and not isinstance(value, type):
            return type(value)(**{n: convert(getattr(value, n)) for n in _list_names(type(value))})
        return value

    return convert


def _convert_leaf(value: str | date, addresses: dict[str, str], shift: timedelta) -> str | date:
    if isinstance(value, datetime):
        return value + shift
    if isinstance(value, date):
        return value + timedelta(days=shift.days)
    return _replace_people(value, addresses) if "@" in value else value


@cache
def _list_names(record: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record) if field.init)


def _replace_people(text: str, addresses: dict[str, str]) -> str:
    if text in addresses:
        return addresses[text]
    return replace_email_addresses(text, lambda each: addresses.get(each, each))
