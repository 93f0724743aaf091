"""Dates in replies: the forms people write, the day that each means, and requests for more time."""

from rules.replies.dates.date_parser import ParsedDate, UnclearDate, parse_date, parse_longer

__all__ = ["ParsedDate", "UnclearDate", "parse_date", "parse_longer"]
