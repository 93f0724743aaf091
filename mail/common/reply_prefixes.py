"""The prefixes that mail programs put before the subject of a reply, in many languages."""

from __future__ import annotations

import re

REPLY_PREFIXES = re.compile(
    r"(?:(?:re|aw|antw?|antwort|sv|vs|rv|odp|atb|ynt|rif|res?p|ref|回复|答复|回覆|返信|отв(?:ет)?)"
    r"(?:\[\d{1,3}\])?\s?[:：]\s*){1,20}",
    re.IGNORECASE,
)
"""All the prefixes of one subject: “Re: ”, “AW: ”, “Re[2]: Antw: ”."""
