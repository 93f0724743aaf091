"""The armour of OpenPGP is taken off, and never ends in a reason."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_html_mail, build_mail

SIGNATURE = (
    "-----BEGIN PGP SIGNATURE-----\nVersion: A program\n\n"
    "iQEzBAEBCAAdFiEEq83vq83vq83vq83vq83vq83vq83vBQJpZ2dnAAoJEKvN76vN76vN\n"
    "q83vq83vq83v\n=abcd\n-----END PGP SIGNATURE-----"
)
HASH = "Hash: SHA256\n\n"


def sign(text: str, headers: str = HASH) -> str:
    """Return a text in a signature that is not checked here."""
    return f"-----BEGIN PGP SIGNED MESSAGE-----\n{headers}{text}\n{SIGNATURE}\n"


@pytest.mark.parametrize("headers", [HASH, "\n", "", "Hash: SHA256\n", "Charset: utf-8\n" + HASH])
@pytest.mark.parametrize("text", ["A1 accept\n", "A1 accept\n\n- -- \nOlga\n"])
def test_signed_words_are_read(text: str, headers: str) -> None:
    assert parse_mail(build_mail(sign(text, headers))).own_words == "A1 accept"


@pytest.mark.parametrize(
    "page",
    [
        f"<pre>{sign('A1 accept')}</pre>",
        f"<p>{sign('A1 accept')}</p>".replace("\n", "<br>"),
        "".join(f"<div>{line or '<br>'}</div>" for line in sign("A1 accept").split("\n")),
    ],
)
def test_signed_words_in_html_are_read(page: str) -> None:
    assert parse_mail(build_html_mail(page)).own_words == "A1 accept"


def test_a_reason_ends_where_the_signature_begins() -> None:
    found = parse_mail(build_mail(sign("A1 decline because of the freeze")))

    assert found.own_words == "A1 decline because of the freeze"
    assert "BEGIN PGP SIGNATURE" in found.elided


def test_a_quotation_in_a_signed_text_is_one() -> None:
    signed = sign("A1 accept\n\nOn 2 Mar 2026, Afterword wrote:\n> A2: decline because\n")

    assert parse_mail(build_mail(signed)).own_words == "A1 accept"


def test_lines_that_begin_with_a_dash_are_as_they_were() -> None:
    signed = sign("- - A1 done\n- - A2 done\n- not a list")

    assert parse_mail(build_mail(signed)).own_words == "- A1 done\n- A2 done\nnot a list"


def test_words_around_a_signed_text_are_kept() -> None:
    body = f"A1 accept\n\n{sign('A2 accept')}\nA3 accept"

    assert parse_mail(build_mail(body)).own_words == "A1 accept\n\nA2 accept\n\nA3 accept"


def test_armour_that_was_cut_off_or_is_a_key_is_no_text() -> None:
    cut = sign("A1 accept").partition("\n=abcd")[0]
    key = SIGNATURE.replace("SIGNATURE", "PUBLIC KEY BLOCK")

    assert parse_mail(build_mail(cut)).own_words == "A1 accept"
    assert parse_mail(build_mail(f"A1 accept\n\n{key}")).own_words == "A1 accept"


def test_quoted_armour_is_quoted() -> None:
    quoted = "\n".join(f"> {line}" for line in sign("A2 decline because").split("\n"))

    assert parse_mail(build_mail(f"A1 accept\n\n{quoted}")).own_words == "A1 accept"


def test_words_about_armour_are_kept() -> None:
    words = "The page shows -----BEGIN PGP SIGNATURE----- now"

    assert parse_mail(build_mail(words)).own_words == words
