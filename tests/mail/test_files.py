from __future__ import annotations

from base64 import b64encode

import pytest

from mail.files import SHOWN_IN_TEXT, content
from mail.reading import read
from tests.mail.incoming import mail


def carrying(*parts: tuple[str, str, bytes], text: str = "A1 done, see attached") -> bytes:
    """A mail of a text and of parts: headers after Content-Type, content."""
    pieces = [f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"]
    for kind, headers, inside in parts:
        packed = b64encode(inside).decode()
        lines = "".join(f"{line}\r\n" for line in headers.splitlines())
        pieces.append(
            f"--b\r\nContent-Type: {kind}\r\n{lines}"
            f"Content-Transfer-Encoding: base64\r\n\r\n{packed}\r\n"
        )
    body = "".join(pieces) + "--b--\r\n"
    return mail(body.encode(), Content_Type="multipart/mixed; boundary=b")


def names(raw: bytes) -> list[str]:
    return [file.shown for file in read(raw).files]


def test_attached_files_are_named_with_their_sizes() -> None:
    raw = carrying(
        ("application/pdf", 'Content-Disposition: attachment; filename="report.pdf"', b"x" * 2048),
        ("image/jpeg", "Content-Disposition: inline; filename=IMG_1.jpeg", b"y" * 3_000_000),
        ("text/plain", "Content-Disposition: attachment; filename=a.log", b"z"),
    )

    assert names(raw) == ["report.pdf (2 KB)", "IMG_1.jpeg (2.9 MB)", "a.log (1 bytes)"]
    assert content(raw, 0)[1] == b"x" * 2048
    assert content(raw, 2)[1] == b"z"
    assert read(raw).own_words == "A1 done, see attached"


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
    raw = carrying(("application/x-a", f"Content-Disposition: {disposition}", b"abc"))

    assert [file.name for file in read(raw).files] == [name]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pkcs7-signature", "smime.p7s"),
        ("application/pgp-signature", "signature.asc"),
        ("text/x-vcard", "olga.vcf"),
        ("application/ms-tnef", "winmail.dat"),
        ("application/ics", "invite.ics"),
        ("message/rfc822", "original.eml"),
    ],
)
def test_signatures_cards_and_quoted_letters_are_no_evidence(kind: str, name: str) -> None:
    raw = carrying((kind, f"Content-Disposition: attachment; filename={name}", b"abc"))

    assert names(raw) == []


@pytest.mark.parametrize(("octets", "count"), [(2_000, 0), (SHOWN_IN_TEXT, 1)])
def test_a_logo_in_the_text_is_none_and_a_screenshot_is(octets: int, count: int) -> None:
    html = b'<p>A1 done</p><img src="cid:one@x">'
    raw = carrying(
        ("text/html", "", html),
        (
            "image/png",
            "Content-ID: <one@x>\nContent-Disposition: inline; filename=i.png",
            b"p" * octets,
        ),
    )

    assert len(read(raw).files) == count


def test_an_empty_part_and_one_that_is_broken_are_survived() -> None:
    raw = carrying(("application/pdf", "Content-Disposition: attachment; filename=a.pdf", b""))
    broken = raw.replace(
        b"Content-Transfer-Encoding: base64\r\n\r\n",
        b"Content-Transfer-Encoding: base64\r\n\r\n%%%=A",
    )

    assert names(raw) == []
    assert len(read(broken).files) <= 1
