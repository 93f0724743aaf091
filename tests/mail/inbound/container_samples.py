"""S/MIME messages and winmail.dat files as programs write them, made up for tests."""

from __future__ import annotations

import struct
import zlib
from base64 import encodebytes

from tests.mail.inbound_samples import build_mail

SIGNED = bytes.fromhex("2a864886f70d010702")
ENVELOPED = bytes.fromhex("2a864886f70d010703")
AUTHENTICATED = bytes.fromhex("2a864886f70d0109100117")
COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
DATA = bytes.fromhex("2a864886f70d010701")
SEQUENCE, SET, OCTETS, CHUNKED_OCTETS, TYPE, NUMBER, TAGGED = (
    0x30,
    0x31,
    0x04,
    0x24,
    0x06,
    0x02,
    0xA0,
)

ACCEPT = b"Content-Type: text/plain; charset=utf-8\r\n\r\naccept\r\n"


def build_element(tag: int, *contents: bytes, is_indefinite: bool = False) -> bytes:
    """Build an element of BER, with its length or with an end mark."""
    content = b"".join(contents)
    if is_indefinite:
        return bytes([tag, 0x80]) + content + b"\0\0"
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8)
    return bytes([tag, 0x80 + len(length)]) + length + content


def build_cms(
    content: bytes | None = ACCEPT, kind: bytes = SIGNED, *, is_streamed: bool = False
) -> bytes:
    """Build a CMS message around a mail; without one, as beside a detached signature.

    A streamed one has no lengths, and its content in pieces.
    """

    def build(tag: int, *contents: bytes) -> bytes:
        return build_element(tag, *contents, is_indefinite=is_streamed)

    algorithm = build(SEQUENCE, build_element(TYPE, DATA))
    pieces = [] if content is None else [_build_octets(content, is_streamed=is_streamed)]
    inner = build(SEQUENCE, build_element(TYPE, DATA), *(build(TAGGED, each) for each in pieces))
    certificate = build_element(TAGGED, build_element(SEQUENCE, build_element(OCTETS, b"key")))
    body = build(SEQUENCE, build_element(NUMBER, b"\1"), build(SET, algorithm), inner, certificate)
    return build(SEQUENCE, build_element(TYPE, kind), build(TAGGED, body))


def build_compressed(content: bytes = ACCEPT) -> bytes:
    """Build a compressed CMS message."""
    return build_cms(zlib.compress(content), COMPRESSED)


def build_smime_mail(
    message: bytes,
    content_type: str = 'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
    **headers: str | None,
) -> bytes:
    """Build a mail that is an S/MIME message alone."""
    return build_mail(
        encodebytes(message),
        Content_Type=content_type,
        Content_Transfer_Encoding="base64",
        **headers,
    )


def build_winmail(
    *, text: bytes = b"", properties: bytes = b"", message_class: bytes = b"IPM.Note\0"
) -> bytes:
    """Build a winmail.dat with a text, or with properties that may contain one."""
    attributes = ((0x00078008, message_class), (0x00069003, properties), (0x0002800C, text))
    return b"\x78\x9f\x3e\x22\1\0" + b"".join(
        struct.pack("<BII", 1, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
        for name, value in attributes
        if value
    )


def build_properties(*properties: tuple[int, int, bytes]) -> bytes:
    """Build properties of a winmail.dat: a type, a name, and a value that needs a length."""
    packed = [
        struct.pack("<HHII", kind, name, 1, len(value)) + value + b"\0" * (-len(value) % 4)
        for kind, name, value in properties
    ]
    return struct.pack("<I", len(packed)) + b"".join(packed)


def build_winmail_mail(content: bytes, **headers: str | None) -> bytes:
    """Build a mail that is a winmail.dat alone."""
    return build_mail(
        encodebytes(content),
        Content_Type='application/ms-tnef; name="winmail.dat"',
        Content_Transfer_Encoding="base64",
        **headers,
    )


def _build_octets(content: bytes, *, is_streamed: bool) -> bytes:
    if not is_streamed:
        return build_element(OCTETS, content)
    pieces = [build_element(OCTETS, content[at : at + 7]) for at in range(0, len(content), 7)]
    return build_element(CHUNKED_OCTETS, *pieces, is_indefinite=True)
