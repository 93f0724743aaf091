"""A review's whole course, run on the command line by everybody who takes part."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from cli.errors import ExitCode
from models.action import Verified
from models.people import Channel
from models.review import Stage
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import (
    REVIEW_ID,
    accept_actions,
    approve_draft,
    open_review,
    propose_action,
)
from tests.sample_people import FAY, MONDAY, OLGA, OMAR, OREN, PIA, SAM, VERA


def test_a_review_lives_its_whole_life_on_the_command_line(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    afterword.check_output("action", "report", "q1", "a1", "--text", "Half of it runs", by=OLGA)
    afterword.check_output("action", "block", "q1", "a2", "--reason", "The vendor is away", by=OMAR)
    afterword.check_output("action", "unblock", "q1", "a2", by=OMAR)
    api_server.now += timedelta(days=10)
    afterword.check_output("action", "claim", "q1", "a1", "--evidence", "https://ci/1", by=OLGA)
    afterword.check_output("reject", "q1", "a1", "--reason", "It allows 21", by=VERA)
    afterword.check_output("action", "claim", "q1", "a1", "--evidence", "https://ci/2", by=OLGA)
    afterword.check_output("verify", "q1", "a1", "--finding", "The 21st is refused", by=VERA)
    afterword.check_output("action", "give-up", "q1", "a2", "--reason", "No such metric", by=OMAR)
    afterword.check_output(
        "drop", "q1", "a2", "--reason", "Not to be had", "--risk", "We watch by hand"
    )
    api_server.now = datetime.fromisoformat("2026-04-09T14:00+00:00")
    afterword.check_output(
        "follow-up", "hold", "q1", "--attended", "ada", "--notes", "All good", by=FAY
    )

    afterword.check_output("approve", "q1", "closure")

    review = api_server.review_client.reviews[REVIEW_ID]
    assert review.stage is Stage.CLOSED
    assert isinstance(review.actions[0].outcome, Verified)
    assert {event.channel for event in review.log if event.by != "clock"} == {Channel.CLI}


def test_words_that_say_nothing_are_asked_back_once_on_the_command_line(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    claim = ("action", "claim", "q1", "a1", "--evidence", "done")

    first, second = afterword(*claim, by=OLGA), afterword(*claim, by=OLGA)

    assert first.code == ExitCode.REFUSED
    assert "“done” names nothing that anybody else could look at" in first.err
    assert "Good evidence for the measure" in first.err
    assert second.code == ExitCode.DONE


def test_closing_too_early_shows_every_blocker_and_who_can_clear_it(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)

    ended = afterword("approve", "q1", "closure")

    lines = ended.err.splitlines()
    assert ended.code == ExitCode.REFUSED
    assert ended.out == ""
    assert lines[0].startswith("Refused (blocked): “closure” cannot be approved")
    assert lines[1] != ""
    assert any("[not-done]" in line and "Olga Petrova can clear it" in line for line in lines)
    assert any("[not-done]" in line and "Omar Haddad can clear it" in line for line in lines)
    assert any(
        "[follow-up-not-held]" in line and "Fay Moreau or Ada Lind" in line for line in lines
    )
    assert api_server.review_client.reviews[REVIEW_ID].stage is Stage.FOLLOW_UP


def test_a_follow_up_meeting_takes_a_status_for_every_open_action(
    api_server: ApiServer, afterword: Terminal
) -> None:
    accept_actions(api_server, afterword)
    api_server.now = datetime.fromisoformat("2026-04-09T14:00+00:00")

    short = afterword("follow-up", "hold", "q1", "--status", "a1=half done", by=FAY)
    afterword.check_output(
        *("follow-up", "hold", "q1", "--status", "a1=half done", "--status", "A2=not begun = 0 %"),
        by=FAY,
    )

    follow_up = api_server.review_client.reviews[REVIEW_ID].follow_up
    assert short.code == ExitCode.REFUSED
    assert follow_up is not None
    assert follow_up.statuses == {"A1": "half done", "A2": "not begun = 0 %"}


def test_an_action_changes_its_owner_and_its_plan(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)
    propose_action(afterword, "Limit connections per tenant to 20", "olga")
    propose_action(afterword, "Page when one tenant sees over 2 % errors for 5 minutes", "omar")
    propose_action(afterword, "Hold no connection longer than 30 seconds", "oren")
    afterword.check_output("action", "withdraw", "q1", "A3", "--reason", "A1 covers it", by=FAY)
    afterword.check_output(
        "action", "revise", "q1", "A1", "--due", "2026-03-30", "--cause", "C1", by=FAY
    )
    afterword.check_output("approve", "q1", "actions")

    afterword.check_output("action", "decline", "q1", "A1", "--reason", "On leave", by=OLGA)
    afterword.check_output(
        "action", "reassign", "q1", "A1", "--owner", "oren", "--reason", "Knows it"
    )
    afterword.check_output("action", "accept", "q1", "A1", by=OREN)
    afterword.check_output("action", "accept", "q1", "A2", by=OMAR)
    afterword.check_output("action", "verifier", "q1", "A1", "--verifier", "pia")
    afterword.check_output(
        *("action", "postpone", "q1", "A1", "--until", "2026-04-10", "--reason", "A vendor"),
        by=OREN,
    )
    afterword.check_output("action", "grant", "q1", "A1", "--reason", "the sale comes first")
    afterword.check_output("action", "ask", "q1", "A1", "--question", "How far is it?", by=SAM)
    output = afterword.check_output("action", "show", "q1", "a1")

    assert "Status: accepted, since 2026-03-06 11:00" in output
    assert "Owner: Oren Katz\nVerifier: Pia Sørensen\nDue: 2026-04-10\n" in output
    assert f"Question by {SAM}: How far is it?" in output


def test_a_cancelled_review_takes_no_more_commands(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    afterword.check_output("cancel", "q1", "--reason", "A false alarm", "--yes")

    ended = afterword("review", "note", "q1", "--text", "Still here?")

    assert api_server.review_client.reviews[REVIEW_ID].stage is Stage.CANCELLED
    assert ended.code == ExitCode.REFUSED


def test_a_closed_review_is_reopened_for_an_outcome_that_did_not_last(
    api_server: ApiServer, afterword: Terminal
) -> None:
    test_a_review_lives_its_whole_life_on_the_command_line(api_server, afterword)

    afterword.check_output("reopen", "q1", "--reason", "It is back", "--action", "A1", by=SAM)

    assert api_server.review_client.reviews[REVIEW_ID].stage is Stage.FOLLOW_UP
    assert api_server.review_client.reviews[REVIEW_ID].actions[0].outcome is None


def test_the_same_id_gives_the_same_receipt_and_is_done_once(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    note = ("-o", "json", "review", "note", "q1", "--text", "Look at this", "--id", "mine-1")

    first = json.loads(afterword.check_output(*note))
    second = json.loads(afterword.check_output(*note))

    assert first == second
    log = api_server.review_client.reviews[REVIEW_ID].log
    assert [event.kind for event in log if event.channel is not Channel.CLOCK] == ["open", "note"]


def test_a_recurrence_told_by_hand_needs_no_more_than_a_title(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)

    afterword.check_output("review", "recur", "q1", "--title", "Checkout failed again", by=PIA)

    assert (
        api_server.review_client.reviews[REVIEW_ID]
        .recurrences[0]
        .text.endswith("Checkout failed again")
    )


def test_a_restricted_review_tells_an_outsider_nothing(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    afterword.check_output(
        "review", "restrict", "q1", "--person", "omar", "--reason", "A customer's data"
    )

    listed = afterword.check_output("review", "list", by=VERA)
    refused = afterword("review", "show", "q1", by=VERA)
    seen = afterword.check_output("review", "show", "q1", by=OMAR)
    afterword.check_output("review", "unrestrict", "q1")

    assert "Checkout" not in listed
    assert refused.code == ExitCode.NOT_FOUND
    assert "Checkout" not in refused.err
    assert "Restricted to the people above, owners, verifiers and Omar Haddad, Ada Lind" in seen
    assert api_server.review_client.reviews[REVIEW_ID].restricted_to == ()


def test_people_are_appointed_and_risks_accepted_with_a_reason(
    api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)
    approve_draft(api_server, afterword)

    afterword.check_output("review", "appoint", "q1", "--role", "participant", "--person", "vera")
    afterword.check_output("cause", "revise", "q1", "c1", "--why", "Nobody asked", by=FAY)
    afterword.check_output("accept-risk", "q1", "c1", "--reason", "Twice a year is bearable")

    review = api_server.review_client.reviews[REVIEW_ID]
    assert VERA in review.roles.participants
    assert review.causes[0].whys == ("Nobody asked",)
    assert review.causes[0].accepted_risk == "Twice a year is bearable"


def test_why_the_coordinator_leads_is_printed_and_in_the_log_as_said_by_afterword(
    afterword: Terminal,
) -> None:
    opened = afterword.check_output("review", "open", "Slow", "--key", "S1", "--service", "billing")

    log = afterword.check_output("review", "log", "S1")

    reason = "The service map has no entry for “billing”, so"
    assert reason in opened
    assert "Afterword" in log
    assert reason in log
    assert "clock" not in log


def test_opening_the_same_incident_again_is_the_same_review(
    tmp_path: Path, api_server: ApiServer, afterword: Terminal
) -> None:
    open_review(afterword)

    again = afterword.check_output("review", "open", "Checkout", "--key", "Q1")
    project = afterword.check_output("-o", "json", "review", "open", "Ship it", "--project")

    assert again == f"It already existed: {REVIEW_ID}\n"
    assert json.loads(project)["new"] is True
    assert json.loads(project)["review"].startswith("review-project-")
    assert "ship" not in json.loads(project)["review"]
    assert api_server.review_client.reviews[REVIEW_ID].incident.ended_at == MONDAY
    assert api_server.review_client.reviews[REVIEW_ID].incident.services == ("checkout",)
    assert list(tmp_path.glob("*.md")) == []
