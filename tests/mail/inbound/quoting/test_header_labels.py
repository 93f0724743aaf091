"""Outlook's lines above a quotation are known in many languages, and other lines are not."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_mail

OWN = "A1 done https://example.org/changes/41"
BLOCKS = {
    "sr": ("Од", "Послато", "За", "Тема"),
    "sr, Latin": ("Od", "Poslato", "Za", "Tema"),
    "lt": ("Nuo", "Išsiųsta", "Kam", "Tema"),
    "lv": ("No", "Nosūtīts", "Kam", "Tēma"),
    "et": ("Saatja", "Saadetud", "Adressaat", "Teema"),
    "id": ("Dari", "Dikirim", "Kepada", "Subjek"),
    "ms": ("Daripada", "Dihantar", "Kepada", "Subjek"),
    "th": ("จาก", "ส่ง", "ถึง", "เรื่อง"),
    "hi": ("प्रेषक", "भेजा गया", "प्रति", "विषय"),
    "fa": ("از", "ارسال شده", "به", "موضوع"),
    "is": ("Frá", "Sent", "Til", "Efni"),
    "eu": ("Nork", "Bidalia", "Nori", "Gaia"),
    "kk": ("Кімнен", "Жіберілді", "Кімге", "Тақырып"),
    "mk": ("Од", "Испратено", "До", "Тема"),
    "cy": ("Oddi wrth", "Anfonwyd", "At", "Pwnc"),
    "hr": ("Od", "Poslano", "Za", "Predmet"),
    "sl": ("Od", "Poslano", "Za", "Zadeva"),
    "bg": ("От", "Изпратено", "До", "Относно"),
    "ca": ("De", "Enviat", "Per a", "Assumpte"),
    "gl": ("De", "Enviado", "Para", "Asunto"),
}


def build_block(labels: tuple[str, ...], sender: str, layout: str = "{label}: {value}") -> str:
    values = (sender, "9 March 2026 10:00", "Olga Petrova", "Two actions for you")
    return "\n".join(
        layout.format(label=label, value=value) for label, value in zip(labels, values, strict=True)
    )


@pytest.mark.parametrize("layout", ["{label}: {value}", "*{label}:* {value}", "{label}:\n{value}"])
@pytest.mark.parametrize("sender", ["Afterword", "Afterword <afterword@example.org>"])
@pytest.mark.parametrize("language", BLOCKS)
def test_what_stands_below_outlooks_lines_is_no_answer(
    language: str, sender: str, layout: str
) -> None:
    block = build_block(BLOCKS[language], sender, layout)

    found = parse_mail(build_mail(f"{OWN}\n\n{block}\n\nTwo wait.\n\nA2 decline because x\n"))

    assert found.own_words == OWN
    assert "A2 decline because x" in found.elided


@pytest.mark.parametrize(
    "labels",
    [
        *(("Van af", "Gestuur", "Na", "Onderwerp"), ("Kutoka", "Ilitumwa", "Kwa", "Mada")),
        *(("থেকে", "পাঠানো", "প্রতি", "বিষয়"), ("ពី", "បានផ្ញើ", "ជូន", "ប្រធានបទ")),
        *(("ಇಂದ", "ಕಳುಹಿಸಲಾಗಿದೆ", "ಗೆ", "ವಿಷಯ"), ("გამგზავნი", "გაგზავნილია", "ვის", "თემა")),
    ],
)
def test_a_block_in_a_language_that_we_do_not_know_is_known_by_what_it_says(
    labels: tuple[str, ...],
) -> None:
    block = build_block(labels, "Afterword <afterword@example.org>")

    found = parse_mail(build_mail(f"{OWN}\n\n{block}\n\nA2 decline because x\n"))

    assert found.own_words == OWN


@pytest.mark.parametrize(
    "words",
    [
        "Owner: Ada <ada@example.org>\nDue: 9 March 2026\nState: done",
        "Contact: ada@example.org\nFixed: 9 March 2026 10:00\nPlace: Room 4",
        "Ask: Ada <ada@example.org>\nSince: the outage of 10:00 in 2026, and it works, too",
        "No: 5 of 7 drills\nAt: 10:00\nDate: 3 March",
        "No: Ada does it\nFor: the alert\nData: https://example.org/41",
        "No: ask ada@example.org\nDate: tomorrow",
        "Gan: one\nI: two\nAt: three",
        "Tema: alerts\nData: https://example.org/41",
        "Sent: 40 alerts\nTil: 10:00\nThe rest is on page 2.",
        "Kas: done\nCc: ada@example.org",
    ],
)
def test_lines_that_have_only_some_of_these_labels_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words
