"""A view of a list: its filters, its order and its page, as its address says them.

The address is the view: whoever opens it sees the same, and whoever saves it has saved the view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote, urlencode

from models.errors import InvalidInput
from register.queries.lists.sorting import PageWindow, SortOrder
from rules.formatting import join_words

MAX_VALUE_LENGTH = 200
MAX_COUNT = 999
CHOICES_NAMED = 20
"""How many choices a sentence names; nobody reads more."""
NAMED_LENGTH = 40
"""How much of what was typed a sentence repeats."""
PAGING = ("after", "before")
SORTING = ("sort", "direction")
DIRECTIONS = ("asc", "desc")
NO_CHANGES: Mapping[str, str | Sequence[str]] = MappingProxyType({})


class FilterKind(StrEnum):
    """How a filter is chosen: from a list, as a text, a person, a number, or a yes."""

    CHOICE = "choice"
    TEXT = "text"
    PERSON = "person"
    COUNT = "count"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """One filter of a list; `choices` are its values, with what people call each.

    `is_main` says that the first row of the form has it.
    """

    name: str
    label: str
    kind: FilterKind = FilterKind.TEXT
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    is_main: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLayout:
    """What a list can be filtered and sorted by, and how it is sorted unless asked otherwise."""

    path: str
    filters: tuple[ListFilter, ...]
    sorts: tuple[tuple[str, str], ...]
    default: SortOrder
    falling: frozenset[str] = frozenset()
    """Orders of which the largest is wanted first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An active filter as it is named, and the address of the view without it."""

    label: str
    value: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """A view as it was asked for; `problems` are sentences on what was not understood."""

    layout: ListLayout
    values: Mapping[str, tuple[str, ...]]
    order: SortOrder
    page: PageWindow
    problems: tuple[str, ...] = ()

    @property
    def has_more_filters(self) -> bool:
        """Return whether something is set that the first row of the form does not have."""
        rest = (each.name for each in self.layout.filters if not each.is_main)
        return any(name in self.values for name in rest) or self.order != self.layout.default

    def get(self, name: str) -> str:
        """Return the first value of a filter, "" where it is not active."""
        return next(iter(self.values.get(name, ())), "")

    def get_count(self, name: str) -> int:
        """Return the number that a filter was given, 0 where it is not active."""
        return int(self.get(name) or 0)

    def build_link(
        self, suffix: str = "", changes: Mapping[str, str | Sequence[str]] = NO_CHANGES
    ) -> str:
        """Return the address of this view with some values changed, from its first page on."""
        pairs = {name: list(values) for name, values in self.values.items()}
        if self.order != self.layout.default:
            pairs["sort"] = [self.order.by]
            pairs["direction"] = [DIRECTIONS[self.order.descending]]
        for name, value in changes.items():
            pairs[name] = [value] if isinstance(value, str) else list(value)
        query = urlencode({n: values for n, values in pairs.items() if any(values)}, doseq=True)
        path = f"{quote(self.layout.path)}{suffix}"
        return f"{path}?{query}" if query else path

    def build_sort_link(self, by: str) -> str:
        """Return the address of this view sorted by a column, the other way round when it is."""
        is_current = self.order.by == by
        descending = not self.order.descending if is_current else by in self.layout.falling
        if SortOrder(by=by, descending=descending) == self.layout.default:
            return self.build_link(changes={"sort": "", "direction": ""})
        return self.build_link(changes={"sort": by, "direction": DIRECTIONS[descending]})

    def get_aria_sort(self, by: str) -> str:
        """Return how a column is sorted, in the words of ARIA; "none" where it is not."""
        if self.order.by != by:
            return "none"
        return "descending" if self.order.descending else "ascending"

    def build_chips(self, names: Mapping[str, str]) -> list[Chip]:
        """Build a chip for each active value; people are called by their names."""
        return [
            self._build_chip(each, value, names)
            for each in self.layout.filters
            for value in self.values.get(each.name, ())
        ]

    def _build_chip(self, one: ListFilter, value: str, names: Mapping[str, str]) -> Chip:
        rest = [each for each in self.values[one.name] if each != value]
        shown = dict(one.choices).get(value, value)
        if one.kind is FilterKind.PERSON:
            shown = names.get(value) or value
        is_flag = one.kind is FilterKind.FLAG
        return Chip(
            label="" if is_flag else one.label,
            value=one.label if is_flag else shown,
            link=self.build_link(changes={one.name: rest}),
        )


def parse_view(
    layout: ListLayout, parameters: Iterable[tuple[str, str]], *, limit: int
) -> ListView:
    """Parse the parameters of an address; what is not understood is left out, and named."""
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        if text := value.replace("\0", "").strip():
            given.setdefault(name, []).append(text)
    filters = {each.name: each for each in layout.filters}
    values: dict[str, tuple[str, ...]] = {}
    problems: list[str] = [*_iter_unknown(given, filters)]
    for name, one in filters.items():
        good, bad = _parse_values(one, given.get(name, ()))
        problems += bad
        if good:
            values[name] = good
    order, complaints = _parse_order(layout, given)
    page = PageWindow(
        limit=limit,
        after=next(iter(given.get("after", ())), ""),
        before=next(iter(given.get("before", ())), ""),
    )
    problems += complaints
    return ListView(layout=layout, values=values, order=order, page=page, problems=tuple(problems))


def refuse_problems(view: ListView) -> None:
    """Raise InvalidInput where something in the address was not understood: no feed guesses."""
    if view.problems:
        raise InvalidInput(" ".join(view.problems))


def _iter_unknown(given: Iterable[str], filters: Mapping[str, ListFilter]) -> Iterator[str]:
    known = {*filters, *PAGING, *SORTING}
    for name in given:
        if name not in known:
            yield f"There is no filter “{_shorten(name)}” here, so it was left out."


def _parse_values(one: ListFilter, typed: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    good: dict[str, None] = {}
    problems: list[str] = []
    for text in typed:
        value, problem = _parse_value(one, text)
        problems += [problem] if problem else []
        if value:
            good[value] = None
    return tuple(good), problems


def _parse_value(one: ListFilter, text: str) -> tuple[str, str]:
    if one.kind is FilterKind.CHOICE:
        return _parse_choice(one, text)
    if one.kind is FilterKind.FLAG:
        is_yes = text.lower() in {"1", "true", "yes", "on"}
        is_no = text.lower() in {"0", "false", "no", "off"}
        problem = f"“{one.label}” is either on or off, not “{_shorten(text)}”."
        return ("true", "") if is_yes else ("", "" if is_no else problem)
    if one.kind is FilterKind.COUNT:
        is_count = text.isascii() and text.isdigit() and len(text) <= len(str(MAX_COUNT))
        problem = f"“{one.label}” wants a number up to {MAX_COUNT}, not “{_shorten(text)}”."
        return (str(int(text)) if int(text) else "", "") if is_count else ("", problem)
    if len(text) > MAX_VALUE_LENGTH:
        problem = f"Only the first {MAX_VALUE_LENGTH} characters of “{one.label}” were used."
        return text[:MAX_VALUE_LENGTH], problem
    return text, ""


def _parse_choice(one: ListFilter, text: str) -> tuple[str, str]:
    known = [value for value, _ in one.choices]
    wanted = text.casefold().replace("-", " ")
    found = [value for value in known if value.casefold().replace("-", " ") == wanted]
    if found:
        return found[0], ""
    named = join_words([f"“{value}”" for value in known[:CHOICES_NAMED]], "or")
    return "", f"“{_shorten(text)}” is no {one.label.lower()}; it can be {named}."


def _parse_order(
    layout: ListLayout, given: Mapping[str, Sequence[str]]
) -> tuple[SortOrder, list[str]]:
    by = next(iter(given.get("sort", ())), "")
    direction = next(iter(given.get("direction", ())), "")
    problems: list[str] = []
    if by and by not in dict(layout.sorts):
        named = join_words([f"“{name}”" for name, _ in layout.sorts], "or")
        problems.append(f"The list cannot be sorted by “{_shorten(by)}”; it can be {named}.")
        by = ""
    if direction and direction not in DIRECTIONS:
        problems.append(f"The direction is “asc” or “desc”, not “{_shorten(direction)}”.")
        direction = ""
    if not by:
        return layout.default if not direction else SortOrder(
            by=layout.default.by, descending=direction == "desc"
        ), problems
    descending = direction == "desc" if direction else by in layout.falling
    return SortOrder(by=by, descending=descending), problems


def _shorten(text: str) -> str:
    return text if len(text) <= NAMED_LENGTH else f"{text[:NAMED_LENGTH]}…"
