"""What a mail proves is read from its octets, in the one way in which servers and signers do."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from mail.inbound.senders.raw_fields import list_raw_fields
from tests.mail.inbound_samples import build_mail

RESULTS = b"mx.example.org; dmarc=pass header.from=example.org"


def test_every_value_is_unfolded_and_the_topmost_comes_first() -> None:
    raw = b"To: a@x,\r\n\tb@x\r\nSubject: c\r\n to: d\r\nTO:e@x\n\nTo: body@x\n"

    assert list_raw_fields(raw, "to") == ("a@x,\tb@x", "e@x")


@pytest.mark.parametrize(
    "line",
    [
        b"Authentication-Results : " + RESULTS,
        b"Authentication-Results\t: " + RESULTS,
        b"Authentication-Re\rsults: " + RESULTS,
        b"Authentication-\x1b(BResults: " + RESULTS,
        b"X: y\r\n Authentication-Results: " + RESULTS,
        b"X: y\rAuthentication-Results: " + RESULTS,
        b"\rAuthentication-Results: " + RESULTS,
        "Authentication\u2010Results: ".encode() + RESULTS,
    ],
)
def test_what_servers_take_for_another_header_is_one(line: bytes) -> None:
    assert list_raw_fields(line + b"\r\n" + build_mail(), "authentication-results") == ()


def test_the_octets_are_read_as_the_mail_is_where_nothing_is_odd() -> None:
    raw = build_mail(To="Ren\u00e9 <reply+abcdefghijklmnopqrstuvwxyz@reply.example.org>")

    assert list_raw_fields(raw, "from") == ("Olga Petrova <olga@example.org>",)
    assert parse_mail(raw).sender == "olga@example.org"
    assert list_raw_fields(raw, "message-id") == (parse_mail(raw).message_id,)


def test_only_the_beginning_is_searched() -> None:
    raw = b"X: y\r\n" * 100_000 + b"To: a@x\r\n"

    assert list_raw_fields(raw, "to") == ()
