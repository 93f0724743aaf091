from __future__ import annotations

import email
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.capability import genuine, in_address, in_message_id, token
from mail.compose import compose, message_id
from mail.headers import item_of, policy_for, thread_root
from mail.site import Site
from models.letters import Item, Letter, LetterKind
from tests.cast import ADA, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.mail.parts import about, read_back, reminder, text
from tests.mail.samples import (
    NOW,
    POOL_ALERT,
    SITE,
    composed,
    letters,
    slice_of,
)

KINDS = tuple(LetterKind)


def sample(kind: LetterKind) -> EmailMessage:
    return composed(*letters()[kind])


def test_the_same_letter_has_the_same_message_id_and_another_has_another() -> None:
    review = slice_of(POOL_ALERT)
    first = reminder(about("A1"))
    names = {
        message_id(first, review, SITE),
        message_id(replace(first, count=2), review, SITE),
        message_id(replace(first, to=OMAR), review, SITE),
        message_id(first, replace(review, reopened=1), SITE),
        message_id(first, replace(review, id="review-pagerduty-Q2"), SITE),
    }

    assert len(names) == 5
    assert composed(first, review)["Message-ID"] == message_id(first, review, SITE)


def test_letters_of_one_review_hang_on_one_thread() -> None:
    roots = {
        (sample(kind)["References"], sample(kind)["In-Reply-To"])
        for kind in KINDS
        if kind is not LetterKind.ANSWER
    }

    assert roots == {(thread_root(slice_of(), SITE),) * 2}


def test_an_answer_hangs_on_the_mail_it_answers() -> None:
    message = sample(LetterKind.ANSWER)

    assert message["In-Reply-To"] == "<CAF+9=abc@mail.gmail.example>"
    assert message["References"].split() == [
        thread_root(slice_of(), SITE),
        "<CAF+9=abc@mail.gmail.example>",
    ]
    assert message["Auto-Submitted"] == "auto-replied"
    assert sample(LetterKind.REMINDER)["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Re: Checkout: A1 is overdue", "Re: Checkout: A1 is overdue"),
        ("AW: Re: Checkout: A1 is overdue", "Re: Checkout: A1 is overdue"),
        ("RE[2]: SV：Checkout", "Re: Checkout"),
        ("Checkout re: pools", "Re: Checkout re: pools"),
        ("x\r\nBcc: eve@example.org", "Re: x Bcc: eve@example.org"),
        ("Re: ", "Checkout answered with errors: nothing was changed"),
        ("", "Checkout answered with errors: nothing was changed"),
    ],
)
def test_an_answer_goes_by_the_subject_of_the_mail_it_answers(theirs: str, ours: str) -> None:
    answer = Letter(kind=LetterKind.ANSWER, to=OMAR, subject=theirs)

    message = read_back(composed(answer, slice_of()))

    assert message["Subject"] == ours
    assert message["Bcc"] is None


@pytest.mark.parametrize("bad", ["", "no id", "<a b@c>", "<x@y\r\nBcc: z@example.org>", "<ü@x>"])
def test_a_message_id_that_is_none_is_not_answered_to(bad: str) -> None:
    answer = Letter(kind=LetterKind.ANSWER, to=OMAR, in_reply_to=bad)

    message = composed(answer, slice_of())

    assert message["In-Reply-To"] == thread_root(slice_of(), SITE)
    assert read_back(message)["Bcc"] is None


def test_a_reply_to_one_action_is_signed_for_that_action() -> None:
    message = composed(reminder(about("A1"), about("A1")), slice_of(POOL_ALERT))
    signed = token(SITE.secret, slice_of().id, OLGA, "A1")

    replied = message["Reply-To"].addresses[0].addr_spec

    assert in_address(replied, SITE.domain) == signed
    assert in_message_id(message["Message-ID"], SITE.domain) == signed


@pytest.mark.parametrize(
    ("items", "item"),
    [
        ((), ""),
        ((about("A1"), about("A2")), ""),
        ((about("A1"), about("")), ""),
        ((about("C1"),), ""),
        ((about("A12"),), "A12"),
    ],
)
def test_a_reply_to_anything_else_is_signed_for_the_review(
    items: tuple[Item, ...], item: str
) -> None:
    assert item_of(reminder(*items)) == item


def test_the_way_out_is_a_mail() -> None:
    message = read_back(sample(LetterKind.REMINDER))
    replied = message["Reply-To"].addresses[0].addr_spec

    assert message["List-Unsubscribe"].startswith(f"<mailto:{replied}?subject=unsubscribe>, <http")


def test_long_ids_and_links_are_not_broken_or_encoded() -> None:
    far = replace(SITE, domain="replies.of.the.reliability.group.with.a.long.name.example.org")
    asked = f"<{'A' * 90}@{'b' * 60}.prod.outlook.example>"
    answer = Letter(kind=LetterKind.ANSWER, to=OMAR, in_reply_to=asked)

    octets = composed(answer, slice_of(), far).as_bytes()

    assert asked.encode() in octets
    assert message_id(answer, slice_of(), far).encode() in octets
    assert b"=?" not in octets.partition(b"\r\n\r\n")[0]


# Addresses and names


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=150), st.text(max_size=80))
def test_no_title_or_name_breaks_a_header(title: str, name: str) -> None:
    letter, review = letters()[LetterKind.ASSIGNED]
    review = replace(review, incident=replace(review.incident, title=title))
    people = {**PEOPLE, OLGA: replace(PEOPLE[OLGA], name=name)}

    message = compose(letter, review, people, SITE, NOW)
    back = read_back(message)

    assert back.keys() == message.keys()
    assert back["Subject"].endswith(": please accept or decline A1")
    assert len(back["Subject"]) <= 120
    assert [a.addr_spec for a in back["To"].addresses] == [OLGA]


