from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from models.codes import RefusalCode
from models.commands import COMMANDS, Claim, Write
from models.errors import Refusal, Unavailable
from models.field_metadata import (
    FreeText,
    Number,
    OneLine,
    RecurrenceId,
    list_declared_fields,
)
from models.people import Channel, Person
from models.review import Gate, Stage
from tests.sample_people import ADA, COORDINATOR, FAY, ODILE, OLGA, OMAR, PEOPLE, PIA, SAM, VERA
from tests.sample_reviews import (
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
)
from tests.web.web_app import REVIEW, TOOL, WebApp
from web.api.commands import ROUTED_ELSEWHERE
from web.schemas.examples import build_example
from web.schemas.fields import build_body_model

ROUTED = {kind: command for kind, command in COMMANDS.items() if kind not in ROUTED_ELSEWHERE}


@pytest.mark.parametrize("kind", ROUTED)
def test_every_command_has_a_route_that_says_what_it_is_for(web_app: WebApp, kind: str) -> None:
    paths = web_app.app.openapi()["paths"]

    described = paths[f"/api/reviews/{{review}}/{kind}"]["post"]

    assert described["summary"] == (COMMANDS[kind].__doc__ or "").split("\n")[0]
    assert COMMANDS[kind].cli in described["description"]
    assert described["security"] == [{"HTTPBearer": []}]
    assert set(described["responses"]) >= {"200", "400", "401", "403", "404", "409", "413", "503"}


@pytest.mark.parametrize("kind", ROUTED)
def test_the_example_of_every_command_can_be_read(kind: str) -> None:
    command = COMMANDS[kind]
    example = build_example(command)

    content = example["requestBody"]["content"]["application/json"] if example else {}
    value = content["examples"]["plain"]["value"] if example else {}

    assert build_body_model(command).model_validate(value)


@pytest.mark.parametrize("kind", ROUTED)
def test_every_field_that_somebody_types_is_declared_with_its_kind_help_and_example(
    kind: str,
) -> None:
    typed = [field for field in list_declared_fields(COMMANDS[kind]) if field.is_typed]

    for field in typed:
        assert field.metadata.help.endswith("."), field.name
        assert field.metadata.example is not None, field.name
        if "str" in str(field.hint):
            assert isinstance(field.metadata, (FreeText, OneLine, RecurrenceId)), field.name
        if field.hint in (int, int | None):
            assert isinstance(field.metadata, Number), field.name


