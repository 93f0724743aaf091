"""Patterns as tables: one row for each form, with a text that it finds and one that it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

FOUND = "✓"
NOT_FOUND = "✗"
_PART = re.compile(r"<([A-Z_]{3,})>")


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One form of a pattern, a text in which it is found, and one in which it is not."""

    form: str
    example: str
    counterexample: str


@dataclass(frozen=True, kw_only=True)
class PatternTable:
    """A pattern that is found where one of its rows is, within the `frame` around them.

    A fragment is part of other patterns; its examples are found as whole words.
    """

    rows: tuple[PatternRow, ...]
    frame: str = "{}"
    flags: re.RegexFlag = re.IGNORECASE
    is_fragment: bool = False

    @cached_property
    def source(self) -> str:
        """Return the regular expression of all rows."""
        return self._build_source(*self.rows)

    @cached_property
    def regex(self) -> re.Pattern[str]:
        """Return the compiled expression of all rows."""
        return re.compile(self.source, self.flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first place where a row is found."""
        return self.regex.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """Return where a row is found at the beginning of a text."""
        return self.regex.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """Return where a row is the whole of a text."""
        return self.regex.fullmatch(text)

    def finds_by_row(self, row: PatternRow, text: str) -> bool:
        """Return whether one row, by itself, is found in a text."""
        source = self._build_source(row)
        whole = rf"(?<!\w)(?:{source})(?!\w)" if self.is_fragment else source
        return re.search(whole, text, self.flags) is not None

    def without(self, *forms: str) -> PatternTable:
        """Return the table without the rows of these forms."""
        rows = tuple(row for row in self.rows if row.form not in forms)
        return PatternTable(
            rows=rows, frame=self.frame, flags=self.flags, is_fragment=self.is_fragment
        )

    def _build_source(self, *rows: PatternRow) -> str:
        return self.frame.replace("{}", "|".join(row.form for row in rows))


def parse_table(
    text: str,
    frame: str = "{}",
    *,
    parts: Mapping[str, PatternTable] | None = None,
    flags: re.RegexFlag = re.IGNORECASE,
    is_fragment: bool = False,
) -> PatternTable:
    """Parse a table: each form on a line, or on several, and then “✓ found  ✗ not found”.

    `<ROLE>` in a form or in the frame stands for the expression of that part. Raises ValueError
    where the last form has no “✓”.
    """
    rows: list[PatternRow] = []
    form = ""
    for line in map(str.strip, text.strip().split("\n")):
        form_end, found, examples = line.partition(FOUND)
        form += _insert_parts(form_end.rstrip(), parts)
        if found:
            example, _, counterexample = examples.partition(NOT_FOUND)
            rows.append(PatternRow(form, example.strip(), counterexample.strip()))
            form = ""
    if form:
        raise ValueError(f"“{form}” is the last form of a pattern table, and has no “{FOUND}”")
    return PatternTable(
        rows=tuple(rows), frame=_insert_parts(frame, parts), flags=flags, is_fragment=is_fragment
    )


def _insert_parts(form: str, parts: Mapping[str, PatternTable] | None) -> str:
    return _PART.sub(lambda part: (parts or {})[part[1]].source, form)
