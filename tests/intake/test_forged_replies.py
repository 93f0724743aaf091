"""A forged reply for each rule by which a mail is believed, and what becomes of it: nothing.

`pytest -v` prints this as a table. Whatever is tried, the review stays as it was, nobody gets an
email, and no mail is accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mail.common import reply_token
from models import commands as o
from register.archive import Archive
from tests.intake.intake_server import (
    DOMAIN,
    LINK,
    MAIL_SERVER,
    SECRET,
    SENDER,
    IntakeServer,
    run_intake_server,
)
from tests.mail.inbound.test_authentication import look_up_key, sign
from tests.sample_people import OLGA, OMAR, VERA
from tests.sample_reviews import build_closed, build_in_follow_up

DONE = f"A1 done {LINK}"
EVE = "eve@elsewhere.example"
DMARC_PASSED = f"{MAIL_SERVER}; dmarc=pass header.from=example.org"
UNKNOWN = "550 5.1.1"
NOT_OWNER = "550 5.7.1 This reply address was given to somebody else"
UNPROVEN = "550 5.7.26"
Attempt = Callable[[IntakeServer], tuple[bytes, str]]


def with_headers(**given: str | None) -> Attempt:
    """Return an attempt: a mail to Olga's address with these headers."""
    return lambda home: (home.build_mail(DONE, **given), home.build_reply_address())


def send_to(address: Callable[[IntakeServer], str], **given: str | None) -> Attempt:
    """Return an attempt: a mail to an address that was made up."""
    return lambda home: (home.build_mail(DONE, **given), address(home))


def build_token_address(
    secret: str = SECRET, review: str = "", person: str = OLGA
) -> Callable[[IntakeServer], str]:
    """Return a function that builds an address for another review or with another secret."""

    def address(home: IntakeServer) -> str:
        name = review or home.builder.review.id
        return reply_token.build_token_address(
            reply_token.sign_token(secret.encode(), name, person), DOMAIN
        )

    return address


def build_address_of_other_review(intake: IntakeServer) -> str:
    """Return an address of Olga's whose signature names another review than the archive does."""
    forged = reply_token.sign_token(SECRET.encode(), "review-other", OLGA)
    intake.archive.notifications.add_reply_address(forged, intake.builder.review.id, OLGA, "")
    return reply_token.build_token_address(forged, DOMAIN)


def build_renewed_address(intake: IntakeServer) -> str:
    address = intake.build_reply_address()
    intake.archive.people.renew_reply_addresses(OLGA)
    return address


def build_altered_address(intake: IntakeServer) -> str:
    local, _, domain = intake.build_reply_address().partition("@")
    return f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@{domain}"


def build_mail_from_two(intake: IntakeServer) -> tuple[bytes, str]:
    return b"From: eve@elsewhere.example\r\n" + intake.build_mail(
        DONE
    ), intake.build_reply_address()


def build_mail_by_reference(intake: IntakeServer) -> tuple[bytes, str]:
    """Return a mail to our sender, with an email to Olga among the references."""
    return intake.build_mail(DONE, From=EVE, References=intake.build_message_id()), SENDER


def send_signed(raw: Callable[[bytes], bytes]) -> Attempt:
    """Return an attempt: a mail by Olga as it is, or as it was changed on the way."""
    return lambda home: (raw(home.build_mail(DONE, Subject="Re: A1")), home.build_reply_address())


FROM: dict[str, Any] = {"require": "from"}
SERVER: dict[str, Any] = {"authserv_id": MAIL_SERVER}
DKIM: dict[str, Any] = {"require": "authenticated"}

