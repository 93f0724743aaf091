"""Times in the server's sentences, which are in UTC, in the time zone of this machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from rules.formatting import MONTHS, WEEKDAYS, format_date, format_short_date

_LONG = re.compile(
    rf"\b(?:{'|'.join(WEEKDAYS)}) (\d{{1,2}}) ({'|'.join(MONTHS)}) (\d{{4}}), (\d\d):(\d\d) \(UTC\)"
)
_SHORT = re.compile(
    rf"\b(\d{{1,2}}) ({'|'.join(month[:3] for month in MONTHS)}) (\d{{4}}), (\d\d):(\d\d) UTC\b"
)


def localize_times(text: str) -> str:
    """Return a text with every full time in it in this machine's time zone, which is named."""
    return _SHORT.sub(_format_short, _LONG.sub(_format_long, text))


def _format_long(match: re.Match[str]) -> str:
    local = _parse(match)
    return f"{format_date(local)}, {local:%H:%M} ({local.tzname()})" if local else match[0]


def _format_short(match: re.Match[str]) -> str:
    local = _parse(match)
    return f"{format_short_date(local)}, {local:%H:%M} {local.tzname()}" if local else match[0]


def _parse(match: re.Match[str]) -> datetime | None:
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(match[2]))
    try:
        at = datetime(int(match[3]), month, int(match[1]), int(match[4]), int(match[5]), tzinfo=UTC)
        return at.astimezone()
    except (ValueError, OverflowError):
        return None
