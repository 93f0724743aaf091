"""A measure, a finding or evidence must name something that one could observe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from text_checks.actions import ask_for_evidence, ask_for_finding, check_action, check_measure


@pytest.mark.parametrize(
    "measure",
    [
        "It is all working",
        "Finished.",
        "Things are much better now",
        "Everything runs smoothly in production",
        "The issue is resolved, and everybody is happy",
        "No more outages",
        "It never happens again",
        "Reliability is improved",
        "Better monitoring",
        "Alerting has been improved",
        "We will see",
        "TBD",
        "Works as intended",
        "**done** ✅",
        "—",
    ],
)
def test_a_measure_of_words_that_fit_anything_names_nothing(measure: str) -> None:
    (found,) = check_measure(measure)

    assert found.code == "unobservable"
    assert "names nothing that one could observe" in found.problem


@pytest.mark.parametrize(
    "measure",
    [
        "",
        "Under 1 % errors at noon",
        "The alert fires in a drill",
        "Nobody can start a second run by hand",
        "The queue drains within a minute",
        "Grafana shows the lag",
        "No errors in the router's log",
        "A test page reaches Omar",
        "The runbook names both hosts",
        "Staging recovers by itself",
        "Deploys without a plan are refused",
        "Twice in a row",
        "Zero outages",
        "All checks are green",
        "Approved by legal",
        "https://git.example.org/pool/12",
        "Der Alarm löst aus",
        "障害がない",
        "The old flag is off",
    ],
)
def test_one_figure_name_or_thing_is_enough(measure: str) -> None:
    assert check_measure(measure) == ()


def test_text_and_measure_are_judged_each_for_itself() -> None:
    both = check_action("Improve the router", "It is better")
    only_measure = check_action("Cap retries of the client at 3", "It is better")

    assert [found.code for found in both] == ["improve", "unobservable"]
    assert [found.code for found in only_measure] == ["unobservable"]


def test_a_long_measure_that_names_nothing_answers_nothing() -> None:
    codes = [found.code for found in check_action("Add alerts", "Everything works well again now")]

    assert "signal" in codes


@pytest.mark.parametrize(
    "words", ["OK", "done", "LGTM 👍", "Looks good to me, thanks!", "+1", "deployed", "It works"]
)
def test_words_that_agree_to_anything_are_asked_back(words: str) -> None:
    assert ask_for_finding(words, "The alert fires")
    assert ask_for_evidence(words, "The alert fires")


@pytest.mark.parametrize(
    "words",
    [
        "",
        "I saw it fire at noon",
        "Merged in #42",
        "https://git.example.org/pool/12",
        "See the dashboard",
        "Half done",
        "The pool is capped",
        "Läuft",
    ],
)
def test_words_that_name_anything_are_taken(words: str) -> None:
    assert ask_for_finding(words, "The alert fires") == ""
    assert ask_for_evidence(words, "The alert fires") == ""


@pytest.mark.parametrize(
    ("measure", "wanted"),
    [
        ("A load test stays under 1 % errors", "name the run, by its date or a link"),
        ("A load test stays under 1 % errors", "give the figure that was seen"),
        ("The pager goes off within a minute", "give the figure that was seen"),
        ("The alert fires", "say when the alert came and to whom"),
        ("A plan without an owner is refused", "say what was tried and what came back"),
        ("The runbook names both hosts", "link the text"),
        ("The lag is on the dashboard", "say what was looked at, when, and what it showed"),
        ("", "say what was looked at, when, and what it showed"),
    ],
)
def test_what_is_asked_back_fits_the_measure(measure: str, wanted: str) -> None:
    question = ask_for_finding("ok", measure)

    assert wanted in question
    assert measure in question


@given(st.text(max_size=300))
def test_any_measure_is_judged_without_an_error(measure: str) -> None:
    assert len(check_measure(measure)) <= 1


@pytest.mark.parametrize("bait", ["no more ", "better ", "the ", "it’s ", "works,"])
def test_a_hostile_measure_is_judged_in_time(bait: str) -> None:
    check_measure(bait * (200_000 // len(bait)))
