"""The subject of a reply: one “Re:”, whatever prefixes mail programs put, in many languages."""

from __future__ import annotations

import re

_PREFIXES = re.compile(
    r"(?:(?:re|aw|antw?|antwort|sv|vs|rv|odp|atb|ynt|r|rif|res?p|ref"
    r"|απ|vá|השב|رد|trả lời|回复|答复|回覆|返信|отв(?:ет)?)"
    r"(?:\[\d{1,3}\])?\s?[:：]\s*){1,20}",
    re.IGNORECASE,
)
"""All the prefixes of one subject: “Re: ”, “AW: ”, “Re[2]: Antw: ”."""


def format_reply_subject(subject: str) -> str:
    """Format the subject of a reply: the original with one “Re:”, so both stay in one thread."""
    plain = strip_reply_prefixes(subject)
    return f"Re: {plain}" if plain else ""


def strip_reply_prefixes(subject: str) -> str:
    """Return a subject without the prefixes of replies at its beginning."""
    subject = subject.strip()
    replied = _PREFIXES.match(subject)
    return subject[replied.end() if replied else 0 :].strip()
