"""What travels through Temporal comes back as it was, and small."""

from __future__ import annotations

from dataclasses import replace

from temporalio.exceptions import ApplicationError

from models.codes import RefusalCode
from models.commands import AnyCommand, Claim, Note, Postpone
from models.document import Cause
from models.errors import Blocker, NotFound, Refusal
from models.review import Review
from tests.sample_reviews import DUE, build_rich
from workflows.error_conversion import (
    build_application_error,
    parse_application_error,
)
from workflows.payloads import DEFLATE_FROM_BYTES, ENCODING, build_data_converter


async def test_a_whole_record_comes_back_as_it_was_and_deflated() -> None:
    review = build_rich().review

    (payload,) = await build_data_converter().encode([review])
    (back,) = await build_data_converter().decode([payload], [Review])

    assert back == review
    assert payload.metadata["encoding"] == ENCODING
    assert payload.ByteSize() < 4 * DEFLATE_FROM_BYTES


async def test_an_command_stays_readable_and_keeps_its_kind() -> None:
    commands = [
        Claim(id="1", by="tool:ci", action="A1", evidence="build 17"),
        Postpone(id="2", by="olga@example.org", action="A1", until=DUE, reason="a freeze"),
        Note(id="3", by="olga@example.org", text="hello"),
    ]

    payloads = await build_data_converter().encode(commands)
    back = await build_data_converter().decode(payloads, [AnyCommand, AnyCommand, AnyCommand])  # type: ignore[list-item]  # an annotation, not a class

    assert back == commands
    assert b'"kind":"claim"' in payloads[0].data


def test_a_refusal_travels_through_temporal_whole() -> None:
    blocker = Blocker(code="no-owner", sentence="A1 has no owner.", who=("a", "b"), item="A1")
    no = Refusal(RefusalCode.BLOCKED, "Not yet.", "Clear it.", (blocker,))

    back = parse_application_error(build_application_error(no))

    assert isinstance(back, Refusal)
    assert (back.code, back.reason, back.way_out) == ("blocked", "Not yet.", "Clear it.")
    assert back.blockers == (blocker,)


def test_an_unknown_name_travels_through_temporal_with_its_hints() -> None:
    back = parse_application_error(build_application_error(NotFound("action", "A9", ("A1", "A2"))))

    assert isinstance(back, NotFound)
    assert str(back) == "There is no action “A9”. Did you mean A1 or A2?"


def test_any_other_error_keeps_its_message() -> None:
    back = parse_application_error(
        ApplicationError("Failed decoding arguments", type="RuntimeError")
    )

    assert isinstance(back, Refusal)
    assert back.reason == "Failed decoding arguments"


async def test_words_of_every_script_survive() -> None:
    review = build_rich().review
    cause = Cause(id="C1", symptom="接続プールが枯渇した — «пул» בריכה 🌊")

    (payload,) = await build_data_converter().encode([replace(review, causes=(cause,))])
    (back,) = await build_data_converter().decode([payload], [Review])

    assert back.causes == (cause,)
