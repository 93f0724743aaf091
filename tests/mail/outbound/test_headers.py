from __future__ import annotations

import email
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.common.email_tokens import build_return_path
from mail.common.mail_settings import MailSettings
from mail.common.reply_token import (
    build_token_address,
    find_token_in_address,
    find_token_in_message_id,
    is_genuine,
    sign_token,
)
from mail.inbound.parse_mail import list_reply_tokens, parse_mail
from mail.outbound.compose import compose
from mail.outbound.headers import (
    build_message_id,
    build_thread_id,
    build_tokens,
    choose_policy,
    find_token_item,
)
from models.email_address import TokenKind
from models.notifications import Notification, NotificationItem, NotificationKind
from models.review import Review
from tests.mail.inbound_samples import build_mail
from tests.mail.message_parts import build_item, build_reminder, get_text, parse_message
from tests.mail.notification_samples import (
    NOW,
    POOL_ALERT,
    SITE,
    compose_for_person,
    list_notifications,
    select_actions,
)
from tests.sample_people import ADA, OLGA, OMAR, PEOPLE, PIA, SAM, VERA

KINDS = tuple(NotificationKind)


def name_message(
    notification: Notification, review: Review, mail_settings: MailSettings = SITE
) -> str:
    tokens = build_tokens(notification, review, mail_settings, 0)
    return build_message_id(notification, review, tokens)


def get_sample(kind: NotificationKind) -> EmailMessage:
    return compose_for_person(*list_notifications()[kind])


def test_the_same_notification_has_the_same_message_id_and_another_has_another() -> None:
    review = select_actions(POOL_ALERT)
    first = build_reminder(build_item("A1"))
    names = {
        name_message(first, review),
        name_message(replace(first, count=2), review),
        name_message(replace(first, to=OMAR), review),
        name_message(first, replace(review, reopened=1)),
        name_message(first, replace(review, id="review-pagerduty-Q2")),
    }

    assert len(names) == 5
    assert compose_for_person(first, review)["Message-ID"] == name_message(first, review)


def test_notifications_of_one_review_hang_on_one_thread() -> None:
    roots = {
        (get_sample(kind)["References"], get_sample(kind)["In-Reply-To"])
        for kind in KINDS
        if kind is not NotificationKind.ANSWER
    }

    assert roots == {(build_thread_id(select_actions(), SITE),) * 2}


def test_an_answer_hangs_on_the_mail_it_answers() -> None:
    message = get_sample(NotificationKind.ANSWER)

    assert message["In-Reply-To"] == "<CAF+9=abc@mail.gmail.example>"
    assert message["References"].split() == [
        build_thread_id(select_actions(), SITE),
        "<CAF+9=abc@mail.gmail.example>",
    ]
    assert message["Auto-Submitted"] == "auto-replied"
    assert get_sample(NotificationKind.REMINDER)["Auto-Submitted"] == "auto-generated"


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
    answer = Notification(kind=NotificationKind.ANSWER, to=OMAR, subject=theirs)

    message = parse_message(compose_for_person(answer, select_actions()))

    assert message["Subject"] == ours
    assert message["Bcc"] is None


@pytest.mark.parametrize("bad", ["", "no id", "<a b@c>", "<x@y\r\nBcc: z@example.org>", "<ü@x>"])
def test_a_message_id_that_is_none_is_not_answered_to(bad: str) -> None:
    answer = Notification(kind=NotificationKind.ANSWER, to=OMAR, in_reply_to=bad)

    message = compose_for_person(answer, select_actions())

    assert message["In-Reply-To"] == build_thread_id(select_actions(), SITE)
    assert parse_message(message)["Bcc"] is None


def test_a_reply_to_one_action_is_signed_for_that_action() -> None:
    message = compose_for_person(
        build_reminder(build_item("A1"), build_item("A1")), select_actions(POOL_ALERT)
    )
    signed = sign_token(SITE.secret, select_actions().id, OLGA, "A1")

    replied = message["Reply-To"].addresses[0].addr_spec

    assert find_token_in_address(replied, SITE.domain) == signed
    assert find_token_in_message_id(message["Message-ID"], SITE.domain) != signed


@pytest.mark.parametrize(
    ("items", "item"),
    [
        ((), ""),
        ((build_item("A1"), build_item("A2")), ""),
        ((build_item("A1"), build_item("")), ""),
        ((build_item("C1"),), ""),
        ((build_item("A12"),), "A12"),
    ],
)
def test_a_reply_to_anything_else_is_signed_for_the_review(
    items: tuple[NotificationItem, ...], item: str
) -> None:
    assert find_token_item(build_reminder(*items)) == item


