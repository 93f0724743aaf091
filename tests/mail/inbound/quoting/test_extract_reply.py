from __future__ import annotations

import textwrap
from email.message import EmailMessage

import pytest

from mail.common.reply_marker import REPLY_MARKER
from mail.inbound.parse_mail import parse_mail
from models.notifications import NotificationKind
from tests.mail.inbound_samples import build_html_mail, build_mail, build_multipart
from tests.mail.notification_samples import compose_for_person, list_notifications

OWN = "A1 done https://example.org/changes/41\n\nA3 accept"
RICH = "<div>A1 done https://example.org/changes/41</div><div><br></div><div>A3 accept</div>"
KINDS = sorted(NotificationKind)


def get_body(notification: EmailMessage, kind: str) -> str:
    part = notification.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def quote_text(kind: NotificationKind = NotificationKind.ASSIGNED) -> str:
    """Return the text of an email as a mail program quotes it."""
    return get_body(compose_for_person(*list_notifications()[kind]), "plain")


def get_html_body(kind: NotificationKind = NotificationKind.ASSIGNED) -> str:
    """Return the content of the body element of an email's HTML."""
    whole = get_body(compose_for_person(*list_notifications()[kind]), "html")
    return whole.partition("<body")[2].partition(">")[2].partition("</body>")[0]


def prefix_lines(words: str) -> str:
    return textwrap.indent(words, "> ", lambda _: True)


# Plain text, every kind of notification quoted whole


@pytest.mark.parametrize("kind", KINDS)
def test_a_quoted_notification_leaves_what_was_written_above_it(kind: NotificationKind) -> None:
    above = f"{OWN}\n\nOn Mon, Mar 9, 2026 at 10:00 AM Afterword <a@example.org> wrote:\n"

    found = parse_mail(build_mail(above + prefix_lines(quote_text(kind))))

    assert found.own_words == OWN
    assert REPLY_MARKER in found.elided


def test_what_stands_below_our_marker_is_not_ours() -> None:
    below = "You have been asked to take on A1.\n\naccept  ·  decline because …"

    for marker in (REPLY_MARKER, f"   *{REPLY_MARKER}*", REPLY_MARKER.strip(" —")):
        assert parse_mail(build_mail(f"{OWN}\n\n{marker}\n\n{below}")).own_words == OWN


@pytest.mark.parametrize("kind", KINDS)
def test_a_notification_in_html_leaves_what_was_written_above_it(kind: NotificationKind) -> None:
    gmail = (
        f'<div dir="ltr">{RICH}</div><br><div class="gmail_quote gmail_quote_container">'
        '<div dir="ltr" class="gmail_attr">On Mon, Mar 9, 2026 at 10:00 AM Afterword wrote:</div>'
        f'<blockquote class="gmail_quote" style="margin:0">{get_html_body(kind)}</blockquote></div>'
    )

    assert parse_mail(build_html_mail(gmail)).own_words == OWN


@pytest.mark.parametrize("width", [60, 66, 72, 76, 80])
@pytest.mark.parametrize("kind", KINDS)
def test_a_quoted_notification_that_was_wrapped_again_is_not_ours(
    kind: NotificationKind, width: int
) -> None:
    wrapped = "\n".join(
        textwrap.fill(line, width, break_long_words=False, break_on_hyphens=False)
        for line in prefix_lines(quote_text(kind)).split("\n")
    )
    heading = "On Mon, Mar 9, 2026 at 10:00 AM Afterword <a@example.org> wrote:"

    assert parse_mail(build_mail(f"{OWN}\n\n{heading}\n{wrapped}\n")).own_words == OWN


# Headings above a quotation, by program and language


