"""Convert the bytes of a document to text, or say what is wrong with them."""

from __future__ import annotations

from models.errors import InvalidInput

MAX_DOCUMENT_BYTES = 512 * 1024
"""Size of the largest accepted document, in bytes."""

MAX_DOCUMENT_LINES = 10_000
"""Lines of the longest accepted document: each is looked at in many ways."""


def decode_document(raw: bytes) -> str:
    """Convert the raw bytes of a document (UTF-8, up to 512 KiB, any line ends) to text.

    Raises InvalidInput, which says what is wrong with it.
    """
    if len(raw) > MAX_DOCUMENT_BYTES:
        raise InvalidInput(
            f"The document has {len(raw) // 1024} KiB; the limit is"
            f" {MAX_DOCUMENT_BYTES // 1024} KiB. Put logs and pictures elsewhere, and link to them."
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InvalidInput(
            f"The document is not UTF-8: see line {line}. Save it as UTF-8."
        ) from None
    if "\0" in text:
        raise InvalidInput("The document contains a NUL character; it seems to be a binary file.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def decode_new_document(raw: bytes) -> str:
    """Convert the raw bytes of a document that is to be stored to text.

    Raises InvalidInput, which says what is wrong with it, also where it has too many lines.
    """
    text = decode_document(raw)
    if (count := text.count("\n")) > MAX_DOCUMENT_LINES:
        raise InvalidInput(
            f"The document has {count} lines; the limit is {MAX_DOCUMENT_LINES}. Put logs"
            " elsewhere, and link to them."
        )
    return text
