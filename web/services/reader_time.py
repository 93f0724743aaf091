"""What day it is for whoever asks: late is late in their own time zone."""

from __future__ import annotations

from datetime import date

from mail.outbound.recipient import find_time_zone, parse_time_zone
from models.access.session import Session
from web.dependencies import AppContext


def find_today(context: AppContext, address: str) -> date:
    """Return today's date where somebody is; in UTC for tools and whoever is not known."""
    zone = find_time_zone(context.archive.people.find_person(address))
    return context.clock().astimezone(zone).date()


def find_today_of(context: AppContext, session: Session | None) -> date:
    """Return today's date where whoever is signed in is; in UTC for whoever is not."""
    zone = parse_time_zone(session.zone if session else "")
    return context.clock().astimezone(zone).date()
