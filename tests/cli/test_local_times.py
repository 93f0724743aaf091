"""Times in the sentences of the server are shown in the time zone of the terminal."""

from __future__ import annotations

import json

import pytest

from cli.local_times import localize_times
from tests.cli.api_server import Terminal
from tests.cli.scenarios import open_review
from tests.sample_people import FAY


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "It is set for Thursday 5 March 2026, 14:00 (UTC); not yet.",
            "It is set for Thursday 5 March 2026, 15:00 (CET); not yet.",
        ),
        ("until Sunday 5 July 2026, 23:30 (UTC)", "until Monday 6 July 2026, 01:30 (CEST)"),
        ("on 31 Dec 2026, 23:30 UTC and", "on 1 Jan 2027, 00:30 CET and"),
        (
            "Thursday 5 March 2026, 14:00 (Europe/Paris)",
            "Thursday 5 March 2026, 14:00 (Europe/Paris)",
        ),
        ("Thursday 45 March 2026, 14:00 (UTC)", "Thursday 45 March 2026, 14:00 (UTC)"),
        ("due on Friday 27 March 2026", "due on Friday 27 March 2026"),
    ],
)
def test_a_time_in_utc_is_shown_in_the_terminals_zone(text: str, shown: str) -> None:
    assert localize_times(text) == shown


def test_receipts_refusals_and_the_log_name_the_terminals_zone(afterword: Terminal) -> None:
    open_review(afterword)
    at = ("--at", "2026-03-05 15:00", "--place", "Room 4")

    receipt = afterword.check_output("meeting", "schedule", "q1", *at, by=FAY)
    refused = afterword("meeting", "schedule", "q1", "--at", "2026-03-01 15:00", *at[2:], by=FAY)
    log = afterword.check_output("review", "log", "q1")
    rows = json.loads(afterword.check_output("review", "log", "q1", "-o", "json"))

    assert "Thursday 5 March 2026, 15:00 (CET)" in receipt
    assert "Sunday 1 March 2026, 15:00 (CET) is in the past" in refused.err
    assert "Thursday 5 March 2026, 15:00 (CET)" in log
    assert "Thursday 5 March 2026, 14:00 (UTC)" in rows[-1]["text"]
