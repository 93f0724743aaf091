"""Inbound mail: read by a review's people, whole where that is asked for."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage
from hashlib import sha256

import pytest

from register.repositories.sent_notifications import SentNotification
from tests.mail.inbound_samples import build_mail
from tests.sample_people import ADA, COORDINATOR, OLGA, PIA, VERA
from tests.sample_reviews import build_in_follow_up
from tests.web.web_app import REVIEW, TOOL, WebApp

PATH = f"reviews/{REVIEW}/mails"
NOTIFICATION = """\
A1  Alert when the pool is nearly empty
    A1 is due in two days and waits for you.
    Verifier: Vera Novak"""
BODY = (
    f"--b\r\n\r\nA1 done, <b>see</b> attached\n\n{NOTIFICATION}\n\n"
    "On Mon, 2 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n> how is it?\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=r\u00e9port.html"
    "\r\n\r\n<script>alert(1)</script>\r\n--b--"
)
NAME = sha256(b"one").hexdigest()[:32]
TOKEN = "abcdefghijklmnopqrstuvwxyz"
SIGNATURE = "234567abcdefghijklmnopqrst"
QUOTING = (
    f"A1 done, as I wrote to reply+{TOKEN}@reviews.example.org "
    f"and REPLY-{TOKEN.upper()}@reviews.example.org\n\n"
    "On Mon, 2 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n"
    f"> how is it? https://reviews.example.org/decide/cmV2aWV3LXE.{SIGNATURE}\n"
    f"> mailto:reply%2B{TOKEN}@reviews.example.org\n"
)
QUOTING_NAME = sha256(b"two").hexdigest()[:32]


@pytest.fixture
def raw(web_app: WebApp) -> bytes:
    life = build_in_follow_up()
    web_app.review_client.add_review(life.review)
    octets = build_mail(BODY.encode(), Content_Type="multipart/mixed; boundary=b")
    web_app.now = life.now
    store_mail(web_app, octets, NAME)
    sent = SentNotification(message_id="<1@x>", text=NOTIFICATION, review=REVIEW, person=OLGA)
    web_app.archive.notifications.store_sent_notifications([sent])
    return octets


def test_mails_about_a_review_are_listed(web_app: WebApp, raw: bytes) -> None:
    assert raw
    (only,) = web_app.get(PATH).json()["mails"]

    assert (only["name"], only["person"], only["verdict"]) == (NAME[:12], OLGA, "accepted")


def test_a_mail_tells_own_words_from_what_was_left_out(web_app: WebApp, raw: bytes) -> None:
    assert raw
    shown = web_app.get(f"{PATH}/{NAME[:6]}").json()

    assert shown["own_words"] == "A1 done, <b>see</b> attached"
    assert "how is it?" in shown["left_out"]
    assert "waits for you" in shown["left_out"]
    assert [file["kind"] for file in shown["files"]] == ["text/html"]


def build_encoded_mail(encoding: str) -> bytes:
    """Return a mail in which Olga attaches what she quotes of our email to her."""
    message = EmailMessage(email.policy.SMTP)
    message["From"], message["To"] = OLGA, f"reply+{TOKEN}@reviews.example.org"
    message.set_content(QUOTING, cte=encoding)
    message.add_attachment(QUOTING, cte=encoding, filename="quoted.txt")
    return message.as_bytes()


def store_quoting_mail(web_app: WebApp) -> None:
    """Store a mail in which Olga quotes her reply address and the links of our email to her."""
    store_mail(web_app, build_mail(QUOTING.encode(), Subject=f"Re: {TOKEN}"))


def store_mail(web_app: WebApp, octets: bytes, name: str = QUOTING_NAME) -> None:
    web_app.archive.mail.store_mail(
        digest=sha256(octets).hexdigest(),
        raw=octets,
        received_at=web_app.now,
        command_id=name,
        review=REVIEW,
        person=OLGA,
        verdict="accepted",
    )


@pytest.mark.parametrize("by", [OLGA, ADA, COORDINATOR])
def test_nothing_that_is_shown_of_a_mail_lets_its_reader_reply_or_decide_for_its_writer(
    web_app: WebApp, raw: bytes, by: str
) -> None:
    assert raw
    store_quoting_mail(web_app)

    answer = web_app.get(f"{PATH}/{QUOTING_NAME}", by=by)

    shown = answer.json()
    assert TOKEN not in answer.text
    assert TOKEN.upper() not in answer.text
    assert SIGNATURE not in answer.text
    assert "reply+…@reviews.example.org" in shown["own_words"]
    assert "/decide/…" in shown["left_out"]
    assert "A1 done" in shown["own_words"]
    assert "how is it?" in shown["left_out"]


def test_mail_and_files_are_saved_and_never_shown_as_a_page(web_app: WebApp, raw: bytes) -> None:
    whole = web_app.get(f"{PATH}/{NAME}/raw", by=OLGA)
    file = web_app.get(f"{PATH}/{NAME}/files/1")

    assert whole.content == raw
    assert file.content == b"<script>alert(1)</script>"
    for answer in (whole, file):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].endswith("r%C3%A9port.html")


@pytest.mark.parametrize("by", [ADA, COORDINATOR])
@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
def test_what_others_download_holds_no_token(
    web_app: WebApp, raw: bytes, by: str, encoding: str
) -> None:
    assert raw
    octets = build_encoded_mail(encoding)
    store_mail(web_app, octets)
    kinds = ("files/1",) if by == ADA else ("raw", "files/1")

    for kind in kinds:
        shown = web_app.get(f"{PATH}/{QUOTING_NAME}/{kind}", by=by).content
        own = web_app.get(f"{PATH}/{QUOTING_NAME}/{kind}", by=OLGA).content
        parts = [
            bytes(part.get_payload(decode=True) or b"")
            for part in email.message_from_bytes(shown).walk()
            if not part.is_multipart()
        ]
        text = b"".join((shown, *parts)).lower().replace(b"=\r\n", b"")

        assert TOKEN.encode() not in text
        assert SIGNATURE.encode() not in text
        assert b"how is it?" in text
        assert kind != "raw" or own == octets
        assert b"*" * 26 in text
        assert b"*" * 26 not in own


@pytest.mark.parametrize("path", ["", "/raw", "/files/1"])
def test_what_is_not_there_is_said(web_app: WebApp, raw: bytes, path: str) -> None:
    assert raw
    assert web_app.get(f"{PATH}/0000{path}").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "-1"])
def test_a_file_that_is_not_there_is_said(web_app: WebApp, raw: bytes, number: str) -> None:
    assert raw
    assert web_app.get(f"{PATH}/{NAME}/files/{number}").status_code == 404


def test_a_mail_as_it_came_is_for_its_writer_and_the_coordinator(
    web_app: WebApp, raw: bytes
) -> None:
    assert raw
    answers = {
        by: web_app.get(f"{PATH}/{NAME}/raw", by=by).status_code for by in (OLGA, COORDINATOR, ADA)
    }
    statuses = {
        by: web_app.get(f"{PATH}/{NAME}", by=by).json()["whole"] for by in (OLGA, COORDINATOR, ADA)
    }

    assert answers == {OLGA: 200, COORDINATOR: 200, ADA: 403}
    assert statuses == {OLGA: True, COORDINATOR: True, ADA: False}


@pytest.mark.parametrize("path", ["", f"/{NAME}", f"/{NAME}/files/1"])
def test_mail_is_for_the_people_of_the_review(web_app: WebApp, raw: bytes, path: str) -> None:
    assert raw
    stranger = "stranger@example.org"
    answers = {
        by: web_app.get(PATH + path, by=by).status_code
        for by in (ADA, OLGA, VERA, COORDINATOR, TOOL, stranger, "")
    }

    assert answers == {
        **dict.fromkeys((ADA, OLGA, VERA, COORDINATOR), 200),
        TOOL: 403,
        stranger: 403,
        "": 401,
    }


def test_who_may_see_a_restricted_review_may_read_its_mail(web_app: WebApp, raw: bytes) -> None:
    assert raw
    web_app.review_client.add_review(
        replace(web_app.review_client.reviews[REVIEW], restricted_to=(PIA,))
    )

    assert web_app.get(PATH, by=PIA).status_code == 200
