from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mail.common.reply_token import build_token_address
from mail.inbound.parse_mail import list_reply_tokens, parse_mail
from tests.mail.inbound_samples import build_html_mail, build_mail, build_multipart
from tests.mail.notification_samples import compose_for_person, list_notifications

TOKEN = "abcdefghijklmnopqrstuvwxyz"
OTHER = "234567abcdefghijklmnopqrst"
DOMAIN = "reply.example.org"


def test_a_plain_reply_is_read() -> None:
    found = parse_mail(build_mail("accept\n"))

    assert found.sender == "olga@example.org"
    assert found.message_id == "<one@example.org>"
    assert found.date == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)
    assert found.recipients == (f"reply+{TOKEN}@{DOMAIN}",)
    assert found.subject == "Re: Two actions for you"
    assert found.own_words == "accept"
    assert found.elided == ""
    assert found.automated_kind is None


# Who wrote it


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("olga@example.org", "olga@example.org"),
        ("OLGA@Example.ORG", "olga@example.org"),
        ("Olga [SRE] <olga@example.org>", "olga@example.org"),
        ('"Petrova, Olga" <olga@example.org>', "olga@example.org"),
        ('"ada@example.org" <olga@example.org>', "olga@example.org"),
        ("ada@example.org <olga@example.org>", "olga@example.org"),
        ("(ada@example.org (she)) olga@example.org", "olga@example.org"),
        ("olga@example.org (Olga)", "olga@example.org"),
        ("(" * 30 + " ada@example.org " + ")" * 30 + " olga@example.org", "olga@example.org"),
        ("=?utf-8?q?ada=40example.org?= <olga@example.org>", "olga@example.org"),
        ("=?utf-8?b?8J+Ygg==?= <olga@example.org>", "olga@example.org"),
        ("<olga@example.org>", "olga@example.org"),
        ("olga@example.org, ada@example.org", ""),
        ("olga@example.org, Ada <ada@example.org>", ""),
        ("Petrova, Olga <olga@example.org>", "olga@example.org"),
        ("<olga@example.org> <ada@example.org>", ""),
        ('"olga@example.org"@evil.example', ""),
        ("<olga@example.org@evil.example>", ""),
        ("MAILER-DAEMON", ""),
        ("Olga", ""),
        ("Friends: olga@example.org;", ""),
        ("Friends: olga@example.org", ""),
        ("Friends:;", ""),
        ("Friends: <olga@example.org>; <eve@elsewhere.example>", ""),
        ("olga@example.org (and eve", ""),
        ('olga@example.org "and eve', ""),
        ("olga@example.org) (", ""),
        ("Olga <olga@example.org> eve@elsewhere.example", ""),
        ("<olga@example.org> <eve@elsewhere.example>", ""),
        ("olga@example.org <olga@example.org>", "olga@example.org"),
        (r'"Olga \" <eve@elsewhere.example>" <olga@example.org>', "olga@example.org"),
        ("Olga@B\u00dcCHER.example", "olga@b\u00fccher.example"),
        ("olga@xn--bcher-kva.example", "olga@b\u00fccher.example"),
        ("olga@stra\u00dfe.example", "olga@stra\u00dfe.example"),
        ("\u212aate@example.org", "\u212aate@example.org"),
        ("\u0130rem@example.org", "\u0130rem@example.org"),
        ("<>", ""),
        ("", ""),
    ],
)
def test_the_sender_is_the_one_address_in_from(given: str, sender: str) -> None:
    assert parse_mail(build_mail(From=given)).sender == sender


def test_no_from_or_two_of_them_is_nobody() -> None:
    twice = b"From: ada@example.org\r\n" + build_mail()

    assert parse_mail(build_mail(From=None)).sender == ""
    assert parse_mail(twice).sender == ""


# Which notification it answers


@pytest.mark.parametrize(
    "header", ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Forwarded-To"]
)
def test_a_token_is_found_wherever_a_recipient_stands(header: str) -> None:
    given = {"To": "somebody@example.org", header: f"Afterword <REPLY+{TOKEN.upper()}@{DOMAIN}>"}

    found = parse_mail(
        build_mail(**{name.replace("-", "_"): value for name, value in given.items()})
    )

    assert list_reply_tokens(found, DOMAIN) == (TOKEN,)


def test_several_tokens_are_found_each_once() -> None:
    first, second = build_token_address(TOKEN, DOMAIN), build_token_address(OTHER, DOMAIN)
    both = f"a@example.org, {first}, <{second}>"

    found = parse_mail(build_mail(To=both, Cc=build_token_address(TOKEN, DOMAIN)))

    assert list_reply_tokens(found, DOMAIN) == (TOKEN, OTHER)


