"""The labels of the lines that Outlook sets above a quotation, by language.

Many of them are short words that mean something else in another language. So a block of such lines
is one only if it names its sender, and three of its labels are of one language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MIN_LABELS = 3
MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u109f\u1780-\u17ff\u200c\u200d"
"""Accents, vowels and tones that stand on the characters before them, with whole alphabets of
South and South-East Asia, which have many."""

_COMMON = frozenset({"cc", "bcc", "date", "subject"})
"""Labels that programs leave in English."""


@dataclass(frozen=True, slots=True)
class HeaderLabels:
    """The labels of one language in lower case: of the line with the sender, and of others."""

    sender: frozenset[str]
    others: frozenset[str]


def _build_labels(sender: str, others: str) -> HeaderLabels:
    return HeaderLabels(frozenset(sender.split("|")), _COMMON.union(others.split("|")))


LABELS: Mapping[str, HeaderLabels] = {
    language: _build_labels(sender, others)
    for language, sender, others in (
        ("bg", "от|подател", "изпратено|изпратена|до|тема|относно|копие|дата"),
        ("ca", "de|remitent", "enviat|enviat el|data d'enviament|a|per a|assumpte|tema|data"),
        ("cy", "oddi wrth|oddi|gan", "anfonwyd|dyddiad|at|copi|pwnc|testun"),
        (
            "et",
            "saatja|kellelt",
            "saadetud|saatmisaeg|kuupäev|adressaat|kellele|saaja|saajad|koopia|teema",
        ),
        (
            "eu",
            "nork|nondik|igorlea|bidaltzailea",
            "bidalia|bidalita|bidaltze-data|data|nori|nora|hartzailea|kopia|gaia",
        ),
        (
            "fa",
            "از|فرستنده",
            (
                "ارسال شده|تاریخ ارسال|فرستاده شده|ارسالشده|فرستادهشده|ارسال|به|گیرنده|رونوشت|"
                "موضوع|تاریخ"
            ),
        ),
        ("gl", "de|remitente", "enviado|enviado o|para|asunto|data|copia"),
        (
            "hi",
            "प्रेषक|से|द्वारा|की ओर से|इनकी ओर से",
            ("भेजा गया|भेजी गई|भेजा|भेजे गए|प्रेषित|को|प्रति|प्राप्तकर्ता|प्रतिलिपि|विषय|दिनांक|तारीख|तिथि"),
        ),
        ("hr", "od|šalje|pošiljatelj", "poslano|datum|prima|za|primatelj|kopija|predmet|tema"),
        ("id", "dari|pengirim", "dikirim|terkirim|tanggal|kepada|ke|untuk|tembusan|subjek|perihal"),
        ("is", "frá|sendandi", "sent|dagsetning|dags|til|viðtakandi|afrit|efni"),
        (
            "kk",
            "кімнен|бастап|жіберуші",
            (
                "жіберілді|жіберілген|жіберілген күні|жіберілген уақыты|күні|кімге|алушы|"
                "көшірме|көшірмесі|тақырыбы|тақырып"
            ),
        ),
        (
            "lt",
            "nuo|iš|siuntėjas",
            ("išsiųsta|išsiuntimo data|data|kam|iki|gavėjas|kopija|tema|dalykas|antraštė"),
        ),
        (
            "lv",
            "no|sūtītājs",
            "nosūtīts|nosūtīšanas datums|datums|kam|līdz|adresāts|kopija|tēma|temats",
        ),
        ("mk", "од|испраќач", "испратено|пратено|датум|до|за|примач|копија|тема|предмет|наслов"),
        ("ms", "daripada|dari|penghantar", "dihantar|tarikh|kepada|ke|salinan|sk|subjek|perkara"),
        ("sl", "od|pošiljatelj", "poslano|datum|za|prejemnik|kp|zadeva"),
        (
            "sr",
            "од|шаље|пошиљалац",
            "послато|датум|коме|прима|за|прималац|копија|тема|предмет|наслов",
        ),
        (
            "sr-latn",
            "od|šalje|pošiljalac",
            "poslato|datum|kome|prima|za|primalac|kopija|tema|predmet|naslov",
        ),
        (
            "th",
            "จาก|ผู้ส่ง",
            ("ส่ง|ส่งแล้ว|ส่งเมื่อ|วันที่ส่ง|วันที่|ถึง|ผู้รับ|สำเนา|สำเนาถึง|เรื่อง|หัวเรื่อง|ชื่อเรื่อง"),
        ),
    )
}
"""The labels by language; those of other languages are in `heading_patterns`."""

_SENDERS = frozenset().union(*(each.sender for each in LABELS.values()))
_ALL = frozenset().union(*(each.sender | each.others for each in LABELS.values()))


def is_known_label(label: str) -> bool:
    """Return whether a label in lower case is one of any language."""
    return label in _ALL


def names_sender(label: str) -> bool:
    """Return whether a label in lower case is of the line with the sender, in any language."""
    return label in _SENDERS


def is_block_of_one_language(labels: Iterable[str], *, is_addressed: bool) -> bool:
    """Return whether labels name a sender and are enough of one language.

    Two are enough where the sender has an address, if they are not the same in English.
    """
    given = set(labels)
    if not given & _SENDERS:
        return False
    for each in LABELS.values():
        found = given & (each.sender | each.others)
        min_labels = MIN_LABELS + (-1 if is_addressed else 0) + len(found & _COMMON)
        if given & each.sender and len(found) >= min(min_labels, MIN_LABELS):
            return True
    return False
