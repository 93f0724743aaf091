"""What the door says about the words of causes and actions, and what comes of it."""

from __future__ import annotations

from tests.cast import FAY, OLGA, VERA
from tests.lives import met
from tests.web.house import REVIEW, House

VAGUE = {"text": "Improve monitoring", "owner": OLGA, "verifier": VERA, "due": "2026-03-20"}


def codes(house: House, item: str) -> list[str]:
    review = house.room.reviews[REVIEW]
    found = {c.id: c.findings for c in review.causes} | {a.id: a.findings for a in review.actions}
    return [finding.code for finding in found[item]]


def test_a_vague_action_carries_its_question_and_a_specific_one_none(house: House) -> None:
    house.room.put(met().review)
    before = len(house.room.reviews[REVIEW].actions)

    house.ask("propose", FAY, **VAGUE)
    name = f"A{before + 1}"
    first = codes(house, name)
    house.ask("revise", FAY, action=name, text="Alert when p99 is above 2 s for 5 minutes")

    assert first == ["improve"]
    assert codes(house, name) == []


def test_a_chain_is_judged_as_it_will_stand(house: House) -> None:
    house.room.put(met().review)
    before = len(house.room.reviews[REVIEW].causes)

    house.ask("add-cause", FAY, symptom="Logins failed", whys=["The token had expired."])
    name = f"C{before + 1}"
    first = codes(house, name)
    whys = ["The token had expired.", "No calendar or alert watches the expiry of tokens."]
    house.ask("revise-cause", FAY, cause=name, whys=whys)

    assert first == ["too-short"]
    assert codes(house, name) == []


def test_the_same_cause_in_other_words_is_reported(house: House) -> None:
    house.room.put(met().review)
    whys = ["No calendar or alert watches the disks."]
    before = len(house.room.reviews[REVIEW].causes)

    house.ask("add-cause", FAY, symptom="The disk of the log host was full", whys=whys)
    house.ask("add-cause", FAY, symptom="No space was left on the log host disk", whys=whys)

    assert codes(house, f"C{before + 2}") == ["said-twice"]


def test_a_cause_that_names_somebody_we_know_is_reported(house: House) -> None:
    house.room.put(met().review)
    before = len(house.room.reviews[REVIEW].causes)

    whys = ["Olga Petrova had no way to see the host.", "No prompt shows which host one is on."]
    house.ask("add-cause", FAY, symptom="The wrong host was restarted", whys=whys)

    assert codes(house, f"C{before + 1}") == ["names-person"]
