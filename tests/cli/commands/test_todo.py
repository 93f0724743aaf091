"""What `afterword todo` shows to each person at each stage of a review, against the real API."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from cli.errors import ExitCode
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import (
    COMPLETE_DOCUMENT,
    INCOMPLETE_DOCUMENT,
    open_review,
    propose_action,
)
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    MONDAY,
    ODILE,
    OLGA,
    OMAR,
    PEOPLE,
    PIA,
    SAM,
    VERA,
)

EVERYBODY = (ADA, FAY, OLGA, OMAR, VERA, SAM, COORDINATOR, PIA, ODILE)
WHYS = ("--why", "The pool ran dry", "--why", "Nothing limits what one tenant may hold")
EVIDENCE = ("--evidence", "Test 12 ran in CI with 50 tenants")


class Play:
    """One review that people carry on by commands, each from a terminal of their own."""

    def __init__(self, api_server: ApiServer, afterword: Terminal) -> None:
        self.api_server = api_server
        self.afterword = afterword

    def do(self, by: str, words: str, *more: str, text: str = "") -> None:
        """Give a command that is accepted."""
        self.afterword.check_output(*words.split(), *more, by=by, input_bytes=text.encode())

    def wait_days(self, days: int) -> None:
        """Set the clock to so many days after the incident."""
        self.api_server.now = MONDAY + timedelta(days=days)

    def set_away(self, address: str, until: date) -> None:
        """Record that somebody is away."""
        self.api_server.archive.people.import_people([replace(PEOPLE[address], away_until=until)])

    def list_todo(self) -> dict[str, list[str]]:
        """Return what is shown to whom, as “kind code item”; nothing to all others."""
        shown = {who: self._list_rows(who) for who in EVERYBODY}
        return {
            who: [f"{row['kind']} {row['code']} {row['item']}".rstrip() for row in rows]
            for who, rows in shown.items()
            if rows
        }

    def _list_rows(self, who: str) -> list[dict[str, Any]]:
        ended = self.afterword("todo", "-o", "json", by=who)
        assert ended.code == ExitCode.DONE, ended.err
        rows: list[dict[str, Any]] = json.loads(ended.out)
        return rows


@pytest.fixture
def play(api_server: ApiServer, afterword: Terminal) -> Play:
    return Play(api_server, afterword)


def _open(play: Play) -> None:
    open_review(play.afterword)


def _write_half(play: Play) -> None:
    play.do(FAY, "review write q1 -", text=INCOMPLETE_DOCUMENT)


def _complete_draft(play: Play) -> None:
    play.do(FAY, "review write q1 -", text=COMPLETE_DOCUMENT)
    play.do(FAY, "meeting schedule q1 --at", "2026-03-05 15:00", "--place", "Room 4")


def _approve_draft(play: Play) -> None:
    play.do(ADA, "approve q1 draft")
    play.do(FAY, "cause add q1 --symptom", "Checkout answered 500", *WHYS)
    propose_action(play.afterword, "Limit connections per tenant to 20", "olga")
    propose_action(
        play.afterword, "Page when one tenant sees over 2 % errors for 5 minutes", "omar"
    )


def _pass_meeting(play: Play) -> None:
    play.wait_days(4)


def _hold_meeting(play: Play) -> None:
    play.do(FAY, "meeting hold q1 --attended ada,pia")


def _approve_actions(play: Play) -> None:
    play.do(ADA, "approve q1 actions")
    play.do(FAY, "follow-up schedule q1 --at", "2026-04-09 15:00", "--place", "Room 4")


def _answer_assignment(play: Play) -> None:
    play.do(OLGA, "action accept q1 a1")
    play.do(OMAR, "action decline q1 a2 --reason", "I change teams")


def _accept_all(play: Play) -> None:
    play.do(ADA, "action reassign q1 a2 --owner odile --reason", "Omar changes teams")
    play.do(ODILE, "action accept q1 a2")


def _ask_for_time(play: Play) -> None:
    play.do(OLGA, "action postpone q1 a1 --until 2026-04-01 --reason", "A freeze in March")
    play.do(SAM, "action ask q1 a2 --question", "How far is it?")


def _claim_and_give_up(play: Play) -> None:
    play.do(ADA, "action refuse q1 a1 --reason", "It is needed before")
    play.do(OLGA, "action claim q1 a1", *EVIDENCE)
    play.do(ODILE, "action give-up q1 a2 --reason", "The vendor cannot do it")


def _reject_and_drop(play: Play) -> None:
    play.do(VERA, "reject q1 a1 --reason", "There were 20 tenants in it")
    play.do(ADA, "drop q1 a2 --reason", "The vendor cannot", "--risk", "We watch it by hand")


def _miss_due_date(play: Play) -> None:
    play.wait_days(30)


def _finish_actions(play: Play) -> None:
    play.do(OLGA, "action claim q1 a1", *EVIDENCE)
    play.do(VERA, "verify q1 a1 --finding", "I ran it with 50 tenants: 0.2 % errors")


def _recur(play: Play) -> None:
    play.do(FAY, "review recur q1 --title", "Checkout again", "--ended-at", "2026-03-31 10:00")


def _pass_follow_up(play: Play) -> None:
    play.do(ADA, "accept-risk q1 r1 --reason", "It is known until autumn")
    play.wait_days(39)


def _hold_follow_up(play: Play) -> None:
    play.do(FAY, "follow-up hold q1 --attended ada")


def _close(play: Play) -> None:
    play.do(ADA, "approve q1 closure")


def _both(*rows: str) -> dict[str, list[str]]:
    return {ADA: list(rows), FAY: list(rows)}


STAGES: tuple[tuple[Callable[[Play], None], Mapping[str, list[str]]], ...] = (
    (_open, _both("prepare no-document", "prepare no-meeting")),
    (
        _write_half,
        _both(
            "prepare section-missing impact",
            "prepare section-missing timeline",
            "prepare no-meeting",
            "prepare should-have W1",
        ),
    ),
    (_complete_draft, {ADA: ["decide approve-draft"]}),
    (_approve_draft, {}),
    (_pass_meeting, _both("prepare meeting-not-held")),
    (_hold_meeting, {ADA: ["decide approve-actions"]}),
    (_approve_actions, {OLGA: ["accept not-accepted A1"], OMAR: ["accept not-accepted A2"]}),
    (_answer_assignment, {ADA: ["decide declined A2"], OLGA: ["do not-done A1"]}),
    (_accept_all, {OLGA: ["do not-done A1"], ODILE: ["do not-done A2"]}),
    (
        _ask_for_time,
        {
            ADA: ["decide postponement A1"],
            OLGA: ["do not-done A1"],
            ODILE: ["answer question A2", "do not-done A2"],
        },
    ),
    (_claim_and_give_up, {ADA: ["decide given-up A2"], VERA: ["verify not-verified A1"]}),
    (_reject_and_drop, {OLGA: ["do not-done A1"]}),
    (_miss_due_date, {OLGA: ["late not-done A1"]}),
    (_finish_actions, {}),
    (_recur, {ADA: ["decide recurrence R1"]}),
    (_pass_follow_up, _both("prepare follow-up-not-held")),
    (_hold_follow_up, {ADA: ["decide approve-closure"]}),
    (_close, {}),
)
"""What happens next, and what is shown to whom after it; to all others, nothing."""


def test_everybody_sees_at_each_stage_what_waits_for_them_and_nothing_else(play: Play) -> None:
    for advance, shown in STAGES:
        advance(play)

        assert play.list_todo() == shown, advance.__name__


@pytest.mark.parametrize(
    ("away", "to", "row", "command_line"),
    [
        (OLGA, ADA, "decide not-accepted A1", "afterword action reassign manual-Q1 A1 --owner …"),
        (ADA, SAM, "decide declined A2", "afterword action reassign manual-Q1 A2 --owner …"),
    ],
)
def test_a_leader_sees_what_waits_for_who_is_away_and_what_they_can_do(
    play: Play, away: str, to: str, row: str, command_line: str
) -> None:
    for advance, _ in STAGES[:7]:
        advance(play)
    play.do(OMAR, "action decline q1 a2 --reason", "I change teams")
    play.set_away(away, date(2026, 3, 20))

    shown = play.list_todo()

    assert row in shown[to]
    assert command_line in play.afterword.check_output("todo", by=to)


def test_a_claim_whose_verifier_is_away_needs_another_verifier(play: Play) -> None:
    for advance, _ in STAGES[:11]:
        advance(play)
    play.set_away(VERA, date(2026, 3, 20))

    assert "decide not-verified A1" in play.list_todo()[ADA]
    assert "afterword action verifier manual-Q1 A1 --verifier …" in play.afterword.check_output(
        "todo", by=ADA
    )
