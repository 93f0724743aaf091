"""A heading that a program put on the line of somebody's answer is cut off it."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_html_mail, build_mail

QUOTED = "Olga, please accept A1.\n\nA2: decline because nobody asked"


@pytest.mark.parametrize(
    "line",
    [
        (
            "A1 accept -----Original Message----- From: a@example.org Sent: Tuesday, March "
            "3, 2026 To: o@example.org Subject: x"
        ),
        (
            "A1 accept ________________________________ From: Afterword <a@example.org> "
            "Sent: Monday To: Olga Subject: x"
        ),
        (
            "A1 accept From: Afterword <a@example.org> Sent: Monday, March 2, 2026 9:00 AM "
            "To: olga@example.org Subject: Please accept A1"
        ),
        (
            "A1 accept Von: Afterword <a@example.org> Gesendet: Montag, 2. März 2026 An: "
            "Olga Betreff: x"
        ),
        "A1 accept On Mon, Mar 2, 2026 at 9:00 AM Afterword <a@example.org> wrote:",
        (
            "A1 accept On Mon, Mar 2, 2026 at 9:00 AM Afterword <a@example.org> wrote: Olga, "
            "please accept A1. A2: decline because"
        ),
        "A1 accept Am Mo., 2. März 2026 um 09:00 Uhr schrieb Afterword <a@example.org>:",
        "A1 accept Am 02.03.2026 um 09:00 schrieb Afterword:",
        "A1 accept Le lun. 2 mars 2026 à 09:00, Afterword <a@example.org> a écrit :",
        "A1 accept El lun, 2 mar 2026 a las 9:00, Afterword (<a@example.org>) escribió:",
        "A1 accept -----Afterword <a@example.org> wrote: -----",
        "A1 accept >>> Afterword <a@example.org> 3/2/2026 9:00 AM >>> Olga, please",
        "A1 accept ---------- Forwarded message --------- From: a",
        "A1 accept -----Ursprüngliche Nachricht----- Von: a@example.org",
        "A1 accept On Monday, March 2, 2026, 9:00 AM, Afterword wrote:",
    ],
)
def test_what_stands_behind_an_answer_on_its_line_is_no_command(line: str) -> None:
    plain = parse_mail(build_mail(f"{line}\n\n{QUOTED}\n"))
    alone = parse_mail(build_mail(line))

    assert plain.own_words == alone.own_words == "A1 accept"
    assert "A2: decline because nobody asked" in plain.elided


def test_the_last_heading_before_the_verb_is_the_one() -> None:
    line = "On it, at 10:00. On Mon, 2 Mar 2026 at 9:00, Ada <ada@example.org> wrote: A1 done"

    assert parse_mail(build_mail(line)).own_words == "On it, at 10:00."


def test_of_several_headings_on_a_line_the_first_is_the_one() -> None:
    first = "On Mon, 2 Mar 2026 at 9:00, Ada <ada@example.org> wrote: Well?"
    second = "On Sun, 1 Mar 2026 at 9:00, Omar <omar@example.org> wrote: A1 done"

    assert parse_mail(build_mail(f"accept {first} {second}")).own_words == "accept"


def test_a_line_of_html_is_cut_as_one_of_plain_text() -> None:
    page = "<div>A1 accept -----Original Message----- From: a@example.org<br>A1 decline</div>"

    assert parse_mail(build_html_mail(page)).own_words == "A1 accept"


@pytest.mark.parametrize(
    "words",
    [
        "Mail from: a@example.org date: today to: b@example.org is lost",
        "A1 progress: on call, at 10:00 Ada <ada@example.org> wrote the runbook: done",
        "A1 done. On 3/2 at 10:00 Ada wrote: all is well",
        "A1 done -- see the message -- and the graph",
        "the log says ---------- message lost ---------- five times",
        "A1 done: the log says --- error message --- five times",
        "we print >>> and >>> as prompts",
        "a table ____________ of blanks",
    ],
)
def test_words_that_only_look_like_a_heading_stay_on_their_line(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words
