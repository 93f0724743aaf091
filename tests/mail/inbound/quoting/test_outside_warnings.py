"""What a gateway writes into a mail is told from what somebody wrote."""

from __future__ import annotations

import pytest

from mail.inbound.parse_mail import parse_mail
from tests.mail.inbound_samples import build_html_mail, build_mail

CAREFUL = "Do not click links or open attachments unless you trust the sender."


@pytest.mark.parametrize(
    "body",
    [
        "[EXTERNAL EMAIL] A1 accept",
        "[EXT] A1 accept",
        "[External] A1 accept",
        "(External) A1 accept",
        "EXTERNAL EMAIL: A1 accept",
        "*[EXTERNAL]* A1 accept",
        "[EXTERNAL EMAIL]\nA1 accept",
        "[EXTERNAL EMAIL]\n\nA1 accept",
        (
            "CAUTION: This email originated from outside of the organization. Do not click "
            "links or open attachments unless you recognize the sender and know the content "
            "is safe.\n\nA1 accept"
        ),
        (
            "CAUTION: This email originated from outside of the organization. Do not click "
            "links or open attachments unless you recognize the sender and know the content "
            "is safe. A1 accept"
        ),
        (
            "CAUTION: This email originated from outside of the organization. Do not click\n"
            "links or open attachments unless you recognize the sender and know the\ncontent "
            "is safe.\n\nA1 accept"
        ),
        "CAUTION: External email\nA1 accept",
        "CAUTION: This email originated outside of the company network\nA1 accept",
        (
            "You don't often get email from olga@example.org. Learn why this is "
            "important<https://aka.ms/LearnAboutSenderIdentification>\n\nA1 accept"
        ),
        (
            "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Bitte klicken Sie nur "
            "auf Links, wenn Sie den Absender kennen.\n\nA1 accept"
        ),
        (
            "Attention : ce message provient d'un expéditeur externe. Ne cliquez pas sur les "
            "liens.\n\nA1 accept"
        ),
        (
            "This Message Is From an External Sender\nThis message came from outside your "
            "organization.\n\nA1 accept"
        ),
        (
            "A1 accept\n\nCAUTION: This email originated from outside of the organization. "
            "Do not click links."
        ),
        "*** EXTERNAL EMAIL ***\n\nA1 accept",
        "--- External email: use caution ---\n\nA1 accept",
        "** External Email - Use caution **\nA1 accept",
        "WARNING: This email is from an external sender, be careful with links!\n\nA1 accept",
        "[WARNING: External sender] A1 accept",
        (
            "External Sender - be suspicious of attachments, links and requests for payment "
            "or login information.\n\nA1 accept"
        ),
        (
            "NOTICE: This message was sent from outside Example Corp. Please exercise "
            "caution when opening attachments.\n\nA1 accept"
        ),
        "【外部メール】A1 accept",
        "Exercise caution: this email is from an external source.\n\nA1 accept",
        (
            "[You don't often get email from olga@example.org. Learn why this is important "
            "at https://aka.ms/LearnAboutSenderIdentification ]\n\nA1 accept"
        ),
        "EXTERNAL: A1 accept",
        "EXT: A1 accept",
        "This email originated externally.\n\nA1 accept",
        "This is an external email.\n\nA1 accept",
        "EXTERNAL SENDER\n\nA1 accept",
        "** Warning: External Sender **\n\nA1 accept",
        "⚠ External sender\nA1 accept",
        "[CAUTION - EXTERNAL] A1 accept",
        "[CAUTION: EXTERNAL EMAIL] A1 accept",
        "CAUTION EXTERNAL EMAIL: A1 accept",
        "Message originated outside Example Corp.\n\nA1 accept",
        "Sender is outside your organisation.\n\nA1 accept",
        "You received this email from an external sender. Think before you click!\n\nA1 accept",
        "NOTICE: External sender. Verify before clicking.\n\nA1 accept",
        "<External Email> A1 accept",
        "External Email\n\nA1 accept",
        "[External] [SPAM?] A1 accept",
        "[EXT] [EXT] A1 accept",
        "[EXTERNAL EMAIL]: A1 accept",
        "[EXTERNAL]\tA1 accept",
        "⚠️ EXTERNAL: A1 accept",
        (
            "ZjQcmQRYFpfptBannerStart\nThis Message Is From an External Sender\nThis message "
            "came from outside your organization.\nZjQcmQRYFpfptBannerEnd\n\nA1 accept"
        ),
        (
            "Caution! This message was sent from outside your organization.\nAllow sender | "
            "Block sender\n\nA1 accept"
        ),
        "This message needs your attention\nThis is a personal email address.\n\nA1 accept",
        (
            "PRECAUCIÓN: Este correo electrónico se originó fuera de la organización. No "
            "haga clic en enlaces.\n\nA1 accept"
        ),
        (
            "LET OP: Deze e-mail is afkomstig van buiten de organisatie. Klik niet op links."
            "\n\nA1 accept"
        ),
        (
            "CAUTION!\n\nThis email originated from outside of your organization. Please do not "
            "click on links.\n\nReport Phishing Safelist Sender\nsophospsmartbannerend\nA1 accept"
        ),
        "-------- EXTERNAL EMAIL --------\nA1 accept",
        "*EXTERNAL* A1 accept",
        "[EXTERNAL SENDER - PROCEED WITH CAUTION]\n\nA1 accept",
        "DİKKAT: Bu e-posta kurum dışından gelmiştir. Bağlantılara tıklamayın.\n\nA1 accept",
        "This email originated from outside the organisation. Treat with caution.\n\nA1 accept",
        "[[ This email is from an external source. Think before you click. ]]\n\nA1 accept",
        "ВНИМАНИЕ: Это письмо от внешнего отправителя. Не переходите по ссылкам.\n\nA1 accept",
        (
            "CAUTION: This email was sent from outside Example Corp. DO NOT reply, click links, or "
            "open attachments.\n________________________________\n\nA1 accept"
        ),
        (
            "[Notice: This message originated outside of the company -- DO NOT CLICK on links or "
            "open attachments unless you are sure the content is safe.]\n\nA1 accept"
        ),
        (
            "This Message Is From an Untrusted Sender\nYou have not previously corresponded with "
            "this sender.\n\nA1 accept"
        ),
        "ACHTUNG: EXTERNE E-MAIL. Bitte keine Links oder Anhänge öffnen.\n\nA1 accept",
        "This email is from outside Example. Please take care when clicking links.\n\nA1 accept",
        "UWAGA! Ta wiadomość pochodzi spoza organizacji. Nie klikaj w linki.\n\nA1 accept",
        "POZOR: Tento e-mail přišel z vnější sítě. Neklikejte na odkazy.\n\nA1 accept",
        "ADVARSEL: Denne e-mail er fra en ekstern afsender. Klik ikke på links.\n\nA1 accept",
        "OBS! Detta e-postmeddelande är externt. Klicka inte på länkar.\n\nA1 accept",
        "[외부메일] A1 accept",
        "WARNING\n\nThis email came from outside the company.\n\nA1 accept",
        "Achtung!\n\nDiese E-Mail kommt von außerhalb der Firma.\n\nA1 accept",
        "ATTENZIONE: questa e-mail proviene dall'esterno.\n\nA1 accept",
        "注意：このメールは外部から送信されています。\n\nA1 accept",
    ],
)
def test_a_warning_is_none_of_somebodys_words(body: str) -> None:
    assert parse_mail(build_mail(body)).own_words == "A1 accept"


