"""What is printed where, for people and for programs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cli.errors import ExitCode, build_error, strip_control_characters
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.fake_server import run_fake_server
from tests.cli.scenarios import REVIEW_ID, accept_actions, approve_draft, open_review
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, PIA


def test_a_list_is_a_table_json_or_a_line_each(afterword: Terminal) -> None:
    open_review(afterword)

    table = afterword.check_output("review", "list")
    whole = json.loads(afterword.check_output("review", "list", "-o", "json"))
    lines = afterword.check_output("-o", "jsonl", "review", "list").splitlines()

    assert table.splitlines() == [
        "REVIEW     STAGE  SEV  LEAD      OPEN  NEXT DUE  TITLE",
        "manual-Q1  draft  1    Ada Lind  0               Checkout answered with errors",
    ]
    assert [row["id"] for row in whole] == [REVIEW_ID]
    assert [json.loads(line) for line in lines] == whole


def test_the_environment_says_how_to_print_and_a_flag_goes_before(
    afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_OUTPUT", "json")

    assert afterword.check_output("review", "list") == "[]\n"
    assert afterword.check_output("review", "list", "-o", "jsonl") == ""


def test_an_unknown_format_is_a_matter_of_usage(
    afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_OUTPUT", "xml")

    assert afterword("review", "list").code == ExitCode.USAGE
    assert afterword("review", "list", "-o", "yaml").code == ExitCode.USAGE


def test_an_empty_list_says_so_beside_the_data(afterword: Terminal) -> None:
    ended = afterword("review", "list")

    assert (ended.code, ended.out, ended.err) == (0, "", "No reviews match.\n")


def test_a_list_goes_on_where_it_stopped(api_server: ApiServer, afterword: Terminal) -> None:
    for key in ("Q1", "Q2", "Q3"):
        api_server.now += timedelta(hours=1)
        afterword.check_output("review", "open", "Checkout", "--key", key, by=COORDINATOR)

    first = afterword("review", "list", "--limit", "2", "-o", "jsonl")
    note, _, after = json.loads(first.err)["note"].rpartition(" ")
    rest = afterword("review", "list", "--after", after, "-o", "jsonl")

    assert [json.loads(line)["id"][-2:] for line in first.out.splitlines()] == ["Q3", "Q2"]
    assert note == "There are more; continue with --after"
    assert [json.loads(line)["id"][-2:] for line in rest.out.splitlines()] == ["Q1"]
    assert rest.err == ""


def test_a_list_can_be_narrowed(afterword: Terminal) -> None:
    open_review(afterword)
    afterword.check_output(
        "review", "open", "Search was slow", "--key", "Q2", "--lead", "fay", by=COORDINATOR
    )
    afterword.check_output("cancel", "q2", "--reason", "A false alarm", "--yes", by=FAY)

    def list_ids(*words: str) -> list[str]:
        rows = json.loads(afterword.check_output("review", "list", "-o", "json", *words))
        return [row["id"].rpartition("-")[2] for row in rows]

    assert list_ids("--open") == ["Q1"]
    assert list_ids("--stage", "cancelled") == ["Q2"]
    assert list_ids("--lead", "ada") == ["Q1"]
    assert list_ids("--q", "slow") == ["Q2"]


def test_a_review_is_shown_with_people_blockers_and_actions(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output("review", "recur", "q1", "--title", "It is back", by=PIA)
    afterword.check_output("action", "propose", "q1", "--text", "Try\nagain", by=FAY)
    afterword.check_output("accept-risk", "q1", "c1", "--reason", "Rare")

    shown = afterword.check_output("review", "show", "q1")

    assert shown.startswith(f"{REVIEW_ID}  Checkout answered with errors\nStage: follow-up, since ")
    assert "Incident: ended 2026-03-02 11:00 CET, severity 1, checkout\n  https://inc" in shown
    assert "Lead: Ada Lind\nFacilitator: Fay Moreau\n" in shown
    assert "Participants: Pia Sørensen\n" in shown
    held = "held 2026-03-06 11:00 CET"
    assert f"Meeting: 2026-03-05 15:00 CET, 60 minutes, Room 4, {held}\n" in shown
    assert "Follow-up meeting: 2026-04-09 15:00 CEST, 30 minutes, Room 4\n" in shown
    assert "Document: revision 1 by Fay Moreau\n" in shown
    assert "  C1  Checkout answered 500, 2 whys, risk accepted: Rare\n" in shown
    assert re.search(r"  R1  2026-03-06 11:00 CET  .*It is back: not answered yet", shown)
    assert "[not-done] Olga Petrova can clear it" in shown
    assert re.search(r"A2 +accepted +Omar Haddad +Vera Novak +2026-03-27 +P2 +Page", shown)
    assert re.search(r"A3 +proposed +P3 +Try again$", shown, re.MULTILINE)


def test_a_review_is_whole_in_json(afterword: Terminal) -> None:
    open_review(afterword)

    shown = json.loads(afterword.check_output("-o", "json", "review", "show", "q1"))

    assert shown["review"]["id"] == REVIEW_ID
    assert {blocker["code"] for blocker in shown["blockers"]} == {"no-document", "no-meeting"}


def test_findings_withdrawn_causes_and_projects_are_shown(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)
    bare = b"# A\n\n## Summary\n\nThe engineer should have known.\n"
    afterword.check_output("review", "write", "q1", "-", by=FAY, input_bytes=bare)
    afterword.check_output("action", "withdraw", "q1", "C1", "--reason", "No cause", by=FAY)
    project = json.loads(
        afterword.check_output(
            "-o", "json", "review", "open", "Ship it", "--project", by=COORDINATOR
        )
    )

    shown = afterword.check_output("review", "show", "q1")
    missed = afterword.check_output("review", "show", project["review"])

    assert "1 finding in the wording" in shown
    assert "(withdrawn)" in shown
    assert "Missed project: ended" in missed
    assert "Document: none yet" in missed


def test_a_log_tells_who_did_what_by_which_channel(afterword: Terminal) -> None:
    open_review(afterword)

    shown = afterword.check_output("review", "log", "q1").splitlines()

    assert shown[0].split() == ["REV", "WHEN", "BY", "CHANNEL", "WHAT"]
    assert re.match(
        r"1 +2026-03-02 13:00 CET +Reliability desk +\w+ +opened the review of", shown[1]
    )


def test_actions_are_listed_by_review_by_owner_and_for_me(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output("review", "open", "Search was slow", "--key", "Q2", by=COORDINATOR)

    def list_rows(*words: str, by: str = ADA) -> list[tuple[str, str]]:
        found = json.loads(afterword.check_output("action", "list", "-o", "json", *words, by=by))
        return [(row["review"], row["id"]) for row in found]

    assert list_rows("q1") == [(REVIEW_ID, "A1"), (REVIEW_ID, "A2")]
    assert list_rows() == [(REVIEW_ID, "A1"), (REVIEW_ID, "A2")]
    assert list_rows("--mine", by=OMAR) == [(REVIEW_ID, "A2")]
    assert list_rows("--owner", "Olga") == [(REVIEW_ID, "A1")]
    assert list_rows("q1", "--owner", "vera") == []


def test_actions_of_reviews_that_are_not_for_me_are_passed_over(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output(
        "review", "restrict", "q1", "--person", "sam", "--reason", "A customer's data"
    )

    mine = afterword.check_output("action", "list", "-o", "jsonl", by=OMAR).splitlines()
    others = afterword("action", "list", by=ODILE)

    assert [json.loads(line)["id"] for line in mine] == ["A1", "A2"]
    assert (others.code, others.err) == (ExitCode.DONE, "No actions match.\n")


def test_actions_are_listed_over_all_pages_of_reviews(
    api_server: ApiServer, afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_actions(api_server, afterword)
    api_server.now += timedelta(hours=1)
    afterword.check_output("review", "open", "Search was slow", "--key", "Q2", by=COORDINATOR)
    monkeypatch.setattr("cli.api_client.PAGE_SIZE", 1)

    listed = afterword.check_output("action", "list", "-o", "jsonl").splitlines()

    assert [json.loads(line)["id"] for line in listed] == ["A1", "A2"]


def test_actions_that_are_over_are_listed_when_asked_for(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output("action", "give-up", "q1", "A2", "--reason", "No such metric", by=OMAR)
    afterword.check_output(
        "drop", "q1", "A2", "--reason", "Not to be had", "--risk", "We watch by hand"
    )

    shown = afterword.check_output("action", "show", "q1", "a2")

    assert "A2" not in afterword.check_output("action", "list")
    assert "A2" in afterword.check_output("action", "list", "--all")
    assert "Outcome: dropped by Ada Lind, 2026-03-06 11:00 CET\n" in shown
    assert "  Risk: We watch by hand\n" in shown


def test_time_asked_for_is_shown_with_the_action(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    options = ("--until", "2026-04-10", "--reason", "A vendor")
    afterword.check_output("action", "postpone", "q1", "A1", *options, by=OLGA)

    shown = afterword.check_output("action", "show", "q1", "A1")

    assert "Asked for more time until 2026-04-10: A vendor\n" in shown


def test_an_action_that_is_not_there_is_not_found(afterword: Terminal) -> None:
    open_review(afterword)

    ended = afterword("action", "show", "q1", "a9")

    assert ended.code == ExitCode.NOT_FOUND
    assert "There is no action “a9”" in ended.err


def test_a_name_that_fits_two_is_not_found_and_both_are_named(afterword: Terminal) -> None:
    open_review(afterword)
    afterword.check_output("review", "open", "Search was slow", "--key", "Q12", by=COORDINATOR)

    ended = afterword("review", "show", "q")

    assert ended.code == ExitCode.NOT_FOUND
    assert ended.err.splitlines() == [
        "Error (ambiguous): “q” fits more than one review.",
        "Type more of the name: manual-Q1 or manual-Q12.",
    ]


def test_hints_are_said_where_the_answer_names_no_other_way_out() -> None:
    trouble = build_error(404, {"detail": "No such thing.", "hints": ["Q1", "Q2"]})

    assert trouble.format_lines() == ["Error: No such thing.", "Did you mean Q1 or Q2?"]


def test_what_would_steer_the_terminal_is_taken_out(terminal: Terminal) -> None:
    row = {"id": "review-x", "stage": "draft", "title": "\x1b]0;pwned\x07 Odd\x9b31m\nname"}
    with run_fake_server(answer={"reviews": [row], "after": ""}) as other:
        terminal.url = other.url
        shown = terminal.check_output("review", "list")

    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "Odd�31m name" in shown
    assert strip_control_characters("a\tb\nc\r\0") == "a\tb\nc��"


def test_a_lost_review_is_called_lost(terminal: Terminal) -> None:
    row = {"id": "review-x-1", "stage": "draft", "title": "Odd", "lost": True}
    with run_fake_server(answer={"reviews": [row], "after": ""}) as other:
        terminal.url = other.url
        shown = terminal.check_output("review", "list")

    assert re.search(r"^x-1 +lost", shown, re.MULTILINE)


def test_a_receipt_is_a_sentence_or_the_whole_of_it(afterword: Terminal) -> None:
    open_review(afterword)

    output = afterword.check_output("review", "note", "q1", "--text", "Look")
    whole = json.loads(
        afterword.check_output("review", "note", "q1", "--text", "Two", "-o", "jsonl")
    )

    assert output.startswith("Done: ")
    assert set(whole) == {"command_id", "revision", "summary"}


def parse_error(err: str) -> dict[str, object]:
    """Return the error that was printed as the last line of JSON on standard error."""
    error: dict[str, object] = json.loads(err.splitlines()[-1])["error"]
    return error


def test_a_refusal_is_json_where_the_output_is(afterword: Terminal) -> None:
    open_review(afterword)

    refused = afterword("-o", "json", "approve", "q1", "draft")

    error = parse_error(refused.err)
    assert (refused.code, refused.out) == (ExitCode.REFUSED, "")
    assert (error["code"], error["exit_code"]) == ("blocked", ExitCode.REFUSED)
    assert {row["code"] for row in error["blockers"]} == {"no-document", "no-meeting"}  # type: ignore[attr-defined]  # a list of objects


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (("review", "show", "nope", "-o", "jsonl"), "not-found", ExitCode.NOT_FOUND),
        (("approve", "q1", "-o", "json"), "usage", ExitCode.USAGE),
        (("approve", "q1", "--output=json", "--bogus"), "usage", ExitCode.USAGE),
        (("-o", "json", "approv", "q1"), "usage", ExitCode.USAGE),
        (
            ("review", "list", "-o", "json", "--url", "http://127.0.0.1:9"),
            "unreachable",
            ExitCode.UNREACHABLE,
        ),
        (("review", "open", "x", "-o", "json", "--lead", "nobody"), "not-found", 3),
    ],
)
def test_every_error_is_one_line_of_json_where_the_output_is(
    afterword: Terminal, words: tuple[str, ...], code: str, exit_code: int
) -> None:
    ended = afterword(*words)

    assert (ended.code, ended.out) == (exit_code, "")
    assert len(ended.err.splitlines()) == 1
    error = parse_error(ended.err)
    assert (error["code"], error["exit_code"]) == (code, exit_code)
    assert error["detail"]


def test_the_environment_makes_errors_json_too(
    afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERWORD_OUTPUT", "json")

    assert parse_error(afterword("review", "show", "nope").err)["code"] == "not-found"
    assert afterword("review", "show", "nope", "-o", "table").err.startswith("Error (not-found)")


def test_a_refusal_names_the_option_that_was_typed(afterword: Terminal) -> None:
    words = ("review", "open", "Checkout", "--ended-at", "2026-03-02 09:00")

    backwards = afterword(*words, "--started-at", "2026-03-02 10:00", by=COORDINATOR)
    ahead = afterword("review", "open", "Checkout", "--ended-at", "2026-03-09 9:00", by=COORDINATOR)
    one_of_two = afterword("review", "appoint", "q1", "--role", "lead", "--person", "ada fay")

    assert "--started-at: is after the end of the incident" in backwards.err
    assert "--ended-at: Monday 9 March 2026 is in the future" in ahead.err
    assert [ended.code for ended in (backwards, ahead)] == [ExitCode.FAILED, ExitCode.FAILED]
    assert one_of_two.code == ExitCode.NOT_FOUND


def test_several_names_may_be_one_list_with_commas(
    api_server: ApiServer, afterword: Terminal
) -> None:
    afterword.check_output(
        *("review", "open", "Checkout", "--key", "Q1", "--service", "checkout, search"),
        *("--participant", "pia,omar", "--participant", "olga", "--lead", "ada"),
        *("--facilitator", "fay"),
        by=COORDINATOR,
    )
    approve_draft(api_server, afterword)

    review = api_server.review_client.reviews[REVIEW_ID]
    assert review.incident.services == ("checkout", "search")
    assert review.roles.participants == (PIA, OMAR, OLGA)


def test_a_time_in_words_is_spelled_back(api_server: ApiServer, afterword: Terminal) -> None:
    open_review(afterword)
    with time_machine.travel(api_server.now.timestamp(), tick=False):
        words = ("meeting", "schedule", "q1", "--place", "Room 4", "--at", "Thursday 3pm")
        people = afterword(*words, by=FAY)
        programs = afterword(*words, "--zone", "Asia/Tokyo", "-o", "jsonl", by=FAY)

    reading = "“Thursday 3pm” is Thursday 5 March 2026, 15:00"
    assert people.err == f"{reading} (CET).\n"
    assert json.loads(programs.err) == {"note": f"{reading} (JST)."}
    meeting = api_server.review_client.reviews[REVIEW_ID].meeting
    assert meeting is not None
    assert meeting.at == datetime(2026, 3, 5, 6, tzinfo=UTC)
