"""Choose the parts of a mail that somebody wrote, and decode their text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from mail.inbound.decoding.charsets import decode_text, find_codec, find_html_charset
from mail.inbound.mail_parts import BodyPart

CALENDAR = "text/calendar"
PLAIN, HTML = "text/plain", "text/html"
MAX_TEXT_LENGTH = 250_000
"""Characters that are read of all parts of one type; nobody writes more in a reply."""

MAX_HTML_LENGTH = 1_000_000
"""Characters that are read of all HTML, most of which says how the text looks."""

MAX_LINES = 3_000
"""Lines that are read of a mail, quoted ones included: each is looked at in many ways."""

_NO_TEXT = re.compile(
    r"text/(?:vnd\..*|.*\+(?:json|xml)|json|xml|css|csv|rtf|(?:x-)?v?card|x-vcalendar|directory"
    r"|x-amp-html|watch-html|(?:ecma|java)script|rfc822-headers|x-moz-deleted"
    r"|tab-separated-values)"
)
"""Types of text that are written by programs for programs."""

_NAME_OF_TEXT = re.compile(
    r"(?:message|reply|body|mail|text|nachricht|antwort|untitled|noname|part|att)"
    r"[\w .-]{0,20}\.(?:txt|text|html?)",
    re.IGNORECASE,
)
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200c\u200d\u2060-\u2064\u00ad\ud800-\udfff]"
)
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")


def is_readable(part: BodyPart) -> bool:
    """Return whether a part is text that belongs to the mail itself, and is no file."""
    if part.content_type == CALENDAR:
        return True
    if not part.content_type.startswith(("text/", "multipart/")) or _NO_TEXT.fullmatch(
        part.content_type
    ):
        return False
    filename = part.headers.get_parameter("content-disposition", "filename")
    return part.headers.disposition != "attachment" and not filename


def find_named_texts(
    files: Sequence[BodyPart], texts: Sequence[BodyPart], *, is_only_part: bool
) -> list[BodyPart]:
    """Find the first plain text and the first HTML among files, for a mail without other text.

    Some programs name the text itself, and show it in the mail; the only part of a mail is its
    text whatever it is called. Where `texts` without a name are empty, a log may be shown below
    them: then the name has to be that of a text.
    """
    is_empty = any(part.content_type != CALENDAR for part in texts)
    shown = [
        part
        for part in files
        if is_only_part
        or (
            part.headers.disposition != "attachment"
            and (not is_empty or _NAME_OF_TEXT.fullmatch(part.name))
        )
    ]
    firsts = (
        next((part for part in shown if part.content_type == kind), None) for kind in (PLAIN, HTML)
    )
    return [part for part in firsts if part is not None]


def decode_part(part: BodyPart) -> BodyPart:
    """Return a part with its text decoded; HTML may name its charset itself."""
    limit = _find_limit(part.content_type)
    content = part.decode_content(4 * limit)
    charset = part.headers.get_parameter("content-type", "charset")
    if part.content_type == HTML and not find_codec(charset):
        charset = find_html_charset(content) or charset
    decoded = decode_text(content, charset)
    text = normalize_text(decoded.text)
    return BodyPart(
        headers=part.headers,
        text=text[:limit],
        is_garbled=decoded.is_garbled,
        is_cut=len(text) > limit or len(part.content) > 4 * limit,
    )


def limit_texts(parts: Iterable[BodyPart]) -> list[BodyPart]:
    """Return parts with as much of their text as is read: so much of each type, from the first."""
    left: dict[str, int] = {}
    limited = []
    for part in parts:
        limit = left.get(part.content_type, _find_limit(part.content_type))
        text = part.text[:limit]
        if part.content_type != HTML:
            text = "\n".join(text.split("\n", MAX_LINES)[:MAX_LINES])
        limited.append(replace(part, text=text, is_cut=part.is_cut or text != part.text))
        left[part.content_type] = limit - len(text)
    return limited


def _find_limit(content_type: str) -> int:
    return MAX_HTML_LENGTH if content_type == HTML else MAX_TEXT_LENGTH


def normalize_text(text: str) -> str:
    """Return text with unified line ends and without invisible characters."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text)).replace("\xa0", " ")
