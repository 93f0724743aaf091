"""What is worth seeing to about what happened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from models.audit.audit_event import AuditEvent, AuditKind
from rules.audit.verify_log import BreakKind, ChainBreak
from rules.doctor.history_concerns import RecordedHistory, list_history_concerns
from tests.sample_people import MONDAY

REVIEW = "review-pagerduty-Q1ABC"


def build_event(kind: AuditKind, **fields: Any) -> AuditEvent:
    plain = dict.fromkeys(("channel", "origin", "subject", "text", "link", "seal"), "")
    given = {**plain, "seq": 1, "at": MONDAY, "by": "server", "kind": kind}
    return AuditEvent(**{**given, **fields})


def list_codes(history: RecordedHistory) -> list[str]:
    return [each.code for each in list_history_concerns(history, MONDAY)]


def test_where_nothing_happened_nothing_is_said() -> None:
    assert list_codes(RecordedHistory()) == []


def test_lost_and_reset_reviews_restores_and_breaks_are_named_with_what_to_do() -> None:
    found = ChainBreak(
        chain=REVIEW, place="the register", line=7, kind=BreakKind.CHANGED, text="it was changed"
    )
    changes = (
        build_event(AuditKind.WORKFLOW_RESET, subject=REVIEW),
        build_event(AuditKind.RESTORED, text="put back; 3 hours are missing"),
    )

    concerns = list_history_concerns(
        RecordedHistory(lost=(REVIEW,), changes=changes, breaks=(found,)), MONDAY
    )

    assert [each.code for each in concerns] == [
        "broken-chain",
        "lost-review",
        "reset-review",
        "restored",
    ]
    assert "in the register is not whole, line 7: it was changed." in concerns[0].sentence
    assert f"--workflow-id {REVIEW} --type LastWorkflowTask" in concerns[1].way_out
    assert all(each.way_out.endswith(".") for each in concerns)


@pytest.mark.parametrize(
    ("hours", "codes"), [(27, ["late-anchor"]), (26.9, []), (300, ["late-anchor"]), (None, [])]
)
def test_an_anchor_is_late_a_day_after_something_happened(
    hours: float | None, codes: list[str]
) -> None:
    since = None if hours is None else MONDAY - timedelta(hours=hours)

    assert list_codes(RecordedHistory(news_since=since)) == codes


def test_an_anchor_that_goes_nowhere_proves_little() -> None:
    assert list_codes(RecordedHistory(anchor_leaves=False)) == ["anchor-stays"]


def test_of_many_lost_reviews_some_are_named() -> None:
    lost = tuple(f"review-x-{number}" for number in range(100))

    assert list_codes(RecordedHistory(lost=lost)) == ["lost-review"] * 20
