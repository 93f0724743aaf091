"""`afterword token`: made by the coordinator, bound to what it is for, and ending."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from cli.errors import ExitCode
from models import commands
from tests.cli.api_server import ApiServer, Terminal
from tests.sample_people import ADA, COORDINATOR, MONDAY, OLGA, VERA
from tests.sample_reviews import build_in_follow_up
from tests.sample_tokens import build_grant


def test_a_token_is_shown_once_works_and_can_be_revoked(afterword: Terminal) -> None:
    made = afterword("token", "create", "laptop", "--person", OLGA, by=COORDINATOR)
    afterword.tokens["laptop"] = made.out.strip()
    works = afterword("action", "list", "--mine", by="laptop")
    listed = afterword.check_output("token", "list", by=OLGA)
    revoked = afterword.check_output("token", "revoke", "laptop", by=OLGA)
    after = afterword("action", "list", "--mine", by="laptop")

    assert made.out.startswith("aft_")
    assert "not shown again" in made.err
    assert "valid until 2027-03-02 13:00 CET, and may do what you may do yourself" in made.err
    assert f"{OLGA} is told by email" in made.err
    assert works.code == ExitCode.DONE
    assert "laptop" in listed
    assert made.out.strip() not in listed
    assert revoked == "Revoked laptop.\n"
    assert after.code == ExitCode.FAILED


def test_only_the_coordinator_makes_tokens(afterword: Terminal) -> None:
    made = afterword("token", "create", "laptop", by=OLGA)

    assert made.code == ExitCode.REFUSED
    assert "for the coordinator" in made.err


def test_a_tool_gets_a_token_for_what_it_is_for(afterword: Terminal) -> None:
    create = ("-o", "json", "token", "create")
    bound = ("--tool", "--source", "pagerduty", "--service", "checkout,search")
    made = json.loads(afterword.check_output(*create, "ci", *bound, by=COORDINATOR))
    unbound = afterword(*create, "x", "--tool", by=COORDINATOR)
    both = afterword("token", "create", "x", "--tool", "--person", ADA, by=COORDINATOR)
    listed = afterword.check_output("token", "list", by=COORDINATOR)

    assert (made["tool"], made["scope"]) == (True, "tool")
    assert made["may"].endswith("about source pagerduty and service checkout or search")
    assert both.code == unbound.code == ExitCode.USAGE
    assert "Say what the tool is for" in unbound.err
    assert "tool: pagerduty, checkout, search" in listed


def test_a_rotated_token_works_beside_the_one_of_before(afterword: Terminal) -> None:
    made = afterword("token", "rotate", OLGA, "--overlap", "30m", by=OLGA)
    afterword.tokens["new"] = made.out.strip()

    assert made.out.startswith("aft_")
    assert "The one of before is accepted until" in made.err
    assert {afterword("todo", by=who).code for who in (OLGA, "new")} == {ExitCode.DONE}


def test_without_an_overlap_the_one_of_before_ends_at_once(afterword: Terminal) -> None:
    made = afterword("token", "rotate", OLGA, "--overlap", "0", by=OLGA)
    afterword.tokens["new"] = made.out.strip()

    before = afterword("todo", by=OLGA)

    assert "accepted" not in made.err
    assert before.code == ExitCode.FAILED
    assert "was replaced by a newer one" in before.err
    assert afterword("todo", by="new").code == ExitCode.DONE


@pytest.mark.parametrize("overlap", ["8d", "soon", "-1h", "24", "1.5h", "1w"])
def test_an_overlap_is_a_span_of_at_most_a_week(afterword: Terminal, overlap: str) -> None:
    ended = afterword("token", "rotate", OLGA, f"--overlap={overlap}", by=OLGA)

    assert ended.code == ExitCode.USAGE
    assert afterword("todo", by=OLGA).code == ExitCode.DONE


def test_whose_token_ends_soon_is_told_once_on_standard_error(
    afterword: Terminal, api_server: ApiServer
) -> None:
    grant = build_grant("short", ADA, expires_at=MONDAY + timedelta(days=10))
    afterword.tokens["short"] = api_server.archive.tokens.issue_token(grant, MONDAY)

    soon = afterword("review", "list", by="short")
    in_json = afterword("-o", "json", "review", "list", by="short")
    later = afterword("review", "list", by=ADA)

    assert soon.err.count("Your token is valid until 2026-03-12 11:00 CET") == 1
    assert "afterword token rotate NAME" in soon.err
    assert "valid until" in json.loads(in_json.err.splitlines()[0])["note"]
    assert "valid until" not in later.err


def test_whose_token_has_ended_hears_when_and_what_to_do(
    afterword: Terminal, api_server: ApiServer
) -> None:
    grant = build_grant("short", ADA, expires_at=MONDAY + timedelta(hours=1))
    afterword.tokens["short"] = api_server.archive.tokens.issue_token(grant, MONDAY)

    ended = afterword("review", "list", by="short")

    assert ended.code == ExitCode.FAILED
    assert "This token was valid until 2 Mar 2026" in ended.err
    assert "afterword token rotate short" in ended.err


def test_a_token_that_is_not_there_cannot_be_revoked(afterword: Terminal) -> None:
    assert afterword("token", "revoke", "nope").code == ExitCode.NOT_FOUND


def test_the_doctor_names_what_is_to_be_seen_to(afterword: Terminal, api_server: ApiServer) -> None:
    well = afterword("doctor", by=COORDINATOR)
    grant = build_grant("short", ADA, expires_at=MONDAY + timedelta(days=10))
    api_server.archive.tokens.issue_token(grant, MONDAY)
    unwell = afterword("doctor", by=COORDINATOR)
    in_json = afterword("-o", "json", "doctor", by=COORDINATOR)

    assert (well.code, well.out) == (ExitCode.DONE, "There is nothing to see to.\n")
    assert unwell.code == in_json.code == ExitCode.FAILED
    assert f"The token “short” of {ADA} ends on 12 Mar 2026." in unwell.out
    assert "afterword token rotate short" in unwell.out
    assert [each["code"] for each in json.loads(in_json.out)["concerns"]] == ["ending-token"]


def test_the_doctor_speaks_to_the_coordinator_only(afterword: Terminal) -> None:
    assert afterword("doctor", by=ADA).code == ExitCode.REFUSED


def test_what_a_token_of_another_decided_says_so_where_a_review_is_shown(
    afterword: Terminal, api_server: ApiServer
) -> None:
    origin = "by a token that Reliability desk made on 2 Mar 2026"
    builder = build_in_follow_up()
    builder.ask(commands.Claim, OLGA, action="A1", evidence="e")
    builder.ask(commands.Verify, VERA, action="A1", finding="It holds", token_origin=origin)
    builder.ask(commands.AcceptRisk, ADA, item="C2", reason="rare", token_origin=origin)
    builder.ask(
        commands.Waive, ADA, item="A2", code="due-too-late", reason="summer", token_origin=origin
    )
    api_server.review_client.add_review(builder.review)

    shown = afterword.check_output("review", "show", builder.review.id, by=ADA)
    action = afterword.check_output("action", "show", builder.review.id, "A1", by=ADA)

    assert f"risk accepted: rare, {origin}" in shown
    assert "A2  due-too-late: summer (Ada" in shown
    assert f"A1  verified by Vera Novak, {origin}" in shown
    assert shown.count(origin) == 3
    assert action.count(origin) == 1
