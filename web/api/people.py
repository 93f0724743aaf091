"""The people directory and the service map: read by people, changed by the coordinator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any
from uuid import uuid4
from zoneinfo import available_timezones

from fastapi import APIRouter
from fastapi import Body as FromBody
from fastapi.concurrency import run_in_threadpool
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field

from models.audit.audit_event import AuditKind
from models.email_address import is_email_address, normalize_email_address
from models.errors import InvalidInput
from models.messages.hand_over import HandOverRequest, ReviewHandOver
from models.people import Person, Service
from rules.calendar.working_time import has_holidays
from web.auth import CurrentCaller, CurrentCoordinator, CurrentPerson
from web.dependencies import ContextDep
from web.schemas.fields import DateField, Name, RequestBody
from web.schemas.strict_json import StrictRoute
from web.services.audit.erase_person import erase_person
from web.services.opening.review_opening import ROLE_FIELDS
from web.services.resolve_names import check_not_gone, find_person, resolve_address

router = APIRouter(prefix="/api", tags=["people"], route_class=StrictRoute)

COUNTRY_PATTERN = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def _validate_address(text: str) -> str:
    if text and not is_email_address(text):
        raise ValueError(f"“{text}” is not an email address")
    return normalize_email_address(text)


def _validate_zone(text: str) -> str:
    if text and text not in available_timezones():
        raise ValueError(f"there is no time zone “{text}”; write it as Europe/Berlin")
    return text or "UTC"


def _validate_country(text: str) -> str:
    country = text.upper()
    if text and not COUNTRY_PATTERN.fullmatch(country):
        raise ValueError(f"“{text}” is not a country; write it as DE, or DE-BY")
    code, _, region = country.partition("-")
    if code and not has_holidays(code):
        raise ValueError(f"there is no country “{code}”; write its ISO code, as DE")
    if region and not has_holidays(country):
        raise ValueError(f"“{country}” is no region with holidays of its own; write {code}")
    return country


def _validate_not_empty(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _convert_empty_to_none(value: Any) -> Any:
    return None if value == "" else value


def _convert_empty_to_false(value: Any) -> Any:
    return False if value == "" else value


Address = Annotated[Name, AfterValidator(_validate_address)]
RequiredName = Annotated[Name, AfterValidator(_validate_not_empty)]


class PersonRow(RequestBody):
    """A person to import; a missing field stays as it is, an empty one is cleared."""

    address: Annotated[Address, AfterValidator(_validate_not_empty)]
    name: Name = ""
    zone: Annotated[Name, AfterValidator(_validate_zone)] = "UTC"
    country: Annotated[Name, AfterValidator(_validate_country)] = ""
    manager: Address = ""
    team: Name = ""
    away_until: Annotated[DateField | None, BeforeValidator(_convert_empty_to_none)] = None
    gone: Annotated[bool, BeforeValidator(_convert_empty_to_false)] = False
    weekly: Annotated[bool, BeforeValidator(_convert_empty_to_false)] = False
    wants_figures: Annotated[bool, BeforeValidator(_convert_empty_to_false)] = False
    wants_digest: Annotated[bool, BeforeValidator(_convert_empty_to_false)] = False
    aliases: tuple[Annotated[Address, AfterValidator(_validate_not_empty)], ...] = ()


class ServiceRow(RequestBody):
    """Who is responsible for a service's reviews; the coordinator is, where nobody is named."""

    name: RequiredName
    lead: Address = ""
    facilitator: Address = ""
    sponsor: Address = ""


class ImportResponse(BaseModel):
    """How many rows were added, and how many changed."""

    added: int
    changed: int


class PeopleResponse(BaseModel):
    """The people directory, by address."""

    people: list[Person]


class ServicesResponse(BaseModel):
    """The service map, by name."""

    services: list[Service]


class HandOverBody(RequestBody):
    """Who takes over."""

    to: Annotated[RequiredName, Field(examples=["omar@example.org"])]


class HandOverResponse(BaseModel):
    """What was handed over or refused in each review that had something."""

    reviews: list[ReviewHandOver]


class ErasureResponse(BaseModel):
    """Who takes the person's place, in which reviews, and how many documents and mails changed."""

    pseudonym: str = Field(examples=["erased-3f9a1c2b4d@erased.invalid"])
    reviews: list[str]
    documents: int
    mails: int


class MeResponse(BaseModel):
    """Who the token belongs to; `coordinator` is whether they manage people."""

    address: str = Field(examples=["ada@example.org"])
    name: str = Field(examples=["Ada Lind"])
    token: str = Field(examples=["laptop"])
    tool: bool
    coordinator: bool


@router.get("/me", summary="Show who I am.")
def show_caller(context: ContextDep, caller: CurrentCaller) -> MeResponse:
    """Show who the token belongs to."""
    person = None if caller.is_tool else context.archive.people.find_person(caller.by)
    return MeResponse(
        address=caller.by,
        name=person.name if person else "",
        token=caller.token,
        tool=caller.is_tool,
        coordinator=caller.admin,
    )


