from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.reading import Mail, read, tokens
from tests.mail.incoming import html, mail, parts

LONGEST = 4.0
"""Seconds; each of these takes less than one here."""


def nested(depth: int) -> bytes:
    opened = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
        for n in range(depth)
    )
    return mail(opened + b"accept", Content_Type="multipart/mixed; boundary=b0")


HOSTILE = {
    "deep multipart": nested(1_500),
    "many parts": parts(*[("text/plain", "x")] * 5_000, kind="mixed"),
    "one boundary": mail(b"--b\r\n" * 200_000, Content_Type="multipart/mixed; boundary=b"),
    "a long line": mail("done " * 40_000),
    "a long line of HTML": html("<b>done</b> " * 40_000),
    "many On": mail("On Mon, 9 Mar 2026\n" * 50_000),
    "one long On": mail("On " + "a " * 200_000 + "wrote:"),
    "many wrote": mail("On 9 Mar 2026 x wrote:\n" * 50_000),
    "blank lines": mail("\n" * 200_000),
    "dashes": mail("-" * 200_000 + "\n" + "--\n" * 50_000),
    "marks": mail("> " * 200_000 + "\n" + ">\n" * 100_000),
    "labels": mail("From: a@b\n" * 50_000),
    "spaces": mail(" " * 500_000 + "x"),
    "sent from": mail("Sent from my x\n" * 50_000),
    "deep HTML": html("<div>" * 20_000 + "x"),
    "deep quotes": html('<blockquote type="cite">' * 20_000 + "x"),
    "tables": html("<table><tr><td>" * 20_000),
    "open tags": html("<" * 500_000),
    "entities": html("&#0;&nbsp;&bogus;" * 50_000),
    "links": html('<a href="https://example.org/">' * 20_000),
    "an attribute": html(f'<div style="{"border-top: solid " * 50_000}">x</div>'),
    "attributes": html("<div " + "a=b " * 200_000 + ">"),
    "gmail quotes": html('<div class="gmail_quote">' * 20_000 + "x"),
    "CDATA": html("<![CDATA[" * 100_000),
    "headers": mail(To="a@b.example, " * 20_000),
    "comments": mail(From="(" * 100_000 + ")" * 100_000),
    "quotes": mail(From='"' * 100_001),
    "backslashes": mail(From='"' + "\\" * 100_001),
    "angles": mail(From="<" * 100_000),
    "blanks in angles": mail(From="<" + " " * 60_000 + "x"),
    "quotes in angles": mail(From="<" + '""' * 30_000 + "x"),
    "quotes that never end": mail(From='"a' * 40_000 + "\\"),
    "references": mail(References="<a@b> " * 20_000),
    "a subject": mail(Subject="=?utf-8?q?" * 20_000),
    "spaced subject": mail(Subject=" " * 100_000 + "x"),
    "parameters": mail(Content_Type="text/plain" + "; a=b" * 40_000),
    "quoted parameters": mail(Content_Type='text/plain; charset="' + '\\"' * 100_000),
    "many headers": b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + mail(),
    "one header": b"Subject: " + b"x" * 300_000,
    "no headers": b"\r\n" * 100_000 + b"accept",
    "quoted-printable": mail("=" * 500_000, Content_Transfer_Encoding="quoted-printable"),
    "base64": mail("=" * 500_000, Content_Transfer_Encoding="base64"),
    "half a pair": mail("hello +2AA-", Content_Type="text/plain; charset=utf-7"),
    "utf-7": mail("+" * 500_000, Content_Type="text/plain; charset=utf-7"),
    "NUL": mail(b"\x00" * 500_000),
    "bytes": bytes(range(256)) * 4_000,
    "flowed": mail("x \n" * 100_000, Content_Type="text/plain; format=flowed"),
    "calendar": mail("METHOD:REPLY" * 50_000, Content_Type="text/calendar"),
    "long lines of all kinds": mail(
        "".join(
            f"{begin} {'a' * 150} {'b ' * 110}\n" * 500
            for begin in ("On", "From:", "Sent from my", "-- ", "--- ", "Get", ">", "> On", "Am 1")
        )
    ),
    "long words of all kinds": mail(
        "".join(
            f"{begin}{'a' * 390}\n" * 500
            for begin in ("On 1 ", "From: ", "Sent from my ", "-- ", "---", "Sent ", "A: ", "From:")
        )
    ),
    "rules above a quotation": mail("x\n" + "-----\n" * 50_000 + "> q"),
    "forwarded": mail("Forwarded message:\n> q\n" * 25_000),
    "excuses": mail(("Sent from my x " + "." * 300 + " excuse\n") * 2_000),
    "marks in HTML": html("&gt; x<br>y<br>&gt; x<br>&gt; x<br>" * 10_000),
    "classes": html(f'<div class="{"a-quote-" * 60}">x</div>' * 2_000),
    "marks of direction": mail("\u202a" * 200_000 + "x\n" * 20_000),
    "marker": mail("Reply above this line " * 50_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_time(name: str) -> None:
    begun = time.process_time()

    found = read(HOSTILE[name])
    tokens(found, "reply.example.org")

    assert time.process_time() - begun < LONGEST


def test_a_big_mail_with_an_attachment_is_read_in_time() -> None:
    picture = ("image/png", "x" * 12_000_000)
    begun = time.process_time()

    found = read(parts(("text/plain", "accept"), picture, kind="mixed"))

    assert found.own_words == "accept"
    assert time.process_time() - begun < LONGEST


LINES = st.sampled_from(
    [
        "On Mon, 9 Mar 2026 at 10:00 Afterword <a@example.org> wrote:",
        "> quoted",
        ">> twice",
        "-- ",
        "--",
        "---",
        "Sent from my iPhone",
        "From: Afterword <a@example.org>",
        "Sent: Monday",
        "To: Olga",
        "— Reply above this line —",
        "_" * 32,
        "Thanks,",
        "A1 done https://example.org",
        "accept",
        "",
        " ",
        "<blockquote type='cite'>",
        "</blockquote>",
        "<div class='gmail_quote'>",
        "</div>",
        "<br>",
        "wrote:",
        "x" * 90,
    ]
)
TEXTS = st.lists(LINES, max_size=30).map("\n".join)
TYPES = st.sampled_from(
    [
        "text/plain",
        "text/html",
        "text/plain; format=flowed",
        "multipart/mixed",
        "multipart/alternative; boundary=x",
        'text/plain; charset="',
        "text/calendar; method=REPLY",
        "/",
        "",
    ]
)
VALUES = st.text(max_size=60).map(lambda text: text.replace("\r", " ").replace("\n", " "))


def check(found: Mail) -> None:
    assert isinstance(found.own_words, str)
    assert "\x00" not in found.own_words
    assert found.sender == found.sender.lower()
    assert found.date is None or found.date.utcoffset() == timedelta(0)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_break_it(raw: bytes) -> None:
    check(read(raw))


@settings(max_examples=300, deadline=None)
@given(TEXTS, TYPES, VALUES, VALUES, VALUES)
def test_no_mail_breaks_it(text: str, kind: str, sender: str, date: str, named: str) -> None:
    raw = mail(text, Content_Type=kind, From=sender, Date=date, Message_ID=named, Subject=named)

    check(read(raw))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_each_line_is_either_somebodys_own_or_not(text: str) -> None:
    found = read(mail(text))

    given = sorted(line.strip(" >") for line in text.split("\n") if line.strip(" >"))
    told = f"{found.own_words}\n{found.elided}"
    assert given == sorted(line.strip(" >") for line in told.split("\n") if line.strip(" >"))
