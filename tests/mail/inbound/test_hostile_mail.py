from __future__ import annotations

from base64 import encodebytes
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mail.inbound.parse_mail import ParsedMail, list_reply_tokens, parse_mail
from tests.mail.inbound.container_samples import build_cms, build_smime_mail
from tests.mail.inbound_samples import build_html_mail, build_mail, build_multipart


def build_nested_mail(depth: int) -> bytes:
    opened = b"".join(
        b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1)
        for n in range(depth)
    )
    return build_mail(opened + b"accept", Content_Type="multipart/mixed; boundary=b0")


def build_signed_mail(depth: int) -> bytes:
    message = build_cms()
    for _ in range(depth):
        headers = (
            b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        )
        message = build_cms(headers + encodebytes(message))
    return build_smime_mail(message)


HOSTILE = {
    "deep multipart": build_nested_mail(1_500),
    "many parts": build_multipart(*[("text/plain", "x")] * 5_000, kind="mixed"),
    "one boundary": build_mail(b"--b\r\n" * 200_000, Content_Type="multipart/mixed; boundary=b"),
    "a long line": build_mail("done " * 40_000),
    "a long line of HTML": build_html_mail("<b>done</b> " * 40_000),
    "many On": build_mail("On Mon, 9 Mar 2026\n" * 50_000),
    "one long On": build_mail("On " + "a " * 200_000 + "wrote:"),
    "many wrote": build_mail("On 9 Mar 2026 x wrote:\n" * 50_000),
    "blank lines": build_mail("\n" * 200_000),
    "dashes": build_mail("-" * 200_000 + "\n" + "--\n" * 50_000),
    "marks": build_mail("> " * 200_000 + "\n" + ">\n" * 100_000),
    "labels": build_mail("From: a@b\n" * 50_000),
    "spaces": build_mail(" " * 500_000 + "x"),
    "sent from": build_mail("Sent from my x\n" * 50_000),
    "deep HTML": build_html_mail("<div>" * 20_000 + "x"),
    "deep quotes": build_html_mail('<blockquote type="cite">' * 20_000 + "x"),
    "tables": build_html_mail("<table><tr><td>" * 20_000),
    "open tags": build_html_mail("<" * 500_000),
    "entities": build_html_mail("&#0;&nbsp;&bogus;" * 50_000),
    "links": build_html_mail('<a href="https://example.org/">' * 20_000),
    "an attribute": build_html_mail(f'<div style="{"border-top: solid " * 50_000}">x</div>'),
    "attributes": build_html_mail("<div " + "a=b " * 200_000 + ">"),
    "gmail quotes": build_html_mail('<div class="gmail_quote">' * 20_000 + "x"),
    "CDATA": build_html_mail("<![CDATA[" * 100_000),
    "headers": build_mail(To="a@b.example, " * 20_000),
    "comments": build_mail(From="(" * 100_000 + ")" * 100_000),
    "quotes": build_mail(From='"' * 100_001),
    "backslashes": build_mail(From='"' + "\\" * 100_001),
    "angles": build_mail(From="<" * 100_000),
    "blanks in angles": build_mail(From="<" + " " * 60_000 + "x"),
    "quotes in angles": build_mail(From="<" + '""' * 30_000 + "x"),
    "quotes that never end": build_mail(From='"a' * 40_000 + "\\"),
    "references": build_mail(References="<a@b> " * 20_000),
    "a subject": build_mail(Subject="=?utf-8?q?" * 20_000),
    "spaced subject": build_mail(Subject=" " * 100_000 + "x"),
    "parameters": build_mail(Content_Type="text/plain" + "; a=b" * 40_000),
    "quoted parameters": build_mail(Content_Type='text/plain; charset="' + '\\"' * 100_000),
    "many headers": b"".join(b"X-%d: y\r\n" % n for n in range(20_000)) + build_mail(),
    "one header": b"Subject: " + b"x" * 300_000,
    "no headers": b"\r\n" * 100_000 + b"accept",
    "quoted-printable": build_mail("=" * 500_000, Content_Transfer_Encoding="quoted-printable"),
    "base64": build_mail("=" * 500_000, Content_Transfer_Encoding="base64"),
    "half a pair": build_mail("hello +2AA-", Content_Type="text/plain; charset=utf-7"),
    "utf-7": build_mail("+" * 500_000, Content_Type="text/plain; charset=utf-7"),
    "NUL": build_mail(b"\x00" * 500_000),
    "bytes": bytes(range(256)) * 4_000,
    "flowed": build_mail("x \n" * 100_000, Content_Type="text/plain; format=flowed"),
    "calendar": build_mail("METHOD:REPLY" * 50_000, Content_Type="text/calendar"),
    "long lines of all kinds": build_mail(
        "".join(
            f"{begin} {'a' * 150} {'b ' * 110}\n" * 500
            for begin in ("On", "From:", "Sent from my", "-- ", "--- ", "Get", ">", "> On", "Am 1")
        )
    ),
    "long words of all kinds": build_mail(
        "".join(
            f"{begin}{'a' * 390}\n" * 500
            for begin in ("On 1 ", "From: ", "Sent from my ", "-- ", "---", "Sent ", "A: ", "From:")
        )
    ),
    "rules above a quotation": build_mail("x\n" + "-----\n" * 50_000 + "> q"),
    "forwarded": build_mail("Forwarded message:\n> q\n" * 25_000),
    "excuses": build_mail(("Sent from my x " + "." * 300 + " excuse\n") * 2_000),
    "marks in HTML": build_html_mail("&gt; x<br>y<br>&gt; x<br>&gt; x<br>" * 10_000),
    "classes": build_html_mail(f'<div class="{"a-quote-" * 60}">x</div>' * 2_000),
    "marks of direction": build_mail("\u202a" * 200_000 + "x\n" * 20_000),
    "headings on a line": build_mail(
        ("From: a@b.c Sent: " * 220 + "\n" + "On 1.1 a@b.c wrote " * 200 + "\n") * 20
    ),
    "marked headings on a line": build_mail(
        ("-----a@b " * 400 + "\n" + ">>> 1@b " * 400 + "\n") * 20
    ),
    "indented lines": build_mail("".join(" " * (n % 180) + "To\n" for n in range(20_000))),
    "warnings": build_mail("Caution: this email came from outside. " * 20_000),
    "lines of warnings": build_mail("This email is from outside\n\n" * 20_000),
    "tags": build_mail("[EXTERNAL] " * 40_000),
    "armour": build_mail("-----BEGIN PGP MESSAGE-----\nabcd1234\n" * 20_000),
    "signed texts": build_mail("-----BEGIN PGP SIGNED MESSAGE-----\nHash: a\n\n- x\n" * 15_000),
    "initials": build_mail("AL> x\nB> y\n" * 30_000),
    "escapes": build_mail(b"\x1b$B!!\x1b(B" * 60_000),
    "broken escapes": build_mail(b"\x1b$B" * 100_000 + b"\x1b(J$B" * 50_000),
    "lost escapes": build_mail("$B" + "!!" * 200_000 + "$B!!!!" * 50_000),
    "lines of no charset": build_mail(b"\xe4\n" * 200_000, Content_Type="text/plain"),
    "characters of no charset": build_mail(b"\xe4\xe5 " * 200_000, Content_Type="text/plain"),
    "tags that name a charset": build_html_mail("<meta charset" * 40_000),
    "a signature in a signature": build_signed_mail(25),
    "signatures": build_multipart(*[("application/pkcs7-mime", "0" * 400)] * 300, kind="mixed"),
    "marker": build_mail("Reply above this line " * 50_000),
}


