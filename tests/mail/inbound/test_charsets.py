"""Text is decoded as what it is; what cannot be known is marked, and never taken for words."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from rules.replies.obstacles import Obstacle
from tests.mail.inbound_samples import build_html_mail, build_mail

JAPANESE = "対応します。\naccept\n\n鈴木"


def read_words(content: bytes, charset: str | None = None, kind: str = "text/plain") -> str:
    """Read a mail whose content type names a charset, or none."""
    content_type = f"{kind}; charset={charset}" if charset else kind
    return parse_mail(build_mail(content, Content_Type=content_type)).own_words


# Seven bits


@pytest.mark.parametrize(
    "charset", [None, "us-ascii", "utf-8", "iso-8859-1", "iso-2022-jp", "shift_jis", "x-unknown"]
)
def test_escape_sequences_say_what_a_text_is(charset: str | None) -> None:
    assert read_words(JAPANESE.encode("iso2022_jp"), charset) == JAPANESE


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("iso2022_kr", "수락합니다 accept"),
        ("iso2022_jp_ext", "ｱｲｳ accept"),
        ("iso2022_jp_2", "承知しました 接受 accept"),
    ],
)
def test_other_languages_have_escape_sequences_too(codec: str, text: str) -> None:
    assert read_words(text.encode(codec)) == text


def test_numbers_in_circles_that_programs_add_to_japanese_are_read() -> None:
    circled = b"\x1b$B-!BP1~\x1b(B accept"

    assert read_words(circled, "iso-2022-jp") == "①対応 accept"


def test_japanese_whose_escapes_a_server_took_away_is_read() -> None:
    bare = "A1 decline because 今週は時間がありません".encode("iso2022_jp").replace(b"\x1b", b"")

    assert read_words(bare) == "A1 decline because 今週は時間がありません"


@pytest.mark.parametrize(
    "words", ["it costs $B1234(B) and $BAAA", "echo $BASH(B", "A1 done: $B(B", "2~{3~}4"]
)
def test_text_that_only_looks_like_seven_bits_is_kept(words: str) -> None:
    assert read_words(words.encode()) == words


def test_charsets_of_seven_bits_are_read_where_they_are_named() -> None:
    assert read_words(b"~{=SJ\\~} accept", "hz-gb-2312") == "接受 accept"
    assert read_words(b"gr+APY-", "utf-7") == "grö"


# A wrong name


@pytest.mark.parametrize(
    "charset",
    [
        *("iso-2022-jp", "iso-8859-1", "iso-8859-15", "windows-1251", "koi8-r", "shift_jis"),
        *("gb2312", "big5", "euc-kr", "utf-16", "us-ascii", "bogus"),
    ],
)
@pytest.mark.parametrize("words", ["承知しました\naccept", "A1 done – größer\nпринято, 手順書"])
def test_utf_8_is_read_under_any_other_name(charset: str, words: str) -> None:
    assert read_words(words.encode(), charset) == words


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1252", "iso-8859-2", "windows-1251"])
def test_short_utf_8_is_read_under_the_name_of_a_smaller_charset(charset: str) -> None:
    assert read_words("größer".encode(), charset) == "größer"


@pytest.mark.parametrize("codec", ["cp932", "euc_jp"])
def test_japanese_of_eight_bits_is_read_where_seven_are_promised(codec: str) -> None:
    assert read_words(JAPANESE.encode(codec), "iso-2022-jp") == JAPANESE


@pytest.mark.parametrize(
    ("charset", "codec", "words"),
    [
        ("gb2312", "gb18030", "接受，明天完成"),
        ("shift_jis", "cp932", "①対応しました"),
        ("big5", "big5hkscs", "接受，明天完成"),
        ("ks_c_5601-1987", "cp949", "똠방각하 수락"),
        ("windows-1251", "cp1251", "принято, готово"),
        ("koi8-u", "koi8_u", "прийнято, готово"),
        ("iso-8859-2", "iso8859-2", "przyjęte, źródło"),
        ("windows-1253", "cp1253", "έγινε δεκτό"),
        ("windows-1255", "cp1255", "מאשר"),
        ("tis-620", "cp874", "ยอมรับ “เสร็จ”"),
        ("windows-874", "cp874", "ยอมรับ “เสร็จ”"),
        ("koi8r", "koi8_r", "принято, готово"),
        ("x-cp1251", "cp1251", "принято, готово"),
        ("DOS-866", "cp866", "принято, готово"),
        ("cp-850", "cp850", "größer, fertig"),
        ("windows-949", "cp949", "똠방각하 수락"),
        ("windows-31j", "cp932", "①対応しました"),
        ("iso-8859-1", "cp1252", "Straße, “fertig” – für 5 €"),
        ("iso-8859-1", "latin-1", "þú átt að sjá það; æðið öðlast äöüß"),
        ("iso-8859-9", "cp1254", "kabul ediyorum, şimdi “tamam”"),
    ],
)
def test_what_is_named_rightly_is_read_as_named(charset: str, codec: str, words: str) -> None:
    assert read_words(words.encode(codec), charset) == words


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig", "utf-32"])
@pytest.mark.parametrize("charset", [None, "utf-8", "iso-8859-1"])
def test_a_byte_order_mark_says_what_a_text_is(codec: str, charset: str | None) -> None:
    assert read_words("größer, 承知".encode(codec), charset) == "größer, 承知"


# No name


@pytest.mark.parametrize(
    "words",
    [
        "größer",
        "Je l’accepte, voilà : créé à l’été, “très” bien…",
        "¿Está hecho? ¡Sí! Más mañana, señor Núñez: 20 º",
        "hyväksytty, tänään jäätyy; yö",
        "A1 done: 5 µs – 3 °C, £20, 20 €, ½ day",
        "I can´t, don’t ask",
        "æøå and ÅÄÖ work again",
        "não, às 10; ações em São João",
    ],
)
def test_western_text_needs_no_name(words: str) -> None:
    raw = words.encode("cp1252")

    assert read_words(raw) == words
    assert read_words(raw, "us-ascii") == words
    assert read_words(raw, "utf-8") == words


def test_lines_that_a_server_adds_in_another_charset_change_nothing_above() -> None:
    mixed = "A1 done – größer".encode() + b"\n\n" + "Vertraulich für Sie".encode("latin-1")

    assert read_words(mixed, "utf-8") == "A1 done – größer\n\nVertraulich für Sie"
    assert read_words(mixed, "iso-8859-1") == "A1 done – größer\n\nVertraulich für Sie"


UNKNOWN = [
    ("A1 decline because нет времени на это", "koi8_r"),
    ("A1 decline because нет времени на это", "cp1251"),
    ("A1 decline because 今週は時間がありません", "cp932"),
    ("A1 decline because 今週は時間がありません", "euc_jp"),
    ("A1 decline because 这周没有时间", "gb18030"),
    ("A1 decline because 這週沒有時間", "big5"),
    ("A1 decline because 이번 주에는 시간이 없습니다", "cp949"),
    ("A1 decline because δεν υπάρχει χρόνος", "cp1253"),
    ("A1 decline because אין זמן השבוע", "cp1255"),
    ("A1 decline because ไม่มีเวลา", "cp874"),
    ("A1 decline because für größere Änderungen keine Zeit", "cp850"),
    ("A1 decline because für größere Änderungen keine Zeit", "mac_roman"),
]


@pytest.mark.parametrize(("words", "codec"), UNKNOWN)
@pytest.mark.parametrize("charset", [None, "us-ascii", "utf-8", "x-unknown"])
def test_what_cannot_be_known_is_never_guessed(words: str, codec: str, charset: str | None) -> None:
    content_type = f"text/plain; charset={charset}" if charset else None

    found = parse_mail(build_mail(words.encode(codec), Content_Type=content_type))

    assert found.obstacle is Obstacle.UNREADABLE_CHARACTERS
    kept = found.own_words.replace("\ufffd", "")
    assert kept.isascii()
    assert kept.startswith("A1 decline because ")


@pytest.mark.parametrize(("words", "codec"), UNKNOWN[:3])
def test_what_is_plainly_not_western_is_not_taken_for_it(words: str, codec: str) -> None:
    raw = build_mail(words.encode(codec), Content_Type="text/plain; charset=iso-8859-1")

    assert parse_mail(raw).obstacle is Obstacle.UNREADABLE_CHARACTERS


def test_a_broken_text_is_read_as_far_as_it_goes() -> None:
    raw = build_mail(
        "принято".encode("cp1251") + b"\x98 ok", Content_Type="text/plain; charset=windows-1251"
    )

    found = parse_mail(raw)

    assert found.own_words == "принято\ufffd ok"
    assert found.obstacle is Obstacle.UNREADABLE_CHARACTERS


def test_the_sign_for_unreadable_characters_may_be_what_somebody_writes() -> None:
    assert parse_mail(build_mail("A1 done: no \ufffd is shown any more")).obstacle is None


def test_unreadable_lines_that_are_only_quoted_are_no_obstacle() -> None:
    raw = build_mail(b"accept\n\n> " + "нет времени на это".encode("koi8_r"))

    assert parse_mail(raw).obstacle is None


# HTML


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="windows-1251">',
        '<META http-equiv="Content-Type" content="text/html; charset=windows-1251">',
        "<meta charset = windows-1251 />",
        '<?xml version="1.0" encoding="windows-1251"?>',
    ],
)
@pytest.mark.parametrize("charset", ["", "; charset=us-ascii", "; charset=utf-8", "; charset=x"])
def test_html_names_its_charset_itself(head: str, charset: str) -> None:
    page = f"<html><head>{head}</head><body><p>принято</p></body></html>".encode("cp1251")

    found = parse_mail(build_mail(page, Content_Type=f"text/html{charset}"))

    assert (found.own_words, found.obstacle) == ("принято", None)


def test_the_header_goes_before_what_html_names_and_utf_8_before_both() -> None:
    page = '<meta charset="windows-1251"><p>größer</p>'

    latin = build_mail(page.encode("latin-1"), Content_Type="text/html; charset=iso-8859-1")
    assert parse_mail(latin).own_words == "größer"
    assert parse_mail(build_html_mail(page)).own_words == "größer"
    assert parse_mail(build_mail(page.encode(), Content_Type="text/html")).own_words == "größer"


def test_where_html_cannot_be_read_the_plain_text_beside_it_is() -> None:
    page = "<p>A1 decline because нет времени</p>".encode("koi8_r")
    plain = "A1 decline because нет времени".encode()
    body = b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s\r\n" % plain
    body += b"--b\r\nContent-Type: text/html\r\n\r\n%s\r\n--b--\r\n" % page

    found = parse_mail(build_mail(body, Content_Type="multipart/alternative; boundary=b"))

    assert (found.own_words, found.obstacle) == ("A1 decline because нет времени", None)


def test_subjects_have_charsets_of_their_own() -> None:
    subject = "=?us-ascii?b?" + "GyRCQlAxfiROJCo0aiQkGyhC" + "?="

    assert parse_mail(build_mail(Subject=subject)).subject == "対応のお願い"
