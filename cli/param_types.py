"""Click parameter types: dates, times and their zone, statuses and command ids."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from typing import Any

import click


class DateType(click.ParamType[date]):
    """A calendar date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date like 2026-04-30."""
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” is not a date; write it like 2026-04-30.", param, ctx)


class DateTimeType(click.ParamType[datetime]):
    """A date and a time; without an offset it is in the reader's own time zone."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse a time like “2026-04-02 15:00” or 2026-04-02T15:00+02:00."""
        day, _, clock_time = str(value).strip().replace("T", " ").partition(" ")
        try:
            return (
                datetime.fromisoformat(f"{day} {clock_time.strip()}")
                if clock_time
                else _reject_missing_time()
            )
        except ValueError:
            self.fail(
                f"“{value}” is not a date and time; write it like “2026-04-02 15:00”.", param, ctx
            )


class TimeZoneType(click.ParamType[tzinfo]):
    """A time zone by its IANA name."""

    name = "zone"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tzinfo:
        """Return the time zone of this name."""
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(value)
        except (OSError, ValueError, LookupError):
            self.fail(f"There is no time zone “{value}”; write it like Europe/Berlin.", param, ctx)


class StatusTextType(click.ParamType[tuple[str, str]]):
    """The status of one action in free text: A1="half done"."""

    name = "action=text"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Split the action's id from the text about it."""
        action, sign, text = value.partition("=")
        if not (sign and action.strip() and text.strip()):
            self.fail(f'“{value}” is not a status; write it like A1="half done".', param, ctx)
        return action.strip(), text.strip()


class CommandIdType(click.ParamType[str]):
    """The id of a command; it is sent in a header, so it must be printable ASCII."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Validate an id and return it unchanged."""
        text = str(value)
        if not (text.strip() and text.isascii() and text.isprintable()):
            self.fail(f"“{text}” is not an id; use letters, digits and dashes.", param, ctx)
        return text


def build_zone_option() -> click.Option:
    """Build the option that gives the times of a command their zone."""
    return click.Option(["--zone"], type=TimeZoneType(), help="Time zone of the times you give.")


def format_iso_time(time: datetime, zone: tzinfo | None) -> str:
    """Format a time in ISO 8601 with its offset, in `zone` or else the zone of this machine.

    Raises click.BadParameter for a time that the clock change skips there.
    """
    if time.tzinfo is not None:
        return time.isoformat()
    zoned = time.replace(tzinfo=zone) if zone else time.astimezone()
    round_trip = zoned.astimezone(UTC).astimezone(zoned.tzinfo if zone else None)
    if round_trip.replace(tzinfo=None) != time:
        raise click.BadParameter(
            f"“{time:%Y-%m-%d %H:%M}” does not exist there: the clocks are set forward over it."
        )
    return zoned.isoformat()


def _reject_missing_time() -> datetime:
    raise ValueError
