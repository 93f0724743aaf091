"""Lists over all reviews: what waits for me, actions and reviews by filter; and how they look."""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import timedelta

import pytest

from cli.errors import ExitCode
from cli.main import run
from cli.output import draw_table
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.fake_server import run_fake_server
from tests.cli.scenarios import (
    REVIEW_ID,
    accept_actions,
    approve_draft,
    open_review,
    propose_action,
)
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, VERA

COLUMNS = {
    "ID": lambda row: row["id"],
    "OWNER": lambda row: row["owner"],
    "WHAT": lambda row: row["what"],
}


def draw_on_narrow_screen(monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, str]]) -> list[str]:
    """Return the lines of a table on a terminal of 60 columns."""
    keys, seat = os.openpty()
    with os.fdopen(seat, "w") as screen, monkeypatch.context() as here:
        here.setattr(sys, "stdout", screen)
        here.setenv("COLUMNS", "60")
        here.setenv("NO_COLOR", "1")
        here.setenv("TERM", "dumb")
        lines = draw_table(rows, COLUMNS).splitlines()
    os.close(keys)
    return lines


def test_what_waits_for_me_is_listed_with_the_command_to_run(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)
    propose_action(afterword, "Limit connections per tenant to 20", "olga")
    afterword.check_output("approve", "q1", "actions")

    table = afterword.check_output("todo", by=OLGA)
    rows = json.loads(afterword.check_output("todo", "-o", "json", by=OLGA))
    none = afterword("todo", by=ODILE)

    heading, line = table.splitlines()
    assert heading.split() == ["WHAT", "REVIEW", "ITEM", "DUE", "ABOUT", "RUN"]
    assert line.split()[:4] == ["accept", "manual-Q1", "A1", "2026-03-27"]
    assert line.endswith("Limit connections per tenant to 20  afterword action accept manual-Q1 A1")
    assert [row["kind"] for row in rows] == ["accept"]
    assert (none.out, none.err) == ("", "Nothing waits for you.\n")


