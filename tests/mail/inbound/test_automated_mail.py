"""Automated mail is told apart from people's, and people's mail is never taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail.inbound.parse_mail import parse_mail
from mail.outbound.headers import LOOP_HEADER
from tests.evaluation import mails
from tests.mail.inbound.container_samples import build_winmail, build_winmail_mail
from tests.mail.inbound_samples import build_mail, build_multipart
from tests.mail.notification_samples import compose_for_person, list_notifications


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Return-Path": "<>"}, "bounce"),
        ({"From": "MAILER-DAEMON@mx.example.org"}, "bounce"),
        ({"From": "MAILER-DAEMON (Mail Delivery System)"}, ""),
        ({"From": "mailer-daemon"}, "bounce"),
        ({"From": "postmaster@example.org"}, "bounce"),
        ({"From": "MDaemon@mx.example.org"}, "bounce"),
        ({"Content-Type": "multipart/report; report-type=delivery-status"}, "bounce"),
        ({"Content-Type": "multipart/report; report-type=disposition-notification"}, "bounce"),
        ({"Auto-Submitted": "auto-replied"}, "auto-reply"),
        ({"Auto-Submitted": "auto-generated (vacation)"}, "auto-reply"),
        ({"Auto-Submitted": "no"}, ""),
        ({"Auto-Submitted": "No; owner-email=x"}, ""),
        ({"X-Autoreply": "yes"}, "auto-reply"),
        ({"X-Auto-Response-Suppress": "All"}, ""),
        ({"X-Autorespond": ""}, "auto-reply"),
        ({"X-Auto-Generated": "false"}, ""),
        ({"X-FC-MachineGenerated": "true"}, "auto-reply"),
        ({"X-Cron-Env": "<SHELL=/bin/sh>"}, "auto-reply"),
        ({"X-Apple-Action": "VACATION"}, "auto-reply"),
        ({"X-Apple-Action": "MOVE_TO_FOLDER/INBOX"}, ""),
        ({"Precedence": "auto_reply"}, "auto-reply"),
        ({"Precedence": "bulk"}, "list"),
        ({"Precedence": "first-class"}, ""),
        ({"List-Id": "<sre.example.org>"}, "list"),
        ({"List-Unsubscribe": "<mailto:x@example.org>"}, "list"),
        ({"Mailing-List": "contact sre-help@example.org; run by ezmlm"}, "list"),
        ({"X-BeenThere": "sre@example.org"}, "list"),
        ({"From": "no-reply@example.org"}, "auto-reply"),
        ({"From": "donotreply@example.org"}, "auto-reply"),
        ({"From": "norbert@example.org"}, ""),
        ({"Subject": "Automatic reply: Two actions for you"}, "auto-reply"),
        ({"Subject": "Out of Office: Two actions"}, "auto-reply"),
        ({"Subject": "Abwesenheitsnotiz: Two actions"}, "auto-reply"),
        ({"Subject": "=?utf-8?q?R=C3=A9ponse_automatique?= : x"}, "auto-reply"),
        ({"Subject": "Re: Out of office rules"}, ""),
        ({LOOP_HEADER: "reply.example.org"}, "loop"),
        ({"Content-Type": "text/calendar; method=REPLY"}, "calendar"),
        ({"Content-Type": "text/calendar; method=REQUEST"}, ""),
    ],
)
def test_automated_mail_is_told_from_a_persons(headers: dict[str, str], why: str) -> None:
    given = {name.replace("-", "_"): value for name, value in headers.items()}

    assert (parse_mail(build_mail("accept", **given)).automated_kind or "") == why


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto-Submitted": "auto-replied", "Return-Path": "<>"}, "auto-reply"),
        ({"Subject": "Automatic reply: x", "Return-Path": "<>"}, "auto-reply"),
        ({"Auto-Submitted": "auto-replied", "Precedence": "bulk"}, "auto-reply"),
        ({"Auto-Submitted": "auto-replied", "From": "MAILER-DAEMON@example.org"}, "bounce"),
        ({"Subject": "Undeliverable: x", "Auto-Submitted": "auto-generated"}, "bounce"),
        ({"Precedence": "bulk", "Return-Path": "<>"}, "list"),
        ({"Auto-Submitted": "auto-generated", "List-Id": "<sre.example.org>"}, "list"),
    ],
)
def test_what_says_most_counts(headers: dict[str, str], why: str) -> None:
    given = {name.replace("-", "_"): value for name, value in headers.items()}

    assert (parse_mail(build_mail("accept", **given)).automated_kind or "") == why


def test_an_answer_to_an_invitation_is_a_calendars() -> None:
    answer = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR"

    found = parse_mail(
        build_multipart(("text/plain", "Accepted"), ("text/calendar", answer), kind="mixed")
    )

    assert found.automated_kind == "calendar"


def test_a_mail_that_went_round_and_round_is_a_loop() -> None:
    hops = b"".join(b"Received: by mx%d.example.org\r\n" % n for n in range(60))

    assert parse_mail(hops + build_mail()).automated_kind == "loop"
    assert parse_mail(hops[: len(hops) // 6] + build_mail()).automated_kind is None


def test_our_own_notifications_are_a_loop() -> None:
    for notification in list_notifications().values():
        assert parse_mail(compose_for_person(*notification).as_bytes()).automated_kind == "loop"


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        ("Undeliverable: Two actions", "bounce"),
        ("Undelivered Mail Returned to Sender", "bounce"),
        ("Delivery Status Notification (Delay)", "bounce"),
        ("Delayed Mail (we keep trying)", "bounce"),
        ("Warning: message 1tAbCd-0001 delayed 48 hours", "bounce"),
        ("Mail could not be delivered", "bounce"),
        ("Your message to omar@example.org could not be delivered.", "bounce"),
        ("Unzustellbar: Zwei Maßnahmen", "bounce"),
        ("Non remis : Deux actions", "bounce"),
        ("Onbestelbaar: Twee acties", "bounce"),
        ("Не удается доставить: Two actions", "bounce"),
        ("配信不能: Two actions", "bounce"),
        ("Vacation", "auto-reply"),
        ("away from my mail", "auto-reply"),
        ("[Automatische Antwort] Zwei Maßnahmen", "auto-reply"),
        ("Re: Two actions for you (Automatic Response)", "auto-reply"),
    ],
)
def test_a_subject_shows_automated_mail(subject: str, why: str) -> None:
    assert (parse_mail(build_mail("accept", Subject=subject)).automated_kind or "") == why


@pytest.mark.parametrize(
    "subject",
    [
        "Mail delivery of invoices stopped: A1 waits for you",
        "Delivery status page was wrong: the review is open",
        "Undeliverable orders in the shop: A1 and A2 are overdue",
        "Message could not be delivered to the queue: A1 waits for you",
        "Vacation booking was down: please verify A1",
        "Re: Undeliverable: who looks after the bounces?",
    ],
)
def test_a_reply_about_a_mail_incident_is_not_automated(subject: str) -> None:
    assert parse_mail(build_mail("accept", Subject=subject)).automated_kind is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("This message was created automatically by mail delivery software.", "bounce"),
        ("*****\nYour message could not be delivered to\nomar@example.org", "bounce"),
        ("Votre message n'a pas pu être remis à\nomar@example.org", "bounce"),
        ("This is an automated reply. I read mail again in May.", "auto-reply"),
        (
            "this mailbox is protected by Sieve & Sons. Click on the\nlink to add your address",
            "auto-reply",
        ),
        ("Thank you for contacting us. Your request has been received.", "auto-reply"),
        ("Hello Ada,\n\nthanks for your message; a ticket was created: #7.", "auto-reply"),
        ("##- Please type your reply above this line -##\n\nWe got it.", "auto-reply"),
        ("Your request (12345) has been received and is being reviewed.", "auto-reply"),
        ("Your request has been received. Ticket number: 2026-0310.", "auto-reply"),
    ],
)
def test_the_first_sentence_shows_automated_mail(body: str, why: str) -> None:
    assert (parse_mail(build_mail(body)).automated_kind or "") == why


@pytest.mark.parametrize(
    "body",
    [
        "accept\n\nYour message could not be delivered to omar@example.org, he says.",
        "Your message could not be delivered to me in time, sorry. accept",
        "done https://example.org/1\nThe account is protected by a second factor now.",
        "accept\n\n> This message was created automatically by mail delivery software.",
        "Thank you for your email. A1 done: https://example.org/1",
        "Thanks for your message, I was on leave. accept",
        "Your request is fine with me. A1 accept",
        "I am out of the office until Monday. A1: until 20 March because of that",
    ],
)
def test_people_write_about_automated_mail(body: str) -> None:
    assert parse_mail(build_mail(body)).automated_kind is None


ABSENCE = "I am out of the office until 9 April and accept no mail. Ask Omar instead."


@pytest.mark.parametrize(
    "subject",
    [
        "[External] Automatic reply: Two actions for you",
        "[EXT] Abwesend: Two actions for you",
        "EXTERNAL: Out of Office: Two actions for you",
        "***SPAM*** Automatic reply: Two actions for you",
        "(External) {Spam?} Réponse automatique : Two actions for you",
        "Re: Automatic reply: Two actions for you",
        "AW: [EXTERN] Automatische Antwort: Two actions for you",
        "【外部邮件】自动答复: Two actions for you",
        "Re: ［社外］自動応答: Two actions for you",
        "[Išorinis] Automatinis atsakymas: Two actions for you",
        "Balasan otomatis: Two actions for you",
        "Parental leave Re: Two actions for you",
        "R: [EXT] Risposta automatica: Two actions for you",
        "Sick leave: Two actions for you",
        "Annual Leave - Olga Petrova",
        "Automatická odpoveď: Two actions for you",
        "[EXT] RE: Abwesenheitsnotiz: Two actions for you",
        "SV: Autosvar: Two actions for you",
        "Re[2]: Re: Out of office: Two actions for you",
        "Absent : Two actions for you",
        "Niet aanwezig: Two actions for you",
        "Вне офиса: Two actions for you",
        "On leave: Two actions for you",
        "Re: Out of Office",
        "[EXT] Olga Petrova is out of the office.",
        "Olga Petrova ist derzeit nicht im Büro",
        "OOF: Two actions for you",
        "Re: [External] Automatic reply: Two actions for you",
    ],
)
def test_an_absence_is_told_by_its_subject_whatever_is_put_before_it(subject: str) -> None:
    assert parse_mail(build_mail(ABSENCE, Subject=subject)).automated_kind == "auto-reply"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Re: Out of office: the rota was empty: A1 waits for you", "A1 accept"),
        ("Re: Automatic replies were sent to everyone: A1 waits for you", ABSENCE),
        ("[External] Re: Out of office rules", ABSENCE),
        ("[EXT] Re: Two actions for you", ABSENCE),
        ("Away with the old pager", "accept"),
        ("Urlaub", "Ich nehme A1 danach"),
    ],
)
def test_subjects_that_only_mention_an_absence_are_peoples(subject: str, words: str) -> None:
    assert parse_mail(build_mail(words, Subject=subject)).automated_kind is None


def test_a_tag_hides_no_bounce() -> None:
    assert parse_mail(build_mail(Subject="[EXT] Undeliverable: A1")).automated_kind == "bounce"
    asked = parse_mail(build_mail(Subject="Re: Undeliverable: who reads them?"))
    assert asked.automated_kind is None


REACTION_JSON = ("text/vnd.google.email-reaction+json; charset=utf-8", '{"emoji":"🎉","version":1}')


@pytest.mark.parametrize(
    "words",
    [
        "🎉\n\nOlga Petrova reacted via Gmail <https://www.google.com/gmail/about/?utm_source=x>",
        "❤️\n\nOlga Petrova hat über Gmail reagiert",
        "👍\n\nOlga Petrova a réagi via Gmail",
        "👍🏽 Olga Petrova отреагировала через Gmail",
        "👍\n\nOlga Petrova さんが Gmail でリアクションしました",
        "Olga Petrova reacted via Gmail",
        "Olga Petrova reacted to your message:",
        "Olga Petrova reacted to your message: 👍",
        "Olga Petrova liked your email",
        "Liked “Please accept A1”",
        "Olga Petrova liked “Please accept A1”",
        "Olga Petrova reacted 👍 to your message",
        "Reacted 👍 to “Please accept A1”",
        "Hat „Please accept A1“ mit „Gefällt mir“ markiert",
        "👍 Olga Petrova hat auf Ihre Nachricht reagiert:",
        "Olga Petrova a réagi à votre message :",
        "❤️ Olga Petrova heeft op je bericht gereageerd",
    ],
)
def test_a_reaction_is_none_of_an_answer(words: str) -> None:
    assert parse_mail(build_mail(words)).automated_kind == "reaction"


def test_what_gmail_says_of_a_reaction_is_enough() -> None:
    found = parse_mail(build_multipart(("text/plain", "👍"), REACTION_JSON))

    assert found.automated_kind == "reaction"
    assert found.own_words == "👍"
    assert found.attachments == ()


@pytest.mark.parametrize(
    "words",
    [
        "👍",
        "👍\n\nSent from Gmail Mobile",
        "I reacted via Gmail filters: A1 done https://example.org/41",
        "Liked “the plan”, but A1 needs more time",
        "I liked your message, and accept",
        "accept 👍",
    ],
)
def test_a_thumb_that_somebody_types_is_theirs(words: str) -> None:
    assert parse_mail(build_mail(words)).automated_kind is None


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Recall: A1 waits", 'Olga Petrova would like to recall the message, "A1 waits".'),
        ("Rückruf: A1 waits", 'Olga möchte die Nachricht "A1 waits" zurückrufen.'),
        ("Rappel : A1 waits", "Olga souhaite rappeler le message « A1 waits »."),
        ("[EXT] Återkalla: A1 waits", "Olga vill återkalla meddelandet ”A1 waits”."),
        ("取り消し: A1 waits", "Olga さんが「A1 waits」を取り消そうとしています。"),
        ("Cancelar: A1 waits", 'Olga Petrova deseja cancelar a mensagem "A1 waits".'),
        ("Two actions", 'Olga Petrova would like to recall the message, "A1 waits".'),
    ],
)
def test_a_mail_that_is_taken_back_takes_nothing_back_here(subject: str, words: str) -> None:
    assert parse_mail(build_mail(words, Subject=subject)).automated_kind == "recall"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (
            "Read: A1 waits",
            "Your message\n\n   To: Olga\n   Subject: A1\n   Sent: 9\n\nwas read on Monday at 10.",
        ),
        ("Gelesen: A1 waits", ""),
        ("Lu : A1 waits", "Votre message\n\n À : Olga\n\na été lu le lundi 9 mars."),
        ("Not read: A1 waits", "Your message To: Olga was deleted without being read on Monday"),
        ("[EXT] Прочитано: A1 waits", ""),
        ("開封済み: A1 waits", ""),
        ("Return Receipt (displayed) - A1 waits", "This is a Return Receipt for the mail"),
        ("Lesebestätigung (angezeigt) - A1 waits", ""),
        ("Delivered: A1 waits", "Your message has been delivered to the following recipients: x"),
        ("Re: A1 waits", "This receipt verifies that the message has been displayed."),
    ],
)
def test_a_receipt_is_no_answer(subject: str, words: str) -> None:
    assert parse_mail(build_mail(words, Subject=subject)).automated_kind == "receipt"


def test_a_receipt_in_parts_is_no_answer() -> None:
    parts = ("text/plain", "Gelesen."), ("message/disposition-notification", "Disposition: x")

    assert parse_mail(build_multipart(*parts, kind="mixed")).automated_kind == "receipt"


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Re: Read: replicas lag: A1 waits for you", "A1 accept"),
        ("Read: the whole story", "A1 done https://example.org/41"),
        ("Recall: A1", "A1 blocked by the vendor"),
        ("Rappel : A1", "A1 est presque fini"),
        ("Re: Recall: brakes: A1 waits", "I would like to recall what we said. accept"),
        ("Re: A1", "Your message was read to all of us, thanks. accept"),
        ("Reading lag: A1", "half of it"),
    ],
)
def test_words_about_receipts_and_recalls_are_peoples(subject: str, words: str) -> None:
    assert parse_mail(build_mail(words, Subject=subject)).automated_kind is None


@pytest.mark.parametrize(
    ("message_class", "kind"),
    [
        (b"IPM.Outlook.Recall\0", "recall"),
        (b"REPORT.IPM.Note.IPNRN\0", "receipt"),
        (b"IPM.Schedule.Meeting.Resp.Pos\0", "calendar"),
        (b"IPM.Note.Rules.OofTemplate.Microsoft\0", "auto-reply"),
        (b"IPM.Note\0", ""),
    ],
)
def test_outlook_says_in_a_winmail_dat_what_it_is(message_class: bytes, kind: str) -> None:
    raw = build_winmail_mail(build_winmail(message_class=message_class))

    assert (parse_mail(raw).automated_kind or "") == kind


def test_the_evaluation_names_what_is_told_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "machine" / "bounces").mkdir(parents=True)
    (tmp_path / "machine" / "bounces" / "told").write_bytes(build_mail(Return_Path="<>"))
    (tmp_path / "machine" / "bounces" / "missed").write_bytes(build_mail())
    (tmp_path / "people").mkdir()
    (tmp_path / "people" / "olga").write_bytes(build_mail())
    (tmp_path / "people" / "omar").write_bytes(build_mail(Precedence="bulk"))

    mails(tmp_path)

    _, bounces, people = capsys.readouterr().out.splitlines()
    assert bounces.split() == ["bounces", "2", "1", "0", "missed"]
    assert people.split() == ["people", "2", "1", "0", "omar"]
