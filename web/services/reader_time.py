"""What day it is for whoever asks: late is late in their own time zone."""

from __future__ import annotations

from datetime import date

from mail.outbound.recipient import find_time_zone
from web.dependencies import AppContext


def find_today(context: AppContext, address: str) -> date:
    """Return today's date where somebody is; in UTC for tools and whoever is not known."""
    zone = find_time_zone(context.archive.people.find_person(address))
    return context.clock().astimezone(zone).date()
