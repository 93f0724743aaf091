"""A forged reply for each rule by which a mail is believed, and what becomes of it: nothing.

`pytest -v` prints this as a table. Whatever is tried, the review stays as it was, nobody gets a
letter, and no mail is accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mail import capability
from models import orders as o
from register.archive import Archive
from tests.cast import OLGA, OMAR, VERA
from tests.intake.gate import DOMAIN, LINK, MAIL_SERVER, SECRET, SENDER, Gate, gate
from tests.lives import closed, following_up
from tests.mail.test_authenticity import names, signed

DONE = f"A1 done {LINK}"
EVE = "eve@elsewhere.example"
PASSED = f"{MAIL_SERVER}; dmarc=pass header.from=example.org"
UNKNOWN = "550 5.1.1"
NOT_THEIRS = "550 5.7.1 This reply address was given to somebody else"
UNPROVEN = "550 5.7.26"
Try = Callable[[Gate], tuple[bytes, str]]


def headers(**given: str | None) -> Try:
    """Olga's address, in a mail with these headers."""
    return lambda home: (home.mail(DONE, **given), home.address())


def to(address: Callable[[Gate], str], **given: str | None) -> Try:
    """A mail to an address that was made up."""
    return lambda home: (home.mail(DONE, **given), address(home))


def token(secret: str = SECRET, review: str = "", person: str = OLGA) -> Callable[[Gate], str]:
    """An address that looks like one of ours, of a review or a secret that are others."""

    def address(home: Gate) -> str:
        name = review or home.life.review.id
        return capability.address(capability.token(secret.encode(), name, person), DOMAIN)

    return address


def granted_elsewhere(home: Gate) -> str:
    """An address of Olga's whose signature speaks of another review than the archive does."""
    forged = capability.token(SECRET.encode(), "review-other", OLGA)
    home.archive.grant_capability(forged, home.life.review.id, OLGA, "")
    return capability.address(forged, DOMAIN)


def renewed(home: Gate) -> str:
    address = home.address()
    home.archive.renew_addresses(OLGA)
    return address


def one_off(home: Gate) -> str:
    local, _, domain = home.address().partition("@")
    return f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@{domain}"


def two_senders(home: Gate) -> tuple[bytes, str]:
    return b"From: eve@elsewhere.example\r\n" + home.mail(DONE), home.address()


def referring(home: Gate) -> tuple[bytes, str]:
    """To our sender, with a letter of Olga's among the references."""
    known = capability.in_address(home.address(), DOMAIN)
    return home.mail(DONE, From=EVE, References=f"<x.{known}@{DOMAIN}>"), SENDER


def sealed(raw: Callable[[bytes], bytes]) -> Try:
    """A mail by Olga, signed or not, as somebody on the way made it."""
    return lambda home: (raw(home.mail(DONE, Subject="Re: A1")), home.address())


FROM: dict[str, Any] = {"require": "from"}
SERVER: dict[str, Any] = {"authserv_id": MAIL_SERVER}
DKIM: dict[str, Any] = {"require": "authenticated"}