@pytest.mark.parametrize(
    "references",
    [
        f"<0123456789.{TOKEN}@{DOMAIN}>",
        f"<first@example.org>\r\n\t<0123456789.{TOKEN}@{DOMAIN}>",
        f"<first@example.org>,<0123456789.{TOKEN}@{DOMAIN}>",
        f"<{build_token_address(TOKEN, DOMAIN)}>",
    ],
)
def test_a_token_is_found_in_the_notification_it_answers(references: str) -> None:
    found = parse_mail(build_mail(To="afterword@example.org", References=references))

    assert list_reply_tokens(found, DOMAIN) == (TOKEN,)


def test_a_token_of_another_domain_or_cut_off_is_none() -> None:
    elsewhere = parse_mail(build_mail(To=build_token_address(TOKEN, "example.com")))
    cut = parse_mail(build_mail(To=build_token_address(TOKEN[:-1], DOMAIN)))

    assert list_reply_tokens(elsewhere, DOMAIN) == ()
    assert list_reply_tokens(cut, DOMAIN) == ()


def test_a_reply_to_a_real_notification_finds_its_token() -> None:
    notification = compose_for_person(*next(iter(list_notifications().values())))

    found = parse_mail(build_mail(To="x@example.org", In_Reply_To=str(notification["Message-ID"])))

    (by_reference,) = list_reply_tokens(found, DOMAIN)
    (by_address,) = list_reply_tokens(
        parse_mail(build_mail(To=str(notification["Reply-To"]))), DOMAIN
    )
    assert by_reference != by_address


# Headers as they come


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("<[x@y]>", "<[x@y]>"),
        ("  <a@b>  <c@d>", "<a@b>"),
        ("<a b@c>", ""),
        ("none", ""),
        ("<>", ""),
    ],
)
def test_a_message_id_is_kept_as_it_is_or_not_at_all(given: str, kept: str) -> None:
    assert parse_mail(build_mail(Message_ID=given)).message_id == kept


@pytest.mark.parametrize(
    ("given", "date"),
    [
        ("Mon, 9 Mar 2026 10:30:00 -0000", datetime(2026, 3, 9, 10, 30, tzinfo=UTC)),
        ("9 Mar 2026 10:30 +0530", datetime(2026, 3, 9, 5, 0, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Mar 2026 10:30:00 +0000", None),
        ("Fri, 31 Dec 9999 23:00:00 -1400", None),
        ("", None),
    ],
)
def test_a_date_is_aware_or_none(given: str, date: datetime | None) -> None:
    assert parse_mail(build_mail(Date=given)).date == date


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= aus Ulm", "Grüße aus Ulm"),
        ("=?bogus?q?abc?=", "abc"),
        ("=?utf-8?b?@@@?= x", "x"),
        ("=?utf-8?b?a?= x", "=?utf-8?b?a?= x"),
        ("two\r\n lines", "two lines"),
        ("a \x00 NUL", "a NUL"),
    ],
)
def test_a_subject_is_one_line_of_text(given: str, subject: str) -> None:
    assert parse_mail(build_mail(Subject=given)).subject == subject


# The text, however it is packed


@pytest.mark.parametrize("charset", ["utf-8", "utf8", "UTF8MB4", "'utf-8'", "bogus", ""])
def test_utf_8_is_read_whatever_it_is_called(charset: str) -> None:
    found = parse_mail(build_mail("done – größer", Content_Type=f"text/plain; charset={charset}"))

    assert found.own_words == "done – größer"


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        ("iso-8859-1", "größer"),
        ("windows-1252", "größer – “so”"),
        ("koi8-r", "готово"),
        ("gb2312", "完成"),
        ("shift_jis", "完了"),
        ("utf-16", "größer"),
    ],
)
def test_other_charsets_are_read(charset: str, words: str) -> None:
    content = words.encode("gb18030" if charset == "gb2312" else charset)

    assert (
        parse_mail(build_mail(content, Content_Type=f"text/plain; charset={charset}")).own_words
        == words
    )


def test_latin_1_without_a_name_is_read() -> None:
    assert (
        parse_mail(build_mail("größer".encode("latin-1"), Content_Type=None)).own_words == "größer"
    )


@pytest.mark.parametrize("charset", ["punycode", "idna", "unicode_escape", "hex", "a\x00b"])
def test_a_charset_that_is_none_for_mail_is_not_used(charset: str) -> None:
    found = parse_mail(build_mail(b"accept \\u0041", Content_Type=f"text/plain; charset={charset}"))

    assert found.own_words == "accept \\u0041"


