"""What programs set above a quotation is known even where nothing marks the quotation's lines."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_html_mail, build_mail

QUOTED = "Olga, please accept A1.\n\nA2: decline because nobody asked"

HEADINGS = [
    "On Mon, 2 Mar 2026, Afterword said:",
    "On 2 March 2026 at 9:00, Afterword <a@example.org> said:",
    "Afterword said:",
    "Afterword <a@example.org> said:",
    "Afterword <a@example.org> says:",
    ">>> Afterword <a@example.org> 3/2/2026 9:00 AM >>>",
    (
        ">>> On 3/2/2026 at 9:00 AM, in message\n<5E5D@example.org>, Afterword "
        "<a@example.org> wrote:"
    ),
    (">>> On 3/2/2026 at 9:00 AM, in message <5E5D@example.org>, Afterword <a@example.org> wrote:"),
    ">>> Afterword 02.03.26 9.00 Uhr >>>",
    '>>> "Afterword" <a@example.org> 2026-03-02 09:00 >>>',
    (
        "Afterword <a@example.org>\n02.03.2026 09:00\n\nTo\nOlga Petrova "
        "<olga@example.org>\ncc\n\nSubject\nPlease accept A1"
    ),
    (
        "Afterword/Ops/Example\n03/02/2026 09:00 AM\n\nTo\n\nOlga\n\ncc\n\nSubject\n\n"
        "Please accept A1"
    ),
    ("Afterword <a@example.org>\n02.03.2026 09:00\n\nAn\nOlga\nKopie\n\nThema\nPlease accept A1"),
    (
        "             Afterword                                                          "
        "\n             "
        "<afterword@ex                                                      \n"
        "             ample.org>                                                 To \n"
        "                                       olga@example.org       \n             "
        "03/02/2026 09:00                                           cc \n             "
        "AM                                                         \n"
        "                                                                   Subject \n"
        "                                       Please accept A1         "
    ),
    (
        "From:\nAfterword <a@example.org>\nTo:\nOlga\nDate:\n03/02/2026 09:00 AM\n"
        "Subject:\nPlease accept A1"
    ),
    "Afterword ---03/02/2026 09:00:00 AM---Olga, please accept A1.",
    (
        "From:\tAfterword <a@example.org>\nTo:\tolga@example.org\nDate:\t03/02/2026 "
        "09:00 AM\nSubject:\tPlease accept A1\n________________________________"
    ),
    "Afterword/Ops/Example wrote on 03/02/2026 09:00:00 AM:",
    "Afterword <a@example.org> wrote on 03/02/2026 09:00:00 AM:",
    "Monday, March 2, 2026, 9:00:00 AM, you wrote:",
    "Monday, March 2, 2026, 9:00:00 AM, Afterword wrote:",
    "Вы писали 2 марта 2026 г., 9:00:00:",
    "Montag, 2. März 2026, 09:00:00, schrieben Sie:",
    "On Monday, March 2, 2026 at 9:00 AM Afterword wrote:",
    "At 09:00 AM 3/2/2026, Afterword wrote:",
    "Excerpts from Afterword's message of Mon Mar 02 09:00:00 +0100 2026:",
    "In message <x@example.org>, Afterword <a@example.org> writes:",
    "2026-03-02, pr, 09:00 Afterword <a@example.org> rašė:",
    ("pirmd., 2026. g. 2. marts, plkst. 09:00 — lietotājs Afterword (<a@example.org>) rakstīja:"),
    "Afterword <a@example.org> kirjutas kuupäeval E, 2. märts 2026 kell 09:00:",
    "Pada tanggal Sen, 2 Mar 2026 pukul 09.00 Afterword <a@example.org> menulis:",
    "Pada Isn, 2 Mac 2026 pada 9:00 PG Afterword <a@example.org> menulis:",
    "ในวันที่ จ. 2 มี.ค. 2026 เวลา 09:00 Afterword <a@example.org> เขียนว่า:",
    "सोम, 2 मार्च 2026 को 9:00 am बजे को Afterword <a@example.org> ने लिखा:",
    "در تاریخ دوشنبه ۲ مارس ۲۰۲۶ ساعت ۹:۰۰ Afterword <a@example.org> نوشت:",
    "mán., 2. mar. 2026 kl. 09:00 skrifaði Afterword <a@example.org>:",
    "Afterword erabiltzaileak (a@example.org) hau idatzi du (2026 mar. 2(a), al. (09:00)):",
    "пон, 2. мар 2026. у 09:00 Afterword <a@example.org> је написао/ла:",
    "pon, 2. mar 2026. u 09:00 Afterword <a@example.org> je napisao/la:",
    "На пон, 2 март 2026 г. во 09:00 Afterword <a@example.org> напиша:",
    "Dydd Llun, 2 Maw 2026 am 09:00, ysgrifennodd Afterword <a@example.org>:",
    "2026 ж. 02 нау., дс, 09:00 Afterword <a@example.org> жазды:",
    "El dl., 2 de març 2026 a les 9:00, Afterword <a@example.org> va escriure:",
    "-----Afterword <a@example.org> wrote: -----",
    "----- Forwarded by Olga/Example on 03/02/2026 09:00 AM -----",
    "---- On Mon, 02 Mar 2026 09:00:00 +0100 Afterword <a@example.org> wrote ----",
    (
        '------------------ Original ------------------\nFrom: "Afterword"'
        '<a@example.org>;\nDate: Mon, Mar 2, 2026 09:00 AM\nTo: "olga"'
        "<olga@example.org>;"
    ),
    "* Afterword <a@example.org> [2026-03-02 09:00]:",
    "Afterword <a@example.org> wrote at 2026-03-02 09:00:",
    "Le 02/03/2026 à 09:00, Afterword a écrit :",
]


@pytest.mark.parametrize("heading", HEADINGS)
def test_an_unmarked_quotation_below_a_heading_is_no_command(heading: str) -> None:
    found = parse_mail(build_mail(f"A1 accept\n\n{heading}\n\n{QUOTED}\n"))

    assert found.own_words == "A1 accept"
    assert "A2: decline because nobody asked" in found.elided


@pytest.mark.parametrize("heading", [each for each in HEADINGS if each.count("\n") < 2])
def test_a_marked_quotation_below_it_is_none_either_and_words_below_are_kept(heading: str) -> None:
    body = f"A1 accept\n\n{heading}\n> Olga, please accept A1.\n> A2: decline because\n"

    assert parse_mail(build_mail(body)).own_words == "A1 accept"


def test_a_greeting_above_a_heading_is_the_writers() -> None:
    heading = "Hello Afterword,\n\nMonday, March 2, 2026, 9:00:00 AM, you wrote:"

    assert parse_mail(build_mail(f"{heading}\n\n> Well?\n\nA1 accept")).own_words == (
        "Hello Afterword,\n\nA1 accept"
    )


@pytest.mark.parametrize("mark", ["AL>", "A>", "Ada>", "  Ada>", "AL>>"])
def test_lines_with_initials_before_them_are_quoted_below_a_heading(mark: str) -> None:
    heading = "Monday, March 2, 2026, 9:00:00 AM, you wrote:"
    quoted = f"{mark} Olga, please accept A1.\n{mark}\n{mark} A2: decline because"

    above = parse_mail(build_mail(f"A1 accept\n\n{heading}\n\n{quoted}"))
    below = parse_mail(build_mail(f"Hello,\n\n{heading}\n\n{quoted}\n\nA1 accept"))

    assert above.own_words == "A1 accept"
    assert below.own_words == "Hello,\n\nA1 accept"


@pytest.mark.parametrize("label", ["From", "Von", "De", "Kimden"])
def test_lines_with_bars_before_them_are_quoted_from_the_sender_on(label: str) -> None:
    quoted = (
        f'| {label}: "Afterword" <reply@example.org>\n| To: Olga\n|\n| A2: decline because of x'
    )

    above = parse_mail(build_mail(f"A1 accept\n\n{quoted}"))
    below = parse_mail(build_mail(f"{quoted}\n\nA1 accept"))

    assert above.own_words == below.own_words == "A1 accept"


@pytest.mark.parametrize(
    "heading",
    [
        "Afterword <reply@example.org> • Mar 9, 2026 at 9:00 AM",
        "Ada Lind <ada@example.org> | 9 March 2026, 09:00",
        "Ada Lind <ada@example.org> – 2026-03-09 09:00 +0100",
    ],
)
def test_a_line_of_a_sender_and_a_time_is_a_heading(heading: str) -> None:
    words = parse_mail(build_mail(f"A1 accept\n\n{heading}\n\nA2: decline because of x")).own_words

    assert words == "A1 accept"


def test_an_address_and_a_day_in_a_sentence_are_somebodys_words() -> None:
    words = (
        "A1 decline because Ada Lind <ada@example.org> does it on 9 March 2026 at 9:00\n\nThanks"
    )

    assert parse_mail(build_mail(words)).own_words.startswith("A1 decline because Ada Lind <ada@")


def test_a_table_that_names_addresses_is_kept() -> None:
    words = "A1 accept\n\n| Owner: ada@example.org | done |\n| --- | --- |\n| a | b |"

    assert parse_mail(build_mail(words)).own_words == words


def test_prompts_that_look_like_initials_are_kept() -> None:
    words = "A1 done, see:\nSQL> select 1\nSQL> select 2\nPS> ls"

    assert parse_mail(build_mail(words)).own_words == words


def test_groupwise_in_html_is_known() -> None:
    marks = "&gt;&gt;&gt;"
    page = f"A1 accept<br><br>{marks} Ada &lt;ada@example.org&gt; 3/2/2026 9:00 AM {marks}<br>"

    assert parse_mail(build_html_mail(f"{page}A2: decline because")).own_words == "A1 accept"


@pytest.mark.parametrize(
    "words",
    [
        "On 3/2 Ada said: no more than 80 %",
        "Ada said: 80 %\nI agree: A1 accept",
        "As Ada said on 3 March:\nno more",
        "Ada replied:\nthe pool is full",
        "You wrote that A1 is due on 3/2:\nit is done",
        "A> B\nis what we want",
        "P> 3 and Q> 4",
        "A1 accept\n02.03.2026 10:00\nTo\nbe sure\nSubject\nto change",
        "Results of 02.03.2026\nTo\nnobody",
        "A1 done\n\n--- error message ---\nERROR pool is full\n--- end ---\nfixed now",
        "Deploy ---03/02/2026--- went well",
    ],
)
def test_words_that_are_less_than_a_heading_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words