@router.get("/people", summary="List people.")
def list_people(context: ContextDep, _: CurrentPerson) -> PeopleResponse:
    """List the people directory."""
    directory = context.archive.people.load_people()
    return PeopleResponse(people=[directory[address] for address in sorted(directory)])


@router.post("/people", summary="Import people.")
def import_people(
    rows: Annotated[list[PersonRow], FromBody()],
    context: ContextDep,
    caller: CurrentCoordinator,
) -> ImportResponse:
    """Add people and change those who are there; nobody is removed (`gone` says who has left).

    All or none. A field that a row does not name stays as it is, and an empty one is cleared.
    On the command line: `afterword people import`.
    """
    counts = context.archive.people.merge_people(
        [row.model_dump(exclude_unset=True) for row in rows], caller.actor
    )
    return ImportResponse(added=counts.added, changed=counts.changed)


@router.post("/people/{person}/renew", summary="Invalidate all of a person’s reply addresses.")
def renew_reply_addresses(person: str, context: ContextDep, caller: CurrentCoordinator) -> Person:
    """Return the person after invalidating all of their reply addresses.

    For when somebody else may have read their email. Their next emails have new addresses.
    On the command line: `afterword people renew`.
    """
    people = context.archive.people
    address = resolve_address(person, people.search_people((person,)))
    people.renew_reply_addresses(address, caller.actor)
    return people.find_people((address,))[address]


@router.post("/people/{person}/hand-over", summary="Hand all that somebody has to do over.")
async def hand_over_everything(
    person: str, request: HandOverBody, context: ContextDep, caller: CurrentCoordinator
) -> HandOverResponse:
    """Hand a person's open actions, verifications and roles over, in every open review.

    Each review is asked once, and answers what was done or why it was refused; what is handed over
    already is passed over, so this may be repeated. Once begun, it goes on by itself. On the
    command line: `afterword people hand-over`.
    """
    people = await run_in_threadpool(context.archive.people.search_people, (person, request.to))
    leaver = _resolve_leaver(person, people)
    to = check_not_gone(resolve_address(request.to, people), people)
    await run_in_threadpool(
        context.archive.audit.record_event,
        AuditKind.HANDED_OVER,
        caller.actor,
        subject=leaver,
        text=f"to {to}",
    )
    report = await context.review_client.hand_over(
        HandOverRequest(id=uuid4().hex, leaver=leaver, to=to, by=caller.by)
    )
    return HandOverResponse(reviews=list(report.reviews))


@router.post("/people/{person}/erase", summary="Erase a person’s data.")
async def erase_personal_data(
    person: str, context: ContextDep, caller: CurrentCoordinator
) -> ErasureResponse:
    """Return what changed, after replacing a person by a pseudonym in all reviews and stored mail.

    They must have nothing to do any more. The logs can still be proven. What is not reached stands
    in docs/security.md. On the command line: `afterword people erase`.
    """
    report = await erase_person(context, caller, person)
    return ErasureResponse(
        pseudonym=report.pseudonym,
        reviews=list(report.reviews),
        documents=report.documents,
        mails=report.mails,
    )


def _resolve_leaver(typed: str, people: Mapping[str, Person]) -> str:
    """Find the address of somebody who may not be in the directory any more."""
    address = normalize_email_address(typed)
    is_whole_address = is_email_address(typed) and find_person(address, people) is None
    return address if is_whole_address else resolve_address(typed, people)


@router.get("/services", summary="List services.")
def list_services(context: ContextDep, _: CurrentPerson) -> ServicesResponse:
    """List the service map."""
    service_map = context.archive.people.load_services()
    return ServicesResponse(services=[service_map[name] for name in sorted(service_map)])


@router.post("/services", summary="Import services.")
def import_services(
    rows: Annotated[list[ServiceRow], FromBody()],
    context: ContextDep,
    caller: CurrentCoordinator,
) -> ImportResponse:
    """Import who leads, facilitates and sponsors the reviews of a service. All or none.

    They must be in the directory. A field that a row does not name stays as it is.
    """
    addresses = {getattr(row, role) for row in rows for role in ROLE_FIELDS}
    people = context.archive.people.find_holders(addresses)
    coordinator = context.settings.coordinator
    resolved = [
        _resolve_addresses(f"row {n}", row, people, coordinator)
        for n, row in enumerate(rows, start=1)
    ]
    counts = context.archive.people.merge_services(resolved, caller.actor)
    return ImportResponse(added=counts.added, changed=counts.changed)


def _resolve_addresses(
    place: str, row: ServiceRow, people: Mapping[str, Person], coordinator: str
) -> dict[str, str]:
    """Return the fields of a row with main addresses.

    Raises InvalidInput for an unknown person.
    """
    fields: dict[str, str] = row.model_dump(exclude_unset=True)
    for role in ROLE_FIELDS & fields.keys():
        person = find_person(fields[role], people)
        if fields[role] not in ("", coordinator) and person is None:
            raise InvalidInput(
                f"{place}, {role}: there is no person “{fields[role]}”; import people first"
            )
        fields[role] = person.address if person else fields[role]
    return fields
