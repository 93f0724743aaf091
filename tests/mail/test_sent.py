from __future__ import annotations

import re
import time

import pytest

from mail.hypertext import of_html
from mail.reading import read
from mail.sent import apart, kept, own_words
from models.letters import LetterKind
from tests.mail.incoming import html as html_mail
from tests.mail.incoming import mail
from tests.mail.parts import html, text
from tests.mail.samples import composed, letters

REMINDER = composed(*letters()[LetterKind.REMINDER])
LETTER = text(REMINDER)


def own(words: str, *others: str) -> str:
    return apart(words, (kept(REMINDER), *others)).own


def test_a_letter_that_nothing_marks_as_quoted_is_taken_out() -> None:
    found = apart(f"A1 done, it fired last night\n\n{LETTER}", (LETTER,))

    assert found.own == "A1 done, it fired last night"
    assert "A1 give up because" in found.elided


def test_it_is_known_however_its_lines_are_broken_and_dressed() -> None:
    broken = "\n".join(f"| {word}" for word in " ".join(LETTER.split()).split(". "))

    assert own(f"{broken}\nA1 done, it fired last night") == "A1 done, it fired last night"


def test_it_is_known_by_what_its_html_says() -> None:
    said = "\n".join(row.text for row in of_html(html(REMINDER)))

    assert own(f"A1 accept\n\n{said}") == "A1 accept"


def test_the_name_of_an_action_stays_above_an_answer_to_it() -> None:
    rows = LETTER.split("\n")
    about = next(at for at, row in enumerate(rows) if row.startswith("A3 "))
    answered = "\n".join([*rows[: about + 2], "verify: I saw ten runs", *rows[about + 2 :]])

    assert own(answered).split("\n\n") == [rows[about] + "\nverify: I saw ten runs"]


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
def test_a_few_words_that_a_letter_says_too_are_somebodys_own(words: str) -> None:
    assert own(words) == words


def test_a_link_given_again_is_evidence() -> None:
    link = "https://ci.example.org/checkout/runs/4711/of/the/week"

    assert own(f"A3 done\n{link}", f"Evidence:\n{link}\nTen runs, all green.") == (
        f"A3 done\n{link}"
    )


def test_a_long_reply_to_long_letters_takes_no_time() -> None:
    words = "\n".join(["a b c", "the of and", "x"] * 20_000)
    began = time.perf_counter()

    apart(words, [LETTER * 20] * 8)

    assert time.perf_counter() - began < 5


def test_an_answer_below_a_letter_that_nothing_marks_as_quoted_is_found() -> None:
    raw = mail(f"{LETTER}\n\nA1 done, it fired last night\n\nOlga\n")

    found = own_words(read(raw), (kept(REMINDER),))

    assert found.own == "A1 done, it fired last night"
    assert "A1 is due in two days." in found.elided


def test_what_stands_below_a_marker_of_an_unknown_letter_is_nobodys_answer() -> None:
    raw = mail("— Reply above this line —\nA1 done, it fired last night\n")

    assert own_words(read(raw), ()).own == ""
    assert own_words(read(raw), (kept(REMINDER),)).own == ""


def test_words_above_the_marker_go_before_those_below() -> None:
    raw = mail(f"A1 accept\n\n{LETTER}\n\nA1 decline because I wrote this last week\n")

    assert own_words(read(raw), (kept(REMINDER),)).own == "A1 accept"


def test_words_that_an_answer_quotes_may_be_said_again() -> None:
    answer = composed(*letters()[LetterKind.ANSWER])
    (first, *_) = letters()[LetterKind.ANSWER][0].quoted

    assert apart(f"{first.line}\n{first.line}\n{first.line}", (kept(answer),)).own.count("\n") == 2


def test_two_lines_alike_are_no_quotation() -> None:
    words = "A1 is due in two days.\nVerifier: Vera Novak"

    assert own(words) == words


def test_what_a_new_answer_is_put_on_top_of_is_not_said_again() -> None:
    answer = composed(*letters()[LetterKind.ANSWER])
    said = "\n".join(row.text for row in of_html(html(answer)))

    assert apart(f"A2 done, I saw it\n\n{said}", (kept(answer),)).own == "A2 done, I saw it"


@pytest.mark.parametrize("kind", [LetterKind.REMINDER, LetterKind.ASSIGNED, LetterKind.TO_VERIFY])
def test_an_answer_below_a_letter_in_html_is_found(kind: LetterKind) -> None:
    letter = composed(*letters()[kind])
    page = html(letter).replace("</body>", "<p>A1 progress: half of it</p></body>")

    found = own_words(read(html_mail(page)), (kept(letter),))

    assert found.own == "A1 progress: half of it"


def test_links_that_a_program_rewrote_do_not_hide_a_letter() -> None:
    rewritten = re.sub(r"https://\S+", "https://safe.example/?url=x", LETTER)

    assert own(f"A1 done, it fired\n\n{rewritten}") == "A1 done, it fired"
