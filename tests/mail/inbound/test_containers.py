"""What a mail program packs a mail into is unpacked, or named as what keeps us from reading it."""

from __future__ import annotations

import struct
from base64 import encodebytes

import pytest

from mail.inbound.containers.cms import CmsKind, parse_cms
from mail.inbound.containers.tnef import TnefMessage, parse_tnef
from mail.inbound.decoding.text_parts import MAX_TEXT_LENGTH
from mail.inbound.mime import MAX_UNPACKED_OCTETS, parse_mime
from mail.inbound.parse_mail import parse_mail
from rules.replies.obstacles import Obstacle
from tests.mail.inbound.container_samples import (
    ACCEPT,
    AUTHENTICATED,
    ENVELOPED,
    build_cms,
    build_compressed,
    build_element,
    build_properties,
    build_smime_mail,
    build_winmail,
    build_winmail_mail,
)
from tests.mail.inbound_samples import build_mail, build_multipart

HTML_MAIL = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>A1 done: gr\xc3\xbcn</p>"
QUOTED_PRINTABLE = (
    b"Content-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\nA1 done: gr=FCn\r\n"
)
TWO_PARTS = (
    b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\nContent-Type: text/plain\r\n\r\n"
    b"accept\r\n--i\r\nContent-Type: application/pdf\r\n"
    b"Content-Disposition: attachment; filename=a.pdf\r\n\r\nabc\r\n--i--\r\n"
)


# S/MIME


@pytest.mark.parametrize(
    "content_type",
    [
        'application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"',
        "application/x-pkcs7-mime",
        'application/octet-stream; name="smime.p7m"',
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
def test_the_mail_in_a_signature_is_read(content_type: str, is_streamed: bool) -> None:
    found = parse_mail(build_smime_mail(build_cms(is_streamed=is_streamed), content_type))

    assert (found.own_words, found.obstacle, found.attachments) == ("accept", None, ())


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (HTML_MAIL, "A1 done: grün"),
        (QUOTED_PRINTABLE, "A1 done: grün"),
        (b"accept\r\n\r\nOlga", "accept"),
        (b"Content-Type: message/rfc822\r\n\r\nFrom: olga@example.org\r\n\r\naccept", "accept"),
        (b"MIME-Version: 1.0\r\n" + ACCEPT, "accept"),
        (build_cms(), ""),
    ],
)
def test_whatever_mail_is_signed_is_read_as_it_is(inside: bytes, words: str) -> None:
    assert parse_mail(build_smime_mail(build_cms(inside))).own_words.startswith(words)


def test_a_signed_mail_may_have_files_and_another_signature_in_it() -> None:
    nested = (
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(build_cms(TWO_PARTS))
    )

    found = parse_mail(build_smime_mail(build_cms(nested)))

    assert found.own_words == "accept"
    assert [file.name for file in found.attachments] == ["a.pdf"]


def test_a_compressed_mail_is_read() -> None:
    assert parse_mail(build_smime_mail(build_compressed())).own_words == "accept"


def test_a_detached_signature_that_exchange_calls_a_message_is_read() -> None:
    raw = build_smime_mail(TWO_PARTS, 'application/x-pkcs7-mime; name="smime.p7m"')

    assert parse_mail(raw).own_words == "accept"


def test_a_signed_mail_without_its_encoding_named_is_read() -> None:
    raw = build_mail(encodebytes(build_cms()), Content_Type="application/pkcs7-mime")

    assert parse_mail(raw).own_words == "accept"


@pytest.mark.parametrize("kind", [ENVELOPED, AUTHENTICATED])
def test_an_encrypted_mail_says_so(kind: bytes) -> None:
    found = parse_mail(build_smime_mail(build_cms(b"secret", kind)))

    assert (found.own_words, found.obstacle) == ("", Obstacle.ENCRYPTED)


def test_an_encrypted_mail_in_a_signature_says_so() -> None:
    inside = (
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + encodebytes(build_cms(b"x", ENVELOPED))
    )

    assert parse_mail(build_smime_mail(build_cms(inside))).obstacle is Obstacle.ENCRYPTED


