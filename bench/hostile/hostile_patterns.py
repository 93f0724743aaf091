"""Every regular expression of the product, and how its time grows with texts made to be slow.

Expressions are found in the modules, not listed: a new one is measured without being named.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from bench.hostile.attack_texts import AttackText, list_attack_texts
from bench.hostile.growth import TooSlow, limit_time
from bench.hostile.hostile_readers import iter_modules
from rules.pattern_table import PatternTable

PACKAGES = (
    *("models", "rules", "mail", "register", "text_checks", "activities", "workflows", "intake"),
    *("web", "cli", "local", "settings", "runner", "worker"),
)
SCREENING_SIZE, SMALL_SIZE, LARGE_SIZE = 800, 4_000, 32_000
MAX_RATIO = 24.0
"""Times as long that eight times the text may take: linear is 8, quadratic 64."""

NOTABLE_SECONDS = 0.1
"""Time for the largest size from which growth is judged; what is linear is done far below."""

CASE_SECONDS = 1.0
"""Time after which a search of a short text is given up."""

MAX_SECONDS = 10.0
"""Time after which a search of the longest text is given up: nothing linear takes so long."""

PATTERN_SECONDS = 1.0
"""Time after which no more texts are tried with a pattern: one that is slow is found by then."""

CLOCK_SECONDS = 0.002
"""Resolution that a clock of CPU time may have; shorter times count as this."""

SCREENING_SECONDS = 0.001
"""Time below which texts of the smallest size cannot be told apart by a clock."""

ATTEMPTS = 3
CANDIDATES = 2
UNNAMED = {f"re.{name}" for name in ("search", "sub", "split", "findall", "finditer", "subn")}
SEARCHING = re.compile(r"\.(?:regex\.)?(?:search|sub|subn|split|findall|finditer)\b")
MATCHING = re.compile(r"\.(?:regex\.)?match\b|^strip_prefix$|^part$")
FULLY_MATCHING = re.compile(r"\.(?:regex\.)?fullmatch\b")

Try = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class ProductPattern:
    """A pattern, and the module and name that it was first found as."""

    module: str
    name: str
    pattern: re.Pattern[Any]

    @property
    def title(self) -> str:
        """Return where the pattern is, and its beginning."""
        return f"{self.module}:{self.name} {self.pattern.pattern[:60]!r}"


def list_patterns() -> list[ProductPattern]:
    """List every pattern of the product once; fragments are measured in what they are part of."""
    found: dict[tuple[Any, int], ProductPattern] = {}
    for each in (*_iter_named_patterns(), *_iter_unnamed_patterns()):
        found.setdefault((each.pattern.pattern, each.pattern.flags), each)
    return list(found.values())


def _iter_named_patterns() -> Iterator[ProductPattern]:
    """Yield what modules hold by a name."""
    for module in iter_modules(PACKAGES):
        source = inspect.getsource(module)
        for name, value in vars(module).items():
            if re.search(rf"^{name}\b.*=", source, re.MULTILINE) is None:
                continue
            for pattern in _iter_patterns(value):
                yield ProductPattern(module.__name__, name, pattern)


def _iter_unnamed_patterns() -> Iterator[ProductPattern]:
    """Yield the patterns that are written where they are used, as `re.sub(r"…", …)`."""
    for module, source in read_sources().items():
        for call in ast.walk(ast.parse(source)):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in UNNAMED:
                with suppress(re.error):  # a part of it is a variable that no sample stands for
                    pattern = re.compile(_build_source(call.args[0]))
                    yield ProductPattern(module, f"line {call.lineno}", pattern)


def _build_source(argument: ast.expr) -> str:
    """Build the source of a pattern; a short word stands for what is inserted."""
    if isinstance(argument, ast.JoinedStr):
        return "".join(map(_build_source, argument.values))
    return str(argument.value) if isinstance(argument, ast.Constant) else "a"


def _iter_patterns(value: object) -> Iterator[re.Pattern[Any]]:
    """Yield the patterns in a value, also inside collections and records."""
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, PatternTable):
        if not value.is_fragment:
            yield value.regex
    elif isinstance(value, tuple | list | set | frozenset):
        for each in value:
            yield from _iter_patterns(each)
    elif isinstance(value, dict):
        yield from _iter_patterns((*value, *value.values()))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _iter_patterns([getattr(value, each.name, None) for each in fields(value)])


def find_steepest(each: ProductPattern) -> tuple[float, AttackText | None]:
    """Return the growth of a pattern's time from 1 to 8 times the text, and with which text.

    The growth is 0 where nobody would notice the time.
    """
    try_text = build_try(each)
    worst = _screen(try_text, list_attack_texts(each.pattern))
    growths = [(_measure_growth(try_text, text), text) for text in worst[:CANDIDATES]]
    return max(growths, key=lambda pair: pair[0], default=(0.0, None))


def build_try(each: ProductPattern) -> Try:
    """Build how to try a text: as the product uses the pattern, or else by search."""
    apply = _choose_method(each)
    if isinstance(each.pattern.pattern, bytes):
        return lambda text: apply(text.encode("latin-1", "replace"))
    return apply


def _choose_method(each: ProductPattern) -> Callable[[Any], object]:
    uses = list_uses(each.module, each.name)
    if not any(map(SEARCHING.search, uses)) and any(map(MATCHING.search, uses)):
        return each.pattern.match
    if not any(map(SEARCHING.search, uses)) and any(map(FULLY_MATCHING.search, uses)):
        return each.pattern.fullmatch
    return lambda text: deque(each.pattern.finditer(text), maxlen=0)


def list_uses(module: str, name: str) -> list[str]:
    """List what is called on a name where its module is known, and what else is done with it.

    What is stripped from the beginning of a text is matched there; so is what is only part of
    other patterns, which are measured themselves.
    """
    sources = "\n".join(
        text for source, text in read_sources().items() if source == module or _knows(text, module)
    )
    calls = re.findall(rf"\b{name}((?:\.\w+)+)", sources)
    stripped = re.findall(rf"\b(strip_prefix)\((?:\w+\.)?{name},", sources)
    parts = ["part"] if re.search(rf'"[A-Z_]+": {name}\b', sources) else []
    return [*calls, *stripped, *parts]


@cache
def read_sources() -> dict[str, str]:
    """Read the source of every module of the product."""
    return {module.__name__: inspect.getsource(module) for module in iter_modules(PACKAGES)}


def _knows(text: str, module: str) -> bool:
    return (
        re.search(rf"\bimport\b.*\b{module.rpartition('.')[2]}\b|\bfrom {module} ", text)
        is not None
    )


def _screen(try_text: Try, texts: list[AttackText]) -> list[AttackText]:
    """Return the texts with which a pattern takes longest, the worst first."""
    times = _rank(try_text, texts, SCREENING_SIZE)
    if times and times[0][0] < SCREENING_SECONDS:
        times = _rank(try_text, texts, 8 * SCREENING_SIZE)
    return [text for _, text in times]


def _rank(try_text: Try, texts: list[AttackText], size: int) -> list[tuple[float, AttackText]]:
    """Return how long each text takes, the longest first, as far as there is time to try them."""
    started = time.perf_counter()
    times = []
    for text in texts:
        times.append((_time(try_text, text, size, time.perf_counter), text))
        if time.perf_counter() - started > PATTERN_SECONDS:
            break
    return sorted(times, key=lambda pair: -pair[0])


def _measure_growth(try_text: Try, text: AttackText) -> float:
    """Return the growth of the time; what looks steep is measured again, since others run too."""
    small = _time(try_text, text, SMALL_SIZE)
    if math.isinf(small):
        return math.inf
    growth = math.inf
    for _ in range(ATTEMPTS):
        limit = min(2 * MAX_RATIO * max(small, CLOCK_SECONDS), MAX_SECONDS)
        large = _time(try_text, text, LARGE_SIZE, limit=limit)
        if large < NOTABLE_SECONDS:
            return 0.0
        growth = min(growth, large / max(small, CLOCK_SECONDS))
        if growth <= MAX_RATIO or math.isinf(growth):
            return growth
        small = min(small, _time(try_text, text, SMALL_SIZE))
    return growth


def _time(
    try_text: Try,
    text: AttackText,
    size: int,
    clock: Callable[[], float] = time.thread_time,
    limit: float = CASE_SECONDS,
) -> float:
    """Return the seconds that one try takes, infinite if it takes longer than the limit."""
    built = text.build(size)
    started = clock()
    try:
        with limit_time(limit):
            try_text(built)
    except TooSlow:
        return math.inf
    return clock() - started