FORGED: list[tuple[str, dict[str, Any], Attempt, str]] = [
    # The token
    ("token: guessed", FROM, send_to(lambda _: f"reply+{'a' * 26}@{DOMAIN}"), UNKNOWN),
    ("token: one letter off", FROM, send_to(build_altered_address), UNKNOWN),
    (
        "token: too short",
        FROM,
        send_to(lambda h: f"reply+{h.build_reply_address()[6:31]}@{DOMAIN}"),
        UNKNOWN,
    ),
    ("token: never given out", FROM, send_to(build_token_address()), UNKNOWN),
    (
        "token: another secret",
        FROM,
        send_to(build_token_address(secret="another secret of them")),
        UNKNOWN,
    ),
    ("token: another review's", FROM, send_to(build_address_of_other_review), UNKNOWN),
    ("token: taken back", FROM, send_to(build_renewed_address), UNKNOWN),
    (
        "token: of another domain",
        FROM,
        send_to(lambda h: f"{h.build_reply_address()}.example"),
        "550 5.7.1",
    ),
    ("token: through us to others", FROM, send_to(lambda _: OLGA), "550 5.7.1"),
    # The sender
    ("from: somebody else", FROM, with_headers(From=OMAR), NOT_OWNER),
    ("from: a stranger", FROM, with_headers(From=EVE), NOT_OWNER),
    ("from: nobody", FROM, with_headers(From=None), NOT_OWNER),
    ("from: two headers", FROM, build_mail_from_two, NOT_OWNER),
    ("from: two addresses", FROM, with_headers(From=f"{OLGA}, {EVE}"), NOT_OWNER),
    ("from: her name, his address", FROM, with_headers(From=f'"{OLGA}" <{EVE}>'), NOT_OWNER),
    ("from: her address as a name", FROM, with_headers(From=f"{OLGA} <{EVE}>"), NOT_OWNER),
    ("from: as a comment", FROM, with_headers(From=f"{EVE} ({OLGA})"), NOT_OWNER),
    (
        "from: encoded",
        FROM,
        with_headers(From=f"=?utf-8?q?olga=40example.org?= <{EVE}>"),
        NOT_OWNER,
    ),
    (
        "from: a letter that looks alike",
        FROM,
        with_headers(From="\u043elga@example.org"),
        NOT_OWNER,
    ),
    (
        "from: sender and reply-to alone",
        FROM,
        with_headers(From=EVE, Sender=OLGA, Reply_To=OLGA),
        NOT_OWNER,
    ),
    ("from: by her references", FROM, build_mail_by_reference, NOT_OWNER),
    # What our mail server found
    ("results: none", SERVER, with_headers(), UNPROVEN),
    (
        "results: of another server",
        SERVER,
        with_headers(
            Authentication_Results="mx.elsewhere.example; dmarc=pass header.from=example.org"
        ),
        UNPROVEN,
    ),
    (
        "results: of a server alike",
        SERVER,
        with_headers(
            Authentication_Results=f"{MAIL_SERVER}.example; dmarc=pass header.from=example.org"
        ),
        UNPROVEN,
    ),
    (
        "results: failed",
        SERVER,
        with_headers(Authentication_Results=f"{MAIL_SERVER}; dmarc=fail header.from=example.org"),
        UNPROVEN,
    ),
    (
        "results: contradictory",
        SERVER,
        lambda h: (
            f"Authentication-Results: {MAIL_SERVER}; dmarc=fail\r\n".encode()
            + h.build_mail(DONE, Authentication_Results=DMARC_PASSED),
            h.build_reply_address(),
        ),
        UNPROVEN,
    ),
    (
        "results: in a comment",
        SERVER,
        with_headers(
            Authentication_Results=f"{MAIL_SERVER}; (; dmarc=pass header.from=example.org) spf=none"
        ),
        UNPROVEN,
    ),
    (
        "results: in a quoted address",
        SERVER,
        with_headers(
            Authentication_Results=f'{MAIL_SERVER}; spf=fail smtp.mailfrom="a; dmarc=pass"@b.c'
        ),
        UNPROVEN,
    ),
    (
        "results: for another domain",
        SERVER,
        with_headers(
            Authentication_Results=f"{MAIL_SERVER}; dmarc=pass header.from=elsewhere.example"
        ),
        UNPROVEN,
    ),
    (
        "results: not aligned",
        SERVER,
        with_headers(
            Authentication_Results=f"{MAIL_SERVER}; dkim=pass header.d=my-example.org; "
            "spf=pass smtp.mailfrom=eve@elsewhere.example"
        ),
        UNPROVEN,
    ),
    (
        "results: proven, but hers not",
        SERVER,
        with_headers(From=OMAR, Authentication_Results=DMARC_PASSED),
        NOT_OWNER,
    ),
    (
        "results: in a header that servers do not know",
        SERVER,
        lambda h: (
            f"Authentication-Results : {DMARC_PASSED}\r\n".encode() + h.build_mail(DONE),
            h.build_reply_address(),
        ),
        UNPROVEN,
    ),
    (
        "results: in a header with a return in its name",
        SERVER,
        lambda h: (
            f"Authentication-Re\rsults: {DMARC_PASSED}\r\n".encode() + h.build_mail(DONE),
            h.build_reply_address(),
        ),
        UNPROVEN,
    ),
    (
        "results: of two fields",
        SERVER,
        lambda h: (
            f"Authentication-Results: {MAIL_SERVER}; dkim=none\r\n".encode()
            + h.build_mail(
                DONE, Authentication_Results=f"{MAIL_SERVER}; dkim=pass header.d=example.org"
            ),
            h.build_reply_address(),
        ),
        UNPROVEN,
    ),
    (
        "results: hidden by one that cannot be read",
        SERVER,
        lambda h: (
            f"Authentication-Results: {MAIL_SERVER}; dmarc=fail (\r\n".encode()
            + h.build_mail(DONE, Authentication_Results=DMARC_PASSED),
            h.build_reply_address(),
        ),
        UNPROVEN,
    ),
    (
        "results: without a domain",
        SERVER,
        with_headers(Authentication_Results=f"{MAIL_SERVER}; dmarc=pass"),
        UNPROVEN,
    ),
    ("from: a group", FROM, with_headers(From=f"Friends: {OLGA};"), NOT_OWNER),
    ("from: an unfinished comment", FROM, with_headers(From=f"{OLGA} ({EVE}"), NOT_OWNER),
    # Signatures, where no mail server of ours is named
    ("dkim: no signature", DKIM, send_signed(lambda raw: raw), UNPROVEN),
    (
        "dkim: of another domain",
        DKIM,
        send_signed(lambda raw: sign(raw, b"elsewhere.example")),
        UNPROVEN,
    ),
    (
        "dkim: words changed",
        DKIM,
        send_signed(lambda raw: sign(raw).replace(b"done", b"done now")),
        UNPROVEN,
    ),
    (
        "dkim: subject changed",
        DKIM,
        send_signed(lambda raw: sign(raw).replace(b"Re: A1", b"Re: A2")),
        UNPROVEN,
    ),
    (
        "dkim: words added below",
        DKIM,
        send_signed(lambda raw: sign(raw, length=True) + b"\r\nA2 accept\r\n"),
        UNPROVEN,
    ),
    (
        "dkim: a second sender above",
        DKIM,
        send_signed(lambda raw: b"From: eve@elsewhere.example\r\n" + sign(raw)),
        NOT_OWNER,
    ),
    (
        "dkim: results believed of nobody",
        DKIM,
        with_headers(Authentication_Results=DMARC_PASSED),
        UNPROVEN,
    ),
]


