from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from models.errors import InvalidInput
from models.people import Person, Service
from register.archive import Archive
from tests.sample_people import ADA, FAY, OLGA, OMAR, PEOPLE, SAM

LIND = "a.lind@example.org"
OLGA_COMPLETE = replace(
    PEOPLE[OLGA],
    team="payments",
    away_until=date(2026, 4, 1),
    gone=True,
    aliases=("op@example.org", "petrova@example.org"),
)


def test_people_come_back_as_they_went_in(archive: Archive) -> None:
    everybody = {**PEOPLE, OLGA: OLGA_COMPLETE}

    result = archive.people.import_people(everybody.values())

    assert result == (len(everybody), 0)
    assert archive.people.load_people() == everybody
    assert archive.people.find_person(OLGA) == OLGA_COMPLETE


def test_an_import_tells_who_is_new_and_who_changed(archive: Archive) -> None:
    archive.people.import_people([PEOPLE[ADA], PEOPLE[FAY], PEOPLE[OLGA]])

    result = archive.people.import_people([PEOPLE[ADA], OLGA_COMPLETE, PEOPLE[OMAR]])

    assert (result.added, result.changed) == (1, 1)
    assert set(archive.people.load_people()) == {ADA, FAY, OLGA, OMAR}


def test_the_same_import_twice_changes_nothing(archive: Archive) -> None:
    archive.people.import_people(PEOPLE.values())

    assert archive.people.import_people(PEOPLE.values()) == (0, 0)


def test_nobody_at_all_is_imported_without_harm(archive: Archive) -> None:
    assert archive.people.import_people([]) == (0, 0)
    assert archive.people.import_services([]) == (0, 0)


def test_addresses_are_kept_in_lower_case_and_found_in_any(archive: Archive) -> None:
    archive.people.import_people(
        [
            Person(
                address="Ada@Example.org",
                manager="SAM@example.org",
                aliases=("A.Lind@Example.org",),
            )
        ]
    )

    found = archive.people.find_person(" A.LIND@example.ORG ")

    assert found == Person(address=ADA, manager=SAM, aliases=(LIND,))
    assert archive.people.find_person("ADA@example.org") == found
    assert archive.people.find_person("lind@example.org") is None


def test_ones_own_address_is_no_alias(archive: Archive) -> None:
    archive.people.import_people([Person(address=ADA, aliases=(ADA.upper(), ""))])

    assert archive.people.load_people()[ADA].aliases == ()


def test_an_alias_can_be_taken_away_and_given_to_somebody_else(archive: Archive) -> None:
    archive.people.import_people([Person(address=ADA, aliases=(LIND,)), Person(address=FAY)])

    archive.people.import_people([Person(address=FAY, aliases=(LIND,)), Person(address=ADA)])

    assert archive.people.find_person(LIND) == Person(address=FAY, aliases=(LIND,))


@pytest.mark.parametrize(
    ("there", "new"),
    [
        ([], [Person(address=ADA), Person(address=FAY, aliases=(ADA,))]),
        ([Person(address=ADA)], [Person(address=FAY, aliases=(ADA,))]),
        ([Person(address=FAY, aliases=(ADA,))], [Person(address=ADA)]),
        ([Person(address=ADA, aliases=(LIND,))], [Person(address=FAY, aliases=(LIND,))]),
        ([], [Person(address=ADA, aliases=(LIND,)), Person(address=FAY, aliases=(LIND,))]),
    ],
)
def test_an_address_is_one_persons_alone(
    archive: Archive, there: list[Person], new: list[Person]
) -> None:
    archive.people.import_people(there)
    before = archive.people.load_people()

    with pytest.raises(InvalidInput, match=r"cannot be another address of .*: it belongs to"):
        archive.people.import_people([*new, Person(address=SAM)])

    assert archive.people.load_people() == before


def test_the_same_person_twice_in_one_import_is_refused(archive: Archive) -> None:
    with pytest.raises(InvalidInput, match=r"ada@example\.org is there more than once"):
        archive.people.import_people([Person(address=ADA), Person(address="ADA@example.org")])


def test_two_imports_at_once_cannot_share_an_alias(archive: Archive) -> None:
    def import_alias(address: str) -> bool:
        try:
            archive.people.import_people([Person(address=address, aliases=(LIND,))])
        except InvalidInput:
            return False
        return True

    with ThreadPoolExecutor(4) as threads:
        given = list(threads.map(import_alias, [ADA, FAY, SAM, OLGA]))

    assert given.count(True) == 1


def test_the_service_map_comes_back_as_it_went_in(archive: Archive) -> None:
    checkout = Service(name="checkout", lead=ADA, facilitator=FAY, sponsor=SAM)
    search = Service(name="Search")

    result = archive.people.import_services([checkout, search])

    assert result == (2, 0)
    assert archive.people.load_services() == {"checkout": checkout, "Search": search}


def test_a_service_can_change_hands(archive: Archive) -> None:
    archive.people.import_services([Service(name="checkout", lead=ADA), Service(name="search")])

    result = archive.people.import_services([Service(name="checkout", lead="FAY@example.org")])

    assert result == (0, 1)
    assert archive.people.load_services()["checkout"].lead == FAY


def test_what_a_row_does_not_name_stays_as_it_is(archive: Archive) -> None:
    archive.people.import_people([OLGA_COMPLETE])
    archive.people.import_services([Service(name="checkout", lead=ADA, sponsor=SAM)])

    people = archive.people.merge_people(
        [{"address": OLGA.upper(), "team": "search"}, {"address": ADA}]
    )
    services = archive.people.merge_services([{"name": "checkout", "lead": ""}, {"name": "search"}])

    assert (people, services) == ((1, 1), (1, 1))
    assert archive.people.load_people()[OLGA] == replace(OLGA_COMPLETE, team="search")
    assert archive.people.load_people()[ADA] == Person(address=ADA)
    assert archive.people.load_services()["checkout"] == Service(name="checkout", sponsor=SAM)


def test_thousands_of_addresses_are_looked_up_at_once(archive: Archive) -> None:
    archive.people.import_people([Person(address="person-7@example.org")])
    addresses = [f"person-{n}@example.org" for n in range(40_000)]

    assert list(archive.people.find_people(addresses)) == ["person-7@example.org"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Omar", OMAR),
        ("omar haddad", OMAR),
        ("Haddad", OMAR),
        ("OMAR@example.org", OMAR),
        ("@omar", OMAR),
        ("Sam", ""),
        ("Nobody", ""),
        ("", ""),
        ("%", ""),
        ("a\0b", ""),
    ],
)
def test_a_person_is_found_by_a_name_that_only_they_have(
    archive: Archive, name: str, meant: str
) -> None:
    other = Person(address="samira@example.org", name="Sam Ali")
    gone = Person(address="omar2@example.org", name="Omar Old", gone=True)
    archive.people.import_people([PEOPLE[OMAR], PEOPLE[SAM], other, gone])
    archive.people.import_people([Person(address="sam.b@example.org", name="Sam Berg")])

    found = archive.people.find_by_name(name)

    assert (found.address if found else "") == meant
