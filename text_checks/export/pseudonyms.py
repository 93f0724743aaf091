"""Replace the people of a review by their roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from models.email_address import replace_email_addresses
from models.people import Person
from models.review import Review
from text_checks.blame.mentions import may_mention, replace_names

OTHER_PERSON = "a colleague"


def pseudonymize_review(
    review: Review, text: str, people: Mapping[str, Person]
) -> tuple[Review, str, dict[str, str]]:
    """Return a review and its document with every known person replaced by a role.

    Also returns the role of each address that the review itself holds.
    """
    roles = _list_roles(review)
    names = {address: person.name for address, person in people.items()}
    names |= {alias: "" for person in people.values() for alias in person.aliases}
    names |= {address: "" for address in roles if address not in names}
    names |= {name: name for name in _list_told_names(review)}
    all_text = f"{text}\n{review}".casefold()
    present = {
        address: name for address, name in names.items() if may_mention(all_text, address, name)
    }
    pseudonyms = {address: roles.get(address, OTHER_PERSON) for address in present}

    def replace_people(words: str) -> str:
        return (
            replace_email_addresses(
                replace_names(words, present, pseudonyms), lambda _: OTHER_PERSON
            )
            if words
            else words
        )

    return _map_strings(review, replace_people), replace_people(text), pseudonyms


def _list_roles(review: Review) -> dict[str, str]:
    """Return the role of each person in the review, by address; the foremost role wins."""
    roles = review.roles
    named = [
        (roles.lead, "the lead"),
        (roles.facilitator, "the facilitator"),
        (roles.sponsor, "the sponsor"),
        (roles.coordinator, "the coordinator"),
    ]
    named += [(a.owner, f"the owner of {a.id}") for a in review.actions]
    named += [(a.told.owner, f"the owner of {a.id}") for a in review.actions if a.told]
    named += [(a.verifier, f"the verifier of {a.id}") for a in review.actions]
    named += [(p, f"participant {n}") for n, p in enumerate(roles.participants, 1)]
    return {address: role for address, role in reversed(named) if address}


def _list_told_names(review: Review) -> list[str]:
    """List the full names in history of people who are not in the directory.

    Initials are left as they are: they are words of other meanings too.
    """
    told = [action.told.owner for action in review.actions if action.told]
    named = review.filing.people if review.filing else ()
    return [name for name in (*named, *told) if len(name.split()) > 1]


def _map_strings(value: Any, convert: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return convert(value) if type(value) is str else value
    if isinstance(value, tuple):
        return tuple(_map_strings(each, convert) for each in value)
    if isinstance(value, dict):
        return {
            _map_strings(key, convert): _map_strings(each, convert) for key, each in value.items()
        }
    if is_dataclass(value) and not isinstance(value, type):
        new = {
            f.name: _map_strings(getattr(value, f.name), convert) for f in fields(value) if f.init
        }
        return replace(value, **new)
    return value