def test_what_waits_is_sorted_over_all_pages_and_can_be_narrowed(
    api_server: ApiServer, afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output("action", "claim", "q1", "a1", "--evidence", "Test 12 ran", by=OLGA)
    api_server.now += timedelta(hours=1)
    afterword.check_output("review", "open", "Search", "--key", "Q2", "--lead", "olga", by=ADA)
    monkeypatch.setattr("cli.api_client.PAGE_SIZE", 1)
    api_server.now += timedelta(days=40)

    def list_kinds(by: str, *words: str) -> list[str]:
        rows = json.loads(afterword.check_output("todo", "-o", "json", *words, by=by))
        return [row["kind"] for row in rows]

    assert list_kinds(OMAR) == ["late"]
    assert list_kinds(VERA) == ["verify"]
    assert list_kinds(OLGA) == ["prepare"] * len(list_kinds(OLGA))
    assert list_kinds(VERA, "--kind", "late", "--kind", "accept") == []


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        (("--verifier", "vera"), ["A1", "A2"]),
        (("--verifier", "me"), []),
        (("--owner", "omar"), ["A2"]),
        (("--status", "claimed"), ["A1"]),
        (("--status", "claimed", "--status", "accepted"), ["A1", "A2"]),
        (("--service", "checkout"), ["A1", "A2"]),
        (("--service", "search"), []),
        (("--team", "payments"), []),
        (("--overdue",), []),
    ],
)
def test_actions_are_listed_by_filter(
    api_server: ApiServer, afterword: Terminal, words: tuple[str, ...], ids: list[str]
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output("action", "claim", "q1", "a1", "--evidence", "Test 12 ran", by=OLGA)

    rows = json.loads(afterword.check_output("action", "list", "-o", "json", *words))

    assert [row["id"] for row in rows] == ids
    assert all("names" not in row for row in rows)


def test_an_overdue_action_is_marked_and_reviews_with_one_are_found(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    api_server.now += timedelta(days=40)

    actions = afterword.check_output("action", "list", "--overdue")
    reviews = afterword.check_output("review", "list", "--overdue", "-o", "jsonl")

    assert "2026-03-27 (late)" in actions
    assert [json.loads(line)["id"] for line in reviews.splitlines()] == [REVIEW_ID]


def test_reviews_are_listed_that_are_mine_or_of_a_service(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output(
        *("review", "open", "Search", "--key", "Q2", "--service", "search", "--lead", "fay"),
        by=COORDINATOR,
    )

    def list_ids(*words: str, by: str = ADA) -> list[str]:
        rows = json.loads(afterword.check_output("review", "list", "-o", "json", *words, by=by))
        return [row["id"].rpartition("-")[2] for row in rows]

    assert list_ids("--mine", by=OLGA) == ["Q1"]
    assert sorted(list_ids("--mine", by=FAY)) == ["Q1", "Q2"]
    assert list_ids("--mine", by=ODILE) == []
    assert list_ids("--service", "Search") == ["Q2"]
    assert list_ids("--lead", "fay", "--service", "checkout") == []


def test_an_ambiguous_person_is_listed_with_those_who_fit(afterword: Terminal) -> None:
    ended = afterword("action", "list", "--owner", "o")

    assert ended.code == ExitCode.NOT_FOUND
    assert "“o” fits more than one person" in ended.err
    assert "olga@example.org" in ended.err
    assert "omar@example.org" in ended.err


def test_a_table_fits_the_terminal_and_wraps_only_its_last_column(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    what = "Cap the pool of connections, and page when a tenant comes close to it"
    rows = [{"id": "A1", "owner": "Olga Petrova", "what": what}]

    lines = draw_on_narrow_screen(monkeypatch, rows)

    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("A1  Olga Petrova  Cap the pool")
    assert " ".join(" ".join(lines[1:]).split()) == f"A1 Olga Petrova {what}"


def test_a_table_that_is_much_too_wide_cuts_its_widest_columns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [{"id": "A1", "owner": "x" * 80, "what": "y" * 30}]

    lines = draw_on_narrow_screen(monkeypatch, rows)

    assert max(map(len, lines)) <= 60
    assert "…" in lines[1]
    assert "".join(lines[1:]).count("y") == 30


def test_a_table_that_goes_into_a_file_is_never_cut() -> None:
    rows = [{"id": "A1", "owner": "x" * 300, "what": "y" * 300}]

    _, line = draw_table(rows, COLUMNS).splitlines()

    assert line == f"A1  {'x' * 300}  {'y' * 300}"


def test_a_log_is_followed_until_the_review_is_over(
    api_server: ApiServer, afterword: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_review(afterword)
    is_waiting, may_go_on = threading.Event(), threading.Event()

    def wait(_: float) -> None:
        is_waiting.set()
        assert may_go_on.wait(30)

    monkeypatch.setattr("cli.log_follower.time.sleep", wait)

    def cancel_review() -> None:
        assert is_waiting.wait(30)
        connection = ("--url", api_server.url, "--token", api_server.tokens[ADA])
        run([*connection, "cancel", "q1", "--reason", "A false alarm", "--yes"])
        may_go_on.set()

    canceller = threading.Thread(target=cancel_review)
    canceller.start()
    followed = afterword("review", "log", "q1", "--follow")
    canceller.join()

    lines = [line for line in followed.out.splitlines() if not line.startswith("Done")]
    assert followed.code == ExitCode.DONE
    assert lines[0].startswith("1  2026-03-02 13:00 CET  Reliability desk  ")
    assert lines[-1].endswith("Ada Lind  cli  cancelled the review: A false alarm")


def test_a_log_that_goes_on_is_a_line_of_json_each(
    afterword: Terminal, api_server: ApiServer
) -> None:
    open_review(afterword)
    afterword.check_output("cancel", "q1", "--reason", "A false alarm", "--yes")

    lines = afterword.check_output("review", "log", "q1", "-f", "-o", "jsonl").splitlines()
    whole = afterword("review", "log", "q1", "-f", "-o", "json")

    log = api_server.review_client.reviews[REVIEW_ID].log
    assert [json.loads(line)["text"] for line in lines] == [event.text for event in log]
    assert (whole.code, whole.out) == (ExitCode.USAGE, "")


def test_a_followed_log_waits_out_an_outage_but_not_a_refusal(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"revision": 1, "at": "2026-03-02T12:00:00Z", "by": ADA, "channel": "cli", "text": "x"}
    with run_fake_server(answer={"events": [event], "names": {}, "over": False}) as server:
        terminal.url = server.url
        statuses = iter((503, 503, 403))

        def change_answer(_: float) -> None:
            server.status = next(statuses)
            server.content = json.dumps({"detail": f"{server.status}.", "code": "x"}).encode()

        monkeypatch.setattr("cli.log_follower.time.sleep", change_answer)
        ended = terminal("review", "log", "q1", "--follow")

    assert ended.code == ExitCode.REFUSED
    assert ended.err.splitlines() == [
        "The server does not answer; waiting for it.",
        "Refused (x): 403.",
    ]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("review", "show", "q1", "--web"), f"/reviews/{REVIEW_ID}"),
        (("review", "list", "--web"), "/"),
        (("action", "show", "q1", "a1", "--web"), f"/reviews/{REVIEW_ID}#A1"),
    ],
)
def test_the_address_of_a_page_is_printed(
    afterword: Terminal, words: tuple[str, ...], path: str
) -> None:
    open_review(afterword)

    assert afterword.check_output(*words) == f"http://127.0.0.1:8600{path}\n"