@pytest.mark.parametrize(
    "heading",
    [
        "On Mon, Mar 9, 2026 at 10:00 AM Afterword <a@example.org> wrote:",
        "On Monday, March 9th, 2026 at 10:00, Afterword <a@example.org> wrote:",
        (
            "On Mon, Mar 9, 2026 at 10:00 AM Afterword, the reviews of Example Corp,\n"
            "<afterword-of-the-reliability-desk@example.org>\nwrote:"
        ),
        "> On 9. Mar 2026, at 10:00, Afterword <a@example.org> wrote:\n>",
        "On 09/03/2026 10:00, Afterword wrote:",
        "Am Mo., 9. März 2026 um 10:00 Uhr schrieb Afterword <a@example.org>:",
        "Am 09.03.26 um 10:00 schrieb Afterword:",
        "Le lun. 9 mars 2026 à 10:00, Afterword <a@example.org> a écrit :",
        "El lun, 9 mar 2026 a las 10:00, Afterword (<a@example.org>) escribió:",
        "Il giorno lun 9 mar 2026 alle ore 10:00 Afterword <a@example.org> ha scritto:",
        "Op ma 9 mrt 2026 om 10:00 schreef Afterword <a@example.org>:",
        "Em seg., 9 de mar. de 2026 às 10:00, Afterword <a@example.org> escreveu:",
        "Den mån 9 mars 2026 kl 10:00 skrev Afterword <a@example.org>:",
        "man. 9. mar. 2026 kl. 10:00 skrev Afterword <a@example.org>:",
        "pon., 9 mar 2026 o 10:00 Afterword <a@example.org> napisał(a):",
        "po 9. 3. 2026 v 10:00 odesílatel Afterword <a@example.org> napsal:",
        "ma 9. maalisk. 2026 klo 10.00 Afterword (a@example.org) kirjoitti:",
        "пн, 9 мар. 2026 г. в 10:00, Afterword <a@example.org>:",
        "2026年3月9日(月) 10:00 Afterword <a@example.org>:",
        "在 2026年3月9日，上午10:00，Afterword <a@example.org> 写道：",
        "Afterword <a@example.org> schrieb am Mo. 9. März 2026 um 10:00:",
        "---- Afterword wrote ----",
    ],
)
def test_the_heading_of_a_quotation_is_not_ours(heading: str) -> None:
    found = parse_mail(
        build_mail(f"{OWN}\n\n{heading}\n{prefix_lines('Two actions are yours.')}\n")
    )

    assert found.own_words == OWN


@pytest.mark.parametrize(
    "heading",
    [
        "-----Original Message-----\nFrom: Afterword",
        "-----Ursprüngliche Nachricht-----",
        "----- Message d'origine -----",
        "---------- Forwarded message ---------",
        (
            "From: Afterword <a@example.org>\nSent: Monday, 9 March 2026 10:00\nTo: Olga Petrova\n"
            "Subject: Two actions for you"
        ),
        "*From:* Afterword\n*Date:* 9 March 2026\n*To:* Olga",
        "________________________________\nFrom: Afterword <a@example.org>\nSent: Monday",
        "________________________________\n\nVon: Afterword <a@example.org>\nGesendet: Montag",
        "Von: Afterword <a@example.org>\nGesendet: Montag, 9. März 2026\nAn: Olga\nBetreff: x",
        "De : Afterword <a@example.org>\nEnvoyé : lundi 9 mars 2026 10:00\nÀ : Olga\nObjet : x",
        "差出人: Afterword <a@example.org>\n送信日時: 2026年3月9日\n宛先: Olga\n件名: x",
        "On Mon, Mar 9, 2026 at 10:00 AM Afterword <a@example.org> wrote:",
    ],
)
def test_what_stands_below_a_heading_is_not_ours(heading: str) -> None:
    found = parse_mail(
        build_mail(f"{OWN}\n\n{heading}\n\nTwo actions are yours.\n\nA2 decline because x\n")
    )

    assert found.own_words == OWN
    assert "A2 decline because x" in found.elided


@pytest.mark.parametrize(
    "words",
    [
        "On 9 March I wrote the runbook: https://example.org/41",
        "From: 12 seconds\nTo: 2 seconds\nin the load test",
        "Date: it was 9 March\nPlace: Room 4",
        "On it: the alert fires after 5 minutes.\nOn staging it does, too.",
        "A1 done, the graph shows 5 > 3 at 10:00",
        "A1 done, sent from my desk, which is easier than the phone",
        "The alert says:\n-- not a signature\nhere",
    ],
)
def test_words_that_only_look_like_a_heading_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words


# Where people write


def test_words_below_a_quotation_are_kept() -> None:
    found = parse_mail(
        build_mail(f"On 9 Mar 2026, Afterword wrote:\n{prefix_lines(quote_text())}\n\n{OWN}\n")
    )

    assert found.own_words == OWN


def test_words_between_quoted_lines_are_kept_in_sequence() -> None:
    text = "> A1: Alert when the pool is full\n\ndone https://example.org/changes/41\n\n"
    more = (
        "> A3: Draw a dashboard\naccept\n> It is due on Friday 10 April 2026, in two weeks or so.\n"
    )

    found = parse_mail(build_mail(f"On 9 Mar 2026, Afterword wrote:\n{text}{more}"))

    assert found.own_words == "done https://example.org/changes/41\n\naccept"