def test_the_way_out_is_a_mail() -> None:
    message = parse_message(get_sample(NotificationKind.REMINDER))
    token = sign_token(SITE.secret, select_actions().id, OLGA, kind=TokenKind.UNSUBSCRIBE)
    address = build_token_address(token, SITE.domain)

    assert message["List-Unsubscribe"].startswith(f"<mailto:{address}?subject=unsubscribe>, <http")


def test_long_ids_and_links_are_not_broken_or_encoded() -> None:
    far = replace(SITE, domain="replies.of.the.reliability.group.with.a.long.name.example.org")
    message_id = f"<{'A' * 90}@{'b' * 60}.prod.outlook.example>"
    answer = Notification(kind=NotificationKind.ANSWER, to=OMAR, in_reply_to=message_id)

    octets = compose_for_person(answer, select_actions(), far).as_bytes()

    assert message_id.encode() in octets
    assert name_message(answer, select_actions(), far).encode() in octets
    assert b"=?" not in octets.partition(b"\r\n\r\n")[0]


# Addresses and names


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.text(max_size=150), st.text(max_size=80))
def test_no_title_or_name_breaks_a_header(title: str, name: str) -> None:
    notification, review = list_notifications()[NotificationKind.ASSIGNED]
    review = replace(review, incident=replace(review.incident, title=title))
    people = {**PEOPLE, OLGA: replace(PEOPLE[OLGA], name=name)}

    message = compose(notification, review, people, SITE, NOW)
    back = parse_message(message)

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
    review = replace(select_actions(), incident=replace(select_actions().incident, title=title))

    back = parse_message(
        compose_for_person(Notification(kind=NotificationKind.NOTICE, to=SAM), review)
    )

    assert back["Bcc"] is None
    assert back["Subject"].isprintable()
    assert "\u202e" not in back["Subject"]


def test_a_long_title_leaves_room_for_what_is_asked() -> None:
    long = replace(select_actions().incident, title="Checkout " + "and payments " * 40)

    message = compose_for_person(
        build_reminder(build_item("A1")), replace(select_actions(POOL_ALERT), incident=long)
    )

    assert message["Subject"].endswith(" …: A1 is waiting for you")
    assert len(message["Subject"]) <= 120


def test_a_name_with_a_comma_or_beyond_ascii_reaches_the_same_address() -> None:
    for name in ('Sørensen, Pia "P"', "Пиа Сёренсен " * 4):
        people = {**PEOPLE, PIA: replace(PEOPLE[PIA], name=name)}
        message = compose(
            Notification(kind=NotificationKind.NOTICE, to=PIA), select_actions(), people, SITE, NOW
        )

        raw = email.message_from_bytes(message.as_bytes())["To"]
        shown = str(make_header(decode_header(raw)))

        assert shown.endswith(f"<{PIA}>")
        assert name.split()[0].rstrip(",") in shown


def test_a_domain_beyond_ascii_is_written_as_the_network_knows_it() -> None:
    message = compose_for_person(
        Notification(kind=NotificationKind.NOTICE, to="ada@bücher.example"), select_actions()
    )

    assert message["To"].addresses[0].addr_spec == "ada@xn--bcher-kva.example"
    assert message.as_bytes().isascii()


def test_a_mailbox_beyond_ascii_gets_headers_in_utf8() -> None:
    message = compose_for_person(
        Notification(kind=NotificationKind.NOTICE, to="jürgen@example.org"), select_actions()
    )

    assert "To: jürgen@example.org".encode() in message.as_bytes()
    assert not choose_policy(ADA, SITE.sender).utf8


@pytest.mark.parametrize(
    "odd", ["coordinator", "a b@example.org", "x@", "@x", "a@b@c", "x@..", "a\r\nb@c"]
)
def test_an_odd_address_is_for_the_mail_server_to_judge(odd: str) -> None:
    message = compose_for_person(
        Notification(kind=NotificationKind.NOTICE, to=odd), select_actions()
    )

    assert len(message["To"].addresses) == 1
    assert len(parse_message(message).get_all("To", [])) == 1


def test_a_reader_without_a_name_is_addressed_by_address() -> None:
    message = compose(build_reminder(build_item("A1")), select_actions(POOL_ALERT), {}, SITE, NOW)

    assert str(message["To"]) == OLGA
    assert f"Verifier: {VERA}" in get_text(message)


def test_the_secret_stays_out_of_sight() -> None:
    assert "secret" not in repr(SITE)
    assert MailSettings(sender="a", domain="b", url="c", secret=b"d") == MailSettings(
        sender="a", domain="b", url="c", secret=b"d"
    )