def test_a_word_of_warning_alone_is_somebodys_own() -> None:
    assert parse_mail(build_mail("Caution!\n\nA1 accept")).own_words == "Caution!\n\nA1 accept"


def test_a_warning_in_a_frame_is_dropped_with_it() -> None:
    frame = "*" * 20
    body = (
        f"{frame}\n\nWARNING: This email originated outside.\n\n{CAREFUL}\n\n{frame}\n\nA1 accept"
    )

    assert parse_mail(build_mail(body)).own_words == "A1 accept"


def test_a_warning_below_an_answer_is_none_of_its_reason() -> None:
    body = f"A1 decline because of the freeze\n\nCAUTION: This email came from outside. {CAREFUL}"

    assert parse_mail(build_mail(body)).own_words == "A1 decline because of the freeze"


def test_a_warning_in_html_is_dropped() -> None:
    banner = "<table><tr><td><b>CAUTION:</b> This email originated from outside of Example Corp. "
    page = f"{banner}{CAREFUL}</td></tr></table><p>A1 accept</p>"

    assert parse_mail(build_html_mail(page)).own_words == "A1 accept"


@pytest.mark.parametrize(
    "words",
    [
        "Warning: the email gateway is external\nA1 accept",
        "Warning: A1 is blocked by the external sender",
        "Do not click the link in A1, it is dead",
        "The email alerts came from outside the pool.\nA1 accept",
        "Note: the message queue is outside the cluster, A1 accept",
        "This email is about the external audit: A1 done https://example.org/41",
        "[Extra] A1 accept",
        "(in the external cluster) A1 done",
        "Caution: be careful with A1",
        "accept\n\nPlease check the sender of the alerts, too.",
        "***\n\nA1 accept",
    ],
)
def test_words_about_what_is_outside_are_kept(words: str) -> None:
    assert parse_mail(build_mail(words)).own_words == words
