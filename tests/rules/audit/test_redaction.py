"""What should not have been written goes from everywhere in a review, and the log says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import commands
from models.codes import RefusalCode
from models.errors import NotFound, Refusal
from models.notifications import Notification, NotificationItem, NotificationKind
from models.people import Channel
from models.review import Review
from rules.audit.log_chain import read_log
from rules.audit.verify_log import verify_chain
from rules.commands import dispatch
from rules.permissions import ANONYMOUS
from rules.projection import build_register_update
from rules.visibility import hide_contributions
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, PIA
from tests.sample_reviews import ReviewBuilder, build_closed, build_in_follow_up

SECRET = "Olga was drunk that night"
REASON = "It accuses somebody."


def redact(builder: ReviewBuilder, line: object, by: str = FAY) -> Review:
    builder.ask(commands.Redact, by, line=str(line), reason=REASON)
    return builder.review


def is_whole(review: Review) -> bool:
    return not list(verify_chain(review.id, read_log(review.log), "the register"))


def test_a_note_is_redacted_by_the_facilitator_and_leaves_a_mark() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Note, ADA, text=SECRET)
    line = builder.review.revision

    review = redact(builder, line)

    assert review.log[line - 1].text == f"[redacted by {FAY} because It accuses somebody]"
    assert review.log[line - 1].by == ADA
    assert review.log[-1].text == f"redacted line {line}: {REASON}"
    assert SECRET not in repr(review)
    assert is_whole(review)


def test_an_anonymous_contribution_goes_with_its_line_whichever_of_both_is_named() -> None:
    for by_line in (True, False):
        builder = ReviewBuilder()
        builder.ask(commands.Contribute, ANONYMOUS, text=SECRET, when="at 3 at night")

        review = redact(builder, builder.review.revision if by_line else "K1")

        assert review.contributions[0].text == "[redacted]"
        assert SECRET not in repr(review)
        assert "at 3 at night" not in repr(review)
        assert is_whole(review)


def test_a_contribution_with_the_same_beginning_stays() -> None:
    builder = ReviewBuilder()
    for number in range(11):
        builder.ask(commands.Contribute, ANONYMOUS, text=f"fact {number}")

    review = redact(builder, "K1")

    assert [c.text for c in review.contributions][:2] == ["[redacted]", "fact 1"]
    assert review.contributions[-1].text == "fact 10"


def test_what_was_written_with_an_action_goes_with_its_line() -> None:
    builder = build_in_follow_up()
    builder.ask(commands.Report, OLGA, action="A1", text=SECRET)
    line = builder.review.revision
    builder.ask(commands.Report, builder.review.actions[1].owner, action="A2", text="half done")

    review = redact(builder, line)

    assert SECRET not in repr(review)
    assert review.actions[1].last_comment == "half done"


def test_only_what_the_register_has_to_change_is_sent_to_it() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Note, ADA, text=SECRET)
    builder.ask(commands.Note, ADA, text="something else")
    recorded = builder.review

    review = redact(builder, recorded.revision - 1)

    update = build_register_update(review, "run-1", recorded)
    assert [event.revision for event in update.events] == [
        recorded.revision - 1,
        recorded.revision + 1,
    ]


def test_a_closed_review_is_redacted_as_well() -> None:
    builder = build_closed()

    review = redact(builder, 3, ADA)

    assert review.stage == "closed"
    assert review.log[2].text.startswith("[redacted by")


@pytest.mark.parametrize("by", [PIA, OLGA, COORDINATOR, ANONYMOUS])
def test_only_facilitator_and_lead_redact(by: str) -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Note, ADA, text=SECRET)

    with pytest.raises(Refusal) as refused:
        redact(builder, 1, by)

    assert refused.value.code is RefusalCode.NOT_YOURS


def test_a_redaction_needs_a_reason_and_a_line_and_happens_once() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Note, ADA, text=SECRET)
    redact(builder, builder.review.revision)
    last = builder.review.revision

    def validate(line: str, reason: str = REASON) -> None:
        command = commands.Redact(id="r", by=FAY, channel=Channel.CLI, line=line, reason=reason)
        dispatch.validate(builder.review, command, builder.now)

    for line in ("99", "K9", "", "A1"):
        with pytest.raises(NotFound):
            validate(line)
    with pytest.raises(Refusal, match="reason"):
        validate("1", " ")
    for done in (last - 1, last):
        with pytest.raises(Refusal, match="redacted already"):
            validate(str(done))


def test_two_redactions_leave_a_whole_chain() -> None:
    builder = build_in_follow_up()

    redact(builder, 2)
    review = redact(builder, 5)

    assert is_whole(review)


def test_a_redacted_contribution_reads_the_same_for_everybody() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Contribute, ANONYMOUS, text=SECRET)

    review = redact(builder, "K1")

    assert hide_contributions(review, "").log == review.log


def test_a_notice_that_waits_for_its_reader_tells_nothing_of_it() -> None:
    builder = ReviewBuilder()
    builder.ask(commands.Contribute, ANONYMOUS, text=SECRET, when="at 3")
    sentence = f"Somebody contributed K1 without their name: “at 3: {SECRET}”"
    item = NotificationItem(code="contribute", sentence=sentence)
    notice = Notification(kind=NotificationKind.NOTICE, to=FAY, items=(item,))
    builder.review = replace(builder.review, held=(notice,))

    review = redact(builder, "K1")

    assert review.held[0].items[0].sentence.endswith("without their name: [redacted]")
