"""A mail loses a person in whatever way its parts are encoded, and is otherwise left alone."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from mail.erase_from_mail import STUB, build_stub, erase_from_mail
from rules.audit.erasure import build_converter
from tests.sample_people import ADA, OMAR

PSEUDONYM = "erased-1@erased.invalid"
CONVERT = build_converter((OMAR,), "Ömar Haddad", PSEUDONYM, {})
TEXT = f"Ömar Haddad <{OMAR}> said so.\n"


def build_mail(cte: str = "quoted-printable") -> EmailMessage:
    message = EmailMessage()
    message["From"] = ADA
    message["To"] = f"Ömar Haddad <{OMAR}>"
    message["Cc"] = "Fay <fay@example.org>"
    message["Subject"] = "Re: Ömar Haddad"
    message["Date"] = "Mon, 02 Mar 2026 10:00:00 +0000"
    message.set_content(TEXT, cte=cte)
    message.add_alternative(f"<p>{TEXT}</p>", subtype="html", cte=cte)
    message.add_attachment(TEXT, filename="notes.txt", cte=cte)
    message.add_attachment(b"\x00\x01", maintype="image", subtype="png", filename="a.png")
    return message


@pytest.mark.parametrize("cte", ["quoted-printable", "base64", "8bit"])
def test_headers_and_texts_lose_them_however_they_are_encoded(cte: str) -> None:
    raw = build_mail(cte).as_bytes(policy=policy.SMTP)

    erased = message_from_bytes(erase_from_mail(raw, CONVERT), policy=policy.default)

    texts = [p.get_content() for p in erased.walk() if p.get_content_maintype() == "text"]
    everything = "".join(texts) + "".join(f"{value}\n" for value in erased.values())
    assert OMAR not in everything
    assert "Haddad" not in everything
    assert len(texts) == 3
    assert all(PSEUDONYM in text for text in texts)
    assert erased["Cc"] == "Fay <fay@example.org>"
    assert erased.get_body(("html",)) is not None


def test_a_mail_without_them_keeps_its_octets() -> None:
    raw = b"From: ada@example.org\r\nSubject:  odd \r\n\r\nhello\r\n"

    assert erase_from_mail(raw, CONVERT) is raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no header at all",
        b'Content-Type: text/plain; charset="x-none"\r\n\r\n' + OMAR.encode(),
        b"Content-Type: multipart/mixed\r\n\r\n" + OMAR.encode(),
        b"Subject: =?utf-8?q?=C3?=\r\n\r\n\xff\xfe",
    ],
)
def test_what_is_no_proper_mail_holds_up_nothing(raw: bytes) -> None:
    assert isinstance(erase_from_mail(raw, CONVERT), bytes)


def test_of_their_own_mail_only_that_there_was_one_is_left() -> None:
    stub = message_from_bytes(build_stub(build_mail().as_bytes(), PSEUDONYM), policy=policy.default)

    assert (stub["From"], stub["Date"]) == (PSEUDONYM, "Mon, 02 Mar 2026 10:00:00 +0000")
    assert stub.get_content().splitlines() == STUB.splitlines()
