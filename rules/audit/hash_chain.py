"""The hash chain of a log: each line commits to all of itself and to the line before it.

Names and free text enter the link through a commitment with a salt. So a line whose words were
taken out can still be proven to stand where it stood: its salt goes, and the commitment stays.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

DIGEST_BYTES = 24
"""How much of a SHA-256 a link keeps; two texts with one link take 2^96 attempts to find."""

SALT_LENGTH = 16
"""The characters of a salt, which has 96 bits; a commitment is twice as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLine:
    """A line of a log, as its chain sees it.

    `facts` are never taken out, `words` may be: names, addresses and what people wrote. `link`,
    `seal` and `covers` are those of models.review.Event.
    """

    number: int
    facts: tuple[str, ...]
    words: tuple[str, ...]
    link: str = ""
    seal: str = ""
    covers: str = ""

    @property
    def is_taken_out(self) -> bool:
        """Return whether words were taken out of it, so that only a commitment is left."""
        return len(self.seal) > SALT_LENGTH


def compute_digest(*parts: str) -> str:
    """Return the digest of texts, 32 characters; where one ends and the next begins counts."""
    hasher = hashlib.sha256()
    for part in parts:
        octets = part.encode("utf-8", "surrogatepass")
        hasher.update(len(octets).to_bytes(8, "big") + octets)
    return base64.urlsafe_b64encode(hasher.digest()[:DIGEST_BYTES]).decode()


def compute_commitment(salt: str, words: Iterable[str]) -> str:
    """Return the commitment to names and words; without the salt it tells nothing of them."""
    return compute_digest("commitment", salt, *map(replace_nul, words))


def format_moment(moment: datetime) -> str:
    """Format a time for a link: in UTC, to the microsecond, whatever its zone."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def draw_salt(key: str) -> tuple[str, str]:
    """Return a salt and the next key. No salt that was drawn before follows from that key."""
    return compute_digest("salt", key)[:SALT_LENGTH], compute_digest("next", key)


def compute_link(line: ChainLine, previous: str) -> str:
    """Return the link of a line, which commits to all of it and to the link before it."""
    sealed = line.seal if line.is_taken_out else compute_commitment(line.seal, line.words)
    return compute_digest("line", previous, str(line.number), *line.facts, line.covers, sealed)


def find_previous_link(chain: str, previous: ChainLine | None, line: ChainLine) -> str:
    """Find what a line links to: the line before it, or which chain begins here, and where."""
    before = previous.link if previous else ""
    return before or compute_digest("begin", chain, str(line.number))


def compute_cover(lines: Iterable[ChainLine]) -> str:
    """Return the digest of what is left of all lines of which something was taken out."""
    left = (
        (str(line.number), *map(replace_nul, line.words)) for line in lines if line.is_taken_out
    )
    return compute_digest("covers", *(part for parts in left for part in parts))


def replace_nul(text: str) -> str:
    """Return the text as every database stores it: PostgreSQL accepts no NUL."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")