def test_the_tail_of_a_quoted_line_that_was_wrapped_is_not_ours() -> None:
    wrapped = (
        "> A1: Alert when the connection pool of checkout is 80 % full, so that you\n"
        "accept it\n"
        "> due on Friday 10 April 2026\n"
    )

    found = parse_mail(build_mail(f"{OWN}\n\n{wrapped}"))

    assert found.own_words == OWN
    assert "accept it" in found.elided


def test_a_mail_that_only_quotes_says_nothing() -> None:
    found = parse_mail(build_mail(f"On 9 Mar 2026, Afterword wrote:\n{prefix_lines(quote_text())}"))

    assert found.own_words == ""
    assert REPLY_MARKER in found.elided


# What stands below the words


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nOlga Petrova\nSRE, Example Corp",
        "--\nOlga",
        "---\nOlga Petrova\n+49 555 1234",
        "______________________________________\nsre mailing list\nhttps://example.org/sre",
        "Sent from my iPhone",
        "Sent from my Wonder Nine",
        "Get Outlook for Android",
        "\u2063Get BlueMail for Android\u200b",
        "Sent via Superhuman ( https://example.org/v?vip=olga )",
        "Sent from Mail for Windows",
        "*Sent from my Pixel 12*",
        "Von meinem iPhone gesendet",
        "Envoyé de mon iPhone",
        "Verzonden vanaf mijn Galaxy",
        "Skickat från min iPad",
        "iPhoneから送信",
        "Sent with Proton Mail secure email.",
        "Best regards,\nOlga Petrova\nSRE, Example Corp",
        "Thanks!\nOlga",
        "Mit freundlichen Grüßen\nOlga",
        "Cheers\n\nOlga\nhttps://example.org",
        "Olga",
        "/Olga",
        "-- Olga Petrova",
    ],
)
def test_a_signature_is_not_what_somebody_says(signature: str) -> None:
    alone = parse_mail(build_mail(f"{OWN}\n\n{signature}\n"))
    above = parse_mail(
        build_mail(f"{OWN}\n\n{signature}\n\nOn 9 Mar 2026, Afterword wrote:\n> x\n")
    )

    assert alone.own_words == OWN
    assert above.own_words == OWN


def test_dashes_at_the_very_beginning_are_no_signature() -> None:
    assert parse_mail(build_mail("--\nA1 accept")).own_words == "--\nA1 accept"


@pytest.mark.parametrize(
    "words",
    [
        "Hello,\n\nThanks!\n\ndone https://example.org/41",
        "A1 accept\nThanks\nA3 accept",
        "A1 done\n--\nA3 accept",
        "A1 done\n___\naccept the other one, too",
        "Olga",
        "Olga will verify it\nand Omar, too",
        "Best regards from the drill,\nwhich went well",
        "A1 done: a long story\n" + "-" * 500,
    ],
)
def test_words_after_thanks_or_a_line_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words


@pytest.mark.parametrize(
    "words",
    [
        "done https://example.org/1\n\nTotal\n=====\nGood\n\nDetails\n-------\n1. one\n2. two",
        "A1 done\n\nResults\n-------\nAda Lind\nfound two more",
        "A1 done\n\n=====\nResults\n=====\n40 s in both regions",
        "accept\n\n-----\nPool size: 40\nTimeout: 3 s\n-----\nfine",
        "A1 done\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        "- one\n- two\n--\n- three",
        "A1 done -- finally -- https://example.org/1",
        "A1 done\n\n----- 10:00 -----\nfailover\n----- 10:05 -----\nback",
        "A1 progress: step 1\n-----\nstep 2\n-----\nstep 3",
    ],
)
def test_dashes_and_titles_in_a_text_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words


# HTML, by program

PLAIN_ON = "On Mon, 9 Mar 2026, at 10:00, Afterword wrote:"
OUTLOOK = (
    '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
    "<p><b>From:</b> Afterword &lt;a@example.org&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Olga</p>"
    "</div></div>"
)


