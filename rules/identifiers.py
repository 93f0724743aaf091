"""Identifiers: workflow ids, item ids and unique prefixes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from models.errors import AmbiguousName, NotFound
from models.incident import Incident

ID_PREFIX = "review-"
KEY_PATTERN = re.compile(r"[A-Za-z0-9._]{1,64}")
SLUG_LENGTH = 40
MAX_MATCHES = 5
"""How many names an ambiguous one is said to fit."""


def build_review_id(incident: Incident) -> str:
    """Return the id of an incident's review and its workflow: `review-<source>-<key>`."""
    return f"review-{incident.source}-{_format_key(incident.key)}"


def build_reminders_id(pseudonym: str) -> str:
    """Return the id of the workflow that reminds a person, whom a pseudonym stands for."""
    return f"reminders-{pseudonym}"


def label_reviews(ids: Iterable[str]) -> dict[str, str]:
    """Return a short name for each of several reviews: its key, with the source where needed."""
    ids = tuple(ids)
    keys = {name: name.removeprefix(ID_PREFIX).partition("-")[2] for name in ids}
    counts = Counter(key.lower() for key in keys.values())
    return {
        name: key if counts[key.lower()] == 1 else name.removeprefix(ID_PREFIX)
        for name, key in keys.items()
    }


def build_hand_over_id(pseudonym: str) -> str:
    """Return the id of the workflow of a hand-over; a pseudonym stands for both people."""
    return f"hand-over-{pseudonym}"


def find_by_prefix(prefix: str, names: Iterable[str], kind: str) -> str:
    """Return the one name that begins with `prefix`.

    Raises NotFound when there is none, AmbiguousName when there are several and none equals it.
    """
    names = sorted(set(names))
    if prefix in names:
        return prefix
    matches = [name for name in names if name.startswith(prefix)] if prefix else []
    if len(matches) == 1:
        return matches[0]
    raise build_name_error(kind, prefix, matches)


def find_review_id(prefix: str, ids: Collection[str]) -> str:
    """Return the review id with this unique prefix, with or without `review-` and the source.

    Raises NotFound and AmbiguousName as `find_by_prefix` does.
    """
    wanted = prefix.strip()
    full_id = f"review-{wanted.removeprefix('review-')}"
    if full_id in ids:
        return full_id
    same_key = [name for name in ids if wanted and name.split("-", 2)[2:] == [wanted]]
    if len(same_key) == 1:
        return same_key[0]
    short_prefix = wanted.removeprefix("review-").lower()
    matches = {name for name in ids if short_prefix and _has_prefix(name, short_prefix)}
    if len(matches) == 1:
        return matches.pop()
    raise build_name_error("review", prefix, sorted(matches))


def build_name_error(kind: str, name: str, matches: Sequence[str]) -> NotFound:
    """Build the error of a name that fits nothing, or that fits several of a kind."""
    if not matches:
        return NotFound(kind, name)
    return AmbiguousName(kind, name, tuple(matches[:MAX_MATCHES]))


def get_next_item_id(prefix: str, used_ids: Iterable[str]) -> str:
    """Return the next free id of an action, cause, recurrence or contribution (`A…C…R…K…`)."""
    numbers = [int(name[1:]) for name in used_ids if name[1:].isdigit()]
    return f"{prefix}{max(numbers, default=0) + 1}"


def _has_prefix(review_id: str, prefix: str) -> bool:
    short = review_id.removeprefix("review-").lower()
    return short.startswith(prefix) or short.partition("-")[2].startswith(prefix)


def _format_key(key: str) -> str:
    if KEY_PATTERN.fullmatch(key):
        return key
    slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:SLUG_LENGTH].strip("-")
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{slug}-{digest}" if slug else digest
