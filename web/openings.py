"""Opening a review: whom the opener asked for, whom the service map names, and the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool

from models.errors import Refusal, Unknown
from models.incident import Incident
from models.people import Person, Roles, Service, Way
from rules.opening import roles_for, with_asked
from web.house import House
from web.naming import address_of, here


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whom the opener asked for, as typed; empty where the service map decides."""

    lead: str = ""
    facilitator: str = ""
    sponsor: str = ""
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The review that an incident has now, whether it is new, and names that did not help."""

    review: str
    new: bool
    notes: tuple[str, ...] = ()


async def open_review(house: House, incident: Incident, asked: Asked, by: str, way: Way) -> Opened:
    """Open the review of an incident. Raises Unknown and Refusal `gone` for people asked for."""
    people, services = await run_in_threadpool(_directory, house)
    named = _named(asked, people)
    return await _open(house, incident, named, services, by=by, way=way)


async def open_leniently(house: House, incident: Incident, asked: Asked, by: str) -> Opened:
    """Open the review even where the people asked for are not known: a tool cannot be asked back.

    The service map decides for them, and the answer says so.
    """
    people, services = await run_in_threadpool(_directory, house)
    named, notes = _found(asked, people)
    opened = await _open(house, incident, named, services, by=by, way=Way.TOOL)
    return replace(opened, notes=notes)


def _directory(house: House) -> tuple[dict[str, Person], dict[str, Service]]:
    return house.archive.people(), house.archive.services()


async def _open(
    house: House,
    incident: Incident,
    asked: Asked,
    services: Mapping[str, Service],
    *,
    by: str,
    way: Way,
) -> Opened:
    spelt = _as_in_map(incident, services)
    roles = roles_for(spelt, services, house.settings.desk)
    roles = with_asked(roles, _three(asked), asked.participants)
    review, new = await house.door.open(spelt, _distinct(roles), by=by, way=way)
    return Opened(review=review, new=new)


def _three(asked: Asked) -> dict[str, str]:
    return {"lead": asked.lead, "facilitator": asked.facilitator, "sponsor": asked.sponsor}


def _distinct(roles: Roles) -> Roles:
    leading = (roles.lead, roles.facilitator)
    return replace(roles, participants=tuple(p for p in roles.participants if p not in leading))


def _as_in_map(incident: Incident, services: Mapping[str, Service]) -> Incident:
    spelling = {name.casefold(): name for name in services}
    return replace(
        incident, services=tuple(spelling.get(s.casefold(), s) for s in incident.services)
    )


def _named(asked: Asked, people: Mapping[str, Person]) -> Asked:
    return Asked(
        **{role: _one(typed, people) for role, typed in _three(asked).items()},
        participants=tuple(_one(typed, people) for typed in asked.participants),
    )


def _one(typed: str, people: Mapping[str, Person]) -> str:
    return here(address_of(typed, people), people) if typed.strip() else ""


def _found(asked: Asked, people: Mapping[str, Person]) -> tuple[Asked, tuple[str, ...]]:
    notes: list[str] = []

    def found(typed: str) -> str:
        try:
            return _one(typed, people)
        except (Unknown, Refusal) as why:
            notes.append(str(why))
            return ""

    three = {role: found(typed) for role, typed in _three(asked).items()}
    participants = tuple(one for typed in asked.participants if (one := found(typed)))
    return Asked(**three, participants=participants), tuple(notes)
