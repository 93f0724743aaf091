"""Replace a person in a mail as it was received: in its headers and in its texts."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

STUB = "The text of this mail was erased with the data of the person who wrote it.\n"
TEXT_ENCODING = "quoted-printable"


def erase_from_mail(raw: bytes, convert: Callable[[str], str]) -> bytes:
    """Return a mail with a text converted wherever it has one; the same octets where none changes.

    What is no text stays as it is: pictures, archives, office documents.
    """
    message = message_from_bytes(raw, policy=policy.default)
    changed = [_convert_part(part, convert) for part in message.walk()]
    return message.as_bytes(policy=policy.SMTP) if any(changed) else raw


def build_stub(raw: bytes, sender: str) -> bytes:
    """Build what is left of a mail whose author was erased: that there was one, and when."""
    before = message_from_bytes(raw, policy=policy.default)
    stub = EmailMessage(policy.SMTP)
    stub["From"] = sender
    if before["Date"] is not None:
        stub["Date"] = str(before["Date"])
    stub.set_content(STUB)
    return stub.as_bytes()


def _convert_part(part: EmailMessage, convert: Callable[[str], str]) -> bool:
    """Convert the headers and the text of a part; return whether anything changed."""
    changed = _convert_headers(part, convert)
    if part.get_content_maintype() != "text":
        return changed
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return changed
    content = _decode(payload, part.get_content_charset("utf-8"))
    converted = convert(content)
    if converted == content:
        return changed
    part.set_content(converted, subtype=part.get_content_subtype(), cte=TEXT_ENCODING)
    return True


def _convert_headers(part: EmailMessage, convert: Callable[[str], str]) -> bool:
    converted = [(name, str(value), convert(str(value))) for name, value in part.items()]
    changed = {name for name, before, after in converted if before != after}
    for name in changed:
        values = [after for each, _, after in converted if each == name]
        del part[name]
        for value in values:
            part[name] = value
    return bool(changed)


def _decode(octets: bytes, charset: str) -> str:
    try:
        return octets.decode(charset, "replace")
    except LookupError:
        return octets.decode("latin-1")
