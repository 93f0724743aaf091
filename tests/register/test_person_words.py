"""People are found by the words of their names and addresses, without reading anybody else."""

from __future__ import annotations

import pytest

from models.people import Person
from register.archive import Archive
from tests.sample_people import ADA, OLGA, PEOPLE, SAM

UNUSUAL = (
    Person(address="j@example.org", name="J Ö-Smith", aliases=("jo.smith@example.org",)),
    Person(address="noel@example.org", name="Noël d'Arc"),
    Person(address="li@example.org", name="李 明"),
    Person(address="a.b_c+d@example.org", name=""),
)


@pytest.fixture
def directory(archive: Archive) -> Archive:
    archive.people.import_people((*PEOPLE.values(), *UNUSUAL))
    return archive


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("Then Ada restarted it", ADA),
        ("LIND restarted it", ADA),
        ("ping @ada, please", ADA),
        ("_Ada_ restarted it", ADA),
        ("line one\nAda restarted it", ADA),
        ("ask @j", "j@example.org"),
        ("smith did it", "j@example.org"),
        ("see jo.smith@example.org", "j@example.org"),
        ("Noël knows", "noel@example.org"),
        ("李 明 knows", "li@example.org"),
        ("a.b_c+d@example.org knows", "a.b_c+d@example.org"),
    ],
)
def test_whom_a_text_mentions_is_found(directory: Archive, text: str, who: str) -> None:
    assert who in directory.people.find_mentionable_people([text])


@pytest.mark.parametrize("text", ["", "a retry a minute", "Adamant", "nobody at example org", "\0"])
def test_whom_a_text_cannot_mention_is_not_read(directory: Archive, text: str) -> None:
    assert directory.people.find_mentionable_people(text) == {}


def test_words_follow_a_change_of_name_and_an_erasure(directory: Archive) -> None:
    directory.people.import_people([Person(address=ADA, name="Ada Byron")])
    assert ADA in directory.people.find_mentionable_people("Byron")
    assert directory.people.find_mentionable_people("Lind") == {}

    directory.erasure.erase_person(ADA, "erased@erased.invalid")

    assert directory.people.find_mentionable_people("Ada Byron") == {}


@pytest.mark.parametrize(
    "name", ["olga", "Olga Petrova", "PETROVA", "olga@example.org", " @olga. "]
)
def test_somebody_is_found_by_any_part_of_their_name(directory: Archive, name: str) -> None:
    found = directory.people.find_by_name(name)

    assert found is not None
    assert found.address == OLGA


def test_a_name_in_other_letters_than_ascii_is_found_in_any_case(directory: Archive) -> None:
    found = directory.people.find_by_name("NOËL")

    assert found is not None
    assert found.address == "noel@example.org"


def test_a_name_that_two_have_is_nobodys_unless_one_has_left(directory: Archive) -> None:
    directory.people.import_people([Person(address="sam2@example.org", name="Sam Oak")])
    assert directory.people.find_by_name("Sam") is None

    directory.people.import_people([Person(address="sam2@example.org", name="Sam Oak", gone=True)])

    found = directory.people.find_by_name("Sam")
    assert found is not None
    assert found.address == SAM


def test_people_are_found_by_the_beginning_of_an_address_whatever_it_holds(
    directory: Archive,
) -> None:
    assert set(directory.people.search_people(["a.b_"])) == {"a.b_c+d@example.org"}
    assert set(directory.people.search_people(["a%"])) == set()
    assert set(directory.people.search_people(["jo.s"])) == {"j@example.org"}


def test_holders_of_addresses_are_found_by_any_of_them(directory: Archive) -> None:
    found = directory.people.find_holders([ADA, "jo.smith@example.org", "nobody@example.org"])

    assert set(found) == {ADA, "j@example.org"}
