"""What can be typed: days, moments in the reader's own zone, and statuses by action."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any

import click


class Day(click.ParamType[date]):
    """A calendar day."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day like 2026-04-30."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is no day; write it like 2026-04-30.", param, ctx)


class Moment(click.ParamType[datetime]):
    """A day and a time; without an offset it is meant where the reader lives."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read a moment like “2026-04-02 15:00” or 2026-04-02T15:00+02:00."""
        day, _, hour = str(value).strip().replace("T", " ").partition(" ")
        try:
            return datetime.fromisoformat(f"{day} {hour.strip()}") if hour else _no_hour()
        except ValueError:
            self.fail(
                f"“{value}” is no day and time; write it like “2026-04-02 15:00”.", param, ctx
            )


class Zone(click.ParamType[tzinfo]):
    """A time zone by its IANA name."""

    name = "zone"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tzinfo:
        """Find the zone."""
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(value)
        except (OSError, ValueError, LookupError):
            self.fail(f"There is no time zone “{value}”; one is Europe/Berlin.", param, ctx)


class Status(click.ParamType[tuple[str, str]]):
    """How one action stands: A1="half done"."""

    name = "action=text"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Part the action from the words about it."""
        action, sign, text = value.partition("=")
        if not (sign and action.strip() and text.strip()):
            self.fail(f'“{value}” says no status; write it like A1="half done".', param, ctx)
        return action.strip(), text.strip()


class Key(click.ParamType[str]):
    """An id for an order: it travels in a header, so it is plain."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Take an id as it is."""
        text = str(value)
        if not (text.strip() and text.isascii() and text.isprintable()):
            self.fail(f"“{text}” is no id; use letters, digits and dashes.", param, ctx)
        return text


def placed(moment: datetime, zone: tzinfo | None) -> str:
    """Write a moment with its offset, in `zone` or else the zone of this machine.

    Raises click.BadParameter for a time that the clock change skips there.
    """
    if moment.tzinfo is not None:
        return moment.isoformat()
    there = moment.replace(tzinfo=zone) if zone else moment.astimezone()
    back = there.astimezone(UTC).astimezone(there.tzinfo if zone else None)
    if back.replace(tzinfo=None) != moment:
        raise click.BadParameter(
            f"“{moment:%Y-%m-%d %H:%M}” does not exist there: the clock is put forward over it."
        )
    return there.isoformat()


def _no_hour() -> datetime:
    raise ValueError
