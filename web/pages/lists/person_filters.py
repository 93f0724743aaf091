"""Whom a filter means that somebody typed: an address, an alias, or a name that one person has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from models.email_address import normalize_email_address
from web.dependencies import AppContext
from web.pages.lists.list_view import FilterKind, ListView

ME = "me"
"""Stands for whoever reads the page."""


def resolve_people(
    context: AppContext, view: ListView, reader: str
) -> tuple[ListView, dict[str, str]]:
    """Return the view with addresses in place of what was typed, and the names of these people."""
    names: dict[str, str] = {}
    for each in view.layout.filters:
        typed = view.get(each.name)
        if each.kind is FilterKind.PERSON and typed:
            address, name, problem = _find_person(context, typed, reader)
            names[address] = name
            problems = (*view.problems, problem) if problem else view.problems
            values = _replace_value(view.values, each.name, address)
            view = replace(view, values=values, problems=problems)
    return view, names


def _find_person(context: AppContext, typed: str, reader: str) -> tuple[str, str, str]:
    """Find an address and a name, and what there is to say where nobody in the directory fits."""
    if typed == ME:
        problem = "" if reader else "Nobody is signed in, so “me” is nobody."
        return reader or ME, "", problem
    people = context.archive.people
    person = people.find_person(typed) if "@" in typed else people.find_by_name(typed)
    if person is not None:
        return person.address, person.name, ""
    address = normalize_email_address(typed)
    if "@" in typed:
        return address, "", ""
    problem = f"Not one person is known by “{typed[:40]}”; an address finds them in any case."
    return address, "", problem


def _replace_value(
    values: Mapping[str, tuple[str, ...]], name: str, value: str
) -> dict[str, tuple[str, ...]]:
    return {**values, name: (value,)}
