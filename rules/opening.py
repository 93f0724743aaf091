"""How a review begins: from an incident and the service map to the first record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from models.incident import Incident
from models.people import Roles, Service, Way
from models.policy import Policy
from models.review import Review
from rules.names import review_id
from rules.orders import log


def opened(
    incident: Incident, roles: Roles, policy: Policy, now: datetime, *, by: str, way: Way
) -> Review:
    """Open the review of an incident: draft stage, one line in the log."""
    review = Review(
        id=review_id(incident),
        incident=incident,
        roles=roles,
        policy=policy,
        opened_at=now,
        stage_since=now,
    )
    said = f"opened the review of “{incident.title}”"
    return log(review, now, by=by, way=way, kind="open", text=said)


def roles_for(incident: Incident, services: Mapping[str, Service], desk: str) -> Roles:
    """Say who answers for a review by the service map; the first service that names somebody wins.

    The desk stands in wherever the map names nobody.
    """
    known = [services[name] for name in incident.services if name in services]
    return Roles(
        lead=next((s.lead for s in known if s.lead), desk),
        facilitator=next((s.facilitator for s in known if s.facilitator), desk),
        sponsor=next((s.sponsor for s in known if s.sponsor), desk),
        desk=desk,
    )


def with_asked(roles: Roles, asked: Mapping[str, str], participants: tuple[str, ...]) -> Roles:
    """Let what the opener asked for go before the service map."""
    return replace(
        roles,
        lead=asked.get("lead") or roles.lead,
        facilitator=asked.get("facilitator") or roles.facilitator,
        sponsor=asked.get("sponsor") or roles.sponsor,
        participants=tuple(dict.fromkeys((*roles.participants, *participants))),
    )
