"""Take the armour of OpenPGP off a text: what is signed is read, and nothing else of it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mail.inbound.quoting.lines import TextLine

_SIGNED_TEXT = "PGP SIGNED MESSAGE"
_BEGIN = re.compile(r"\s*-----BEGIN (PGP [A-Z ]{1,40}?(?:, PART \d+(?:/\d+)?)?)-----\s*")
_END = re.compile(r"\s*-----END PGP [A-Z ]{1,40}-----\s*")
_HEADER = re.compile(r"\s*(?:Hash|Charset|Version|Comment|MessageID|NotDashEscaped):.*")
_ARMOURED = re.compile(
    r"\s*+(?:(?=\S{0,100}[\d+/=])[A-Za-z0-9+/=]{8,100}|=[A-Za-z0-9+/]{4}"
    r"|[A-Z][A-Za-z]{2,20}: .*)?\s*"
)
_DASH_ESCAPE = "- "


def strip_armour(lines: list[TextLine]) -> list[TextLine]:
    """Return the lines where armour counts as quoted, and signed text is as it was before.

    A line that begins with a dash has another one before it in signed text (RFC 9580, 7.2).
    """
    if not any("-----BEGIN PGP" in line.text for line in lines):
        return lines
    return list(_iter_stripped(lines))


def _iter_stripped(lines: list[TextLine]) -> Iterator[TextLine]:
    """Yield the lines; armour that was cut off ends with its last line that looks like it."""
    last_end = max((at for at, line in enumerate(lines) if _END.fullmatch(line.text)), default=-1)
    is_armour = is_header = is_signed = False
    for at, line in enumerate(lines):
        begin = _BEGIN.fullmatch(line.text)
        if line.depth:
            yield line
        elif begin is not None:
            is_signed = is_header = begin[1].startswith(_SIGNED_TEXT)
            is_armour = not is_signed
            yield _mark_quoted(line)
        elif is_armour and (at <= last_end or _ARMOURED.fullmatch(line.text)):
            is_armour = _END.fullmatch(line.text) is None
            yield _mark_quoted(line)
        elif is_header and (_HEADER.fullmatch(line.text) or not line.text.strip()):
            is_header = bool(line.text.strip())
            yield _mark_quoted(line)
        else:
            is_armour = is_header = False
            yield _strip_escape(line) if is_signed else line


def _mark_quoted(line: TextLine) -> TextLine:
    return replace(line, depth=1)


def _strip_escape(line: TextLine) -> TextLine:
    return replace(line, text=line.text.removeprefix(_DASH_ESCAPE))