def test_a_command_is_given_and_answered_with_its_receipt(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("accept", OLGA, action="A1")

    assert answer.status_code == 200
    assert answer.json()["summary"] == "accepted A1"
    assert web_app.review_client.reviews[REVIEW].revision == answer.json()["revision"]
    assert web_app.review_client.reviews[REVIEW].log[-1].by == OLGA
    assert web_app.review_client.reviews[REVIEW].log[-1].channel is Channel.API


@pytest.mark.parametrize("typed", ["Q1", "q1abc", "pagerduty-Q1", "review-pagerduty-Q1A", REVIEW])
def test_a_review_may_be_named_by_any_unique_beginning(web_app: WebApp, typed: str) -> None:
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("note", review=typed, text="It is fine")

    assert answer.status_code == 200


def test_a_beginning_that_fits_several_reviews_is_answered_with_their_names(
    web_app: WebApp,
) -> None:
    review = build_drafted().review
    web_app.review_client.add_review(review)
    web_app.review_client.add_review(replace(review, id="review-pagerduty-Q1XYZ"))

    answer = web_app.ask("note", review="q1", text="Which one?")

    assert answer.status_code == 404
    assert answer.json()["code"] == "ambiguous"
    assert answer.json()["hints"] == [REVIEW, "review-pagerduty-Q1XYZ"]
    assert answer.json()["detail"] == "“q1” fits more than one review."
    assert answer.json()["way_out"] == "Type more of the name: pagerduty-Q1ABC or pagerduty-Q1XYZ."


def test_an_unknown_review_is_answered_and_nothing_changes(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.ask("note", review="Q9", text="Hello?")

    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no review “Q9”."


def test_a_review_that_the_register_has_not_heard_of_takes_commands(web_app: WebApp) -> None:
    web_app.review_client.is_register_down = True
    web_app.review_client.add_review(build_drafted().review)

    assert web_app.ask("note", review="Q1", text="Early bird").status_code == 200


def test_an_action_may_be_named_in_any_case(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    assert web_app.ask("accept", OLGA, action=" a1 ").status_code == 200


def test_an_unknown_action_is_answered_with_those_there_are(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("accept", OLGA, action="A9")

    assert answer.status_code == 404
    assert answer.json()["hints"] == ["A1", "A2"]


def test_a_status_may_name_its_action_in_any_case(web_app: WebApp) -> None:
    life = build_in_follow_up()
    web_app.review_client.add_review(life.review)
    web_app.now = life.review.follow_up.at if life.review.follow_up else web_app.now

    answer = web_app.ask("hold-follow-up", FAY, statuses={"a1": "on its way", "A2": "next week"})

    assert answer.status_code == 200, answer.text
    held = web_app.review_client.reviews[REVIEW].follow_up
    assert held is not None
    assert held.statuses == {"A1": "on its way", "A2": "next week"}


@pytest.mark.parametrize("typed", ["odile", "ODILE@example.org", "odile@", "o.roux"])
def test_an_owner_may_be_named_by_a_beginning_of_an_address_or_alias(
    web_app: WebApp, typed: str
) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[ODILE], aliases=("o.roux@example.org",))])
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("reassign", ADA, action="A1", owner=typed, reason="She knows the pool")

    assert answer.status_code == 200, answer.text
    assert web_app.review_client.reviews[REVIEW].actions[0].owner == ODILE


def test_an_exact_address_wins_over_others_that_begin_like_it(web_app: WebApp) -> None:
    web_app.archive.people.import_people([Person(address="olga@example.organic")])
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("reassign", ADA, action="A2", owner=OLGA)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("kind", ["reassign", "change-verifier", "appoint"])
def test_somebody_unknown_gets_no_part(web_app: WebApp, kind: str) -> None:
    web_app.review_client.add_review(build_assigned().review)
    given = {
        "reassign": {"action": "A1", "owner": "nobody@example.org"},
        "change-verifier": {"action": "A1", "verifier": "nobody@example.org"},
        "appoint": {"role": "lead", "person": "nobody@example.org"},
    }[kind]

    answer = web_app.ask(kind, ADA, **given)

    assert answer.status_code == 404
    assert answer.json()["detail"] == "There is no person “nobody@example.org”."


def test_a_beginning_that_fits_several_people_is_answered_with_them(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("reassign", ADA, action="A1", owner="o")

    assert answer.status_code == 404
    assert OLGA in answer.json()["hints"]


def test_somebody_who_has_left_gets_no_part(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[OMAR], gone=True)])
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.ask("reassign", ADA, action="A1", owner="omar")

    assert answer.status_code == 409
    assert answer.json()["detail"] == "Omar Haddad has left."


@pytest.mark.parametrize("two", ["olga@example.org, omar@example.org", "olga and omar", "a;b"])
def test_two_owners_are_refused(web_app: WebApp, two: str) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.ask("revise", FAY, action="A1", owner=two)

    assert answer.status_code == 400
    assert "more than one person" in answer.json()["detail"]


def test_a_list_of_owners_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.ask("revise", FAY, action="A1", owner=[OLGA, OMAR])

    assert answer.status_code == 400
    assert answer.json()["detail"] == "owner: must be a text"


