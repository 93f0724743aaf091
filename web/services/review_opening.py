"""Open a review: with the people requested, those of the service map, and the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool

from models.errors import NotFound, Refusal
from models.incident import Incident
from models.people import Channel, Person, Roles, Service
from rules.open_review import choose_roles, override_roles
from web.dependencies import AppContext
from web.services.resolve_names import check_not_gone, find_person, resolve_address

ROLE_FIELDS = frozenset({"lead", "facilitator", "sponsor"})
MAX_NOTES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedRoles:
    """The people requested for each role, as typed; empty where the service map decides."""

    lead: str = ""
    facilitator: str = ""
    sponsor: str = ""
    participants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningResult:
    """The review of an incident, whether it is new, and notes on names that were not used."""

    review: str
    new: bool
    notes: tuple[str, ...] = ()


async def open_review(
    context: AppContext, incident: Incident, requested: RequestedRoles, by: str, channel: Channel
) -> OpeningResult:
    """Open the review of an incident.

    Raises NotFound, and Refusal `gone`, for requested people.
    """
    people, services = await run_in_threadpool(_load_directory, context)
    resolved = _resolve_roles(requested, people)
    usable_services, _ = _drop_missing_people(context, incident, resolved, people, services)
    return await _start_review(context, incident, resolved, usable_services, by=by, channel=channel)


async def open_leniently(
    context: AppContext, incident: Incident, requested: RequestedRoles, by: str
) -> OpeningResult:
    """Open the review even where requested people are unknown: a tool cannot correct itself.

    The service map, or else the coordinator, decides for them, and the answer says so.
    """
    people, services = await run_in_threadpool(_load_directory, context)
    resolved, notes = _resolve_known_roles(requested, people)
    usable_services, missing = _drop_missing_people(context, incident, resolved, people, services)
    result = await _start_review(
        context, incident, resolved, usable_services, by=by, channel=Channel.TOOL
    )
    return replace(result, notes=_limit_notes((*notes, *(missing if result.new else ()))))


def _limit_notes(notes: tuple[str, ...]) -> tuple[str, ...]:
    excess = len(notes) - MAX_NOTES
    return (*notes[:MAX_NOTES], f"And {excess} more like this.") if excess > 0 else notes


def _drop_missing_people(
    context: AppContext,
    incident: Incident,
    requested: RequestedRoles,
    people: Mapping[str, Person],
    services: Mapping[str, Service],
) -> tuple[dict[str, Service], tuple[str, ...]]:
    """Return the service map without people who are unknown or gone, and notes on those."""
    coordinator = context.settings.coordinator
    missing = [
        (service.name, role, reason)
        for service in _list_services(incident, services)
        for role in sorted(ROLE_FIELDS)
        if (reason := _describe_missing(getattr(service, role), people, coordinator))
    ]
    usable_services = dict(services)
    for name, role, _ in missing:
        usable_services[name] = replace(usable_services[name], **{role: ""})
    fallback = choose_roles(_match_service_names(incident, services), usable_services, coordinator)
    notes = (
        f"The service map names, as {role} of {name}, {reason}; "
        f"{_format_fallback(getattr(fallback, role), coordinator)} stands in."
        for name, role, reason in missing
        if not getattr(requested, role)
    )
    return usable_services, tuple(notes)


def _format_fallback(address: str, coordinator: str) -> str:
    return "the coordinator" if address == coordinator else address


def _list_services(incident: Incident, services: Mapping[str, Service]) -> list[Service]:
    names = dict.fromkeys(_match_service_names(incident, services).services)
    return [services[name] for name in names if name in services]


def _describe_missing(address: str, people: Mapping[str, Person], coordinator: str) -> str:
    if address in ("", coordinator):
        return ""
    person = find_person(address, people)
    if person is None:
        return f"{address}, who is not in the directory"
    return f"{person.name or address}, who has left" if person.gone else ""


def _load_directory(context: AppContext) -> tuple[dict[str, Person], dict[str, Service]]:
    return context.archive.people.load_people(), context.archive.people.load_services()


async def _start_review(
    context: AppContext,
    incident: Incident,
    requested: RequestedRoles,
    services: Mapping[str, Service],
    *,
    by: str,
    channel: Channel,
) -> OpeningResult:
    matched = _match_service_names(incident, services)
    roles = choose_roles(matched, services, context.settings.coordinator)
    roles = override_roles(roles, _get_role_fields(requested), requested.participants)
    review, new = await context.review_client.open_review(
        matched, _drop_duplicates(roles), by=by, channel=channel
    )
    return OpeningResult(review=review, new=new)


def _get_role_fields(requested: RequestedRoles) -> dict[str, str]:
    return {
        "lead": requested.lead,
        "facilitator": requested.facilitator,
        "sponsor": requested.sponsor,
    }


def _drop_duplicates(roles: Roles) -> Roles:
    leading = (roles.lead, roles.facilitator)
    return replace(roles, participants=tuple(p for p in roles.participants if p not in leading))


def _match_service_names(incident: Incident, services: Mapping[str, Service]) -> Incident:
    names = {name.casefold(): name for name in services}
    return replace(incident, services=tuple(names.get(s.casefold(), s) for s in incident.services))


def _resolve_roles(requested: RequestedRoles, people: Mapping[str, Person]) -> RequestedRoles:
    return RequestedRoles(
        **{
            role: _resolve_role(typed, people)
            for role, typed in _get_role_fields(requested).items()
        },
        participants=tuple(_resolve_role(typed, people) for typed in requested.participants),
    )


def _resolve_role(typed: str, people: Mapping[str, Person]) -> str:
    return check_not_gone(resolve_address(typed, people), people) if typed.strip() else ""


def _resolve_known_roles(
    requested: RequestedRoles, people: Mapping[str, Person]
) -> tuple[RequestedRoles, tuple[str, ...]]:
    notes: list[str] = []

    def resolve(typed: str) -> str:
        try:
            return _resolve_role(typed, people)
        except (NotFound, Refusal) as why:
            notes.append(str(why))
            return ""

    roles = {role: resolve(typed) for role, typed in _get_role_fields(requested).items()}
    participants = tuple(address for typed in requested.participants if (address := resolve(typed)))
    return RequestedRoles(**roles, participants=participants), tuple(notes)
