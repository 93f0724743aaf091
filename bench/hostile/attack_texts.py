"""Texts that a regular expression may be slow on, derived from the expression itself.

Each repetition in it is pumped: what leads there, then much of what it repeats, then an end that
spoils the match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from re import _constants as constants
from re import _parser as parser
from typing import Any

MIN_REPETITION = 4
"""Repetitions of fewer than this at most cannot make an expression slow by themselves."""

MAX_CHOICES = 8
MAX_PUMPS = 60

REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
SPOILERS = ("\0x",)
COMMON_CHARACTERS = "a x1\n-.éA_\0"
COMMON_PUMPS = (
    *(
        " ",
        "\t",
        "\n",
        "\xa0",
        "a",
        "A",
        "1",
        "é",
        "-",
        ".",
        ",",
        "/",
        "@",
        "(",
        "<",
        ">",
        "_",
        "|",
    ),
    *(
        "a ",
        "a@",
        "a.",
        "1.",
        "a, ",
        " \n",
        "* ",
        "- ",
        "a-",
        "[",
        "`",
        "#",
        "'a",
        '"a',
        "“a",
        "**",
    ),
    *("not ", "http://a", "| a", "A1 ", "a\n", ". ", "n't ", "if ", "the ", "=", "\\", "&", "a:"),
)


@dataclass(frozen=True, slots=True)
class AttackText:
    """A text that can be built in any length: a beginning, what is repeated, and an end."""

    beginning: str
    pump: str
    end: str

    def build(self, size: int) -> str:
        """Build the text with about so many characters."""
        return self.beginning + self.pump * (size // len(self.pump)) + self.end


def list_attack_texts(pattern: re.Pattern[Any]) -> list[AttackText]:
    """List the texts to try a pattern with."""
    tree = parser.parse(pattern.pattern, pattern.flags)
    pumps = list(dict.fromkeys(_iter_pumps(tree, "")))[:MAX_PUMPS]
    beginnings_and_pumps = [
        *(("", pump) for pump in COMMON_PUMPS),
        *pumps,
        *(("", beginning + pump) for beginning, pump in pumps if beginning),
    ]
    return [
        AttackText(beginning, pump, end)
        for beginning, pump in dict.fromkeys(beginnings_and_pumps)
        for end in SPOILERS
    ]


def _iter_pumps(nodes: Iterable[Any], before: str) -> Iterator[tuple[str, str]]:
    """Yield what leads to each repetition, and what it repeats."""
    for operator, argument in nodes:
        if operator in REPEATS:
            _, most, body = argument
            if most >= MIN_REPETITION:
                yield from ((before, choice) for choice in _list_choices(body) if choice)
            yield from _iter_pumps(body, before)
        elif operator is constants.BRANCH:
            for branch in argument[1]:
                yield from _iter_pumps(branch, before)
        else:
            yield from _iter_pumps(_get_body(operator, argument), before)
        before += _build_sample([(operator, argument)])


def _get_body(operator: Any, argument: Any) -> Iterable[Any]:
    """Return what stands inside a group or an assertion."""
    if operator is constants.SUBPATTERN:
        return list(argument[3])
    if operator in (constants.ASSERT, constants.ASSERT_NOT):
        return list(argument[1])
    return list(argument) if operator is constants.ATOMIC_GROUP else []


def _list_choices(nodes: Iterable[Any]) -> list[str]:
    """List short texts that match, one for each way to begin."""
    nodes = list(nodes)
    if len(nodes) != 1:
        return [_build_sample(nodes)]
    operator, argument = nodes[0]
    if operator is constants.IN:
        return _list_characters(argument)[:MAX_CHOICES]
    if operator is constants.ANY:
        return ["a", " "]
    if operator is constants.BRANCH:
        return [choice for each in argument[1] for choice in _list_choices(each)][:MAX_CHOICES]
    if operator is constants.SUBPATTERN:
        return _list_choices(argument[3])
    return [_build_sample(nodes)]


def _build_sample(nodes: Iterable[Any]) -> str:
    """Build a short text that the nodes match."""
    return "".join(_build_part(operator, argument) for operator, argument in nodes)


def _build_part(operator: Any, argument: Any) -> str:
    if operator is constants.LITERAL:
        return chr(argument)
    if operator in (constants.ANY, constants.NOT_LITERAL):
        return "a" if argument != ord("a") else "b"
    if operator is constants.IN:
        return _list_characters(argument)[0]
    if operator is constants.BRANCH:
        return _build_sample(argument[1][0])
    if operator in REPEATS:
        fewest, _, body = argument
        return _build_sample(body) * int(fewest)
    is_assertion = operator in (constants.ASSERT, constants.ASSERT_NOT)
    return "" if is_assertion else _build_sample(_get_body(operator, argument))


def _list_characters(members: list[Any]) -> list[str]:
    """List characters of a class: those that it names, or common ones that it does not exclude."""
    if members[0][0] is not constants.NEGATE:
        return [character for member in members for character in _list_members(*member)]
    excluded = members[1:]
    return [
        each for each in COMMON_CHARACTERS if not any(_is_member(each, *one) for one in excluded)
    ] or ["~"]


def _list_members(operator: Any, argument: Any) -> str:
    if operator is constants.LITERAL:
        return chr(argument)
    if operator is constants.RANGE:
        return chr(argument[0])
    return next((each for each in COMMON_CHARACTERS if _is_member(each, operator, argument)), "")


def _is_member(character: str, operator: Any, argument: Any) -> bool:
    if operator is constants.LITERAL:
        return bool(ord(character) == argument)
    if operator is constants.RANGE:
        return bool(argument[0] <= ord(character) <= argument[1])
    return _is_in_category(character, argument)


def _is_in_category(character: str, category: Any) -> bool:
    classes = {
        constants.CATEGORY_DIGIT: r"\d",
        constants.CATEGORY_NOT_DIGIT: r"\D",
        constants.CATEGORY_SPACE: r"\s",
        constants.CATEGORY_NOT_SPACE: r"\S",
        constants.CATEGORY_WORD: r"\w",
        constants.CATEGORY_NOT_WORD: r"\W",
    }
    return re.match(classes[category], character) is not None