@pytest.mark.parametrize(
    ("mode", "attempt", "answer"),
    [pytest.param(*case, id=name) for name, *case in FORGED],
)
async def test_a_forged_reply_is_refused_and_changes_nothing(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    mode: dict[str, Any],
    attempt: Attempt,
    answer: str,
) -> None:
    monkeypatch.setattr("mail.inbound.senders.dkim_signatures.fetch_txt_record", look_up_key)
    async with run_intake_server(archive, build_in_follow_up(), **mode) as home:
        raw, address = attempt(home)
        before = home.review

        answers = await home.send_lmtp(raw, address, sender=EVE)

        assert [line[: len(answer)] for line in answers] == [answer]
        assert home.review == before
        assert home.list_verdicts() == []


@pytest.mark.parametrize("mode", [FROM, SERVER, DKIM], ids=["from", "server", "dkim"])
async def test_the_honest_reply_beside_them_is_taken(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, mode: dict[str, Any]
) -> None:
    monkeypatch.setattr("mail.inbound.senders.dkim_signatures.fetch_txt_record", look_up_key)
    async with run_intake_server(archive, build_in_follow_up(), **mode) as home:
        raw = sign(home.build_mail(DONE, Authentication_Results=DMARC_PASSED))

        answers = await home.send_lmtp(raw, home.build_reply_address())

        assert answers[0].startswith("250 2.0.0")
        assert home.list_verdicts() == ["accepted"]


async def test_an_address_dies_with_its_review(archive: Archive) -> None:
    async with run_intake_server(archive, build_closed(), **FROM) as home:
        before = home.review

        answers = await home.send_lmtp(home.build_mail(DONE), home.build_reply_address())

        assert answers[0].startswith("550 5.7.1 The review is closed")
        assert home.review == before


@pytest.mark.parametrize("mode", [FROM, {"require": "token"}], ids=["from", "token"])
async def test_a_decision_that_nobody_proved_is_answered_to_its_person_alone(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, mode: dict[str, Any]
) -> None:
    monkeypatch.setattr("mail.inbound.senders.dkim_signatures.fetch_txt_record", look_up_key)
    life = build_in_follow_up()
    life.advance(days=1).ask(o.Claim, OLGA, action="A1", evidence=LINK)
    async with run_intake_server(archive, life, consequence=True, **mode) as home:
        before = home.review.actions

        raw = home.build_mail("A1 verified, I saw it fire", From=VERA)
        answers = await home.send_lmtp(raw, home.build_reply_address(VERA), sender=EVE)

        assert answers[0].startswith("250 2.0.0")
        assert home.review.actions == before
        assert home.review.held[-1].to == VERA
        assert not home.review.held[-1].quoted_lines[0].done


def test_a_token_says_nothing_and_fits_any_mail_system() -> None:
    made = reply_token.sign_token(SECRET.encode(), "review-pagerduty-Q1ABC", OLGA, "A1")
    local = reply_token.build_token_address(made, DOMAIN).partition("@")[0]

    assert len(local) <= 64
    assert local == local.lower()
    assert not any(word in local for word in ("olga", "q1abc", "a1"))
    assert reply_token.find_token_in_address(f"{local.upper()}@{DOMAIN.upper()}", DOMAIN) == made
