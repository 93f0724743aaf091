"""The people directory and the service map: read by people, changed by the desk."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import available_timezones

from fastapi import APIRouter
from fastapi import Body as FromBody
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from models.errors import Malformed
from models.people import Person, Service
from web.callers import Admin, APerson, Asking
from web.fields import Body, Day, Name
from web.house import Here
from web.naming import address_of, holder
from web.openings import ROLES
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


def _none_if_empty(given: Any) -> Any:
    return None if given == "" else given


def _false_if_empty(given: Any) -> Any:
    return False if given == "" else given


Address = Annotated[Name, AfterValidator(_address)]
Needed = Annotated[Name, AfterValidator(_given)]


class PersonRow(Body):
    """Somebody of the directory; what a row does not name stays as it is, what is empty goes."""

    address: Annotated[Address, AfterValidator(_given)]
    name: Name = ""
    zone: Annotated[Name, AfterValidator(_zone)] = "UTC"
    country: Annotated[Name, AfterValidator(_country)] = ""
    manager: Address = ""
    team: Name = ""
    away_until: Annotated[Day | None, BeforeValidator(_none_if_empty)] = None
    gone: Annotated[bool, BeforeValidator(_false_if_empty)] = False
    weekly: Annotated[bool, BeforeValidator(_false_if_empty)] = False
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

    All or none. A field that a row does not name stays as it is, and an empty one is cleared.
    On the command line: `afterword people import`.
    """
    done = house.archive.merge_people([row.model_dump(exclude_unset=True) for row in rows])
    return Imported(added=done.added, changed=done.changed)


@router.post("/people/{person}/renew", summary="Renew somebody’s reply addresses.")
def renew(person: str, house: Here, _: Admin) -> Person:
    """Let every reply address given to somebody so far be worth nothing.

    For when others may have read their letters. The next letters bring new addresses.
    On the command line: `afterword people renew`.
    """
    address = address_of(person, house.archive.people())
    house.archive.renew_addresses(address)
    return house.archive.people()[address]


@router.get("/services", summary="List services.")
def services(house: Here, _: APerson) -> Services:
    """List the service map."""
    found = house.archive.services()
    return Services(services=[found[name] for name in sorted(found)])


@router.post("/services", summary="Import services.")
def import_services(
    rows: Annotated[list[ServiceRow], FromBody()], house: Here, _: Admin
) -> Imported:
    """Say who leads, facilitates and sponsors the reviews of a service. All or none.

    They must be in the directory. A field that a row does not name stays as it is.
    """
    people = house.archive.people()
    desk = house.settings.desk
    given = [_of_people(f"row {n}", row, people, desk) for n, row in enumerate(rows, start=1)]
    done = house.archive.merge_services(given)
    return Imported(added=done.added, changed=done.changed)


def _of_people(
    place: str, row: ServiceRow, people: Mapping[str, Person], desk: str
) -> dict[str, str]:
    """Give what a row says, people by their main address. Raises Malformed for one unknown."""
    given: dict[str, str] = row.model_dump(exclude_unset=True)
    for role in ROLES & given.keys():
        found = holder(given[role], people)
        if given[role] not in ("", desk) and found is None:
            raise Malformed(
                f"{place}, {role}: there is no person “{given[role]}”; import people first"
            )
        given[role] = found.address if found else given[role]
    return given
