"""Mails that came in: read by a review's people, whole where that is asked for."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from register.letters import Sent
from tests.cast import ADA, DESK, OLGA, PIA, VERA
from tests.lives import following_up
from tests.mail.incoming import mail
from tests.web.house import REVIEW, TOOL, House

PATH = f"reviews/{REVIEW}/mails"
LETTER = """\
A1  Alert when the pool is nearly empty
    A1 is due in two days and waits for you.
    Verifier: Vera Novak"""
BODY = (
    f"--b\r\n\r\nA1 done, <b>see</b> attached\n\n{LETTER}\n\n"
    "On Mon, 2 Mar 2026 at 10:00, Ada <ada@example.org> wrote:\n> how is it?\r\n"
    "--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename=r\u00e9port.html"
    "\r\n\r\n<script>alert(1)</script>\r\n--b--"
)
NAME = sha256(b"one").hexdigest()[:32]


@pytest.fixture
def raw(house: House) -> bytes:
    life = following_up()
    house.room.put(life.review)
    octets = mail(BODY.encode(), Content_Type="multipart/mixed; boundary=b")
    house.archive.file_mail(
        digest=sha256(octets).hexdigest(),
        raw=octets,
        received_at=life.now,
        order_id=NAME,
        review=REVIEW,
        person=OLGA,
        verdict="accepted",
    )
    sent = Sent(message_id="<1@x>", words=LETTER, token="t", review=REVIEW, person=OLGA, item="")
    house.archive.keep_letters([sent])
    return octets


def test_mails_about_a_review_are_listed(house: House, raw: bytes) -> None:
    assert raw
    (only,) = house.get(PATH).json()["mails"]

    assert (only["name"], only["person"], only["verdict"]) == (NAME[:12], OLGA, "accepted")


def test_a_mail_tells_own_words_from_what_was_left_out(house: House, raw: bytes) -> None:
    assert raw
    shown = house.get(f"{PATH}/{NAME[:6]}").json()

    assert shown["own_words"] == "A1 done, <b>see</b> attached"
    assert "how is it?" in shown["left_out"]
    assert "waits for you" in shown["left_out"]
    assert [file["kind"] for file in shown["files"]] == ["text/html"]


def test_mail_and_files_are_saved_and_never_shown_as_a_page(house: House, raw: bytes) -> None:
    whole = house.get(f"{PATH}/{NAME}/raw", by=OLGA)
    file = house.get(f"{PATH}/{NAME}/files/1")

    assert whole.content == raw
    assert file.content == b"<script>alert(1)</script>"
    for answer in (whole, file):
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].endswith("r%C3%A9port.html")


@pytest.mark.parametrize("path", ["", "/raw", "/files/1"])
def test_what_is_not_there_is_said(house: House, raw: bytes, path: str) -> None:
    assert raw
    assert house.get(f"{PATH}/0000{path}").status_code == 404


@pytest.mark.parametrize("number", ["0", "2", "-1"])
def test_a_file_that_is_not_there_is_said(house: House, raw: bytes, number: str) -> None:
    assert raw
    assert house.get(f"{PATH}/{NAME}/files/{number}").status_code == 404


def test_a_mail_as_it_came_is_for_its_writer_and_the_desk(house: House, raw: bytes) -> None:
    assert raw
    answers = {by: house.get(f"{PATH}/{NAME}/raw", by=by).status_code for by in (OLGA, DESK, ADA)}
    told = {by: house.get(f"{PATH}/{NAME}", by=by).json()["whole"] for by in (OLGA, DESK, ADA)}

    assert answers == {OLGA: 200, DESK: 200, ADA: 403}
    assert told == {OLGA: True, DESK: True, ADA: False}


@pytest.mark.parametrize("path", ["", f"/{NAME}", f"/{NAME}/files/1"])
def test_mail_is_for_the_people_of_the_review(house: House, raw: bytes, path: str) -> None:
    assert raw
    stranger = "stranger@example.org"
    answers = {
        by: house.get(PATH + path, by=by).status_code
        for by in (ADA, OLGA, VERA, DESK, TOOL, stranger, "")
    }

    assert answers == {
        **dict.fromkeys((ADA, OLGA, VERA, DESK), 200),
        TOOL: 403,
        stranger: 403,
        "": 401,
    }


def test_who_may_see_a_restricted_review_may_read_its_mail(house: House, raw: bytes) -> None:
    assert raw
    house.room.put(replace(house.room.reviews[REVIEW], restricted_to=(PIA,)))

    assert house.get(PATH, by=PIA).status_code == 200
