from __future__ import annotations

from base64 import b64encode

import pytest

from mail.inbound.attachments import MIN_INLINE_IMAGE_SIZE, read_attachment
from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_mail


def build_mail_with_files(
    *parts: tuple[str, str, bytes], text: str = "A1 done, see attached"
) -> bytes:
    """Build a mail of a text and of parts: headers after Content-Type, content."""
    pieces = [f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"]
    for kind, headers, inside in parts:
        packed = b64encode(inside).decode()
        lines = "".join(f"{line}\r\n" for line in headers.splitlines())
        pieces.append(
            f"--b\r\nContent-Type: {kind}\r\n{lines}"
            f"Content-Transfer-Encoding: base64\r\n\r\n{packed}\r\n"
        )
    body = "".join(pieces) + "--b--\r\n"
    return build_mail(body.encode(), Content_Type="multipart/mixed; boundary=b")


def list_file_names(raw: bytes) -> list[str]:
    return [file.label for file in parse_mail(raw).attachments]


@pytest.mark.slow
def test_attached_files_are_named_with_their_sizes() -> None:
    raw = build_mail_with_files(
        ("application/pdf", 'Content-Disposition: attachment; filename="report.pdf"', b"x" * 2048),
        ("image/jpeg", "Content-Disposition: inline; filename=IMG_1.jpeg", b"y" * 3_000_000),
        ("text/plain", "Content-Disposition: attachment; filename=a.log", b"z"),
    )

    assert list_file_names(raw) == ["report.pdf (2 KB)", "IMG_1.jpeg (2.9 MB)", "a.log (1 bytes)"]
    assert read_attachment(raw, 0)[1] == b"x" * 2048
    assert read_attachment(raw, 2)[1] == b"z"
    assert parse_mail(raw).own_words == "A1 done, see attached"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\temp\\\\a.txt"', "a.txt"),
        ('attachment; filename="=?utf-8?q?Gr=C3=BCn.pdf?="', "Grün.pdf"),
        ("attachment; filename*=utf-8''Gr%C3%BCn%20neu.pdf", "Grün neu.pdf"),
        ("attachment; filename*=nonsense''a.pdf", "a.pdf"),
        ("attachment; filename*0*=utf-8''Gr%C3%BC; filename*1*=n%20neu.pdf", "Grün neu.pdf"),
        ("attachment; filename*0=a-long-; filename*1=name.pdf", "a-long-name.pdf"),
        ('attachment; filename=".."', "attachment"),
        ("attachment", "attachment"),
    ],
)
def test_names_lead_nowhere_and_are_decoded(disposition: str, name: str) -> None:
    raw = build_mail_with_files(("application/x-a", f"Content-Disposition: {disposition}", b"abc"))

    assert [file.name for file in parse_mail(raw).attachments] == [name]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pkcs7-signature", "smime.p7s"),
        ("application/pgp-signature", "signature.asc"),
        ("text/x-vcard", "olga.vcf"),
        ("application/ms-tnef", "winmail.dat"),
        ("application/octet-stream", "winmail.dat"),
        ("application/octet-stream", "smime.p7s"),
        ("application/octet-stream", "OpenPGP_signature.asc"),
        ("text/x-amp-html", "page"),
        ("text/vnd.google.email-reaction+json", "reaction.json"),
        ("application/ics", "invite.ics"),
        ("message/rfc822", "original.eml"),
    ],
)
def test_signatures_cards_and_quoted_notifications_are_no_evidence(kind: str, name: str) -> None:
    raw = build_mail_with_files((kind, f"Content-Disposition: attachment; filename={name}", b"abc"))

    assert list_file_names(raw) == []


@pytest.mark.parametrize(("octets", "count"), [(2_000, 0), (MIN_INLINE_IMAGE_SIZE, 1)])
def test_a_logo_in_the_text_is_none_and_a_screenshot_is(octets: int, count: int) -> None:
    html = b'<p>A1 done</p><img src="cid:one@x">'
    raw = build_mail_with_files(
        ("text/html", "", html),
        (
            "image/png",
            "Content-ID: <one@x>\nContent-Disposition: inline; filename=i.png",
            b"p" * octets,
        ),
    )

    assert len(parse_mail(raw).attachments) == count


def test_an_empty_part_and_one_that_is_broken_are_survived() -> None:
    raw = build_mail_with_files(
        ("application/pdf", "Content-Disposition: attachment; filename=a.pdf", b"")
    )
    broken = raw.replace(
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%=A",
    )

    assert list_file_names(raw) == []
    assert len(parse_mail(broken).attachments) <= 1
