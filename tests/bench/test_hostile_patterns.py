"""No regular expression of the product grows faster than the text that a stranger gives it.

Expressions are found in the modules, and the texts are derived from the expressions, so that a new
one is tried without being listed. Growth is a ratio of two sizes: eight times the text may take up
to 24 times as long, where a quadratic expression takes 64 times.
"""

from __future__ import annotations

import re
from itertools import groupby

import pytest

from bench.hostile.attack_texts import list_attack_texts
from bench.hostile.hostile_patterns import (
    MAX_RATIO,
    ProductPattern,
    build_try,
    find_steepest,
    list_patterns,
    list_uses,
)

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("without_coverage")]

PATTERNS = {
    module: list(patterns) for module, patterns in groupby(list_patterns(), lambda p: p.module)
}


@pytest.mark.parametrize("module", PATTERNS)
def test_no_pattern_of_a_module_is_steep(module: str) -> None:
    growths = {each.title: find_steepest(each) for each in PATTERNS[module]}

    steep = {title: text for title, (growth, text) in growths.items() if growth > MAX_RATIO}
    assert steep == {}


@pytest.mark.parametrize(
    "source",
    [
        r"\s+x",
        r"\w+n't",
        r"a.*b.*c",
        r"(?:a+)+b",
        r"[\s,]*(?:ok)?[\s,]*$",
        r"(?:[\w.]{1,20} ?){1,9}x",
    ],
)
def test_a_steep_pattern_is_found_by_the_texts_that_are_derived_from_it(source: str) -> None:
    growth, text = find_steepest(ProductPattern("none", "none", re.compile(source)))

    assert text is not None
    assert growth > MAX_RATIO


@pytest.mark.parametrize(
    "source",
    [
        r"(?<!\s)\s+x",
        r"\b\w+n't",
        r"a.{0,99}b",
        r"(?<![^,])[^,]+,",
        r"\d{1,4}-\d{1,4}",
        r"a|b|c",
    ],
)
def test_a_linear_pattern_is_not(source: str) -> None:
    growth, _ = find_steepest(ProductPattern("none", "none", re.compile(source)))

    assert growth <= MAX_RATIO


def test_every_way_to_repeat_is_pumped() -> None:
    texts = list_attack_texts(re.compile(r"a(?:b|cd){2,}(?=e+)[^f]*?(?>g+)h*+", re.IGNORECASE))

    pumps = {text.pump for text in texts}
    assert {"b", "cd", "e", "g", "h"} <= pumps
    assert any(text.beginning.startswith("abb") for text in texts)


def test_patterns_are_found_in_every_kind_of_place() -> None:
    titles = {f"{each.module}:{each.name}" for each in list_patterns()}

    assert "models.email_address:_ADDRESS_IN_TEXT" in titles  # a name of its own
    assert "text_checks.blame.blame_patterns:BLAME_PATTERNS" in titles  # in records in a tuple
    assert "rules.replies.patterns.verb_patterns:VERBS" in titles  # tables in a tuple
    assert any(title.startswith("rules.identifiers:line ") for title in titles)  # without a name


def test_a_pattern_is_tried_as_it_is_used() -> None:
    vocabulary = "rules.replies.patterns.vocabulary"

    assert ".fullmatch" in list_uses(vocabulary, "THUMBS_UP")
    assert "strip_prefix" in list_uses(vocabulary, "BULLET")
    assert ".finditer" in list_uses(vocabulary, "NEXT_ACTION")


def test_a_pattern_of_octets_is_tried_with_octets() -> None:
    each = ProductPattern("none", "none", re.compile(rb"a+"))

    assert build_try(each)("aé") is not None