@pytest.mark.parametrize(
    "broken",
    [b"", b"0", b"no signature at all", b"\x30\x80", build_cms()[:20], b"\x30\x84\xff\xff\xff\xff"],
)
def test_a_signature_that_cannot_be_opened_says_so(broken: bytes) -> None:
    found = parse_mail(build_smime_mail(broken))

    assert (found.own_words, found.obstacle) == ("", Obstacle.BROKEN_SIGNATURE)


def test_a_signature_that_was_cut_off_behind_the_text_is_read() -> None:
    message = build_cms()

    cut = parse_cms(message[: message.index(ACCEPT) + len(ACCEPT)])

    assert (cut.kind, cut.content) == (CmsKind.SIGNED, ACCEPT)


def test_a_signature_apart_from_its_text_contains_none() -> None:
    assert parse_cms(build_cms(None)).content == b""


@pytest.mark.parametrize(
    "hostile",
    [
        b"\x30\x80" * 500_000,
        b"\x24\x80" * 500_000,
        b"\x00\x00" * 500_000,
        b"\x04\x00" * 500_000,
        build_cms(b"\x30\x80" * 100_000),
        build_element(0x30, build_element(6, b"x"), b"\xa0\x80" * 100_000),
        build_compressed(b"\0" * 50_000_000),
    ],
)
def test_hostile_signatures_are_read_in_time(hostile: bytes) -> None:
    assert len(parse_cms(hostile, 10_000_000).content) <= 10_000_000


def test_what_a_small_mail_unpacks_to_is_limited_for_all_of_its_parts_together() -> None:
    inner = b"Content-Type: application/zip\r\n\r\n" + b"done " * 800_000
    part = (
        b"--b\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + encodebytes(build_compressed(inner))
    )
    raw = build_mail(part * 20, Content_Type="multipart/mixed; boundary=b")

    found = parse_mime(raw)

    assert len(raw) < 200_000
    assert len(found.attachments[0].content) == 4_000_000
    unpacked = sum(len(file.content) for file in found.attachments)
    assert unpacked <= MAX_UNPACKED_OCTETS + len(raw)


def test_only_so_much_text_of_one_type_is_read_but_each_type_is() -> None:
    long_text = "done " * 40_000
    raw = build_multipart(
        ("text/plain", long_text), ("text/html", "accept"), ("text/plain", long_text)
    )

    first, html, second = parse_mime(raw).text_parts

    assert (len(first.text), html.text) == (len(long_text), "accept")
    assert len(first.text) + len(second.text) == MAX_TEXT_LENGTH


# OpenPGP and protected mail

PGP = "-----BEGIN PGP MESSAGE-----\n\nhQEMA0/abc\n=abcd\n-----END PGP MESSAGE-----"


@pytest.mark.parametrize(
    "raw",
    [
        build_multipart(
            ("application/pgp-encrypted", "Version: 1"),
            ('application/octet-stream; name="encrypted.asc"', PGP),
            kind="encrypted",
        ),
        build_multipart(
            ("text/plain", ""),
            ("application/pgp-encrypted", "Version: 1"),
            ('application/octet-stream; name="encrypted.asc"', PGP),
            kind="mixed",
        ),
        build_multipart(
            ("text/plain", " "), ('application/octet-stream; name="reply.pgp"', PGP), kind="mixed"
        ),
        build_mail(PGP),
        build_mail(f"<p>{PGP}</p>", Content_Type="text/html"),
    ],
)
def test_a_mail_encrypted_with_openpgp_says_so(raw: bytes) -> None:
    assert parse_mail(raw).obstacle is Obstacle.ENCRYPTED


def test_a_quoted_encrypted_mail_is_no_obstacle() -> None:
    quoted = "\n".join(f"> {line}" for line in PGP.split("\n"))

    assert parse_mail(build_mail(f"accept\n\n{quoted}")).obstacle is None


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-microsoft-rpmsg-message; name=message.rpmsg",
        "application/octet-stream; name=message_v2.rpmsg",
        "text/html; name=a.html\r\nContent-Disposition: attachment; filename=securedoc_2026.html",
    ],
)
def test_a_protected_mail_says_so(kind: str) -> None:
    raw = build_multipart(
        ("text/plain", "Olga sent you a protected message. Sign in to read it."),
        (kind, "abc"),
        kind="mixed",
    )

    assert parse_mail(raw).obstacle is Obstacle.PROTECTED


