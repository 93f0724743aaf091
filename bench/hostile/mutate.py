"""Inputs made from good ones: pieces repeated, exchanged, broken off, spoilt and put together."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from bench.hostile.hostile_inputs import UNITS

MAX_OCTETS = 20_000
MAX_CHANGES = 6
MAX_REPEATS = 3_000
_PIECE = re.compile(rb"\w+|\s+|[^\w\s]+")

Change = Callable[[bytes, random.Random], bytes]


def mutate(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Return a content with some changes; now and then with a piece of another one."""
    for _ in range(chance.randint(1, MAX_CHANGES)):
        if chance.random() < 0.1:  # noqa: PLR2004  (now and then)
            content = _insert(content, _cut_piece(chance.choice(others), chance), chance)
        content = chance.choice(CHANGES)(content, chance)[:MAX_OCTETS]
    return content


def _repeat_piece(content: bytes, chance: random.Random) -> bytes:
    piece = _cut_piece(content, chance)
    return _insert(content, piece * _choose_count(len(piece), chance), chance)


def _insert_unit(content: bytes, chance: random.Random) -> bytes:
    unit = chance.choice(UNITS).encode()
    return _insert(content, unit * _choose_count(len(unit), chance), chance)


def _insert_octets(content: bytes, chance: random.Random) -> bytes:
    return _insert(content, chance.randbytes(chance.randint(1, 8)), chance)


def _flip_octet(content: bytes, chance: random.Random) -> bytes:
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _drop_piece(content: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.choices(range(len(content) + 1), k=2))
    return content[:start] + content[min(end, start + 200) :]


def _break_off(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _exchange_words(content: bytes, chance: random.Random) -> bytes:
    pieces = _PIECE.findall(content) or [b""]
    one, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
    pieces[one], pieces[other] = pieces[other], pieces[one]
    return b"".join(pieces)


def _exchange_lines(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _repeat_line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    lines[at:at] = [lines[at]] * _choose_count(len(lines[at]) + 1, chance)
    return b"\n".join(lines)


CHANGES: tuple[Change, ...] = (
    *(_repeat_piece, _insert_unit, _insert_octets, _flip_octet, _drop_piece, _break_off),
    *(_exchange_words, _exchange_lines, _repeat_line),
)


def _insert(content: bytes, piece: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    return content[:at] + piece + content[at:]


def _cut_piece(content: bytes, chance: random.Random) -> bytes:
    start = chance.randint(0, len(content))
    return content[start : start + chance.choice((1, 2, 4, 10, 40, 200))]


def _choose_count(length: int, chance: random.Random) -> int:
    """Choose how often to repeat a piece: mostly a few times, sometimes as often as has room."""
    most = min(MAX_REPEATS, MAX_OCTETS // max(1, length))
    return chance.choice((1, 2, 3, 10, most))
