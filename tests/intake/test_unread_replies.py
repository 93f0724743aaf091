"""What somebody wrote and nobody can read is kept, and answered once with the true cause."""

from __future__ import annotations

import pytest

from models.action import ActionStatus
from tests.intake.intake_server import IntakeServer
from tests.mail.inbound.container_samples import (
    ENVELOPED,
    build_cms,
    build_smime_mail,
    build_winmail,
    build_winmail_mail,
)
from tests.mail.inbound_samples import build_mail, build_multipart

ENCRYPTED = build_smime_mail(build_cms(b"secret", ENVELOPED))
WINMAIL = build_winmail_mail(build_winmail())
GARBLED = build_mail("A1 done: всё сделано".encode("koi8_r"), Content_Type="text/plain")
PROTECTED_BY_A_SECRET = "-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----"


@pytest.mark.parametrize("channel", ["lmtp", "smtp"])
@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (ENCRYPTED, "is encrypted"),
        (build_mail(PROTECTED_BY_A_SECRET), "is encrypted"),
        (WINMAIL, "winmail.dat"),
        (GARBLED, "UTF-8"),
        (build_mail(""), "Your email is empty"),
        (build_mail(" \n\n\u00a0\n"), "Your email is empty"),
        (build_mail("<p>&nbsp;<br></p>", Content_Type="text/html"), "Your email is empty"),
        (build_mail("<img src='cid:logo'>", Content_Type="text/html"), "Your email is empty"),
        (
            build_mail("<div class='gmail_signature'>Olga</div>", Content_Type="text/html"),
            "what mail programs add",
        ),
        (build_mail("> A1 accept"), "only quoted text"),
    ],
)
async def test_an_unread_mail_is_kept_and_answered_once_with_its_cause(
    intake: IntakeServer, raw: bytes, cause: str, channel: str
) -> None:
    before = intake.review
    address = intake.build_reply_address()

    for _ in range(2):
        (answer,) = await getattr(intake, f"send_{channel}")(raw, address)
        assert answer.startswith("250 2.0.0")

    assert intake.review.actions == before.actions
    (notification,) = intake.review.held[len(before.held) :]
    (quoted,) = notification.quoted_lines
    assert cause in quoted.answer
    assert "nothing was changed" in quoted.answer
    assert intake.read_archived().strip() == raw.strip()
    assert intake.list_verdicts() == ["accepted"]


async def test_a_signed_reply_is_taken_as_any_other(intake: IntakeServer) -> None:
    signed = b"Content-Type: text/plain\r\n\r\nA1 done https://example.org/changes/41\r\n"

    await intake.send_lmtp(build_smime_mail(build_cms(signed)), intake.build_reply_address())

    assert intake.review.actions[0].status is ActionStatus.CLAIMED


REACTION = build_multipart(
    ("text/plain", "👍\n\nOlga Petrova reacted via Gmail"),
    ("text/vnd.google.email-reaction+json", '{"emoji":"👍","version":1}'),
)
RECALL = build_mail(
    'Olga Petrova would like to recall the message, "A1 accept".', Subject="Recall: A1 accept"
)
RECEIPT = build_mail("Your message was read on Monday, 9 March 2026.", Subject="Read: A1 accept")


@pytest.mark.parametrize("channel", ["lmtp", "smtp"])
@pytest.mark.parametrize(
    ("raw", "kind"), [(REACTION, "reaction"), (RECALL, "recall"), (RECEIPT, "receipt")]
)
async def test_a_button_that_somebody_pressed_changes_nothing_and_is_answered_by_nobody(
    intake: IntakeServer, raw: bytes, kind: str, channel: str
) -> None:
    before = intake.review

    (answer,) = await getattr(intake, f"send_{channel}")(raw, intake.build_reply_address())

    assert answer.startswith("250 2.0.0")
    assert intake.review == before
    assert intake.read_archived().strip() == raw.strip()
    assert intake.list_verdicts() == [f"automated: {kind}"]


@pytest.mark.parametrize("raw", [ENCRYPTED, WINMAIL, GARBLED])
@pytest.mark.parametrize(
    "header", [b"Auto-Submitted: auto-replied", b"List-Id: <ops.example.org>", b"Precedence: bulk"]
)
async def test_an_unread_mail_by_a_program_is_answered_by_nobody(
    intake: IntakeServer, raw: bytes, header: bytes
) -> None:
    before = intake.review

    (answer,) = await intake.send_lmtp(header + b"\r\n" + raw, intake.build_reply_address())

    assert answer.startswith("250 2.0.0")
    assert (intake.review.actions, intake.review.held) == (before.actions, before.held)
    assert intake.list_verdicts()[0].startswith("automated: ")
