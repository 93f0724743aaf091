"""What travels through Temporal comes back as it was, and small."""

from __future__ import annotations

from dataclasses import replace

from temporalio.exceptions import ApplicationError

from models.document import Cause
from models.errors import Blocker, Refusal, Unknown
from models.orders import Claim, Note, Postpone
from models.review import Review
from tests.lives import DUE, rich
from workflows.payloads import ENCODING, LONG, converter
from workflows.wire import Asked, from_wire, to_wire


async def test_a_whole_record_comes_back_as_it_was_and_deflated() -> None:
    review = rich().review

    (payload,) = await converter().encode([review])
    (back,) = await converter().decode([payload], [Review])

    assert back == review
    assert payload.metadata["encoding"] == ENCODING
    assert payload.ByteSize() < 4 * LONG


async def test_an_order_stays_readable_and_keeps_its_kind() -> None:
    orders = [
        Claim(id="1", by="tool:ci", action="A1", evidence="build 17"),
        Postpone(id="2", by="olga@example.org", action="A1", until=DUE, reason="a freeze"),
        Note(id="3", by="olga@example.org", text="hello"),
    ]

    payloads = await converter().encode(orders)
    back = await converter().decode(payloads, [Asked, Asked, Asked])  # type: ignore[list-item]  # an annotation, not a class

    assert back == orders
    assert b'"kind":"claim"' in payloads[0].data


def test_a_refusal_crosses_the_wire_whole() -> None:
    blocker = Blocker(code="no-owner", sentence="A1 has no owner.", who=("a", "b"), item="A1")
    no = Refusal("blocked", "Not yet.", "Clear it.", (blocker,))

    back = from_wire(to_wire(no))

    assert isinstance(back, Refusal)
    assert (back.code, back.reason, back.way_out) == ("blocked", "Not yet.", "Clear it.")
    assert back.blockers == (blocker,)


def test_an_unknown_name_crosses_the_wire_with_its_hints() -> None:
    back = from_wire(to_wire(Unknown("action", "A9", ("A1", "A2"))))

    assert isinstance(back, Unknown)
    assert str(back) == "There is no action “A9”. Did you mean A1 or A2?"


def test_any_other_no_keeps_its_words() -> None:
    back = from_wire(ApplicationError("Failed decoding arguments", type="RuntimeError"))

    assert isinstance(back, Refusal)
    assert back.reason == "Failed decoding arguments"


async def test_words_of_every_script_survive() -> None:
    review = rich().review
    cause = Cause(id="C1", symptom="接続プールが枯渇した — «пул» בריכה 🌊")

    (payload,) = await converter().encode([replace(review, causes=(cause,))])
    (back,) = await converter().decode([payload], [Review])

    assert back.causes == (cause,)