def test_quoted_printable_and_base64_are_unpacked() -> None:
    printable = build_mail(b"gr=C3=B6=\r\n=C3=9Fer", Content_Transfer_Encoding="quoted-printable")
    broken = build_mail(b"YWNj*ZXB0IQ=", Content_Transfer_Encoding="Base64")
    short = build_mail(b"YWNjZXB0A", Content_Transfer_Encoding="base64")

    assert parse_mail(printable).own_words == "größer"
    assert parse_mail(broken).own_words == "accept!"
    assert parse_mail(short).own_words == "accept"


def test_flowed_text_is_joined_again() -> None:
    flowed = "A1 blocked because the vendor \nhas not answered. \n-- \nOlga"
    glued = "A1 done https://example.org/a \nnd/b"

    one = parse_mail(build_mail(flowed, Content_Type="text/plain; format=flowed"))
    two = parse_mail(build_mail(glued, Content_Type="text/plain; format=flowed; delsp=yes"))
    stuffed = parse_mail(build_mail(" From the start", Content_Type="text/plain; format=flowed"))

    assert one.own_words == "A1 blocked because the vendor has not answered."
    assert two.own_words == "A1 done https://example.org/and/b"
    assert stuffed.own_words == "From the start"


def test_html_goes_before_plain_text_where_it_says_something() -> None:
    both = build_multipart(("text/plain", "plain words"), ("text/html", "<p>rich words</p>"))
    empty = build_multipart(("text/plain", "plain words"), ("text/html", "<p>&nbsp;</p>"))

    assert parse_mail(both).own_words == "rich words"
    assert parse_mail(empty).own_words == "plain words"


def test_attachments_are_not_read() -> None:
    attached = build_multipart(
        ("text/plain", "accept"),
        ('text/plain\r\nContent-Disposition: attachment; filename="a.txt"', "A1 done"),
        ('text/x-log\r\nContent-Disposition: inline; filename="b.log"', "A1 blocked"),
        ("message/rfc822", "From: x@example.org\r\n\r\nA1 decline because"),
        ("application/pdf", "%PDF"),
        kind="mixed",
    )

    assert parse_mail(attached).own_words == "accept"


@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
@pytest.mark.parametrize("disposition", ["inline", "attachment", "INLINE"])
def test_the_only_part_of_a_mail_is_its_text_whatever_it_is_called(
    kind: str, disposition: str
) -> None:
    raw = build_mail(
        "accept",
        Content_Type=f"{kind}; charset=utf-8; name=reply.txt",
        Content_Disposition=f"{disposition}; filename=reply.txt",
    )

    found = parse_mail(raw)

    assert (found.own_words, found.attachments) == ("accept", ())


def test_a_text_with_a_name_that_is_shown_is_read_where_no_other_text_is() -> None:
    picture = ("image/png; name=a.png", "x")
    plain = ('text/plain; charset=utf-8\r\nContent-Disposition: inline; filename="a.txt"', "accept")
    page = (
        'text/html; charset=utf-8\r\nContent-Disposition: inline; filename="a.htm"',
        "<p>accept</p>",
    )
    log = ("text/plain\r\nContent-Disposition: inline; filename=b.log", "A1 blocked")

    for parts in ((plain, picture), (page, picture), (picture, plain, log), (plain, page, picture)):
        assert parse_mail(build_multipart(*parts, kind="mixed")).own_words == "accept"


@pytest.mark.parametrize(
    ("name", "words"),
    [("message.txt", "accept"), ("Reply 1.htm", "accept"), ("b.log", ""), ("server.txt", "")],
)
def test_below_an_empty_text_only_the_name_of_a_text_is_one(name: str, words: str) -> None:
    kind = "text/html" if name.endswith("htm") else "text/plain"
    named = (f'{kind}\r\nContent-Disposition: inline; filename="{name}"', "accept")

    found = parse_mail(build_multipart(("text/plain", " \r\n"), named, kind="mixed"))

    assert found.own_words == words


@pytest.mark.parametrize(
    "part",
    [
        ("text/plain\r\nContent-Disposition: attachment; filename=a.txt", "accept"),
        ("text/x-log\r\nContent-Disposition: inline; filename=a.log", "accept"),
        ("text/csv", "accept"),
        ("text/vnd.google.email-reaction+json", '{"emoji":"👍","version":1}'),
        ("text/x-amp-html", "<p>accept</p>"),
    ],
)
def test_files_and_what_programs_write_for_programs_are_no_text(part: tuple[str, str]) -> None:
    picture = ("image/png; name=a.png", "x")

    assert parse_mail(build_multipart(part, picture, kind="mixed")).own_words == ""


