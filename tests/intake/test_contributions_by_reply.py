"""A contribution that a reply accepts is written into the document; one that it rejects is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models import commands as o
from models.errors import Unavailable
from models.review import Receipt
from register.archive import Archive
from rules.permissions import ANONYMOUS
from tests.intake.intake_server import MAIL_SERVER, IntakeServer, run_intake_server
from tests.sample_people import ADA, FAY
from tests.sample_reviews import ReviewBuilder

FACT = "The pager was silent."
PROVEN = f"{MAIL_SERVER}; dmarc=pass header.from=example.org; spf=pass smtp.mailfrom={FAY}"


@pytest.fixture
async def intake(archive: Archive) -> AsyncIterator[IntakeServer]:
    """Yield an intake for decisions, about a review with two contributions."""
    builder = ReviewBuilder()
    builder.ask(o.Contribute, ANONYMOUS, text=FACT, when="10:12 UTC")
    builder.ask(o.Contribute, ANONYMOUS, text="Sack him.")
    mail: dict[str, Any] = {"authserv_id": MAIL_SERVER, "consequence": True}
    async with run_intake_server(archive, builder, **mail) as server:
        yield server


def build_proven(intake: IntakeServer, text: str, address: str) -> bytes:
    """Build a mail of the facilitator's, which their mail server vouches for."""
    raw = intake.build_mail(text, From=FAY, To=address)
    return f"Authentication-Results: {PROVEN}\r\n".encode() + raw


async def reply(intake: IntakeServer, text: str, item: str = "") -> str:
    address = intake.build_reply_address(FAY, item)
    raw = build_proven(intake, text, address)
    (answer,) = await intake.send_lmtp(raw, address, sender=FAY)
    return answer


def read_document(intake: IntakeServer) -> str:
    document = intake.review.document
    return intake.archive.documents.read_document(document.digest).decode() if document else ""


def list_answers(intake: IntakeServer) -> list[str]:
    return [line.answer for line in intake.review.held[-1].quoted_lines]


async def test_what_is_accepted_stands_in_the_document_and_what_is_rejected_does_not(
    intake: IntakeServer,
) -> None:
    answer = await reply(intake, "K1 accept\nK2 reject because it blames somebody")

    assert answer.startswith("250")
    assert f"- 10:12 UTC – {FACT}" in read_document(intake)
    assert "Sack" not in read_document(intake)
    assert [each.settled_by for each in intake.review.contributions] == [FAY, FAY]
    assert list_answers(intake) == [
        "K1: accepted; it is in the document, under “Timeline”.",
        "K2: left out.",
    ]


async def test_a_mail_that_comes_twice_is_written_once(intake: IntakeServer) -> None:
    address = intake.build_reply_address(FAY, "K1")
    raw = build_proven(intake, "accept", address)

    for _ in range(2):
        await intake.send_lmtp(raw, address, sender=FAY)

    assert read_document(intake).count(FACT) == 1
    assert intake.review.document is not None
    assert intake.review.document.revision == 1


async def test_a_document_that_somebody_writes_meanwhile_keeps_what_they_wrote(
    intake: IntakeServer,
) -> None:
    content = b"# Checkout\n\n## Timeline\n\n- 10:00 UTC - begun\n"
    digest = intake.archive.documents.store_document(content)
    write = o.Write(id="other", by=ADA, digest=digest, size=len(content), base=0)
    intake.review_client.pending_commands.append(write)

    await reply(intake, "accept", "K1")

    assert "begun" in read_document(intake)
    assert FACT in read_document(intake)
    assert intake.review.contributions[0].settled_by == FAY


async def test_what_somebody_rejects_meanwhile_is_not_in_the_document(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = intake.review_client.send_command
    reject = o.Settle(id="other", by=ADA, contribution="K1", reason="It is not true.")

    async def send_after(review: str, command: o.AnyCommand) -> Receipt:
        await send(review, reject)
        return await send(review, command)

    monkeypatch.setattr(intake.review_client, "send_command", send_after)

    await reply(intake, "accept", "K1")

    assert read_document(intake) == ""
    assert intake.review.contributions[0].rejected_because == "It is not true."


async def test_what_could_not_be_written_is_written_when_the_mail_comes_again(
    intake: IntakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = intake.build_reply_address(FAY)
    raw = build_proven(intake, "K1 accept\nK2 accept", address)

    def fail(_content: bytes) -> str:
        raise Unavailable("the database", "it is away")

    with monkeypatch.context() as away:
        away.setattr(intake.archive.documents, "store_document", fail)
        (first,) = await intake.send_lmtp(raw, address, sender=FAY)
    before = read_document(intake)
    answers = [(await intake.send_lmtp(raw, address, sender=FAY))[0] for _ in range(2)]

    assert first.startswith("451")
    assert before == ""
    assert [each[:3] for each in answers] == ["250", "250"]
    assert read_document(intake).count(FACT) == 1
    assert read_document(intake).count("Sack him") == 1
    assert intake.review.document is not None
    assert intake.review.document.revision == 2
