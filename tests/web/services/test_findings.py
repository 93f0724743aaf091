"""Findings on the words of causes and actions, and what comes of them."""

from __future__ import annotations

from typing import Any

from models.people import Person
from rules.gates.gates import list_blockers
from tests.sample_people import ADA, FAY, MONDAY, OLGA, VERA
from tests.sample_reviews import build_met
from tests.web.web_app import REVIEW, WebApp

VAGUE = {"text": "Improve monitoring", "owner": OLGA, "verifier": VERA, "due": "2026-03-20"}


def list_codes(web_app: WebApp, item: str) -> list[str]:
    review = web_app.review_client.reviews[REVIEW]
    found = {c.id: c.findings for c in review.causes} | {a.id: a.findings for a in review.actions}
    return [finding.code for finding in found[item]]


def test_a_vague_action_carries_its_question_and_a_specific_one_none(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)
    before = len(web_app.review_client.reviews[REVIEW].actions)

    web_app.ask("propose", FAY, **VAGUE)
    name = f"A{before + 1}"
    first = list_codes(web_app, name)
    web_app.ask("revise", FAY, action=name, text="Alert when p99 is above 2 s for 5 minutes")

    assert first == ["improve"]
    assert list_codes(web_app, name) == []


def test_a_measure_that_names_nothing_blocks_until_it_is_reworded_or_waived(
    web_app: WebApp,
) -> None:
    web_app.review_client.add_review(build_met().review)
    action: dict[str, Any] = {
        **VAGUE,
        "text": "Cap the retries of the client at 3",
        "causes": ["C1"],
    }
    for measure in ("It works", "Done"):
        web_app.ask("propose", FAY, **action, measure=measure)

    blockers = [
        blocker
        for blocker in list_blockers(web_app.review_client.reviews[REVIEW], MONDAY)
        if blocker.code == "unobservable"
    ]
    web_app.ask("revise", FAY, action="A3", measure="The client gives up after the third try")
    web_app.ask("waive", ADA, item="A4", code="unobservable", reason="We agreed to look together")

    assert [blocker.item for blocker in blockers] == ["A3", "A4"]
    assert "revise pagerduty-Q1ABC A3 --measure" in blockers[0].way_out
    assert not any(
        blocker.code == "unobservable"
        for blocker in list_blockers(web_app.review_client.reviews[REVIEW], MONDAY)
    )


def test_a_chain_is_judged_as_it_will_stand(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)
    before = len(web_app.review_client.reviews[REVIEW].causes)

    web_app.ask("add-cause", FAY, symptom="Logins failed", whys=["The token had expired."])
    name = f"C{before + 1}"
    first = list_codes(web_app, name)
    whys = ["The token had expired.", "No calendar or alert watches the expiry of tokens."]
    web_app.ask("revise-cause", FAY, cause=name, whys=whys)

    assert first == ["too-short"]
    assert list_codes(web_app, name) == []


def test_the_same_cause_in_other_words_is_reported(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)
    whys = ["No calendar or alert watches the disks."]
    before = len(web_app.review_client.reviews[REVIEW].causes)

    web_app.ask("add-cause", FAY, symptom="The disk of the log host was full", whys=whys)
    web_app.ask("add-cause", FAY, symptom="No space was left on the log host disk", whys=whys)

    assert list_codes(web_app, f"C{before + 2}") == ["said-twice"]


def test_a_cause_that_names_somebody_we_know_is_reported(web_app: WebApp) -> None:
    web_app.review_client.add_review(build_met().review)
    before = len(web_app.review_client.reviews[REVIEW].causes)

    whys = ["Olga Petrova had no way to see the host.", "No prompt shows which host one is on."]
    web_app.ask("add-cause", FAY, symptom="The wrong host was restarted", whys=whys)

    assert list_codes(web_app, f"C{before + 1}") == ["names-person"]


def test_a_cause_that_names_a_stranger_to_the_review_is_reported(web_app: WebApp) -> None:
    web_app.archive.people.import_people([Person(address="zoe@example.org", name="Zoe Quist")])
    web_app.review_client.add_review(build_met().review)
    before = len(web_app.review_client.reviews[REVIEW].causes)

    whys = ["Zoe Quist had no way to see the host.", "No prompt shows which host one is on."]
    web_app.ask("add-cause", FAY, symptom="The wrong host was restarted", whys=whys)

    assert list_codes(web_app, f"C{before + 1}") == ["names-person"]
