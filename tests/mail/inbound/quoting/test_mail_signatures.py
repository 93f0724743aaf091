from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_mail

OWN = "A1 done https://example.org/changes/41"


@pytest.mark.parametrize(
    "said",
    [
        "(sent from a phone)",
        "<<sent by galaxy>>",
        "From My Iphone 9",
        "Sent from my cell, please excuse any typos.",
        "Sent from my Wonder Nine phone.  Sorry for the brevity",
        "Sent from Wonderapp<https://example.org/app>",
        "Download Outlook for Android<https://example.org/outlook>",
        "Scarica Outlook per iOS",
        "Az iPhone-omról küldve",
        "Trimis de pe iPhone-ul meu",
        "iPhone'umdan gönderildi",
        "أُرسلت من الـ iPhone",
        "נשלח מה-iPhone שלי",
        "Εστάλη από το iPhone μου",
        "Надіслано з iPhone",
    ],
)
def test_what_a_device_says_is_not_ours(said: str) -> None:
    assert parse_mail(build_mail(f"{OWN}\n\n{said}\n")).own_words == OWN


@pytest.mark.parametrize(
    "words",
    [
        "From my phone it still fails",
        "Download Outlook for Android first, then sign in",
        "Sent from the staging host to production at 10:00",
        "Get the log from my phone",
        "(sent the list to Omar)",
    ],
)
def test_what_somebody_says_of_a_device_is_kept(words: str) -> None:
    assert parse_mail(build_mail(f"{OWN}\n{words}")).own_words == f"{OWN}\n{words}"


@pytest.mark.parametrize(
    "words",
    [
        "PS: the dashboard has it, too",
        "P.S. Omar knows",
        "We will look into the other one.",
    ],
)
def test_words_below_a_farewell_are_kept(words: str) -> None:
    found = parse_mail(build_mail(f"{OWN}\n\nBest,\nBob\n\n{words}"))

    assert found.own_words.startswith(OWN)
    assert found.own_words.endswith(words)


@pytest.mark.parametrize(
    "card",
    [
        "Cheers\n\nBob Doe | Engineer",
        "*Bob Doe* | *Engineer*\n*Call me +49 555 123 4567*\n\nExample Street 2, Example Town",
    ],
)
def test_a_name_with_a_title_closes_a_mail(card: str) -> None:
    assert parse_mail(build_mail(f"{OWN}\n\n{card}")).own_words == OWN


def test_what_is_quoted_below_a_rule_makes_no_signature_of_what_stands_there() -> None:
    words = f"{OWN}\n----------\nThe second drill went well, too."
    header = "From: Olga <olga@example.org>\nSent: Monday, 9 March 2026\nTo: Ada\nSubject: A1"

    assert parse_mail(build_mail(f"{words}\n\n{header}\n\nTwo actions wait.")).own_words == words


def test_a_paragraph_below_a_rule_is_no_signature_though_it_names_an_address() -> None:
    words = f"{OWN}\n---\nI asked ops@example.org to keep the pool at its new size until Friday."

    assert parse_mail(build_mail(words)).own_words == words
    assert parse_mail(build_mail(f"{OWN}\n---\nBob Doe\nops@example.org")).own_words == OWN