@pytest.mark.parametrize(
    "quotation",
    [
        f'<div class="gmail_quote">{PLAIN_ON}<blockquote class="gmail_quote">Q</blockquote></div>',
        '<div class="gmail_quote"><div>On 9 Mar 2026 somebody sent</div>Q</div>',
        (
            f'<div class="gmail_extra"><div class="gmail_quote">{PLAIN_ON}<blockquote '
            'style="border-left:1px #ccc solid">Q</blockquote></div></div>'
        ),
        f'<blockquote type="cite"><div>{PLAIN_ON}</div><div>Q</div></blockquote>',
        f'<div class="moz-cite-prefix">{PLAIN_ON}</div><blockquote type="cite">Q</blockquote>',
        f"{OUTLOOK}<p>Q</p>",
        '<div id="appendonsend"></div><hr style="width:98%"><div>Q</div>',
        '<div id="divRplyFwdMsg"><b>From:</b> Afterword</div><div>Q</div>',
        '<hr id="stopSpelling">Q',
        '<div style="border-top-color: rgb(229, 229, 229); border-top-style: solid">From</div>Q',
        '<hr id="zwchr" data-marker="__DIVIDER__"><div>Q</div>',
        '<div class="protonmail_quote">On Monday, Afterword wrote:<blockquote>Q</blockquote></div>',
        '<div id="ydp1234yahoo_quoted_56" class="ydp1234yahoo_quoted"><div>Q</div></div>',
        '<div class="yahoo_quoted">Q</div>',
        '<div class="zmail_extra">Q</div>',
        '<div name="quote" style="margin:10px">Q</div>',
        '<div name="messageReplySection">Q</div>',
        '<blockquote class="tutanota_quote">Q</blockquote>',
        '<div class="somedesk_quote">Q</div>',
        '<div class="some-quote other">Q</div>',
        '<div id="mail-editor-reference-message-container"><div>Q</div></div>',
        '<div class="ms-outlook-mobile-reference-message">Q</div>',
        '<div class="quotedReply"><p>Q</p></div>',
        '<div title="beforequote:::">On Monday</div><div>Q</div>',
        f'<div class="gmail_quote"><div>{PLAIN_ON}</div><blockquote>Q</blockquote></div>',
        '<div class="moz-cite-prefix">Olga:</div><blockquote>Q</blockquote>',
        "&gt; Two actions wait:<br>&gt; Q",
        f"<div>{PLAIN_ON}</div><blockquote>Q</blockquote>",
        f'<div class="afterword-reply-above">{REPLY_MARKER}</div><div>Q</div>',
        f"<p>{REPLY_MARKER}</p><p>Q</p>",
    ],
)
def test_what_a_program_marks_as_quoted_is_not_ours(quotation: str) -> None:
    found = parse_mail(build_html_mail(f"<html><body>{RICH}<br>{quotation}</body></html>"))

    assert found.own_words == OWN
    assert "Q" in found.elided


def test_words_between_quotations_in_html_are_kept() -> None:
    inline = (
        '<div class="gmail_quote"><div class="gmail_attr">On 9 Mar 2026, Afterword wrote:</div>'
        '<blockquote class="gmail_quote">A1: the alert</blockquote><div>done, it fired</div>'
        '<blockquote class="gmail_quote">A3: the dashboard</blockquote></div><div>accept</div>'
    )

    assert parse_mail(build_html_mail(inline)).own_words == "done, it fired\naccept"


def test_a_line_of_html_that_begins_with_a_mark_by_itself_is_somebodys() -> None:
    assert (
        parse_mail(build_html_mail("A1 done<br>&gt; 90 % pass<br>now")).own_words
        == "A1 done\n> 90 % pass\nnow"
    )


def test_words_that_somebody_indents_are_theirs() -> None:
    indent = '<blockquote style="margin:0 0 0 40px;border:none;padding:0px">'

    assert parse_mail(build_html_mail(f"A1 done{indent}5 of 5 drills</blockquote>")).own_words == (
        "A1 done\n5 of 5 drills"
    )


def test_the_last_block_of_a_program_that_marks_nothing_is_its_quotation() -> None:
    bare = (
        "A1 done<blockquote>mine</blockquote>x<blockquote><blockquote>z</blockquote></blockquote>"
    )

    assert parse_mail(build_html_mail(bare)).own_words == "A1 done\nmine\n\nx"
    assert (
        parse_mail(build_html_mail("A1 done<blockquote>Please answer.</blockquote>")).own_words
        == "A1 done"
    )


