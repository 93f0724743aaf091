from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_mail

OWN = "A1 done https://example.org/changes/41"


@pytest.mark.parametrize(
    "heading",
    [
        "olga@example.org wrote:",
        "Olga Petrova (olga@example.org) wrote:",
        "olga@example.org schrieb am Mo., 9. März 2026, 10:00:",
        "Olga (Example Corp) olga@example.org schrieb am Mo. 9. März 2026 um 10:00:",
        "Wiadomość napisana przez Olga <olga@example.org> w dniu 9.03.2026, o godz. 10:00:",
        "No dia 09/03/2026, às 10:00, olga@example.org escreveu:",
        'In data 9 marzo 2026 10:00:00 "Olga Petrova" <olga@example.org> ha scritto:',
        "Στις Δευ 9 Μαρ 2026 στις 10:00 π.μ. ο χρήστης Όλγα <olga@example.org> έγραψε:",
        "في الاثنين، 9 مارس 2026 10:00 ص، كتب Olga <olga@example.org>:",
        "\u202bבתאריך 9 במרץ 2026 ב-10:00 מאת \u202aOlga\u202c\u200f <olga@example.org>:\u202c",
        "ב-9 במרץ 2026, בשעה 10:00, \u200fOlga <olga@example.org> כתב/ה:",
        "On Mon, 9 Mar 2026 10:00:43 +0100 Olga Petrova <olga@example.org> wrote\n",
        "Forwarded message:",
        "-----הודעה מקורית-----",
        "-----邮件原件-----",
        "------ Iets anders ------\nVan: Olga <olga@example.org>",
        "Olga Petrova <olga@example.org>\nwrote on 9 March 2026:",
        "מאת: Olga <olga@example.org>\nנשלח: יום ב 9 מרץ 2026\nאל: Ada\nנושא: RE: A1",
        "من: Olga <olga@example.org>\nتم الإرسال: 9 مارس 2026\nإلى: Ada\nالموضوع: A1",
        "发件人：Olga <olga@example.org>\n发送时间：2026年3月9日\n主\u3000题：A1",
    ],
)
@pytest.mark.parametrize("mark", ["", "> "])
def test_a_heading_of_any_form_is_not_ours(heading: str, mark: str) -> None:
    found = parse_mail(
        build_mail(f"{OWN}\n\n{heading}\n{mark}Two actions wait.\n{mark}Would you take one?\n")
    )

    assert found.own_words == OWN
    assert "Two actions wait." in found.elided


@pytest.mark.parametrize(
    "heading",
    [
        "On 9 March, Olga wrote:",
        "Olga Petrova wrote:",
        "olga via The Reviews wrote:",
        "2026-03-09 10:00 GMT+01:00 Olga Petrova",
    ],
)
def test_less_of_a_heading_will_do_above_a_marked_quotation(heading: str) -> None:
    assert (
        parse_mail(build_mail(f"{OWN}\n\n{heading}\n> Two actions wait.\n> Well?")).own_words == OWN
    )


@pytest.mark.parametrize(
    "words",
    ["On it.", "Room 14, not 12.", "step 3 is done\nand checked", "On Friday we go live\nat last"],
)
@pytest.mark.parametrize(
    "heading",
    [
        "On Mon, 9 Mar 2026 at 10:00, Olga <olga@example.org> wrote:",
        "Am Mo., 9. März 2026 um 10:00 Uhr schrieb Olga\n<olga@example.org>:",
        "Olga Petrova <olga@example.org> wrote:",
    ],
)
def test_words_directly_above_a_heading_are_no_part_of_it(words: str, heading: str) -> None:
    assert (
        parse_mail(build_mail(f"{words}\n{heading}\n> Two actions wait.\n> Well?")).own_words
        == words
    )


@pytest.mark.parametrize(
    "words",
    [
        "On Monday the plumber wrote:\nthat the pipe holds",
        "--- Outage ---\nFrom: 9:00\nTo: 10:00",
        "ops@example.org wrote the runbook: it is in the wiki\nand I read it",
        "bob@example.org sent this on 3 March 2026:\nERROR pool is full",
        "We agreed via mail, as Ada wrote:\nno more than 80 %",
        "Ada Lind wrote:\nno more than 80 %",
        "2026-03-09 10:00 GMT+01:00 restarted\nand it came back",
    ],
)
def test_words_that_say_less_than_a_heading_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words


def test_words_below_a_forwarded_mail_whose_lines_are_marked_are_kept() -> None:
    forwarded = (
        "Begin forwarded message:\n\n> From: Olga <olga@example.org>\n>\n> The pool is full."
    )

    assert (
        parse_mail(build_mail(f"See below.\n\n{forwarded}\n\n{OWN}")).own_words
        == f"See below.\n\n{OWN}"
    )


def test_a_rule_directly_above_a_quotation_is_its_program_s() -> None:
    quotation = "On Mon, 9 Mar 2026 at 10:00, Olga <olga@example.org> wrote:\n> Two actions wait."

    assert parse_mail(build_mail(f"{OWN}\n\n----\n{quotation}")).own_words == OWN
    assert parse_mail(build_mail(f"{OWN}\n----------\nA3 accept\n{quotation}")).own_words == (
        f"{OWN}\n----------\nA3 accept"
    )
