from __future__ import annotations

from datetime import timedelta

import pytest

from models.email_address import TokenKind
from models.errors import NotFound
from models.people import Person
from register.archive import Archive
from register.repositories.sent_notifications import (
    MAX_COMPARED,
    IssuedToken,
    ReplyAddress,
    SentNotification,
)
from tests.register.conftest import SettableClock
from tests.sample_people import MONDAY, OLGA, OMAR

REPLY = "abcdefghijklmnopqrstuvwxyz"
REVIEW = "review-pagerduty-Q1ABC"


def build_sent(number: int, person: str = OLGA, words: str = "") -> SentNotification:
    return SentNotification(
        message_id=f"<{number}.{REPLY}@reply.example.org>",
        text=words or f"email {number}",
        review=REVIEW,
        person=person,
        tokens=(IssuedToken(kind=TokenKind.REPLY, token=REPLY, item="A1"),),
    )


def test_a_reply_address_stands_for_a_person_a_review_and_an_action(archive: Archive) -> None:
    archive.notifications.add_reply_address(REPLY, REVIEW, "OLGA@example.org", "A1")

    assert archive.notifications.find_reply_address(REPLY) == ReplyAddress(
        kind=TokenKind.REPLY, review=REVIEW, person=OLGA, item="A1", created_at=MONDAY
    )
    assert archive.notifications.find_reply_address(REPLY[:-1]) is None


def test_a_reply_address_granted_again_stays_as_it_is(
    archive: Archive, clock: SettableClock
) -> None:
    archive.notifications.add_reply_address(REPLY, REVIEW, OLGA, "")
    before = archive.notifications.find_reply_address(REPLY)
    clock.now += timedelta(days=1)

    archive.notifications.add_reply_address(REPLY, REVIEW, OLGA, "")

    assert archive.notifications.find_reply_address(REPLY) == before


def test_a_notification_is_kept_with_its_reply_address(archive: Archive) -> None:
    archive.notifications.store_sent_notifications([build_sent(1, words="A1 waits for you")])

    assert archive.notifications.list_sent_texts(REVIEW, OLGA) == ("A1 waits for you",)
    assert archive.notifications.list_sent_texts(REVIEW, OMAR) == ()
    known = archive.notifications.find_reply_address(REPLY)
    assert known is not None
    assert (known.person, known.item) == (OLGA, "A1")


def test_a_notification_tried_again_is_kept_once_as_it_was(archive: Archive) -> None:
    archive.notifications.store_sent_notifications([build_sent(1)])

    archive.notifications.store_sent_notifications(
        [build_sent(1, words="other words"), build_sent(2)]
    )

    assert sorted(archive.notifications.list_sent_texts(REVIEW, OLGA)) == ["email 1", "email 2"]


def test_the_last_notifications_come_first(archive: Archive, clock: SettableClock) -> None:
    for number in range(MAX_COMPARED + 2):
        archive.notifications.store_sent_notifications([build_sent(number)])
        clock.now += timedelta(days=2)

    found = archive.notifications.list_sent_texts(REVIEW, OLGA)

    assert found[0] == f"email {MAX_COMPARED + 1}"
    assert len(found) == MAX_COMPARED
    assert archive.notifications.list_sent_texts(REVIEW, OLGA, MONDAY) == ("email 0",)


def test_addresses_are_renewed_for_one_person_and_no_import_undoes_it(archive: Archive) -> None:
    archive.people.import_people([Person(address=OLGA), Person(address=OMAR)])

    archive.people.renew_reply_addresses("Olga@Example.org")
    archive.people.import_people([Person(address=OLGA, name="Olga")])

    people = archive.people.load_people()
    assert (people[OLGA].renewed, people[OMAR].renewed) == (1, 0)
    assert people[OLGA].name == "Olga"


def test_addresses_of_somebody_unknown_are_not_renewed(archive: Archive) -> None:
    with pytest.raises(NotFound, match="There is no person"):
        archive.people.renew_reply_addresses("nobody@example.org")