def test_an_owner_named_twice_in_one_json_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)
    body = f'{{"action": "A1", "owner": "{OLGA}", "owner": "{OMAR}"}}'

    answer = web_app.client.post(
        f"/api/reviews/{REVIEW}/revise",
        content=body,
        headers={**web_app.build_auth_header(FAY), "Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    assert answer.json()["detail"] == "owner: is given twice; send it once"


def test_guests_may_have_attended(web_app: WebApp) -> None:
    life = build_drafted()
    web_app.review_client.add_review(life.review)
    web_app.ask("approve", ADA, gate="draft")
    meeting = web_app.review_client.reviews[REVIEW].meeting
    web_app.now = meeting.at if meeting else web_app.now

    answer = web_app.ask("hold-meeting", FAY, attended=["ada", "guest@elsewhere.example"])

    assert answer.status_code == 200, answer.text
    held = web_app.review_client.reviews[REVIEW].meeting
    assert held is not None
    assert held.attended == (ADA, "guest@elsewhere.example")


@pytest.mark.parametrize(
    ("kind", "given", "reason"),
    [
        ("note", {}, "text: must be given"),
        ("note", {"txt": "x"}, "there is no field “txt”; did you mean “text”? It takes: text,"),
        ("note", {"text": "x" * 16_385}, "text: is 16385 bytes long"),
        ("note", {"text": "ä" * 8_193}, "text: is 16386 bytes long"),
        ("note", {"text": "a\u0000b"}, "text: contains a control character"),
        ("note", {"text": "x", "item": "y" * 500}, "item: has more than 400 characters"),
        ("unrestrict", {"force": True}, "there is no field “force”. It takes no fields"),
        ("approve", {"gate": "all"}, "gate: must be 'draft', 'actions' or 'closure'"),
        ("postpone", {"action": "A1", "until": 5, "reason": "x"}, "until: write the date as"),
        ("postpone", {"action": "A1", "until": "soon", "reason": "x"}, "until: write the date as"),
        ("postpone", {"action": "A1", "until": "2026-02-30", "reason": "x"}, "until: "),
        ("postpone", {"action": "A1", "until": "0001-01-01", "reason": "x"}, "out of range"),
        ("schedule-meeting", {"at": "2026-03-05T14:00", "place": "x"}, "at: write the time with"),
        ("schedule-meeting", {"at": 1772719200, "place": "x"}, "at: write the time with"),
        ("schedule-meeting", {"at": "9999-12-31T23:59:59-12:00", "place": "x"}, "out of range"),
        (
            "schedule-meeting",
            {"at": "2026-03-05T14:00:00Z", "place": "x", "minutes": 10**9},
            "minutes: ",
        ),
        (
            "schedule-meeting",
            {"at": "2026-03-05T14:00:00Z", "place": "x", "minutes": "60"},
            "minutes: must be a whole number",
        ),
        ("drop", {"action": {"id": "A1"}, "reason": "x"}, "action: must be a text"),
        ("restrict", {"people": ADA}, "people: must be a list"),
        ("hold-follow-up", {"statuses": ["A1"]}, "statuses: must be an object"),
        ("recur", {"incident": {"source": "Pager Duty"}}, "incident.source: "),
        ("recur", {"incident": {"sorce": "x"}}, "incident: there is no field “sorce”"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_its_field(
    web_app: WebApp, kind: str, given: dict[str, Any], reason: str
) -> None:
    web_app.review_client.add_review(build_met().review)
    before = web_app.review_client.reviews[REVIEW]

    answer = web_app.ask(kind, ADA, **given)

    assert answer.status_code == 400, answer.text
    assert reason in answer.json()["detail"]
    assert answer.json()["code"] == "invalid-input"
    assert web_app.review_client.reviews[REVIEW] == before


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is not valid JSON: Expecting property name"),
        (b'"\xff"', "the body is not UTF-8"),
        (b"[]", "must be a JSON object"),
        (b"null", "the body: must be"),
        (b"", "the body: must be given"),
        (b"[" * 60_000, "the body is nested too deeply"),
        (b'{"text": NaN}', "NaN is not a number in JSON"),
        (b'{"text": ' + b"9" * 5_000 + b"}", "a number that is too long"),
        (b'{"text": "\\ud800"}', "text: contains a control character"),
    ],
)
def test_a_body_that_is_no_command_is_refused(web_app: WebApp, body: bytes, reason: str) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.client.post(
        f"/api/reviews/{REVIEW}/note",
        content=body,
        headers={**web_app.build_auth_header(ADA), "Content-Type": "application/json"},
    )

    assert answer.status_code == 400
    assert reason in answer.json()["detail"]


def test_a_body_that_does_not_say_it_is_json_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.client.post(
        f"/api/reviews/{REVIEW}/note", data={"text": "x"}, headers=web_app.build_auth_header(ADA)
    )

    assert answer.status_code == 400
    assert "Content-Type: application/json" in answer.json()["detail"]


def test_a_command_over_64_kib_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.ask("add-cause", FAY, symptom="x", whys=["why " * 3_000] * 6)

    assert answer.status_code == 413
    assert answer.json()["code"] == "too-large"
    assert "64 KiB" in answer.json()["detail"]


def test_line_ends_become_one_kind_and_names_one_line(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    web_app.ask("note", ADA, text="one\r\ntwo\rthree")
    web_app.ask("schedule-follow-up", FAY, at="2026-04-09T16:00:00+02:00", place="Room\n4")

    review = web_app.review_client.reviews[REVIEW]
    assert review.log[-2].text == "noted: one\ntwo\nthree"
    assert review.follow_up is not None
    assert review.follow_up.place == "Room 4"
    assert str(review.follow_up.at) == "2026-04-09 14:00:00+00:00"


def test_the_same_key_and_command_is_carried_out_once(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    headers = {**web_app.build_auth_header(ADA), "Idempotency-Key": "note-1"}

    first, second = (
        web_app.client.post(f"/api/reviews/{typed}/note", json={"text": "Once"}, headers=headers)
        for typed in (REVIEW, "Q1")
    )

    assert first.json() == second.json()
    assert [e.text for e in web_app.review_client.reviews[REVIEW].log].count("noted: Once") == 1


def test_somebody_elses_key_or_another_command_is_no_repetition(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)
    key = {"Idempotency-Key": "1"}

    for by, text in ((ADA, "One"), (FAY, "One"), (ADA, "Two")):
        web_app.client.post(
            f"/api/reviews/{REVIEW}/note",
            json={"text": text},
            headers={**web_app.build_auth_header(by), **key},
        )

    texts = [e.text for e in web_app.review_client.reviews[REVIEW].log[-3:]]
    assert texts == ["noted: One", "noted: One", "noted: Two"]


@pytest.mark.parametrize("key", [" ", "k" * 201])
def test_a_key_that_is_none_is_refused(web_app: WebApp, key: str) -> None:
    web_app.review_client.add_review(build_assigned().review)

    answer = web_app.client.post(
        f"/api/reviews/{REVIEW}/note",
        json={"text": "x"},
        headers={**web_app.build_auth_header(ADA), "Idempotency-Key": key},
    )

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Idempotency-Key:")


def test_a_command_without_a_key_is_carried_out_each_time(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    receipts = {web_app.ask("note", text="Again").json()["command_id"] for _ in range(2)}

    assert len(receipts) == 2


def test_the_log_says_that_the_command_line_was_the_channel(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_assigned().review)

    web_app.client.post(
        f"/api/reviews/{REVIEW}/note",
        json={"text": "x"},
        headers={**web_app.build_auth_header(ADA), "X-Afterword-Channel": "cli"},
    )

    assert web_app.review_client.reviews[REVIEW].log[-1].channel is Channel.CLI


def test_a_tool_speaks_as_a_tool_whatever_channel_it_claims(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    answer = web_app.client.post(
        f"/api/reviews/{REVIEW}/claim",
        json={"action": "A1", "evidence": "https://example.org/merged"},
        headers={**web_app.build_auth_header(TOOL), "X-Afterword-Channel": "cli"},
    )

    assert answer.status_code == 200, answer.text
    event = web_app.review_client.reviews[REVIEW].log[-1]
    assert (event.by, event.channel, event.kind) == ("tool:pipeline", Channel.TOOL, "claim")


def test_a_tool_may_not_decide(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.ask("approve", TOOL, gate="draft")

    assert answer.status_code == 409
    assert answer.json()["code"] == "not-yours"
    assert answer.json()["way_out"] == f"Ask {ADA}."


def test_an_early_approval_is_refused_with_every_blocker(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)

    answer = web_app.ask("approve", ADA, gate="closure")

    assert answer.status_code == 409
    fault = answer.json()
    assert fault["code"] == "blocked"
    assert len(fault["blockers"]) >= 3
    assert all(blocker["who"] and blocker["sentence"] for blocker in fault["blockers"])


def test_of_two_leads_who_approve_at_once_the_second_hears_who_was_first(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    first, second = (web_app.ask("approve", ADA, gate="draft") for _ in range(2))

    assert first.status_code == 200
    assert second.status_code == 409
    assert f"{ADA} approved it" in second.json()["detail"]


def test_a_command_to_a_closed_review_is_refused_with_the_way_out(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    answer = web_app.ask("note", ADA, text="Too late?")

    assert answer.status_code == 409
    assert answer.json()["code"] == "closed"
    assert "reopen" in answer.json()["way_out"]


def test_a_closed_review_can_be_reopened(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_closed().review)

    answer = web_app.ask("reopen", SAM, reason="It is back", actions=["a1"])

    assert answer.status_code == 200, answer.text
    assert web_app.review_client.reviews[REVIEW].stage is Stage.FOLLOW_UP


def test_a_command_to_a_review_whose_run_was_ended_from_outside_hears_so(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.review_client.error = Refusal(
        RefusalCode.LOST, "The workflow was ended from outside.", "See the docs."
    )

    answer = web_app.ask("note", ADA, text="Hello?")

    assert answer.status_code == 409
    assert answer.json()["code"] == "lost"


def test_while_temporal_is_away_a_command_is_told_to_come_again(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)
    web_app.review_client.error = Unavailable("Temporal", "connection refused")

    answer = web_app.ask("note", ADA, text="Hello?")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.json()["code"] == "unavailable"
    assert answer.json()["detail"] == "Temporal does not answer: connection refused."


@pytest.mark.parametrize(
    ("lead", "why"),
    [
        ({"away_until": date(2026, 4, 1)}, "the lead is away until Wednesday 1 April 2026"),
        ({"gone": True}, "the lead has left"),
    ],
)
def test_the_sponsor_stands_in_while_the_lead_is_away_or_gone(
    web_app: WebApp, lead: dict[str, Any], why: str
) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[ADA], **lead)])
    web_app.review_client.add_review(build_drafted().review)
    commands: list[Any] = []
    send_command = web_app.review_client.send_command

    async def record_and_send(review: str, command: Any) -> Any:
        commands.append(command)
        return await send_command(review, command)

    web_app.review_client.send_command = record_and_send  # type: ignore[method-assign]  # listens in, and passes on

    answer = web_app.ask("approve", SAM, gate="draft")

    assert answer.status_code == 200, answer.text
    assert commands[0].on_behalf == why


def test_the_sponsor_does_not_stand_in_for_a_lead_who_is_there_or_back(web_app: WebApp) -> None:
    web_app.archive.people.import_people([replace(PEOPLE[ADA], away_until=web_app.now.date())])
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.ask("approve", SAM, gate="draft")

    assert answer.status_code == 409
    assert answer.json()["code"] == "not-yours"


def test_words_that_blame_enter_a_cause_as_findings(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    web_app.ask(
        "add-cause", FAY, symptom="It was human error.", whys=["The operator forgot to look."]
    )
    web_app.ask("revise-cause", FAY, cause="c1", symptom="The switch has no guard")
    web_app.ask("revise-cause", FAY, cause="C1", whys=["The panel is old", "Nobody owns it"])

    causes = web_app.review_client.reviews[REVIEW].causes
    assert causes[0].symptom == "The switch has no guard"
    assert causes[0].findings == ()


def test_words_that_blame_stand_at_the_cause_they_are_about(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    web_app.ask("add-cause", FAY, symptom="The alert was late", whys=["Nobody owns it"])
    web_app.ask("revise-cause", FAY, cause="C1", symptom="It was human error.")

    found = web_app.review_client.reviews[REVIEW].causes[0].findings
    assert [(f.code, f.item) for f in found] == [("human-error", "C1")]


def test_an_empty_measure_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.ask("revise", FAY, action="A1", measure="  ")

    assert answer.status_code == 409
    assert answer.json()["code"] == "empty-measure"


def test_a_due_date_in_the_past_is_refused(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.ask("revise", FAY, action="A1", due="2026-01-01")

    assert answer.status_code == 409
    assert answer.json()["code"] == "due-in-the-past"


def test_an_owner_cannot_verify(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)

    answer = web_app.ask("revise", FAY, action="A1", verifier="olga")

    assert answer.status_code == 409
    assert answer.json()["code"] == "verifier-owns"


def test_a_recurrence_is_told_by_a_person(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    incident = {
        "source": "pagerduty",
        "key": "Q2",
        "title": "Checkout fails\nagain",
        "ended_at": "2026-03-20T08:00:00Z",
    }

    answer = web_app.ask("recur", PIA, incident=incident)

    assert answer.status_code == 200, answer.text
    assert "Checkout fails again" in web_app.review_client.reviews[REVIEW].recurrences[0].text


def add_reviews(web_app: WebApp, **restricted: bool) -> None:
    """Add reviews by their keys, some restricted to Ada, who leads them."""
    for key, is_restricted in restricted.items():
        base = replace(build_drafted().review, id=f"review-pagerduty-{key}")
        review = replace(base, restricted_to=(ADA,)) if is_restricted else base
        web_app.review_client.add_review(review)


@pytest.mark.parametrize(
    "path", ["reviews/QS", "reviews/QS/mails", "reviews/QS/export", "actions?review=QS"]
)
def test_what_is_restricted_is_named_to_nobody_whose_word_fits_it_too(
    web_app: WebApp, path: str
) -> None:
    add_reviews(web_app, QS1=True, QS2=False, QS3=True, QS4=False)

    def read(by: str) -> str:
        answer = web_app.client.get(f"/api/{path}", headers=web_app.build_auth_header(by))
        assert (answer.status_code, answer.json()["code"]) == (404, "ambiguous")
        return str(answer.text)

    assert [key for key in ("QS1", "QS2", "QS3", "QS4") if key in read(ODILE)] == ["QS2", "QS4"]
    assert "QS1" in read(ADA)


def test_a_word_that_fits_only_what_is_restricted_names_nothing(web_app: WebApp) -> None:
    add_reviews(web_app, QS1=True, QS2=True)

    answer = web_app.ask("note", by=ODILE, review="QS", text="I was there.")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.json()["hints"] == []
    assert "QS1" not in answer.text


def test_a_command_goes_to_the_review_that_its_sender_may_see(web_app: WebApp) -> None:
    add_reviews(web_app, QS1=True, QS2=False)

    shown = web_app.get("reviews/QS", by=ODILE)
    page = web_app.client.get("/reviews/QS")

    assert shown.json()["review"]["id"] == "review-pagerduty-QS2"
    assert page.status_code == 200
    assert "A restricted review" not in page.text
    assert web_app.get("reviews/QS1", by=ODILE).json()["code"] == "not-found"


def test_email_about_a_restricted_review_is_refused_without_naming_its_lead(
    web_app: WebApp,
) -> None:
    add_reviews(web_app, QS1=True)

    answer = web_app.get("reviews/QS1/mails", by=ODILE)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert ADA not in answer.text


def test_somebody_who_may_not_see_a_restricted_review_gives_it_no_commands(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_drafted().review, restricted_to=(ADA, FAY)))

    answer = web_app.ask("note", VERA, text="What is this?")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"
    assert FAY not in answer.text
    assert "Checkout" not in answer.text


def test_a_tool_goes_on_reporting_to_a_review_that_is_restricted(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_in_follow_up().review)
    web_app.ask("report", TOOL, action="A1", text="half of it is merged")
    web_app.ask("restrict", ADA, people=[FAY], reason="names of customers")

    answer = web_app.ask("report", TOOL, action="A1", text="merged")

    assert answer.status_code == 200
    assert web_app.get(f"reviews/{REVIEW}", by=TOOL).status_code == 404


def test_a_tool_that_never_reported_to_a_restricted_review_finds_none(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_in_follow_up().review, restricted_to=(ADA, FAY)))

    answer = web_app.ask("report", TOOL, action="A1", text="merged")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("typed", ["new", "pagerduty-NEW"])
def test_the_register_that_lags_behind_hides_no_review_and_names_none(
    web_app: WebApp, typed: str
) -> None:
    add_reviews(web_app, QS1=True)
    web_app.review_client.is_register_down = True
    add_reviews(web_app, NEW=False)

    assert web_app.ask("note", ADA, review=typed, text="Here.").status_code == 200
    assert web_app.ask("note", VERA, review="QS1", text="Here.").status_code == 404


def test_more_restricted_reviews_than_are_looked_at_are_named_in_no_answer(web_app: WebApp) -> None:
    add_reviews(web_app, **{f"QS{number}": True for number in range(9)})

    answer = web_app.ask("note", VERA, review="QS", text="Here.")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("kind", "given", "code"),
    [
        ("approve", {"gate": "closure"}, "not-yours"),
        ("accept", {"action": "A1"}, "not-yours"),
        ("report", {"action": "A9", "text": "merged"}, "not-found"),
    ],
)
def test_what_is_refused_to_a_tool_tells_nothing_of_a_restricted_review(
    web_app: WebApp, kind: str, given: dict[str, str], code: str
) -> None:
    open_to_all = build_in_follow_up().review
    web_app.review_client.add_review(open_to_all)
    plain = web_app.ask(kind, TOOL, **given).json()
    web_app.ask("report", TOOL, action="A1", text="half of it is merged")
    open_to_all = web_app.review_client.reviews[REVIEW]
    web_app.review_client.add_review(replace(open_to_all, restricted_to=(ADA, FAY)))

    veiled = web_app.ask(kind, TOOL, **given).json()

    assert (plain["code"], veiled["code"]) == (code, code)
    assert not veiled["hints"]
    assert not veiled["blockers"]
    assert "@" not in str(veiled)
    assert veiled["way_out"]
    assert "Ask" not in veiled["way_out"]
    assert veiled != plain


def test_write_and_reply_have_no_route_of_their_own(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answers = [web_app.ask(kind, ADA) for kind in ("write", "reply", "Accept", "%2e%2e")]

    assert {answer.status_code for answer in answers} == {404}
    assert answers[0].json()["detail"] == "There is nothing at this address."


def test_the_coordinator_may_appoint(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answer = web_app.ask("appoint", COORDINATOR, role="lead", person="vera")

    assert answer.status_code == 200, answer.text
    assert web_app.review_client.reviews[REVIEW].roles.lead == VERA


def test_fields_that_the_edge_fills_in_cannot_be_given(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_drafted().review)

    answers = [
        web_app.ask("approve", SAM, gate=Gate.DRAFT, on_behalf="I say so"),
        web_app.post(f"reviews/{REVIEW}/note", {"text": "x", "by": ADA}, by=SAM),
        web_app.ask("note", SAM, text="x", id="1"),
        web_app.ask("add-cause", FAY, symptom="x", findings=[]),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert json.loads(answers[0].text)["detail"].startswith("the body: there is no field")


def test_commands_that_are_derived_keep_their_defaults() -> None:
    assert build_body_model(Claim).model_fields["evidence"].is_required()
    assert not {"digest", "size", "findings"} & set(build_body_model(Write).model_fields)