def test_one_click_lets_reminders_come_weekly_where_the_site_speaks_https() -> None:
    found = compose_for_person(*list_notifications()[NotificationKind.ASSIGNED])

    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/unsubscribe/" in found["List-Unsubscribe"]
    assert "subject=unsubscribe" in found["List-Unsubscribe"]


def test_without_https_only_a_mail_unsubscribes() -> None:
    notification, review = list_notifications()[NotificationKind.ASSIGNED]

    found = compose(notification, review, PEOPLE, replace(SITE, url="http://localhost:8600"), NOW)

    assert "List-Unsubscribe-Post" not in found
    assert "unsubscribe/" not in found["List-Unsubscribe"]


def test_another_delimiter_stands_before_the_token() -> None:
    message = compose_for_person(
        *list_notifications()[NotificationKind.REMINDER], replace(SITE, delimiter="=")
    )

    assert str(message["Reply-To"]).startswith("Afterword <reply=")
    assert "<mailto:reply=" in message["List-Unsubscribe"]


def test_without_a_delimiter_replies_come_to_our_sender_and_are_known_by_references() -> None:
    message = compose_for_person(
        *list_notifications()[NotificationKind.REMINDER], replace(SITE, delimiter="")
    )
    plain = compose_for_person(
        *list_notifications()[NotificationKind.REMINDER],
        replace(SITE, delimiter="", url="http://127.0.0.1"),
    )

    assert str(message["Reply-To"]) == f"Afterword <{SITE.sender}>"
    assert find_token_in_message_id(message["Message-ID"], SITE.domain)
    assert message["List-Unsubscribe"].startswith("<https://")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert plain["List-Unsubscribe"] is None


@pytest.mark.parametrize("renewed", [0, 1])
@pytest.mark.parametrize("item", ["A1", ""])
def test_without_a_delimiter_a_reply_is_known_also_where_a_server_replaces_message_ids(
    item: str, renewed: int
) -> None:
    site = replace(SITE, delimiter="")
    review = select_actions(POOL_ALERT)
    notification = build_reminder(build_item(item))
    people = {**PEOPLE, OLGA: replace(PEOPLE[OLGA], renewed=renewed)}

    message = compose(notification, review, people, site, NOW)

    reply = build_mail(
        To=SITE.sender,
        In_Reply_To="<replaced@relay.example>",
        References=f"{message['References']} <replaced@relay.example>",
    )
    tokens = list_reply_tokens(parse_mail(reply), SITE.domain)
    expected = dict.fromkeys(
        sign_token(SITE.secret, review.id, OLGA, about, renewed=renewed, kind=TokenKind.MESSAGE)
        for about in (item, "")
    )
    assert tokens == tuple(expected)


def test_without_a_delimiter_emails_to_one_person_about_one_review_are_one_thread() -> None:
    site = replace(SITE, delimiter="")
    review = select_actions(POOL_ALERT)
    notifications = (build_reminder(build_item("A1")), build_reminder(), build_reminder(count=2))

    roots = {
        compose(each, review, PEOPLE, site, NOW)["References"].split()[0] for each in notifications
    }

    assert len(roots) == 1
    assert {compose(each, review, PEOPLE, site, NOW)["In-Reply-To"] for each in notifications} == (
        roots
    )


def test_renewed_addresses_are_others() -> None:
    notification, review = list_notifications()[NotificationKind.REMINDER]
    person = replace(PEOPLE[notification.to], renewed=1)

    first = compose_for_person(notification, review)
    renewed = compose(notification, review, {**PEOPLE, notification.to: person}, SITE, NOW)

    item = find_token_item(notification)
    for header, kind in (("Reply-To", TokenKind.REPLY), ("Message-ID", TokenKind.MESSAGE)):
        (token,) = re.findall(r"[a-z2-7]{26}", str(renewed[header]))
        assert token not in str(first[header])
        assert is_genuine(
            SITE.secret, token, review.id, notification.to, item, renewed=1, kind=kind
        )


def test_no_token_of_an_email_is_of_two_kinds() -> None:
    notification, review = list_notifications()[NotificationKind.MEETING_INVITATION]
    message = compose_for_person(notification, review)
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    texts = {
        TokenKind.REPLY: str(message["Reply-To"]),
        TokenKind.MESSAGE: str(message["Message-ID"]),
        TokenKind.UNSUBSCRIBE: str(message["List-Unsubscribe"]),
        TokenKind.MEETING: calendar.get_content().replace("\r\n ", "").replace("\n ", ""),
        TokenKind.BOUNCE: build_return_path(str(message["Message-ID"]), SITE),
    }
    tokens = {kind: set(re.findall(r"[a-z2-7]{26}(?=[@>])", text)) for kind, text in texts.items()}

    assert all(len(found) == 1 for found in tokens.values())
    assert len(set().union(*tokens.values())) == len(texts)
