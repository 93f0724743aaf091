"""Unpack what somebody wrote from the containers that their mail program put it into."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mail.inbound.containers.cms import CmsKind, CmsMessage, parse_cms
from mail.inbound.containers.container_types import is_smime, is_winmail
from mail.inbound.containers.tnef import TnefMessage, parse_tnef
from mail.inbound.decoding.text_parts import HTML, PLAIN, decode_part
from mail.inbound.mail_parts import BodyPart, MailHeaders, decode_base64

_ENTITY = re.compile(rb"\s*(?:content-[a-z-]{1,40}|mime-version)\s*:", re.IGNORECASE)
_BASE64_START = b"M"
"""How the octets of an S/MIME message begin in base64."""


def read_smime(part: BodyPart, limit: int = 0) -> CmsMessage | None:
    """Read an S/MIME message, unpacked up to `limit` octets; None for a part that is none.

    Exchange gives the name of one to a mail with a detached signature, which needs no unpacking.
    """
    if not is_smime(part.content_type, part.name):
        return None
    octets = part.decode_content()
    if _ENTITY.match(octets):
        return CmsMessage(CmsKind.SIGNED, octets)
    if octets.startswith(_BASE64_START):
        octets = decode_base64(octets)
    return parse_cms(octets, limit)


def unpack_signed_mail(part: BodyPart, limit: int) -> bytes:
    """Return the mail inside a signed or compressed part; b"" where there is none.

    What is compressed is unpacked up to `limit` octets. Without headers of its own, what is inside
    is text.
    """
    message = read_smime(part, limit)
    if message is None or not message.content:
        return b""
    return message.content if _ENTITY.match(message.content) else b"\n\n" + message.content


def read_winmail(part: BodyPart) -> TnefMessage | None:
    """Read a winmail.dat; None for a part that is none."""
    if not is_winmail(part.content_type, part.name):
        return None
    return parse_tnef(part.decode_content())


def unpack_winmail_texts(files: Iterable[BodyPart]) -> list[BodyPart]:
    """Return the texts in the first winmail.dat that has any."""
    for message in filter(None, map(read_winmail, files)):
        texts = (PLAIN, message.text_charset, message.text), (HTML, "", message.html)
        if parts := [_build_text(*text) for text in texts if text[2].strip(b"\0 \r\n")]:
            return parts
    return []


def _build_text(kind: str, charset: str, content: bytes) -> BodyPart:
    content_type = f"{kind}; charset={charset}" if charset else kind
    headers = MailHeaders(fields=(("content-type", content_type),))
    return decode_part(BodyPart(headers=headers, content=content))
