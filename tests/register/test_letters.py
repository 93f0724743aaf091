from __future__ import annotations

from datetime import timedelta

import pytest

from models.errors import Unknown
from models.people import Person
from register.archive import Archive
from register.letters import MOST, Capability, Sent
from tests.cast import MONDAY, OLGA, OMAR
from tests.register.conftest import Clock

REPLY = "abcdefghijklmnopqrstuvwxyz"
REVIEW = "review-pagerduty-Q1ABC"


def sent(number: int, person: str = OLGA, words: str = "") -> Sent:
    return Sent(
        message_id=f"<{number}.{REPLY}@reply.example.org>",
        words=words or f"letter {number}",
        token=REPLY,
        review=REVIEW,
        person=person,
        item="A1",
    )


def test_a_reply_address_stands_for_a_person_a_review_and_an_action(archive: Archive) -> None:
    archive.grant_capability(REPLY, REVIEW, "OLGA@example.org", "A1")

    assert archive.capability(REPLY) == Capability(
        token=REPLY, review=REVIEW, person=OLGA, item="A1", created_at=MONDAY
    )
    assert archive.capability(REPLY[:-1]) is None


def test_a_reply_address_granted_again_stays_as_it_is(archive: Archive, clock: Clock) -> None:
    archive.grant_capability(REPLY, REVIEW, OLGA, "")
    before = archive.capability(REPLY)
    clock.now += timedelta(days=1)

    archive.grant_capability(REPLY, REVIEW, OLGA, "")

    assert archive.capability(REPLY) == before


def test_a_letter_is_kept_with_its_reply_address(archive: Archive) -> None:
    archive.keep_letters([sent(1, words="A1 waits for you")])

    assert archive.letters_to(REVIEW, OLGA) == ("A1 waits for you",)
    assert archive.letters_to(REVIEW, OMAR) == ()
    known = archive.capability(REPLY)
    assert known is not None
    assert (known.person, known.item) == (OLGA, "A1")


def test_a_letter_tried_again_is_kept_once_as_it_was(archive: Archive) -> None:
    archive.keep_letters([sent(1)])

    archive.keep_letters([sent(1, words="other words"), sent(2)])

    assert sorted(archive.letters_to(REVIEW, OLGA)) == ["letter 1", "letter 2"]


def test_the_last_letters_come_first(archive: Archive, clock: Clock) -> None:
    for number in range(MOST + 2):
        archive.keep_letters([sent(number)])
        clock.now += timedelta(days=2)

    found = archive.letters_to(REVIEW, OLGA)

    assert found[0] == f"letter {MOST + 1}"
    assert len(found) == MOST
    assert archive.letters_to(REVIEW, OLGA, MONDAY) == ("letter 0",)


def test_addresses_are_renewed_for_one_person_and_no_import_undoes_it(archive: Archive) -> None:
    archive.import_people([Person(address=OLGA), Person(address=OMAR)])

    archive.renew_addresses("Olga@Example.org")
    archive.import_people([Person(address=OLGA, name="Olga")])

    people = archive.people()
    assert (people[OLGA].renewed, people[OMAR].renewed) == (1, 0)
    assert people[OLGA].name == "Olga"


def test_addresses_of_somebody_unknown_are_not_renewed(archive: Archive) -> None:
    with pytest.raises(Unknown, match="There is no person"):
        archive.renew_addresses("nobody@example.org")
