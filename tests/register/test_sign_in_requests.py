from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from models.access.sign_in_request import LinkState, SignInRequest
from models.audit.audit_event import AuditKind
from register.archive import Archive
from register.tables import sign_in_requests
from register.transactions import begin_read
from rules.access.sign_in_links import LINK_LIFETIME, REQUEST_LIFETIME, SENDING_LIMIT, judge_link
from tests.sample_people import ADA, MONDAY, OLGA

REQUEST = SignInRequest(
    id="r1",
    address=ADA,
    browser="digest",
    return_path="/reviews",
    agent="Firefox on Linux",
    origin="192.0.2.1",
    asked_at=MONDAY,
)
SECOND = timedelta(seconds=1)


def test_a_request_is_found_by_its_id_as_it_was_stored(archive: Archive) -> None:
    archive.sign_in_requests.add_request(REQUEST)

    assert archive.sign_in_requests.find_request("r1") == REQUEST
    assert archive.sign_in_requests.find_request("r2") is None


def test_a_request_waits_until_it_was_answered_and_for_an_hour_at_most(archive: Archive) -> None:
    for number, minutes in enumerate((0, 10, 20)):
        later = replace(REQUEST, id=str(number), asked_at=MONDAY + timedelta(minutes=minutes))
        archive.sign_in_requests.add_request(later)
    archive.sign_in_requests.mark_sent(replace(REQUEST, id="1"), ADA, MONDAY)

    def list_ids(after: timedelta) -> list[str]:
        return [each.id for each in archive.sign_in_requests.list_unsent(MONDAY + after)]

    assert list_ids(timedelta(minutes=20)) == ["0", "2"]
    assert list_ids(SENDING_LIMIT) == ["2"]


def test_an_email_is_an_audit_event_and_no_email_is_none(archive: Archive) -> None:
    archive.sign_in_requests.add_request(REQUEST)

    archive.sign_in_requests.mark_sent(REQUEST, "", MONDAY)
    assert archive.audit.find_newest() is None

    archive.sign_in_requests.mark_sent(REQUEST, ADA, MONDAY)
    newest = archive.audit.find_newest()
    assert newest is not None
    assert (newest.kind, newest.subject) == (AuditKind.SIGN_IN_LINK_SENT, ADA)
    assert (newest.origin, newest.text) == ("192.0.2.1", "asked for with Firefox on Linux")


def test_a_link_is_spent_by_one_of_many(archive: Archive) -> None:
    archive.sign_in_requests.add_request(REQUEST)

    with ThreadPoolExecutor(4) as threads:
        spent = list(
            threads.map(lambda _: archive.sign_in_requests.spend(REQUEST, MONDAY), range(8))
        )

    assert spent.count(True) == 1


def test_using_one_link_spends_the_others_of_the_same_browser_and_address(
    archive: Archive,
) -> None:
    others = {
        "same": REQUEST,
        "other browser": replace(REQUEST, browser="other"),
        "other address": replace(REQUEST, address=OLGA),
    }
    for name, request in others.items():
        archive.sign_in_requests.add_request(replace(request, id=name))
    archive.sign_in_requests.add_request(REQUEST)

    archive.sign_in_requests.spend(REQUEST, MONDAY)

    spent = [
        name
        for name in others
        if (found := archive.sign_in_requests.find_request(name)) and found.spent_at
    ]
    assert spent == ["same"]


def test_requests_that_are_over_are_deleted_by_the_next(archive: Archive, engine: Engine) -> None:
    archive.sign_in_requests.add_request(REQUEST)

    later = replace(REQUEST, id="r2", asked_at=MONDAY + REQUEST_LIFETIME)
    archive.sign_in_requests.add_request(later)

    with begin_read(engine) as connection:
        assert connection.scalars(select(sign_in_requests.c.id)).all() == ["r2"]


@pytest.mark.parametrize(
    ("changes", "browser", "after", "state"),
    [
        ({}, "digest", timedelta(0), LinkState.USABLE),
        ({}, "digest", LINK_LIFETIME - SECOND, LinkState.USABLE),
        ({}, "digest", LINK_LIFETIME, LinkState.EXPIRED),
        ({"sent_at": MONDAY + LINK_LIFETIME}, "digest", LINK_LIFETIME, LinkState.USABLE),
        ({"spent_at": MONDAY}, "digest", timedelta(0), LinkState.SPENT),
        ({}, "other", timedelta(0), LinkState.OTHER_BROWSER),
        ({}, "", timedelta(0), LinkState.OTHER_BROWSER),
        ({"spent_at": MONDAY}, "other", timedelta(0), LinkState.OTHER_BROWSER),
    ],
)
def test_a_link_is_good_once_for_a_quarter_of_an_hour_in_the_browser_that_asked(
    changes: dict[str, object], browser: str, after: timedelta, state: LinkState
) -> None:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]  # fields by name

    assert judge_link(request, browser, MONDAY + after) is state
