"""What is printed where, for people and for programs."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from cli.trouble import Exit, answered, plain
from tests.cast import ADA, DESK, FAY, ODILE, OLGA, OMAR, PIA
from tests.cli.house import House, Terminal
from tests.cli.papers import ID, accepted, draft_approved, open_review
from tests.cli.strangers import stranger


def test_a_list_is_a_table_json_or_a_line_each(afterword: Terminal) -> None:
    open_review(afterword)

    table = afterword.done("review", "list")
    whole = json.loads(afterword.done("review", "list", "-o", "json"))
    lines = afterword.done("-o", "jsonl", "review", "list").splitlines()

    assert table.splitlines() == [
        "REVIEW     STAGE  SEV  LEAD             OPEN  NEXT DUE  TITLE",
        f"manual-Q1  draft  1    {ADA}  0               Checkout answered with errors",
    ]
    assert [row["id"] for row in whole] == [ID]
    assert [json.loads(line) for line in lines] == whole


def test_the_environment_says_how_to_print_and_a_flag_goes_before(
    afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_OUTPUT", "json")

    assert afterword.done("review", "list") == "[]\n"
    assert afterword.done("review", "list", "-o", "jsonl") == ""


def test_an_unknown_format_is_a_matter_of_usage(
    afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_OUTPUT", "xml")

    assert afterword("review", "list").code == Exit.USAGE
    assert afterword("review", "list", "-o", "yaml").code == Exit.USAGE


def test_an_empty_list_says_so_beside_the_data(afterword: Terminal) -> None:
    ended = afterword("review", "list")

    assert (ended.code, ended.out, ended.err) == (0, "", "There is no such review.\n")


def test_a_list_goes_on_where_it_stopped(house: House, afterword: Terminal) -> None:
    for key in ("Q1", "Q2", "Q3"):
        house.now += timedelta(hours=1)
        afterword.done("review", "open", "Checkout", "--key", key, by=DESK)

    first = afterword("review", "list", "--limit", "2", "-o", "jsonl")
    rest = afterword("review", "list", "--after", "review-manual-Q2", "-o", "jsonl")

    assert [json.loads(line)["id"][-2:] for line in first.out.splitlines()] == ["Q3", "Q2"]
    assert first.err == "There are more: --after review-manual-Q2\n"
    assert [json.loads(line)["id"][-2:] for line in rest.out.splitlines()] == ["Q1"]
    assert rest.err == ""


def test_a_list_can_be_narrowed(afterword: Terminal) -> None:
    open_review(afterword)
    afterword.done("review", "open", "Search was slow", "--key", "Q2", "--lead", "fay", by=DESK)
    afterword.done("cancel", "q2", "--reason", "A false alarm", "--yes", by=FAY)

    def ids(*words: str) -> list[str]:
        rows = json.loads(afterword.done("review", "list", "-o", "json", *words))
        return [row["id"].rpartition("-")[2] for row in rows]

    assert ids("--open") == ["Q1"]
    assert ids("--stage", "cancelled") == ["Q2"]
    assert ids("--lead", "ada") == ["Q1"]
    assert ids("--q", "slow") == ["Q2"]


def test_a_review_is_shown_with_people_blockers_and_actions(
    house: House, afterword: Terminal
) -> None:
    accepted(house, afterword)
    afterword.done("review", "recur", "q1", "--title", "It is back", by=PIA)
    afterword.done("action", "propose", "q1", "--text", "Try\nagain", by=FAY)
    afterword.done("accept-risk", "q1", "c1", "--reason", "Rare")

    shown = afterword.done("review", "show", "q1")

    assert shown.startswith(f"{ID}  Checkout answered with errors\nStage: follow-up, since ")
    assert "Incident: ended 2026-03-02 11:00, severity 1, checkout\n  https://inc" in shown
    assert f"Lead: {ADA}\nFacilitator: {FAY}\n" in shown
    assert f"Participants: {PIA}\n" in shown
    assert "Meeting: 2026-03-05 15:00, 60 minutes, Room 4, held 2026-03-06 11:00\n" in shown
    assert "Follow-up meeting: 2026-04-09 15:00, 30 minutes, Room 4\n" in shown
    assert f"Document: revision 1 by {FAY}\n" in shown
    assert "  C1  Checkout answered 500, 2 whys, risk accepted: Rare\n" in shown
    assert re.search(r"  R1  2026-03-06 11:00  .*It is back: not answered yet", shown)
    assert f"[not-done] {OLGA} can clear it" in shown
    assert re.search(
        r"A2 +accepted +omar@example.org +vera@example.org +2026-03-27 +P2 +Page", shown
    )
    assert re.search(r"A3 +proposed +P3 +Try again$", shown, re.MULTILINE)


def test_a_review_is_whole_in_json(afterword: Terminal) -> None:
    open_review(afterword)

    shown = json.loads(afterword.done("-o", "json", "review", "show", "q1"))

    assert shown["review"]["id"] == ID
    assert {blocker["code"] for blocker in shown["blockers"]} == {"no-document", "no-meeting"}


def test_findings_withdrawn_causes_and_projects_are_shown(
    house: House, afterword: Terminal
) -> None:
    open_review(afterword)
    draft_approved(house, afterword)
    bare = b"# A\n\n## Summary\n\nThe engineer should have known.\n"
    afterword.done("review", "write", "q1", "-", by=FAY, typed=bare)
    afterword.done("action", "withdraw", "q1", "C1", "--reason", "No cause", by=FAY)
    project = json.loads(
        afterword.done("-o", "json", "review", "open", "Ship it", "--project", by=DESK)
    )

    shown = afterword.done("review", "show", "q1")
    missed = afterword.done("review", "show", project["review"])

    assert "1 finding about its words" in shown
    assert "(withdrawn)" in shown
    assert "Missed project: ended" in missed
    assert "Document: none yet" in missed


def test_a_log_tells_who_did_what_by_which_way(afterword: Terminal) -> None:
    open_review(afterword)

    shown = afterword.done("review", "log", "q1").splitlines()

    assert shown[0].split() == ["REV", "WHEN", "BY", "WAY", "WHAT"]
    assert re.match(rf"1 +2026-03-02 13:00 +{DESK} +\w+ +opened the review of", shown[1])


def test_actions_are_listed_by_review_by_owner_and_for_me(
    house: House, afterword: Terminal
) -> None:
    accepted(house, afterword)
    afterword.done("review", "open", "Search was slow", "--key", "Q2", by=DESK)

    def rows(*words: str, by: str = ADA) -> list[tuple[str, str]]:
        found = json.loads(afterword.done("action", "list", "-o", "json", *words, by=by))
        return [(row["review"], row["id"]) for row in found]

    assert rows("q1") == [(ID, "A1"), (ID, "A2")]
    assert rows() == [(ID, "A1"), (ID, "A2")]
    assert rows("--mine", by=OMAR) == [(ID, "A2")]
    assert rows("--owner", "Olga") == [(ID, "A1")]
    assert rows("q1", "--owner", "vera") == []


def test_actions_of_reviews_that_are_not_for_me_are_passed_over(
    house: House, afterword: Terminal
) -> None:
    accepted(house, afterword)
    afterword.done("review", "restrict", "q1", "--person", "sam", "--reason", "A customer's data")

    mine = afterword.done("action", "list", "-o", "jsonl", by=OMAR).splitlines()
    others = afterword("action", "list", by=ODILE)

    assert [json.loads(line)["id"] for line in mine] == ["A1", "A2"]
    assert (others.code, others.err) == (Exit.DONE, "There is no such action.\n")


def test_actions_are_listed_over_all_pages_of_reviews(
    house: House, afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(house, afterword)
    house.now += timedelta(hours=1)
    afterword.done("review", "open", "Search was slow", "--key", "Q2", by=DESK)
    monkeypatch.setattr("cli.actions.PAGE", 1)

    listed = afterword.done("action", "list", "-o", "jsonl").splitlines()

    assert [json.loads(line)["id"] for line in listed] == ["A1", "A2"]


def test_actions_that_are_over_are_listed_when_asked_for(house: House, afterword: Terminal) -> None:
    accepted(house, afterword)
    afterword.done("action", "give-up", "q1", "A2", "--reason", "No such metric", by=OMAR)
    afterword.done("drop", "q1", "A2", "--reason", "Not to be had", "--risk", "We watch by hand")

    shown = afterword.done("action", "show", "q1", "a2")

    assert "A2" not in afterword.done("action", "list")
    assert "A2" in afterword.done("action", "list", "--all")
    assert f"Outcome: dropped by {ADA}, 2026-03-06 11:00\n" in shown
    assert "  Risk: We watch by hand\n" in shown


def test_time_asked_for_is_shown_with_the_action(house: House, afterword: Terminal) -> None:
    accepted(house, afterword)
    asked = ("--until", "2026-04-10", "--reason", "A vendor")
    afterword.done("action", "postpone", "q1", "A1", *asked, by=OLGA)

    shown = afterword.done("action", "show", "q1", "A1")

    assert "Asked for time until 2026-04-10: A vendor\n" in shown


def test_an_action_that_is_not_there_is_not_found(afterword: Terminal) -> None:
    open_review(afterword)

    ended = afterword("action", "show", "q1", "a9")

    assert ended.code == Exit.UNKNOWN
    assert "There is no action “a9”" in ended.err


def test_a_name_that_fits_two_is_not_found_and_both_are_named(afterword: Terminal) -> None:
    open_review(afterword)
    afterword.done("review", "open", "Search was slow", "--key", "Q12", by=DESK)

    ended = afterword("review", "show", "q")

    assert ended.code == Exit.UNKNOWN
    assert ID in ended.err
    assert "review-manual-Q12" in ended.err


def test_hints_are_said_where_the_answer_names_no_other_way_out() -> None:
    trouble = answered(404, {"reason": "No such thing.", "hints": ["Q1", "Q2"]})

    assert trouble.lines() == ["Error: No such thing.", "Names that come near: Q1, Q2"]


def test_what_would_steer_the_terminal_is_taken_out(terminal: Terminal) -> None:
    row = {"id": "review-x", "stage": "draft", "title": "\x1b]0;pwned\x07 Odd\x9b31m\nname"}
    with stranger(answer={"reviews": [row], "after": ""}) as other:
        terminal.url = other.url
        shown = terminal.done("review", "list")

    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "Odd�31m name" in shown
    assert plain("a\tb\nc\r\0") == "a\tb\nc��"


def test_a_lost_review_is_called_lost(terminal: Terminal) -> None:
    row = {"id": "review-x-1", "stage": "draft", "title": "Odd", "lost": True}
    with stranger(answer={"reviews": [row], "after": ""}) as other:
        terminal.url = other.url
        shown = terminal.done("review", "list")

    assert re.search(r"^x-1 +lost", shown, re.MULTILINE)


def test_a_receipt_is_a_sentence_or_the_whole_of_it(afterword: Terminal) -> None:
    open_review(afterword)

    told = afterword.done("review", "note", "q1", "--text", "Look")
    whole = json.loads(afterword.done("review", "note", "q1", "--text", "Two", "-o", "jsonl"))

    assert told.startswith("Done: ")
    assert set(whole) == {"order", "revision", "said"}
