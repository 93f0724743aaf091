"""Click parameter types: dates, times and their zone, statuses and command ids."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

import click

from cli.output import print_remark

END_OF_DAY = time(23, 59)
DURATION = re.compile(r"(\d{1,6}) ?(m|h|d)?", re.ASCII)
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class DateType(click.ParamType[date]):
    """A calendar date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Parse a date like 2026-04-30 or “end of next week”."""
        from cli.options.typed_dates import parse_typed_date

        try:
            day = parse_typed_date(str(value), _read_now(ctx).date())
        except ValueError as error:
            expected = "a date; write it like 2026-04-30 or “next Friday”"
            self.fail(_format_unclear(str(value), error, expected), param, ctx)
        _print_reading(str(value), day, ctx)
        return day


class DateTimeType(click.ParamType[datetime]):
    """A date and a time; without an offset it is in the reader's own time zone.

    Where a date is enough, it means the end of that day.
    """

    name = "time"

    def __init__(self, *, is_date_enough: bool = False) -> None:
        self.is_date_enough = is_date_enough

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Parse a time like “2026-04-02 15:00”, 2026-04-02T15:00+02:00 or “tomorrow 2pm”."""
        try:
            moment = self._parse(str(value), _read_now(ctx))
        except ValueError as error:
            expected = "a date and time; write it like “2026-04-02 15:00” or “tomorrow 2pm”"
            self.fail(_format_unclear(str(value), error, expected), param, ctx)
        _print_reading(str(value), moment, ctx)
        return moment

    def _parse(self, text: str, now: datetime) -> datetime:
        from cli.options.typed_dates import parse_typed_date, parse_typed_time

        try:
            return parse_typed_time(text, now)
        except ValueError as error:
            if not self.is_date_enough or str(error):
                raise
        return datetime.combine(parse_typed_date(text, now.date()), END_OF_DAY)


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


class DurationType(click.ParamType[timedelta]):
    """A span of minutes, hours or days."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Parse a span like 30m, 24h, 7d or 0."""
        found = DURATION.fullmatch(str(value).strip().casefold())
        if found is None or (found[2] is None and int(found[1])):
            self.fail(f"“{value}” is not a span of time; write it like 30m, 24h or 7d.", param, ctx)
        return int(found[1]) * UNITS[found[2] or "m"]


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
    return click.Option(
        ["--zone"], type=TimeZoneType(), is_eager=True, help="Time zone of the times you give."
    )


def split_names(names: Iterable[str]) -> list[str]:
    """Split names given as “ada,fay”, as “ada” and “fay”, or both."""
    return [name.strip() for each in names for name in each.split(",") if name.strip()]


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


def _read_now(ctx: click.Context | None) -> datetime:
    """Return the time now, in the zone of --zone or else of this machine."""
    zone = _find_zone(ctx)
    return datetime.now(zone) if zone else datetime.now().astimezone()


def _print_reading(typed: str, reading: date, ctx: click.Context | None) -> None:
    """Print what a text in words was read as; what is written in figures needs no reading."""
    from cli.options.typed_dates import format_reading

    if not any(character.isalpha() for character in typed.replace("T", " ", 1)):
        return
    print_remark(f"“{typed}” is {format_reading(reading, _find_zone(ctx))}.")


def _find_zone(ctx: click.Context | None) -> tzinfo | None:
    """Return the zone of --zone, which is read before the times; None where it is not given."""
    zone = ctx.params.get("zone") if ctx else None
    return zone if isinstance(zone, tzinfo) else None


def _format_unclear(typed: str, error: ValueError, expected: str) -> str:
    if not str(error):
        return f"“{typed}” is not {expected}."
    return str(error) if typed in str(error) else f"“{typed}” is not clear. {error}"
