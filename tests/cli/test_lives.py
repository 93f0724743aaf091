"""A review's whole life, typed on the command line by the people who live it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from cli.trouble import Exit
from models.action import Verified
from models.people import Way
from models.review import Stage
from tests.cast import ADA, FAY, MONDAY, OLGA, OMAR, OREN, PIA, SAM, VERA
from tests.cli.house import House, Terminal
from tests.cli.papers import ID, accepted, draft_approved, open_review, propose


def test_a_review_lives_its_whole_life_on_the_command_line(
    house: House, afterword: Terminal
) -> None:
    accepted(house, afterword)
    afterword.done("action", "report", "q1", "a1", "--text", "Half of it runs", by=OLGA)
    afterword.done("action", "block", "q1", "a2", "--reason", "The vendor is away", by=OMAR)
    afterword.done("action", "unblock", "q1", "a2", by=OMAR)
    house.now += timedelta(days=10)
    afterword.done("action", "claim", "q1", "a1", "--evidence", "https://ci/1", by=OLGA)
    afterword.done("reject", "q1", "a1", "--reason", "It allows 21", by=VERA)
    afterword.done("action", "claim", "q1", "a1", "--evidence", "https://ci/2", by=OLGA)
    afterword.done("verify", "q1", "a1", "--finding", "The 21st is refused", by=VERA)
    afterword.done("action", "give-up", "q1", "a2", "--reason", "No such metric", by=OMAR)
    afterword.done("drop", "q1", "a2", "--reason", "Not to be had", "--risk", "We watch by hand")
    house.now = datetime.fromisoformat("2026-04-09T14:00+00:00")
    afterword.done("follow-up", "hold", "q1", "--attended", "ada", "--notes", "All good", by=FAY)

    afterword.done("approve", "q1", "closure")

    review = house.room.reviews[ID]
    assert review.stage is Stage.CLOSED
    assert isinstance(review.actions[0].outcome, Verified)
    assert {event.way for event in review.log if event.by != "clock"} == {Way.CLI}


def test_closing_too_early_shows_every_blocker_and_who_can_clear_it(
    house: House, afterword: Terminal
) -> None:
    accepted(house, afterword)

    ended = afterword("approve", "q1", "closure")

    lines = ended.err.splitlines()
    assert ended.code == Exit.REFUSED
    assert ended.out == ""
    assert lines[0].startswith("Refused (blocked): “closure” cannot be approved")
    assert lines[1] != ""
    assert any("[not-done]" in line and f"{OLGA} can clear it" in line for line in lines)
    assert any("[not-done]" in line and f"{OMAR} can clear it" in line for line in lines)
    assert any("[follow-up-not-held]" in line and f"{FAY} or {ADA}" in line for line in lines)
    assert house.room.reviews[ID].stage is Stage.FOLLOW_UP


def test_a_follow_up_meeting_takes_a_status_for_every_open_action(
    house: House, afterword: Terminal
) -> None:
    accepted(house, afterword)
    house.now = datetime.fromisoformat("2026-04-09T14:00+00:00")

    short = afterword("follow-up", "hold", "q1", "--status", "a1=half done", by=FAY)
    afterword.done(
        *("follow-up", "hold", "q1", "--status", "a1=half done", "--status", "A2=not begun = 0 %"),
        by=FAY,
    )

    follow_up = house.room.reviews[ID].follow_up
    assert short.code == Exit.REFUSED
    assert follow_up is not None
    assert follow_up.statuses == {"A1": "half done", "A2": "not begun = 0 %"}


def test_an_action_goes_through_more_hands(house: House, afterword: Terminal) -> None:
    open_review(afterword)
    draft_approved(house, afterword)
    propose(afterword, "Limit connections per tenant to 20", "olga")
    propose(afterword, "Page when one tenant sees over 2 % errors for 5 minutes", "omar")
    propose(afterword, "Hold no connection longer than 30 seconds", "oren")
    afterword.done("action", "withdraw", "q1", "A3", "--reason", "A1 covers it", by=FAY)
    afterword.done("action", "revise", "q1", "A1", "--due", "2026-03-30", "--cause", "C1", by=FAY)
    afterword.done("approve", "q1", "actions")

    afterword.done("action", "decline", "q1", "A1", "--reason", "On leave", by=OLGA)
    afterword.done("action", "reassign", "q1", "A1", "--owner", "oren", "--reason", "Knows it")
    afterword.done("action", "accept", "q1", "A1", by=OREN)
    afterword.done("action", "accept", "q1", "A2", by=OMAR)
    afterword.done("action", "verifier", "q1", "A1", "--verifier", "pia")
    afterword.done(
        *("action", "postpone", "q1", "A1", "--until", "2026-04-10", "--reason", "A vendor"),
        by=OREN,
    )
    afterword.done("action", "grant", "q1", "A1", "--reason", "the sale comes first")
    afterword.done("action", "ask", "q1", "A1", "--question", "How far is it?", by=SAM)
    asked = afterword.done("action", "show", "q1", "a1")

    assert "Standing: accepted, since 2026-03-06 11:00" in asked
    assert f"Owner: {OREN}\nVerifier: {PIA}\nDue: 2026-04-10\n" in asked
    assert f"Asked by {SAM}: How far is it?" in asked


def test_a_cancelled_review_takes_no_more_orders(house: House, afterword: Terminal) -> None:
    open_review(afterword)
    afterword.done("cancel", "q1", "--reason", "A false alarm", "--yes")

    ended = afterword("review", "note", "q1", "--text", "Still here?")

    assert house.room.reviews[ID].stage is Stage.CANCELLED
    assert ended.code == Exit.REFUSED


def test_a_closed_review_is_reopened_for_an_outcome_that_did_not_last(
    house: House, afterword: Terminal
) -> None:
    test_a_review_lives_its_whole_life_on_the_command_line(house, afterword)

    afterword.done("reopen", "q1", "--reason", "It is back", "--action", "A1", by=SAM)

    assert house.room.reviews[ID].stage is Stage.FOLLOW_UP
    assert house.room.reviews[ID].actions[0].outcome is None


def test_the_same_id_gives_the_same_receipt_and_is_done_once(
    house: House, afterword: Terminal
) -> None:
    open_review(afterword)
    note = ("-o", "json", "review", "note", "q1", "--text", "Look at this", "--id", "mine-1")

    first = json.loads(afterword.done(*note))
    second = json.loads(afterword.done(*note))

    assert first == second
    assert [event.kind for event in house.room.reviews[ID].log] == ["open", "note"]


def test_a_recurrence_told_by_hand_needs_no_more_than_a_title(
    house: House, afterword: Terminal
) -> None:
    open_review(afterword)

    afterword.done("review", "recur", "q1", "--title", "Checkout failed again", by=PIA)

    assert house.room.reviews[ID].recurrences[0].text.endswith("Checkout failed again")


def test_a_restricted_review_tells_a_stranger_nothing(house: House, afterword: Terminal) -> None:
    open_review(afterword)
    afterword.done("review", "restrict", "q1", "--person", "omar", "--reason", "A customer's data")

    listed = afterword.done("review", "list", by=VERA)
    refused = afterword("review", "show", "q1", by=VERA)
    seen = afterword.done("review", "show", "q1", by=OMAR)
    afterword.done("review", "unrestrict", "q1")

    assert "Checkout" not in listed
    assert refused.code == Exit.REFUSED
    assert "Checkout" not in refused.err
    assert f"Restricted: seen only by these, by owners and verifiers, and by {OMAR}, {ADA}" in seen
    assert house.room.reviews[ID].restricted_to == ()


def test_people_are_appointed_and_risks_accepted_with_a_reason(
    house: House, afterword: Terminal
) -> None:
    open_review(afterword)
    draft_approved(house, afterword)

    afterword.done("review", "appoint", "q1", "--role", "participant", "--person", "vera")
    afterword.done("cause", "revise", "q1", "c1", "--why", "Nobody asked", by=FAY)
    afterword.done("accept-risk", "q1", "c1", "--reason", "Twice a year is bearable")

    review = house.room.reviews[ID]
    assert VERA in review.roles.participants
    assert review.causes[0].whys == ("Nobody asked",)
    assert review.causes[0].accepted_risk == "Twice a year is bearable"


def test_opening_the_same_incident_again_is_the_same_review(
    tmp_path: Path, house: House, afterword: Terminal
) -> None:
    open_review(afterword)

    again = afterword.done("review", "open", "Checkout", "--key", "Q1")
    project = afterword.done("-o", "json", "review", "open", "Ship it", "--project")

    assert again == f"It was there already: {ID}\n"
    assert json.loads(project)["new"] is True
    assert json.loads(project)["review"].startswith("review-project-")
    assert "ship" not in json.loads(project)["review"]
    assert house.room.reviews[ID].incident.ended_at == MONDAY
    assert house.room.reviews[ID].incident.services == ("checkout",)
    assert list(tmp_path.glob("*.md")) == []