@pytest.mark.parametrize(
    "signature",
    [
        '<div class="gmail_signature" data-smartmail="gmail_signature">Olga<br>SRE</div>',
        '<div id="Signature"><p>Olga</p></div>',
        '<div class="moz-signature">-- <br>Olga</div>',
        '<div id="ms-outlook-mobile-signature">Get Outlook for iOS</div>',
        "<div>-- <br>Olga</div>",
        '<div id="AppleMailSignature">Olga</div>',
    ],
)
def test_a_signature_in_html_is_not_what_somebody_says(signature: str) -> None:
    assert parse_mail(build_html_mail(f"<body>{RICH}<br>{signature}</body>")).own_words == OWN


def test_where_html_quotes_all_of_it_the_plain_text_speaks() -> None:
    both = build_multipart(
        ("text/plain", f"{OWN}\n\n{prefix_lines('Two actions are yours.')}"),
        ("text/html", f'<blockquote type="cite">{RICH} Two actions are yours.</blockquote>'),
    )

    assert parse_mail(both).own_words == OWN


# What stands below somebody's words, whoever wrote them


@pytest.mark.parametrize(
    "closing",
    [
        "Thanks!\nRoman",
        "Kind regards,\n\nJohn Doe",
        "Med venlig hilsen\nAnders Andersen",
        "Mit freundlichen Grüßen\nJörg Weiß\nTel. +49 30 1234567",
        "Pozdrawiam,\nJan",
        "Cordialement,\nÉlodie",
        "-Abhishek Kona",
        "– Ada L.",
        "/John",
        "---\nRoman",
        "----------------\n\nJohn Doe\nThe Company\nt. 555-931-0702",
        "John Doe\nThe Company Ltd\njohn@example.com\n+1 555 931 0702",
        "Sent wirelessly from my Phone on the Bell network.",
        "Sent from my Wiko FAB 4G\n\nTwo actions wait for your answer.",
        "This e-mail is confidential and intended only for those it is addressed to.\nNo copies.",
        "If you are not the intended recipient, please delete it.",
    ],
)
def test_what_closes_a_mail_is_not_what_somebody_says(closing: str) -> None:
    assert parse_mail(build_mail(f"{OWN}\n\n{closing}\n")).own_words == OWN


@pytest.mark.parametrize(
    "words",
    [
        "A1 done\n---\nA2 until 14 May because of the freeze",
        "Thanks,\nA1 done",
        "A1 done\n\nThanks,\n\nA2 accept",
        "- A1 done\n- Accept",
        "The owners are:\n- Roman",
        "Regards to all, the restore took three hours and I would not do it again",
        "A1 done\nThe Runbook\nhttps://example.org/changes/41",
        "What about it?\nThanks",
    ],
)
def test_what_may_be_an_answer_closes_nothing(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words


@pytest.mark.parametrize(
    "heading",
    [
        "From: bob@example.com Date: Thu, 24 Mar 2016 08:07:12 -0700",
        "Date: Wed, 16 May 2012 00:15:02 -0600\nTo: olga@example.com",
        "-----Antwort Nachricht-----",
        "2026/4/7 Nathan <support@example.com>\n\n> Two actions",
    ],
)
def test_headings_in_rarer_forms_are_not_ours(heading: str) -> None:
    assert parse_mail(build_mail(f"{OWN}\n\n{heading}\n\n> Two actions wait.")).own_words == OWN


def test_a_heading_on_the_last_line_of_an_answer_is_cut_off_it() -> None:
    shared = "A3 accept On Wed, Apr 4, 2012 at 3:59 PM, bob@example.com wrote:"

    found = parse_mail(build_mail(f"A1 done\n{shared}\n\n> Two actions wait."))

    assert found.own_words == "A1 done\nA3 accept"
    assert "bob@example.com wrote:" in found.elided


@pytest.mark.parametrize(
    "heading",
    [
        "Begin forwarded message:",
        "Quoting Bob Doe <bob@example.com>:",
        "*From:* Bob Doe <bob@example.com>",
        "Bob Doe on 4 Apr 2012 at 10:12 wrote:",
        "On Wed, 4 Apr 2012 at 10:12, Bob Doe <bob@example.com> wrote",
        "发自我的iPhone",
        "Odesláno z iPhonu",
        "Kind regards,",
    ],
)
def test_what_programs_add_below_an_answer_is_not_ours(heading: str) -> None:
    assert parse_mail(build_mail(f"{OWN}\n\n{heading}\n\n> Two actions wait.")).own_words == OWN
