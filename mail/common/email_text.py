"""The readable text of an email that we composed, for previews and to recognize quotations."""

from __future__ import annotations

from email.message import EmailMessage


def extract_text(message: EmailMessage, kind: str = "plain") -> str:
    """Return the text of an email of ours, as “plain” or “html”."""
    found = next(part for part in message.walk() if part.get_content_subtype() == kind)
    content = found.get_payload(decode=True)
    return content.decode() if isinstance(content, bytes) else ""
