"""The people directory and the service map: read by people, changed by the desk."""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import available_timezones

from fastapi import APIRouter
from fastapi import Body as FromBody
from pydantic import AfterValidator, BaseModel, Field

from models.people import Person, Service
from web.callers import Admin, APerson, Asking
from web.fields import Body, Day, Name
from web.house import Here
from web.strict import StrictRoute

router = APIRouter(prefix="/api", tags=["people"], route_class=StrictRoute)

ADDRESS = re.compile(r"[^\s@<>,;:\"()]{1,64}@[^\s@<>,;:\"()]{1,255}")
COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def _address(text: str) -> str:
    if text and not ADDRESS.fullmatch(text):
        raise ValueError(f"“{text}” is no mail address")
    return text.lower()


def _zone(text: str) -> str:
    if text and text not in available_timezones():
        raise ValueError(f"there is no time zone “{text}”; write it as Europe/Berlin")
    return text or "UTC"


def _country(text: str) -> str:
    if text and not COUNTRY.fullmatch(text.upper()):
        raise ValueError(f"“{text}” is no country; write it as DE, or DE-BY")
    return text.upper()


def _given(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


Address = Annotated[Name, AfterValidator(_address)]
Needed = Annotated[Name, AfterValidator(_given)]


class PersonRow(Body):
    """Somebody of the directory, as models.people.Person has it."""

    address: Annotated[Address, AfterValidator(_given)]
    name: Name = ""
    zone: Annotated[Name, AfterValidator(_zone)] = "UTC"
    country: Annotated[Name, AfterValidator(_country)] = ""
    manager: Address = ""
    team: Name = ""
    away_until: Day | None = None
    gone: bool = False
    aliases: tuple[Annotated[Address, AfterValidator(_given)], ...] = ()


class ServiceRow(Body):
    """Who answers for one service's reviews; where it names nobody, the desk does."""

    name: Needed
    lead: Address = ""
    facilitator: Address = ""
    sponsor: Address = ""


class Imported(BaseModel):
    """How many are new, and how many are not as they were."""

    added: int
    changed: int


class Everybody(BaseModel):
    """The people directory, by address."""

    people: list[Person]


class Services(BaseModel):
    """The service map, by name."""

    services: list[Service]


class Me(BaseModel):
    """Who you are here; `desk` says whether you manage people."""

    address: str = Field(examples=["ada@example.org"])
    name: str = Field(examples=["Ada Lind"])
    token: str = Field(examples=["laptop"])
    tool: bool
    desk: bool


@router.get("/me", summary="Say who I am.")
def me(house: Here, caller: Asking) -> Me:
    """Say whose token this is."""
    person = None if caller.is_tool else house.archive.person(caller.by)
    return Me(
        address=caller.by,
        name=person.name if person else "",
        token=caller.token,
        tool=caller.is_tool,
        desk=caller.admin,
    )


@router.get("/people", summary="List people.")
def people(house: Here, _: APerson) -> Everybody:
    """List the people directory."""
    found = house.archive.people()
    return Everybody(people=[found[address] for address in sorted(found)])


@router.post("/people", summary="Import people.")
def import_people(rows: Annotated[list[PersonRow], FromBody()], house: Here, _: Admin) -> Imported:
    """Add people and change those who are there; nobody is removed (`gone` says who has left).

    All or none. On the command line: `afterword people import`.
    """
    done = house.archive.import_people([Person(**row.model_dump()) for row in rows])
    return Imported(added=done.added, changed=done.changed)


@router.get("/services", summary="List services.")
def services(house: Here, _: APerson) -> Services:
    """List the service map."""
    found = house.archive.services()
    return Services(services=[found[name] for name in sorted(found)])


@router.post("/services", summary="Import services.")
def import_services(
    rows: Annotated[list[ServiceRow], FromBody()], house: Here, _: Admin
) -> Imported:
    """Say who leads, facilitates and sponsors the reviews of a service. All or none."""
    done = house.archive.import_services([Service(**row.model_dump()) for row in rows])
    return Imported(added=done.added, changed=done.changed)
