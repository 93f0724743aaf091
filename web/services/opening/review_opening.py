"""Open a review: with the people requested, those of the service map, and the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from fastapi.concurrency import run_in_threadpool

from models.errors import NotFound, Refusal
from models.incident import Incident
from models.people import Channel, Person, Roles, Service
from rules.formatting import join_words, quote
from rules.identifiers import build_review_id
from rules.open_review import choose_roles, override_roles
from web.dependencies import AppContext
from web.services.resolve_names import check_not_gone, find_person, resolve_address

ROLE_FIELDS = frozenset({"lead", "facilitator", "sponsor"})
MAX_NOTES = 5
APPOINT_LEAD = "`afterword review appoint {} --role lead --person …`"


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
    people, services = await run_in_threadpool(_load_directory, context, incident, requested)
    resolved = _resolve_roles(requested, people)
    usable_services, missing = _drop_missing_people(context, incident, resolved, people, services)
    remarks = (*_describe_unmapped(context, incident, resolved, services), *missing)
    result = await _start_review(
        context, incident, resolved, usable_services, by=by, channel=channel, remarks=remarks
    )
    return replace(result, notes=remarks if result.new else ())


async def choose_review_roles(
    context: AppContext, incident: Incident, requested: RequestedRoles
) -> tuple[Incident, Roles]:
    """Return the incident with its services as the service map names them, and who has which role.

    Raises NotFound, and Refusal `gone`, for requested people.
    """
    people, services = await run_in_threadpool(_load_directory, context, incident, requested)
    resolved = _resolve_roles(requested, people)
    usable_services, _ = _drop_missing_people(context, incident, resolved, people, services)
    return _choose_roles(context, incident, resolved, usable_services)


async def open_leniently(
    context: AppContext,
    incident: Incident,
    requested: RequestedRoles,
    by: str,
    remarks: tuple[str, ...] = (),
) -> OpeningResult:
    """Open the review even where requested people are unknown: a tool cannot correct itself.

    The service map, or else the coordinator, decides for them, and the answer says so. The log of
    a new review says that too, after the remarks.
    """
    people, services = await run_in_threadpool(_load_directory, context, incident, requested)
    resolved, notes = _resolve_known_roles(requested, people)
    usable_services, missing = _drop_missing_people(context, incident, resolved, people, services)
    unmapped = _describe_unmapped(context, incident, resolved, services)
    all_remarks = (*remarks, *unmapped, *notes, *missing)
    result = await _start_review(
        context,
        incident,
        resolved,
        usable_services,
        by=by,
        channel=Channel.TOOL,
        remarks=limit_notes(all_remarks),
    )
    return replace(result, notes=limit_notes(all_remarks if result.new else (*remarks, *notes)))


def limit_notes(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the first notes, and how many more there are."""
    excess = len(notes) - MAX_NOTES
    return (*notes[:MAX_NOTES], f"And {excess} more like this.") if excess > 0 else notes


def _describe_unmapped(
    context: AppContext,
    incident: Incident,
    requested: RequestedRoles,
    services: Mapping[str, Service],
) -> tuple[str, ...]:
    """Return the note on services that the service map lacks, and on who leads for that reason."""
    known = _list_services(incident, services)
    unknown = [name for name in _list_service_names(incident, services) if name not in services]
    missing = _format_missing_entries(unknown, known)
    if requested.lead or any(service.lead for service in known):
        return (f"{missing}.",) if unknown else ()
    way_out = f"Appoint somebody with {APPOINT_LEAD.format(build_review_id(incident))}"
    import_hint = ", and add the service with `afterword services import`" if unknown else ""
    leader = f"{context.settings.coordinator}, who coordinates, leads this review"
    return (f"{missing}, so {leader}. {way_out}{import_hint}.",)


def _format_missing_entries(unknown: list[str], known: list[Service]) -> str:
    if unknown:
        return f"The service map has no entry for {_join_names(unknown)}"
    if known:
        return f"The service map names no lead for {_join_names([each.name for each in known])}"
    return "The incident names no service"


def _join_names(names: list[str]) -> str:
    excess = len(names) - MAX_NOTES
    more = (f"{excess} more",) if excess > 0 else ()
    return join_words((*map(quote, names[:MAX_NOTES]), *more))


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
    names = _list_service_names(incident, services)
    return [services[name] for name in names if name in services]


def _list_service_names(incident: Incident, services: Mapping[str, Service]) -> list[str]:
    return list(dict.fromkeys(_match_service_names(incident, services).services))


def _describe_missing(address: str, people: Mapping[str, Person], coordinator: str) -> str:
    if address in ("", coordinator):
        return ""
    person = find_person(address, people)
    if person is None:
        return f"{address}, who is not in the directory"
    return f"{person.name or address}, who has left" if person.gone else ""


def _load_directory(
    context: AppContext, incident: Incident, requested: RequestedRoles
) -> tuple[dict[str, Person], dict[str, Service]]:
    """Return the people who are requested or whom the service map names for it, and that map."""
    directory = context.archive.people
    services = directory.load_services()
    affected = _list_services(_match_service_names(incident, services), services)
    typed = (*_get_role_fields(requested).values(), *requested.participants)
    holders = {getattr(service, role) for service in affected for role in ROLE_FIELDS}
    return directory.search_people(typed) | directory.find_holders(holders), services


async def _start_review(
    context: AppContext,
    incident: Incident,
    requested: RequestedRoles,
    services: Mapping[str, Service],
    *,
    by: str,
    channel: Channel,
    remarks: tuple[str, ...],
) -> OpeningResult:
    matched, roles = _choose_roles(context, incident, requested, services)
    review, new = await context.review_client.open_review(
        matched, roles, by=by, channel=channel, remarks=remarks
    )
    return OpeningResult(review=review, new=new)


def _choose_roles(
    context: AppContext,
    incident: Incident,
    requested: RequestedRoles,
    services: Mapping[str, Service],
) -> tuple[Incident, Roles]:
    matched = _match_service_names(incident, services)
    roles = choose_roles(matched, services, context.settings.coordinator)
    roles = override_roles(roles, _get_role_fields(requested), requested.participants)
    return matched, _drop_duplicates(roles)


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
