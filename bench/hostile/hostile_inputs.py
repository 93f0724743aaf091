"""Hostile inputs: texts that grow by what patterns and parsers are known to be slow on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

UNITS = (
    *(" ", "\t", "\n", "\r\n", "\xa0", "\u200b", "a", "A", "é", "1", "12 ", "1.", "1/2/", "2026-"),
    *(">", "> ", ">\n", "> > a\n", "-", "- ", "–", "_", "=", "*", "**a", "#", "~", "`", "` ", "|"),
    *("| a ", "| a |\n", "|-", "\\", '"', "'", "“", "(", "((a", "()", "[", "[a](", "![", "](", "{"),
    *("<", "<a", "<a ", "<b>", "<div>", "<blockquote>", "<p>a", "<!--", "</", "&", "&#x", "&lt;"),
    *(",", "a, ", ";", ":", ".", "…", "!", "?", "/", "@", "a@", "a@b ", "a.b", "<a@b.c>", "a@b,"),
    *("http://", "http://a ", "www.", "A1 ", "A1, ", "A1 done ", "A1 and ", "not ", "not done "),
    *("done\n", "until ", "until 3 May ", "May ", "3 ", "Mon, ", "because ", "if ", "I ", "to be "),
    *("On Mon, ", "On Mon a <a@b.c> wrote:\n", "wrote: ", "From: ", "From: a\n", "Re: ", "Fwd: "),
    *("-- \n", "-----Original Message-----\n", "Hi a,\n", "Thanks a\n", "Sent from my ", "a\n\n"),
    *("BEGIN:VEVENT\n", "ATTENDEE;A=b:c\n", "a: b\n", "a: b; c=d\n", "--a\n", "=?utf-8?q?=41?= "),
    *('{"a":', '"a",', "[1,", "1e", "\\u0041", "# a\n", "a\n===\n", "- a\n", "1. a\n", "```\n"),
    *("10:00 ", "10:00 a\n", "* [ ] ", "Why? a\n", "@Ada ", "owner: ", "due 2026-01-01 ", "\x00"),
)
"""What is repeated, without an end and with one that spoils the match."""

_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class HostileInput:
    """A text that can be built in any length, and what it is in a few words."""

    name: str
    build: Callable[[int], str]


def list_inputs(examples: Iterable[str] = ()) -> list[HostileInput]:
    """List the inputs for a reader; `examples` are texts that it is known to find."""
    return [
        *(_repeat(unit) for unit in UNITS),
        *(_repeat(unit, "x") for unit in (" ", "\t", "\n", "\xa0")),
        HostileInput("numbered lines", lambda size: _build_lines(size, lambda n: f"- {n} a")),
        HostileInput("JSON names", _build_json_names),
        HostileInput("deeper lists", lambda size: _build_lines(size, lambda n: f"{'  ' * n}- a")),
        HostileInput("deeper quotes", lambda size: _build_lines(size, lambda n: f"{'>' * n} a")),
        HostileInput("longer fences", lambda size: _build_lines(size, lambda n: "`" * n)),
        *(each for example in dict.fromkeys(examples) if example for each in _vary(example)),
    ]


def _vary(example: str) -> Iterable[HostileInput]:
    """Yield an example broken off and repeated, and an example whose blanks grow."""
    yield _repeat(f"{example[:-1]} ")
    if gaps := len(_BLANKS.findall(example)):
        yield HostileInput(
            f"“{example}” with long blanks",
            lambda size: _BLANKS.sub(" " * (size // gaps), example[:-1]) + "\0",
        )


def _repeat(unit: str, end: str = "") -> HostileInput:
    name = f"{unit!r} repeated" + (f", then {end!r}" if end else "")
    return HostileInput(name, lambda size: (unit * (size // len(unit) + 1))[:size] + end)


def _build_lines(size: int, build_line: Callable[[int], str]) -> str:
    lines: list[str] = []
    length = 0
    while length < size:
        lines.append(build_line(len(lines) + 1))
        length += len(lines[-1]) + 1
    return "\n".join(lines)


def _build_json_names(size: int) -> str:
    return "{" + ",".join(f'"{number}":0' for number in range(size // 8)) + "}"