@pytest.mark.usefixtures("without_coverage")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_time(name: str) -> None:
    found = parse_mail(HOSTILE[name])
    list_reply_tokens(found, "reply.example.org")


@pytest.mark.slow
def test_a_big_mail_with_an_attachment_is_read_in_time() -> None:
    picture = ("image/png", "x" * 12_000_000)
    found = parse_mail(build_multipart(("text/plain", "accept"), picture, kind="mixed"))

    assert found.own_words == "accept"


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


def check_invariants(found: ParsedMail) -> None:
    assert isinstance(found.own_words, str)
    assert "\x00" not in found.own_words
    assert found.sender == found.sender.lower()
    assert found.date is None or found.date.utcoffset() == timedelta(0)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_break_it(raw: bytes) -> None:
    check_invariants(parse_mail(raw))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(TEXTS, TYPES, VALUES, VALUES, VALUES)
def test_no_mail_breaks_it(text: str, kind: str, sender: str, date: str, named: str) -> None:
    raw = build_mail(
        text, Content_Type=kind, From=sender, Date=date, Message_ID=named, Subject=named
    )

    check_invariants(parse_mail(raw))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_each_line_is_either_somebodys_own_or_not(text: str) -> None:
    found = parse_mail(build_mail(text))

    given = sorted(line.strip(" >") for line in text.split("\n") if line.strip(" >"))
    result = f"{found.own_words}\n{found.elided}"
    assert given == sorted(line.strip(" >") for line in result.split("\n") if line.strip(" >"))
