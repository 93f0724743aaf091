from __future__ import annotations

import re

import pytest

from mail.inbound.parse_mail import parse_mail
from mail.inbound.quoting.html import parse_html_lines
from mail.inbound.quoting.own_messages import (
    extract_own_words,
    extract_quotable_text,
    split_off_quoted_lines,
)
from models.notifications import NotificationKind
from tests.mail.inbound_samples import build_html_mail as html_mail
from tests.mail.inbound_samples import build_mail
from tests.mail.message_parts import get_html, get_text
from tests.mail.notification_samples import compose_for_person, list_notifications

REMINDER = compose_for_person(*list_notifications()[NotificationKind.REMINDER])
NOTIFICATION = get_text(REMINDER)


def keep_own_words(words: str, *others: str) -> str:
    return split_off_quoted_lines(words, (extract_quotable_text(REMINDER), *others)).own_words


def test_a_notification_that_nothing_marks_as_quoted_is_taken_out() -> None:
    found = split_off_quoted_lines(
        f"A1 done, it fired last night\n\n{NOTIFICATION}", (NOTIFICATION,)
    )

    assert found.own_words == "A1 done, it fired last night"
    assert "A1 give up because" in found.elided


def test_it_is_known_however_its_lines_are_broken_and_dressed() -> None:
    broken = "\n".join(f"| {word}" for word in " ".join(NOTIFICATION.split()).split(". "))

    assert (
        keep_own_words(f"{broken}\nA1 done, it fired last night") == "A1 done, it fired last night"
    )


def test_it_is_known_by_what_its_html_says() -> None:
    text = "\n".join(row.text for row in parse_html_lines(get_html(REMINDER)))

    assert keep_own_words(f"A1 accept\n\n{text}") == "A1 accept"


def test_the_name_of_an_action_stays_above_an_answer_to_it() -> None:
    rows = NOTIFICATION.split("\n")
    about = next(at for at, row in enumerate(rows) if row.startswith("A3 "))
    answered = "\n".join([*rows[: about + 2], "verify: I saw ten runs", *rows[about + 2 :]])

    assert keep_own_words(answered).split("\n\n") == [rows[about] + "\nverify: I saw ten runs"]


@pytest.mark.parametrize(
    "words",
    [
        "accept",
        "A1 done",
        "A1 accept\nA3 reject because half of them failed",
        "A1 is due in two days, I know",
        "Alert when it is full",
        "",
    ],
)
def test_a_few_words_that_a_notification_says_too_are_somebodys_own(words: str) -> None:
    assert keep_own_words(words) == words


def test_a_link_given_again_is_evidence() -> None:
    link = "https://ci.example.org/checkout/runs/4711/of/the/week"

    assert keep_own_words(f"A3 done\n{link}", f"Evidence:\n{link}\nTen runs, all green.") == (
        f"A3 done\n{link}"
    )


def test_a_long_reply_to_long_notifications_takes_no_time() -> None:
    words = "\n".join(["a b c", "the of and", "x"] * 20_000)

    split_off_quoted_lines(words, [NOTIFICATION * 20] * 8)


def test_an_answer_below_a_notification_that_nothing_marks_as_quoted_is_found() -> None:
    raw = build_mail(f"{NOTIFICATION}\n\nA1 done, it fired last night\n\nOlga\n")

    found = extract_own_words(parse_mail(raw).reply_parts, (extract_quotable_text(REMINDER),))

    assert found.own_words == "A1 done, it fired last night"
    assert "A1 is assigned to you." in found.elided


def test_what_stands_below_a_marker_of_an_unknown_notification_is_nobodys_answer() -> None:
    raw = build_mail("— Reply above this line —\nA1 done, it fired last night\n")

    assert extract_own_words(parse_mail(raw).reply_parts, ()).own_words == ""
    assert (
        extract_own_words(parse_mail(raw).reply_parts, (extract_quotable_text(REMINDER),)).own_words
        == ""
    )


def test_words_above_the_marker_go_before_those_below() -> None:
    raw = build_mail(f"A1 accept\n\n{NOTIFICATION}\n\nA1 decline because I wrote this last week\n")

    assert (
        extract_own_words(parse_mail(raw).reply_parts, (extract_quotable_text(REMINDER),)).own_words
        == "A1 accept"
    )


def test_words_that_an_answer_quotes_may_be_said_again() -> None:
    answer = compose_for_person(*list_notifications()[NotificationKind.ANSWER])
    (first, *_) = list_notifications()[NotificationKind.ANSWER][0].quoted_lines

    assert (
        split_off_quoted_lines(
            f"{first.line}\n{first.line}\n{first.line}", (extract_quotable_text(answer),)
        ).own_words.count("\n")
        == 2
    )


def test_two_lines_alike_are_no_quotation() -> None:
    words = "A1 is due in two days.\nVerifier: Vera Novak"

    assert keep_own_words(words) == words


def test_what_a_new_answer_is_put_on_top_of_is_not_said_again() -> None:
    answer = compose_for_person(*list_notifications()[NotificationKind.ANSWER])
    text = "\n".join(row.text for row in parse_html_lines(get_html(answer)))

    assert (
        split_off_quoted_lines(
            f"A2 done, I saw it\n\n{text}", (extract_quotable_text(answer),)
        ).own_words
        == "A2 done, I saw it"
    )


@pytest.mark.parametrize(
    "kind", [NotificationKind.REMINDER, NotificationKind.ASSIGNED, NotificationKind.TO_VERIFY]
)
def test_an_answer_below_a_notification_in_html_is_found(kind: NotificationKind) -> None:
    notification = compose_for_person(*list_notifications()[kind])
    page = get_html(notification).replace("</body>", "<p>A1 progress: half of it</p></body>")

    found = extract_own_words(
        parse_mail(html_mail(page)).reply_parts, (extract_quotable_text(notification),)
    )

    assert found.own_words == "A1 progress: half of it"


def test_links_that_a_program_rewrote_do_not_hide_a_notification() -> None:
    rewritten = re.sub(r"https://\S+", "https://safe.example/?url=x", NOTIFICATION)

    assert keep_own_words(f"A1 done, it fired\n\n{rewritten}") == "A1 done, it fired"