def test_parts_within_parts_are_read_in_sequence() -> None:
    inner = build_multipart(("text/plain", "first")).split(b"\r\n\r\n", 1)
    kind = next(line for line in inner[0].split(b"\r\n") if line.startswith(b"Content-Type"))
    first = b"--outer\r\n" + kind + b"\r\n\r\n" + inner[1]
    second = b"\r\n--outer\r\nContent-Type: text/plain\r\n\r\nsecond\r\n--outer--\r\n"

    found = parse_mail(build_mail(first + second, Content_Type="multipart/mixed; boundary=outer"))

    assert found.own_words == "first\n\nsecond"


def test_a_multipart_without_boundary_is_text() -> None:
    assert parse_mail(build_mail("accept", Content_Type="multipart/mixed")).own_words == "accept"
    assert (
        parse_mail(build_mail("accept", Content_Type="multipart/mixed; boundary=x")).own_words
        == "accept"
    )


def test_a_mail_with_blank_lines_before_its_headers_is_read() -> None:
    assert parse_mail(b"\r\n\r\n" + build_mail("accept")).sender == "olga@example.org"


def test_a_header_that_only_goes_on_is_passed_over() -> None:
    assert parse_mail(b" and so on\r\n" + build_mail("accept")).sender == "olga@example.org"


def test_a_mail_without_a_body_or_without_headers_is_read() -> None:
    assert parse_mail(b"From: olga@example.org\r\nSubject: x").sender == "olga@example.org"
    assert parse_mail(b"just words").own_words == "just words"
    assert parse_mail(b"").own_words == ""


def test_a_link_behind_words_is_not_lost() -> None:
    link = '<p>done, see <a href="https://example.org/41">the change</a></p>'
    bare = '<p>done <a href="https://example.org/41">https://example.org/41</a></p>'
    short = '<p>done <a href="https://example.org/">example.org</a></p>'
    post = '<p>ask <a href="mailto:ada@example.org">Ada</a></p>'

    assert (
        parse_mail(build_html_mail(link)).own_words
        == "done, see the change (https://example.org/41)"
    )
    assert parse_mail(build_html_mail(bare)).own_words == "done https://example.org/41"
    assert parse_mail(build_html_mail(short)).own_words == "done example.org"
    assert parse_mail(build_html_mail(post)).own_words == "ask Ada"


def test_html_is_laid_out_as_it_is_shown() -> None:
    page = (
        "<html><head><title>t</title><style>p{}</style></head><body>"
        "<div style='display:none'>preview</div><!-- no --><p>A1   accept</p>"
        "<ul><li>one</li><li>two</li></ul><pre>a  b\n\nc</pre>"
        "<table><tr><td>x</td><td>y</td></tr></table>tail<br>end</body></html>"
    )

    assert parse_mail(build_html_mail(page)).own_words == (
        "A1 accept\n\n- one\n- two\n\na  b\n\nc\nx y\n\ntail\nend"
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "<s>A1 done https://x.example</s>",
        "<del>A1 done</del>",
        "<span style='text-decoration: line-through'>A1 done</span>",
        "<div style='display : none'>A1 done</div>",
        "<div style='visibility:hidden'>A1 done</div>",
        "<span style='font-size:0'>A1 done</span>",
        "<span style='color: red; opacity:0;'>A1 done</span>",
        "<div hidden>A1 done</div>",
        "<textarea>A1 done</textarea>",
    ],
)
def test_what_is_struck_out_or_hidden_is_not_said(hidden: str) -> None:
    assert (
        parse_mail(build_html_mail(f"<p>A1 progress half</p>{hidden}")).own_words
        == "A1 progress half"
    )


def test_text_in_a_frame_without_a_font_of_its_own_is_said() -> None:
    page = "<div style='font-size:0px'><p style='font-size:14px'>A1 accept</p></div>"

    assert parse_mail(build_html_mail(page)).own_words == "A1 accept"


def test_a_link_that_shows_another_address_is_told_whole() -> None:
    lying = '<a href="https://evil.example/x">https://good.example/x</a>'
    wrapped = '<a href="https://safe.example/?url=https%3A%2F%2Fgood.example%2Fx">https://good.example/x</a>'

    assert (
        parse_mail(build_html_mail(lying)).own_words
        == "https://good.example/x (https://evil.example/x)"
    )
    assert parse_mail(build_html_mail(wrapped)).own_words == "https://good.example/x"


def test_half_a_surrogate_pair_is_dropped() -> None:
    raw = build_mail("hello +2AA- you", Content_Type="text/plain; charset=utf-7")

    assert parse_mail(raw).own_words.encode() == b"hello  you"


def test_a_part_without_headers_is_text() -> None:
    body = b"--b\r\n\r\nDone: see the page\r\n\r\nReally\r\n--b--\r\n"

    assert parse_mail(build_mail(body, Content_Type="multipart/mixed; boundary=b")).own_words == (
        "Done: see the page\n\nReally"
    )