@pytest.mark.parametrize(
    "title",
    [
        "Down\r\nBcc: x@example.org",
        "=?utf-8?q?Down=0D=0ABcc:_x=40example.org?=",
        "Down\u2028Bcc: x@example.org",
        "Down\x00\x1b]0;x\x07",
        "\u202eecnatuo",
    ],
)
def test_a_title_cannot_add_headers_or_turn_the_line(title: str) -> None:
    review = replace(slice_of(), incident=replace(slice_of().incident, title=title))

    back = read_back(composed(Letter(kind=LetterKind.NOTICE, to=SAM), review))

    assert back["Bcc"] is None
    assert back["Subject"].isprintable()
    assert "\u202e" not in back["Subject"]


def test_a_long_title_leaves_room_for_what_is_asked() -> None:
    long = replace(slice_of().incident, title="Checkout " + "and payments " * 40)

    message = composed(reminder(about("A1")), replace(slice_of(POOL_ALERT), incident=long))

    assert message["Subject"].endswith(" …: A1 waits for you")
    assert len(message["Subject"]) <= 120


def test_a_name_with_a_comma_or_beyond_ascii_reaches_the_same_address() -> None:
    for name in ('Sørensen, Pia "P"', "Пиа Сёренсен " * 4):
        people = {**PEOPLE, PIA: replace(PEOPLE[PIA], name=name)}
        message = compose(Letter(kind=LetterKind.NOTICE, to=PIA), slice_of(), people, SITE, NOW)

        raw = email.message_from_bytes(message.as_bytes())["To"]
        shown = str(make_header(decode_header(raw)))

        assert shown.endswith(f"<{PIA}>")
        assert name.split()[0].rstrip(",") in shown


def test_a_domain_beyond_ascii_is_written_as_the_network_knows_it() -> None:
    message = composed(Letter(kind=LetterKind.NOTICE, to="ada@bücher.example"), slice_of())

    assert message["To"].addresses[0].addr_spec == "ada@xn--bcher-kva.example"
    assert message.as_bytes().isascii()


def test_a_mailbox_beyond_ascii_gets_headers_in_utf8() -> None:
    message = composed(Letter(kind=LetterKind.NOTICE, to="jürgen@example.org"), slice_of())

    assert "To: jürgen@example.org".encode() in message.as_bytes()
    assert not policy_for(ADA, SITE.sender).utf8


@pytest.mark.parametrize(
    "odd", ["desk", "a b@example.org", "x@", "@x", "a@b@c", "x@..", "a\r\nb@c"]
)
def test_an_odd_address_is_for_the_mail_server_to_judge(odd: str) -> None:
    message = composed(Letter(kind=LetterKind.NOTICE, to=odd), slice_of())

    assert len(message["To"].addresses) == 1
    assert len(read_back(message).get_all("To", [])) == 1


def test_a_reader_without_a_name_is_addressed_by_address() -> None:
    message = compose(reminder(about("A1")), slice_of(POOL_ALERT), {}, SITE, NOW)

    assert str(message["To"]) == OLGA
    assert f"Verifier: {VERA}" in text(message)


def test_the_secret_stays_out_of_sight() -> None:
    assert "secret" not in repr(SITE)
    assert Site(sender="a", domain="b", url="c", secret=b"d") == Site(
        sender="a", domain="b", url="c", secret=b"d"
    )


def test_one_click_lets_reminders_come_weekly_where_the_site_speaks_https() -> None:
    found = composed(*letters()[LetterKind.ASSIGNED])

    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in found["List-Unsubscribe"]
    assert "subject=unsubscribe" in found["List-Unsubscribe"]


def test_without_https_only_a_mail_unsubscribes() -> None:
    letter, review = letters()[LetterKind.ASSIGNED]

    found = compose(letter, review, PEOPLE, replace(SITE, url="http://localhost:8600"), NOW)

    assert "List-Unsubscribe-Post" not in found
    assert "unsubscribe/" not in found["List-Unsubscribe"]


def test_another_delimiter_stands_before_the_token() -> None:
    message = composed(*letters()[LetterKind.REMINDER], replace(SITE, delimiter="="))

    assert str(message["Reply-To"]).startswith("Afterword <reply=")
    assert "<mailto:reply=" in message["List-Unsubscribe"]


def test_without_a_delimiter_replies_come_to_our_sender_and_are_known_by_references() -> None:
    message = composed(*letters()[LetterKind.REMINDER], replace(SITE, delimiter=""))
    plain = composed(
        *letters()[LetterKind.REMINDER], replace(SITE, delimiter="", url="http://127.0.0.1")
    )

    assert str(message["Reply-To"]) == f"Afterword <{SITE.sender}>"
    assert in_message_id(message["Message-ID"], SITE.domain)
    assert message["List-Unsubscribe"].startswith("<https://")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert plain["List-Unsubscribe"] is None


def test_renewed_addresses_are_others() -> None:
    letter, review = letters()[LetterKind.REMINDER]
    person = replace(PEOPLE[letter.to], renewed=1)

    first = composed(letter, review)
    renewed = compose(letter, review, {**PEOPLE, letter.to: person}, SITE, NOW)

    token = in_message_id(renewed["Message-ID"], SITE.domain)
    assert token not in str(first["Reply-To"])
    assert token in str(renewed["Reply-To"])
    assert genuine(SITE.secret, token, review.id, letter.to, item_of(letter), renewed=1)