# Outlook's winmail.dat


def test_the_text_in_a_winmail_dat_is_read() -> None:
    plain = build_winmail(text=b"A1 accept\0")
    wide = build_winmail(properties=build_properties((0x1F, 0x1000, "A1 grün".encode("utf-16-le"))))
    html = build_winmail(
        properties=build_properties((0x1E, 0x0070, b"subject\0"), (0x102, 0x1013, b"<p>accept</p>"))
    )

    assert parse_mail(build_winmail_mail(plain)).own_words == "A1 accept"
    assert parse_mail(build_winmail_mail(wide)).own_words == "A1 grün"
    assert parse_mail(build_winmail_mail(html)).own_words == "accept"


@pytest.mark.parametrize("text", ["\n-- \nOlga Petrova\n", "________\n", " \n--\n"])
def test_a_signature_or_a_rule_beside_a_winmail_dat_is_no_text(text: str) -> None:
    raw = build_multipart(
        ("text/plain", text), ("application/ms-tnef; name=winmail.dat", "x"), kind="mixed"
    )

    assert parse_mail(raw).obstacle is Obstacle.WINMAIL


@pytest.mark.parametrize("text", [None, "", " \r\n"])
def test_a_winmail_dat_whose_text_is_rich_says_so(text: str | None) -> None:
    rich = build_winmail(properties=build_properties((0x102, 0x1009, b"LZFu")))
    part = ('application/octet-stream; name="winmail.dat"', "x\x9f>")
    raw = build_winmail_mail(rich)
    beside = build_multipart(("text/plain", text or ""), part, kind="mixed")

    for each in (raw, beside):
        found = parse_mail(each)
        assert (found.own_words, found.obstacle, found.attachments) == ("", Obstacle.WINMAIL, ())


def test_a_companys_disclaimer_beside_a_winmail_dat_is_no_text() -> None:
    disclaimer = "This email and any attachments are confidential and intended for the addressee."
    raw = build_multipart(
        ("text/plain", disclaimer), ("application/ms-tnef; name=winmail.dat", "x"), kind="mixed"
    )

    assert parse_mail(raw).obstacle is Obstacle.WINMAIL


def test_a_winmail_dat_beside_a_text_is_no_obstacle() -> None:
    found = parse_mail(
        build_multipart(("text/plain", "A1 accept"), ("application/ms-tnef", "x"), kind="mixed")
    )

    assert (found.own_words, found.obstacle) == ("A1 accept", None)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\x78\x9f\x3e\x22",
        b"no winmail.dat",
        build_winmail(text=b"accept")[:-4],
        build_winmail(properties=struct.pack("<IHH", 9, 0x1F, 0x9000)),
        build_winmail(properties=struct.pack("<IHHI", 9, 0x1F, 0x1000, 7)),
        build_winmail(properties=b"\xff" * 100_000),
        b"\x78\x9f\x3e\x22\1\0" + b"\0" * 1_000_000,
    ],
)
def test_a_broken_winmail_dat_is_survived(broken: bytes) -> None:
    assert isinstance(parse_tnef(broken), TnefMessage)


def test_properties_with_names_and_other_types_are_passed_over() -> None:
    named = struct.pack("<HH16sIIIII", 0x1F, 0x8001, b"id", 0, 7, 1, 4, 0)
    text_name = (
        struct.pack("<HH16sII", 0x03, 0x8002, b"id", 1, 3) + b"ab\0\0" + struct.pack("<I", 5)
    )
    number = struct.pack("<HHI", 0x0B, 0x0E1F, 1)
    time = struct.pack("<HHQ", 0x40, 0x0039, 1)
    body = struct.pack("<HHII", 0x1E, 0x1000, 1, 6) + b"accept\0\0"
    properties = struct.pack("<I", 5) + named + text_name + number + time + body

    assert parse_tnef(build_winmail(properties=properties)).text == b"accept"