FORGED: list[tuple[str, dict[str, Any], Try, str]] = [
    # The token
    ("token: guessed", FROM, to(lambda _: f"reply+{'a' * 26}@{DOMAIN}"), UNKNOWN),
    ("token: one letter off", FROM, to(one_off), UNKNOWN),
    ("token: too short", FROM, to(lambda h: f"reply+{h.address()[6:31]}@{DOMAIN}"), UNKNOWN),
    ("token: never given out", FROM, to(token()), UNKNOWN),
    ("token: another secret", FROM, to(token(secret="another secret of them")), UNKNOWN),
    ("token: another review's", FROM, to(granted_elsewhere), UNKNOWN),
    ("token: taken back", FROM, to(renewed), UNKNOWN),
    ("token: of another domain", FROM, to(lambda h: f"{h.address()}.example"), "550 5.7.1"),
    ("token: through us to others", FROM, to(lambda _: OLGA), "550 5.7.1"),
    # The sender
    ("from: somebody else", FROM, headers(From=OMAR), NOT_THEIRS),
    ("from: a stranger", FROM, headers(From=EVE), NOT_THEIRS),
    ("from: nobody", FROM, headers(From=None), NOT_THEIRS),
    ("from: two headers", FROM, two_senders, NOT_THEIRS),
    ("from: two addresses", FROM, headers(From=f"{OLGA}, {EVE}"), NOT_THEIRS),
    ("from: her name, his address", FROM, headers(From=f'"{OLGA}" <{EVE}>'), NOT_THEIRS),
    ("from: her address as a name", FROM, headers(From=f"{OLGA} <{EVE}>"), NOT_THEIRS),
    ("from: as a comment", FROM, headers(From=f"{EVE} ({OLGA})"), NOT_THEIRS),
    ("from: encoded", FROM, headers(From=f"=?utf-8?q?olga=40example.org?= <{EVE}>"), NOT_THEIRS),
    ("from: a letter that looks alike", FROM, headers(From="\u043elga@example.org"), NOT_THEIRS),
    (
        "from: sender and reply-to alone",
        FROM,
        headers(From=EVE, Sender=OLGA, Reply_To=OLGA),
        NOT_THEIRS,
    ),
    ("from: by her references", FROM, referring, NOT_THEIRS),
    # What our mail server found
    ("results: none", SERVER, headers(), UNPROVEN),
    (
        "results: of another server",
        SERVER,
        headers(Authentication_Results="mx.elsewhere.example; dmarc=pass header.from=example.org"),
        UNPROVEN,
    ),
    (
        "results: of a server alike",
        SERVER,
        headers(
            Authentication_Results=f"{MAIL_SERVER}.example; dmarc=pass header.from=example.org"
        ),
        UNPROVEN,
    ),
    (
        "results: failed",
        SERVER,
        headers(Authentication_Results=f"{MAIL_SERVER}; dmarc=fail header.from=example.org"),
        UNPROVEN,
    ),
    (
        "results: contradictory",
        SERVER,
        lambda h: (
            f"Authentication-Results: {MAIL_SERVER}; dmarc=fail\r\n".encode()
            + h.mail(DONE, Authentication_Results=PASSED),
            h.address(),
        ),
        UNPROVEN,
    ),
    (
        "results: in a comment",
        SERVER,
        headers(
            Authentication_Results=f"{MAIL_SERVER}; (; dmarc=pass header.from=example.org) spf=none"
        ),
        UNPROVEN,
    ),
    (
        "results: in a quoted address",
        SERVER,
        headers(
            Authentication_Results=f'{MAIL_SERVER}; spf=fail smtp.mailfrom="a; dmarc=pass"@b.c'
        ),
        UNPROVEN,
    ),
    (
        "results: for another domain",
        SERVER,
        headers(Authentication_Results=f"{MAIL_SERVER}; dmarc=pass header.from=elsewhere.example"),
        UNPROVEN,
    ),
    (
        "results: not aligned",
        SERVER,
        headers(
            Authentication_Results=f"{MAIL_SERVER}; dkim=pass header.d=my-example.org; "
            "spf=pass smtp.mailfrom=eve@elsewhere.example"
        ),
        UNPROVEN,
    ),
    (
        "results: proven, but hers not",
        SERVER,
        headers(From=OMAR, Authentication_Results=PASSED),
        NOT_THEIRS,
    ),
    # Signatures, where no mail server of ours is named
    ("dkim: no signature", DKIM, sealed(lambda raw: raw), UNPROVEN),
    (
        "dkim: of another domain",
        DKIM,
        sealed(lambda raw: signed(raw, b"elsewhere.example")),
        UNPROVEN,
    ),
    (
        "dkim: words changed",
        DKIM,
        sealed(lambda raw: signed(raw).replace(b"done", b"done now")),
        UNPROVEN,
    ),
    (
        "dkim: subject changed",
        DKIM,
        sealed(lambda raw: signed(raw).replace(b"Re: A1", b"Re: A2")),
        UNPROVEN,
    ),
    (
        "dkim: words added below",
        DKIM,
        sealed(lambda raw: signed(raw, length=True) + b"\r\nA2 accept\r\n"),
        UNPROVEN,
    ),
    (
        "dkim: a second sender above",
        DKIM,
        sealed(lambda raw: b"From: eve@elsewhere.example\r\n" + signed(raw)),
        NOT_THEIRS,
    ),
    ("dkim: results believed of nobody", DKIM, headers(Authentication_Results=PASSED), UNPROVEN),
]


@pytest.mark.parametrize(
    ("mode", "attempt", "answer"),
    [pytest.param(*case, id=name) for name, *case in FORGED],
)
async def test_a_forged_reply_is_refused_and_changes_nothing(
    archive: Archive,
    monkeypatch: pytest.MonkeyPatch,
    mode: dict[str, Any],
    attempt: Try,
    answer: str,
) -> None:
    monkeypatch.setattr("mail.authenticity.txt", names)
    async with gate(archive, following_up(), **mode) as home:
        raw, address = attempt(home)
        before = home.review

        answers = await home.lmtp(raw, address, sender=EVE)

        assert [said[: len(answer)] for said in answers] == [answer]
        assert home.review == before
        assert home.verdicts() == []


@pytest.mark.parametrize("mode", [FROM, SERVER, DKIM], ids=["from", "server", "dkim"])
async def test_the_honest_reply_beside_them_is_taken(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, mode: dict[str, Any]
) -> None:
    monkeypatch.setattr("mail.authenticity.txt", names)
    async with gate(archive, following_up(), **mode) as home:
        raw = signed(home.mail(DONE, Authentication_Results=PASSED))

        answers = await home.lmtp(raw, home.address())

        assert answers[0].startswith("250 2.0.0")
        assert home.verdicts() == ["accepted"]


async def test_an_address_dies_with_its_review(archive: Archive) -> None:
    async with gate(archive, closed(), **FROM) as home:
        before = home.review

        answers = await home.lmtp(home.mail(DONE), home.address())

        assert answers[0].startswith("550 5.7.1 The review is over")
        assert home.review == before


@pytest.mark.parametrize("mode", [FROM, {"require": "token"}], ids=["from", "token"])
async def test_a_decision_that_nobody_proved_is_answered_to_its_person_alone(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, mode: dict[str, Any]
) -> None:
    monkeypatch.setattr("mail.authenticity.txt", names)
    life = following_up()
    life.later(days=1).give(o.Claim, OLGA, action="A1", evidence=LINK)
    async with gate(archive, life, consequence=True, **mode) as home:
        before = home.review.actions

        raw = home.mail("A1 verified, I saw it fire", From=VERA)
        answers = await home.lmtp(raw, home.address(VERA), sender=EVE)

        assert answers[0].startswith("250 2.0.0")
        assert home.review.actions == before
        assert home.review.held[-1].to == VERA
        assert not home.review.held[-1].quoted[0].done


def test_a_token_says_nothing_and_fits_any_mail_system() -> None:
    made = capability.token(SECRET.encode(), "review-pagerduty-Q1ABC", OLGA, "A1")
    local = capability.address(made, DOMAIN).partition("@")[0]

    assert len(local) <= 64
    assert local == local.lower()
    assert not any(word in local for word in ("olga", "q1abc", "a1"))
    assert capability.in_address(f"{local.upper()}@{DOMAIN.upper()}", DOMAIN) == made
