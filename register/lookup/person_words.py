"""The words by which people are found: those of their names, and of their addresses before the @.

A text can mention only those who share a word with it, so nobody else has to be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Select, delete, insert, select

from models.people import Person
from register.tables import people_words

WORD = re.compile(r"@?[^\W_]+")
BATCH = 500
"""Databases limit the parameters of a statement."""


def list_words(person: Person) -> frozenset[str]:
    """List the words of a person's name and addresses, folded."""
    addresses = (person.address, *person.aliases)
    texts = (person.name, *(address.partition("@")[0] for address in addresses))
    return frozenset(each.lstrip("@") for text in texts for each in WORD.findall(text.casefold()))


def list_words_of_text(text: str) -> frozenset[str]:
    """List the words of a text that may be somebody's, folded.

    A single character, such as the word “a”, is nobody's but after an @.
    """
    found = set(WORD.findall(text.casefold()))
    return frozenset(each.lstrip("@") for each in found if len(each) > 1 or not each.isascii())


def select_holders(words: Iterable[str]) -> Select[tuple[str]]:
    """Build the query for the addresses of the people who have one of these words."""
    return select(people_words.c.address).where(people_words.c.word.in_(tuple(words))).distinct()


def write_words(connection: Connection, people: Iterable[Person]) -> None:
    """Write the words of people, in place of those that they had."""
    for batch in _iter_batches(people):
        addresses = [person.address for person in batch]
        connection.execute(delete(people_words).where(people_words.c.address.in_(addresses)))
        rows = [{"word": w, "address": p.address} for p in batch for w in sorted(list_words(p))]
        connection.execute(insert(people_words), rows)


def _iter_batches(people: Iterable[Person]) -> Iterator[tuple[Person, ...]]:
    listed = tuple(people)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]
