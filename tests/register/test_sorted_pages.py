"""Pages of sorted lists, on both databases: every order, every filter, and what they cost."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models.action import ActionStatus, Priority
from models.codes import EventKind
from models.document import Cause
from models.errors import InvalidInput
from models.people import Person
from models.review import Review, Stage
from register.archive import Archive
from register.queries.action_queries import ActionConditions
from register.queries.lists.action_pages import ACTION_SORT_KEYS, fetch_actions, iterate_actions
from register.queries.lists.review_pages import REVIEW_SORT_KEYS, fetch_reviews, iterate_reviews
from register.queries.lists.sorting import PageWindow, SortOrder
from register.queries.review_queries import ReviewConditions
from register.recorder import record
from rules.projection import build_register_update
from tests.register.full_reviews import build_action, build_event
from tests.sample_people import ADA, INCIDENT, MONDAY, OLGA, OMAR, OREN, VERA, new_review

DUE = SortOrder(by="due")


def record_review(engine: Engine, key: str, **fields: Any) -> Review:
    incident = replace(INCIDENT, key=key, **fields.pop("incident", {}))
    base = replace(new_review(), id=f"review-pagerduty-{key}", incident=incident)
    review = replace(base, **{"stage": Stage.FOLLOW_UP, "revision": 1, **fields})
    record(engine, build_register_update(review, "run-1", None))
    return review


def record_some(engine: Engine) -> None:
    Archive(engine).people.import_people([Person(address=OREN, team="Équipe PAIEMENT")])
    keys = replace(
        build_action(2, due=25), owner=OMAR, verifier=OREN, text="Rotate the 100 % KEYS_of_ß"
    )
    claimed = replace(
        build_action(10, ActionStatus.CLAIMED), owner=OREN, verifier=ADA, since=MONDAY
    )
    record_review(
        engine,
        "K1",
        actions=(replace(build_action(1, due=10), priority=Priority.P1), keys),
        causes=(Cause(id="C1", symptom="Disk was full", whys=("Nobody Watched it",)),),
        log=(build_event(1, EventKind.GRANT, "A1"),),
    )
    record_review(
        engine,
        "K2",
        incident={"severity": None, "services": ("Straße",), "title": "Zeta"},
        actions=(claimed, replace(build_action(3, ActionStatus.VERIFIED), due=None)),
    )
    record_review(engine, "K3", restricted_to=(VERA,), actions=(build_action(1),))
    record_review(engine, "K4", stage=Stage.CANCELLED, actions=(build_action(4),))


def list_actions_of(engine: Engine, reader: str = ADA, **conditions: Any) -> list[str]:
    wanted = ActionConditions(**conditions)
    rows = iterate_actions(engine, wanted, reader=reader, order=DUE)
    return [f"{row.review[-2:]}/{row.id}" for row in rows]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, ["K1/A1", "K2/A10", "K3/A1", "K4/A4", "K1/A2", "K2/A3"]),
        ({"open_only": True}, ["K1/A1", "K2/A10", "K3/A1", "K1/A2"]),
        ({"owner": OMAR}, ["K1/A2"]),
        ({"verifier": OREN}, ["K1/A2"]),
        ({"statuses": (ActionStatus.CLAIMED, ActionStatus.VERIFIED)}, ["K2/A10", "K2/A3"]),
        ({"priorities": (Priority.P1,)}, ["K1/A1"]),
        ({"team": " équipe paiement"}, ["K2/A10"]),
        ({"service": "STRASSE"}, ["K2/A10", "K2/A3"]),
        ({"severities": (1,), "open_only": True}, ["K1/A1", "K3/A1", "K1/A2"]),
        ({"postponed": 1}, ["K1/A1"]),
        ({"postponed": 2}, []),
        ({"cause": "watched DISK"}, ["K1/A1", "K1/A2"]),
        ({"q": "keys_of_SS"}, ["K1/A2"]),
        ({"q": "100 %"}, ["K1/A2"]),
        ({"q": "keysxof"}, []),
        ({"q": "' OR '1'='1"}, []),
        ({"q": "\0"}, ["K1/A1", "K2/A10", "K3/A1", "K4/A4", "K1/A2", "K2/A3"]),
        ({"overdue_on": date(2026, 3, 20)}, ["K1/A1"]),
        ({"overdue_on": date(2026, 3, 21)}, ["K1/A1", "K2/A10", "K3/A1"]),
        ({"review": "review-pagerduty-K1"}, ["K1/A1", "K1/A2"]),
    ],
)
def test_actions_are_narrowed_by_each_condition(
    engine: Engine, conditions: dict[str, Any], found: list[str]
) -> None:
    record_some(engine)

    assert list_actions_of(engine, reader=VERA, **conditions) == found


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"severities": (1,)}, {"K1", "K4"}),
        ({"cause": "full"}, {"K1"}),
        ({"service": "straße"}, {"K2"}),
        ({"action": ActionConditions(owner=OREN)}, {"K2"}),
        ({"action": ActionConditions(owner=OREN, priorities=(Priority.P1,))}, set()),
        ({"action": ActionConditions(postponed=1)}, {"K1"}),
        ({"action": ActionConditions(owner=OLGA)}, {"K1", "K2", "K4"}),
    ],
)
def test_reviews_are_narrowed_by_each_condition(
    engine: Engine, conditions: dict[str, Any], found: set[str]
) -> None:
    record_some(engine)

    wanted = ReviewConditions(**conditions)
    rows = iterate_reviews(engine, wanted, reader="", order=SortOrder(by="opened"))
    assert {row.key for row in rows} == found


@pytest.mark.parametrize("by", ACTION_SORT_KEYS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_actions_meet_without_gap_under_ties(
    engine: Engine, by: str, descending: bool
) -> None:
    for key in ("K1", "K2"):
        tied = [
            replace(build_action(n), due=None if n > 8 else date(2026, 3, 5)) for n in range(12)
        ]
        record_review(engine, key, actions=tuple(tied))
    order = SortOrder(by=by, descending=descending)

    seen: list[tuple[str, str]] = []
    after, before = "", []
    while True:
        window = PageWindow(limit=5, after=after)
        page = fetch_actions(engine, ActionConditions(), reader=ADA, order=order, wanted=window)
        seen += [(row.review, row.id) for row in page.rows]
        before.append(page.previous)
        if not page.next:
            break
        after = page.next

    window = PageWindow(limit=5, before=before[-1])
    page = fetch_actions(engine, ActionConditions(), reader=ADA, order=order, wanted=window)
    assert len(seen) == len(set(seen)) == 24
    assert [(row.review, row.id) for row in page.rows] == seen[15:20]
    assert before[0] == ""


@pytest.mark.parametrize("by", REVIEW_SORT_KEYS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_reviews_meet_without_gap_under_ties(
    engine: Engine, by: str, descending: bool
) -> None:
    for n in range(7):
        incident = {"title": "t" * 5_000, "severity": None if n % 2 else 2}
        opened = MONDAY + timedelta(days=n % 3)
        record_review(engine, f"K{n}", incident=incident, opened_at=opened)
    order = SortOrder(by=by, descending=descending)

    seen: list[str] = []
    after = ""
    while True:
        window = PageWindow(limit=2, after=after)
        page = fetch_reviews(engine, ReviewConditions(), reader="", order=order, wanted=window)
        seen += [row.key for row in page.rows]
        if not page.next:
            break
        after = page.next

    assert sorted(seen) == [f"K{n}" for n in range(7)]


def test_a_deep_page_of_a_list_is_as_near_as_the_first(engine: Engine) -> None:
    for key in ("K1", "K2"):
        record_review(engine, key, actions=tuple(build_action(n) for n in range(300)))

    rows = list(iterate_actions(engine, ActionConditions(), reader=ADA, order=DUE))

    assert len({(row.review, row.id) for row in rows}) == 600


def test_a_row_that_went_meanwhile_ends_no_list(engine: Engine) -> None:
    for key in ("K1", "K2", "K3"):
        record_review(engine, key, actions=(build_action(1),))
    window = PageWindow(limit=2)
    page = fetch_actions(engine, ActionConditions(), reader=ADA, order=DUE, wanted=window)
    record_review(engine, "K2", revision=2, actions=())

    window = PageWindow(limit=2, after=page.next)
    rest = fetch_actions(engine, ActionConditions(), reader=ADA, order=DUE, wanted=window)

    assert [row.review[-2:] for row in rest.rows] == ["K3"]


@pytest.mark.parametrize(
    "octets",
    [
        *(b'"\\ud800"', b'"a\\udfffb"', b'"\\udc00\\ud800"', b'"\xed\xa0\x80"', b'"\\u0000"'),
        *(b"null", b"[]", b"1.5", b"NaN", b"true"),
    ],
)
def test_a_cursor_with_what_no_database_takes_is_refused(engine: Engine, octets: bytes) -> None:
    parts = b'["due", false, "2026-01-01", %s, 1]' % octets
    window = PageWindow(after=urlsafe_b64encode(parts).decode().rstrip("="))

    with pytest.raises(InvalidInput, match="not the end of a page"):
        fetch_actions(engine, ActionConditions(), reader=ADA, order=DUE, wanted=window)


def test_a_cursor_with_a_pair_of_surrogates_is_the_character_it_stands_for(engine: Engine) -> None:
    record_some(engine)
    parts = b'["due", false, "2026-01-01", "\\ud83e\\udd8a", 1]'
    window = PageWindow(after=urlsafe_b64encode(parts).decode().rstrip("="))

    page = fetch_actions(engine, ActionConditions(), reader=ADA, order=DUE, wanted=window)

    assert page.rows


def test_a_cursor_with_a_number_no_database_has_is_refused(engine: Engine) -> None:
    cursor = (
        "WyJwb3N0cG9uZWQiLCBmYWxzZSwgMTAwMDAwMDAwMDAwMDAwMDAwMDAsICIyMDI2LTAxLTAxIiwgInIiLCAxXQ"
    )
    window, order = PageWindow(after=cursor), SortOrder(by="postponed")

    with pytest.raises(InvalidInput, match="not the end of a page"):
        fetch_actions(engine, ActionConditions(), reader=ADA, order=order, wanted=window)
