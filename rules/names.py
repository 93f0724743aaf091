"""How things are called: workflow ids, item numbers, and names cut short."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable

from models.errors import Unknown
from models.incident import Incident

PLAIN_KEY = re.compile(r"[A-Za-z0-9._]{1,64}")
SLUG_LENGTH = 40


def review_id(incident: Incident) -> str:
    """Name the review, and so the workflow, of an incident: `review-<source>-<key>`."""
    return f"review-{incident.source}-{_key(incident.key)}"


def matching(prefix: str, names: Iterable[str], what: str) -> str:
    """Find the one name that begins with `prefix`.

    Raises Unknown when none does, or when several do and none is `prefix` itself.
    """
    names = sorted(set(names))
    if prefix in names:
        return prefix
    found = [name for name in names if name.startswith(prefix)] if prefix else []
    if len(found) == 1:
        return found[0]
    raise Unknown(what, prefix, tuple(found[:5]))


def review_matching(prefix: str, ids: Collection[str]) -> str:
    """Find a review by any unique beginning of its id, with or without `review-` and the source.

    Raises Unknown as `matching` does.
    """
    wanted = prefix.strip()
    whole = f"review-{wanted.removeprefix('review-')}"
    if whole in ids:
        return whole
    keyed = [name for name in ids if wanted and name.split("-", 2)[2:] == [wanted]]
    if len(keyed) == 1:
        return keyed[0]
    beginning = wanted.removeprefix("review-").lower()
    fitting = {name for name in ids if beginning and _begins(name, beginning)}
    if len(fitting) == 1:
        return fitting.pop()
    raise Unknown("review", prefix, tuple(sorted(fitting)[:5]))


def next_item(letter: str, taken: Iterable[str]) -> str:
    """Give the next free name of an action (`A…`), cause (`C…`) or recurrence (`R…`)."""
    numbers = [int(name[1:]) for name in taken if name[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1}"


def _begins(name: str, beginning: str) -> bool:
    short = name.removeprefix("review-").lower()
    return short.startswith(beginning) or short.partition("-")[2].startswith(beginning)


def _key(key: str) -> str:
    if PLAIN_KEY.fullmatch(key):
        return key
    slug = re.sub(r"[^a-z0-9]+", "-", key.lower()).strip("-")[:SLUG_LENGTH].strip("-")
    mark = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{slug}-{mark}" if slug else mark
