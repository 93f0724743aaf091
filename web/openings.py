"""Opening a review: whom the opener asked for, whom the service map names, and the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fastapi.concurrency import run_in_threadpool

from models.errors import Refusal, Unknown
from models.incident import Incident
from models.people import Person, Roles, Service, Way
from rules.opening import roles_for, with_asked
from web.house import House
from web.naming import address_of, here, holder

AHEAD = timedelta(days=1)
"""How far ahead of ours a clock may be that says when an incident ended."""
ROLES = frozenset({"lead", "facilitator", "sponsor"})
MOST_NOTES = 5


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


def yet_to_come(ended: datetime, now: datetime) -> bool:
    """Tell whether an incident is said to end in the future."""
    return ended > now + AHEAD


async def open_review(house: House, incident: Incident, asked: Asked, by: str, way: Way) -> Opened:
    """Open the review of an incident. Raises Unknown and Refusal `gone` for people asked for."""
    people, services = await run_in_threadpool(_directory, house)
    named = _named(asked, people)
    here_now, _ = _present(house, incident, named, people, services)
    return await _open(house, incident, named, here_now, by=by, way=way)


async def open_leniently(house: House, incident: Incident, asked: Asked, by: str) -> Opened:
    """Open the review even where the people asked for are not known: a tool cannot be asked back.

    The service map decides for them, or the desk, and the answer says so.
    """
    people, services = await run_in_threadpool(_directory, house)
    named, notes = _found(asked, people)
    here_now, missing = _present(house, incident, named, people, services)
    opened = await _open(house, incident, named, here_now, by=by, way=Way.TOOL)
    return replace(opened, notes=_few((*notes, *(missing if opened.new else ()))))


def _few(notes: tuple[str, ...]) -> tuple[str, ...]:
    more = len(notes) - MOST_NOTES
    return (*notes[:MOST_NOTES], f"And {more} more of the kind.") if more > 0 else notes


def _present(
    house: House,
    incident: Incident,
    asked: Asked,
    people: Mapping[str, Person],
    services: Mapping[str, Service],
) -> tuple[dict[str, Service], tuple[str, ...]]:
    """Leave out of the service map who is unknown or has left, and say so where it matters."""
    desk = house.settings.desk
    missing = [
        (service.name, role, trouble)
        for service in _concerned(incident, services)
        for role in sorted(ROLES)
        if (trouble := _trouble(getattr(service, role), people, desk))
    ]
    here_now = dict(services)
    for name, role, _ in missing:
        here_now[name] = replace(here_now[name], **{role: ""})
    stand_in = roles_for(_as_in_map(incident, services), here_now, desk)
    notes = (
        f"The service map names, as {role} of {name}, {trouble}; "
        f"{_the_desk_or(getattr(stand_in, role), desk)} stands in."
        for name, role, trouble in missing
        if not getattr(asked, role)
    )
    return here_now, tuple(notes)


def _the_desk_or(address: str, desk: str) -> str:
    return "the desk" if address == desk else address


def _concerned(incident: Incident, services: Mapping[str, Service]) -> list[Service]:
    names = dict.fromkeys(_as_in_map(incident, services).services)
    return [services[name] for name in names if name in services]


def _trouble(address: str, people: Mapping[str, Person], desk: str) -> str:
    if address in ("", desk):
        return ""
    found = holder(address, people)
    if found is None:
        return f"{address}, whom nobody knows"
    return f"{found.name or address}, who has left" if found.gone else ""


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
