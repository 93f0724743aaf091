"""A review without names: roles stand where people stood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from models.people import Person
from models.review import Review
from words.blame.naming import mentioned, pseudonymous

ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
OTHERS = "a colleague"


def hidden(
    review: Review, text: str, people: Mapping[str, Person]
) -> tuple[Review, str, dict[str, str]]:
    """Give a review and its document with roles in the place of everybody who is known.

    Also gives the role of each address that the review itself holds.
    """
    roles = _roles(review)
    names = {address: person.name for address, person in people.items()}
    names |= {alias: "" for person in people.values() for alias in person.aliases}
    names |= {address: "" for address in roles if address not in names}
    whole = f"{text}\n{review}".casefold()
    present = {address: name for address, name in names.items() if mentioned(whole, address, name)}
    said = {address: roles.get(address, OTHERS) for address in present}

    def hide(words: str) -> str:
        return ADDRESS.sub(OTHERS, pseudonymous(words, present, said)) if words else words

    return _mapped(review, hide), hide(text), said


def _roles(review: Review) -> dict[str, str]:
    """Name everybody by what they do in the review, the foremost part first."""
    roles = review.roles
    named = [
        (roles.lead, "the lead"),
        (roles.facilitator, "the facilitator"),
        (roles.sponsor, "the sponsor"),
        (roles.desk, "the desk"),
    ]
    named += [(a.owner, f"the owner of {a.id}") for a in review.actions]
    named += [(a.verifier, f"the verifier of {a.id}") for a in review.actions]
    named += [(p, f"participant {n}") for n, p in enumerate(roles.participants, 1)]
    return {address: role for address, role in reversed(named) if address}


def _mapped(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_mapped(each, hide) for each in value)
    if isinstance(value, dict):
        return {_mapped(key, hide): _mapped(each, hide) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        new = {f.name: _mapped(getattr(value, f.name), hide) for f in fields(value) if f.init}
        return replace(value, **new)
    return value
