"""What emails ask for by name: in one clause, the most urgent first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import commands as o
from models.codes import BlockerCode
from models.document import Finding
from models.notifications import NotificationItem, PendingItem
from rules.notices.requests import REQUESTS, add_plea, add_request, join_requests
from rules.notifications.pending import list_pending_items
from tests.rules.notifications.simulation import NotificationSimulation, find_only
from tests.sample_people import ADA, FAY, MONDAY, OLGA, new_review
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_drafted,
    build_in_follow_up,
)


def build_item(code: str, item: str = "") -> NotificationItem:
    return NotificationItem(
        code=code, sentence="", item=item, request=REQUESTS[code].format(item=item)
    )


def list_requests(builder: ReviewBuilder, to: str) -> str:
    rounds = NotificationSimulation(builder)
    rounds.run_until(builder.now.replace(hour=23))
    return join_requests(find_only(tuple(each for _, each in rounds.sent[-1:]), to).items)


def test_every_code_of_a_pending_item_says_what_it_asks() -> None:
    silent = {code for code in BlockerCode if code not in REQUESTS}

    assert silent == set()


def test_one_thing_is_named() -> None:
    assert list_requests(build_drafted(), ADA) == "approve the draft"


@pytest.mark.parametrize(
    ("items", "asked"),
    [
        ((), ""),
        ((build_item("approve-closure"),), "close the review"),
        (
            (build_item("no-meeting"), build_item("approve-draft")),
            "approve the draft, and one more thing",
        ),
        (
            (build_item("no-meeting"), build_item("no-document"), build_item("not-done", "A1")),
            "report on A1, and two more things",
        ),
        (
            (build_item("not-accepted", "A1"), build_item("not-accepted", "A3")),
            "accept or decline A1 and A3",
        ),
        (
            tuple(build_item("not-done", f"A{number}") for number in range(1, 6)),
            "report on A1, A2 and three more",
        ),
        (
            (build_item("no-measure", "A2"), build_item("no-due-date", "A2")),
            "complete A2",
        ),
        (
            (
                NotificationItem(code="contribute", sentence="Pia contributed K1."),
                build_item("section-missing", "timeline"),
            ),
            "add the timeline to the document, and one more thing",
        ),
        ((NotificationItem(code="contribute", sentence="Pia contributed K1."),), ""),
        (
            (build_item("recurrence", "R1"), NotificationItem(code="status", sentence="A1 is …")),
            "decide what follows from R1",
        ),
    ],
)
def test_of_several_the_most_urgent_is_named_and_the_rest_are_counted(
    items: tuple[NotificationItem, ...], asked: str
) -> None:
    assert join_requests(items) == asked


def test_what_was_found_in_a_document_is_named_by_its_words_and_in_a_cause_by_its_id() -> None:
    passage = "The outage happened because the engineer on call made a mistake"
    found = Finding(id="W1", code="blame", passage=passage, problem="Why?")
    review = replace(new_review(), findings=(found,))
    item = NotificationItem(code="blame", sentence="")

    def ask_about(name: str) -> str:
        pending = PendingItem(code="blame", sentence="", who=(FAY,), since=MONDAY, item=name)
        return add_request(item, review, pending).request

    assert ask_about("W1") == "reword “The outage happened because the …”"
    assert ask_about("C1") == "reword C1"


def test_a_leader_above_is_asked_to_help() -> None:
    review = build_assigned().review
    draft = build_drafted().review
    first = {each.code: each for each in list_pending_items(review, MONDAY)}
    approval = list_pending_items(draft, MONDAY)[0]
    item = NotificationItem(code="", sentence="")

    assert add_plea(item, review, first["not-accepted"]).request == "help with A2"
    assert add_plea(item, draft, approval).request == "help to approve the draft"


def test_an_owner_who_asked_for_more_time_is_told_that_it_is_not_decided() -> None:
    builder = build_in_follow_up()
    later = builder.now.date().replace(month=4, day=20)
    builder.ask(o.Postpone, OLGA, action="A1", until=later, reason="A freeze")
    rounds = NotificationSimulation(builder)
    rounds.run_until(builder.now.replace(month=4, day=30, hour=23))

    told = [n for _, n in rounds.sent if n.to == OLGA and n.covers == ("not-done:A1",)]

    assert "You asked for more time, until Monday 20 April 2026; that is not decided yet." in (
        told[-1].items[0].sentence
    )
