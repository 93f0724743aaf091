"""Open a review: from an incident and the service map to the first record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from models.codes import EventKind
from models.incident import Incident
from models.people import Channel, Roles, Service
from models.policy import Policy
from models.review import Review
from rules.commands.transitions import append_clock_event, append_event
from rules.identifiers import build_review_id


def open_review(
    incident: Incident,
    roles: Roles,
    policy: Policy,
    now: datetime,
    *,
    by: str,
    channel: Channel,
    remarks: tuple[str, ...] = (),
    chain_key: str = "",
) -> Review:
    """Open the review of an incident: draft stage, one line in the log and one for each remark.

    `chain_key` is a secret that the salts of the log follow from.
    """
    review = Review(
        id=build_review_id(incident),
        incident=incident,
        roles=roles,
        policy=policy,
        opened_at=now,
        stage_since=now,
        chain_key=chain_key,
    )
    text = f"opened the review of “{incident.title}”"
    review = append_event(review, now, by=by, channel=channel, kind=EventKind.OPEN, text=text)
    for remark in remarks:
        review = append_clock_event(review, now, kind=EventKind.NOTE, text=remark)
    return review


def choose_roles(incident: Incident, services: Mapping[str, Service], coordinator: str) -> Roles:
    """Choose the roles of a review by the service map; the first service with a name wins.

    The coordinator is the fallback wherever the map names nobody.
    """
    known = [services[name] for name in incident.services if name in services]
    return Roles(
        lead=next((s.lead for s in known if s.lead), coordinator),
        facilitator=next((s.facilitator for s in known if s.facilitator), coordinator),
        sponsor=next((s.sponsor for s in known if s.sponsor), coordinator),
        coordinator=coordinator,
    )


def override_roles(
    roles: Roles, overrides: Mapping[str, str], participants: tuple[str, ...]
) -> Roles:
    """Return the roles with those replaced that the opener asked for."""
    return replace(
        roles,
        lead=overrides.get("lead") or roles.lead,
        facilitator=overrides.get("facilitator") or roles.facilitator,
        sponsor=overrides.get("sponsor") or roles.sponsor,
        participants=tuple(dict.fromkeys((*roles.participants, *participants))),
    )
