"""How often somebody may try something: buckets that fill again, and waits that double.

What is counted is kept in memory, of so many senders at most; a new process begins with nothing.
"""

from __future__ import annotations

import hashlib
import logging
import math
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from models.codes import RefusalCode
from models.errors import TooManyRequests

MAX_SENDERS = 10_000
"""Buckets that are kept; the one that was not used for longest makes room for a new one."""

MAX_WAIT = 900.0
"""Seconds that somebody waits at most, however often they came too early."""

log = logging.getLogger("afterword.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """How many requests may come at once, and in how many seconds one more is let through.

    `name` is what is counted, in the plural; `is_anonymous` that the log must not say of whom.
    """

    name: str
    burst: int
    seconds: float
    is_anonymous: bool = False


WRONG_TOKENS = RateLimit(name="wrong tokens", burst=20, seconds=15)
WRONG_SIGNATURES = RateLimit(name="wrong signatures", burst=20, seconds=15)
CONTRIBUTIONS = RateLimit(name="contributions", burst=10, seconds=60, is_anonymous=True)
OPENINGS = RateLimit(name="openings", burst=60, seconds=30)
SIGN_IN_REQUESTS = RateLimit(name="requests to sign in", burst=20, seconds=30)
SIGN_IN_EMAILS = RateLimit(name="emails to one address", burst=5, seconds=600)
FIRST_SIGN_INS = RateLimit(name="requests of one client for one address", burst=1, seconds=3600)
FIRST_SIGN_IN_EMAILS = RateLimit(
    name="emails to one address for new clients", burst=2, seconds=1800
)
IGNORED_HEADERS = RateLimit(name="ignored headers of a proxy", burst=5, seconds=600)
WRONG_SIGN_INS = RateLimit(name="failed sign-ins", burst=20, seconds=15)
WRONG_LINKS = RateLimit(name="wrong links", burst=20, seconds=15)


@dataclass(slots=True)
class Bucket:
    """What one sender may still do: `left` requests as of `filled_at`, none before `blocked_until`.

    `strikes` counts how often they came when nothing was left; a full bucket forgets them.
    """

    left: float
    filled_at: float
    blocked_until: float = 0.0
    strikes: int = 0


class RateLimits:
    """The buckets of all senders, by limit and sender; safe to use from many threads."""

    def __init__(self, max_senders: int = MAX_SENDERS) -> None:
        self._max_senders = max_senders
        self._buckets: OrderedDict[bytes, Bucket] = OrderedDict()
        self._lock = Lock()
        self._key = secrets.token_bytes(16)

    def __len__(self) -> int:
        """Return how many buckets are kept."""
        return len(self._buckets)

    def count(self, limit: RateLimit, sender: str, now: datetime) -> None:
        """Count a request; raises TooManyRequests where nothing is left, and doubles the wait."""
        with self._lock:
            bucket = self._find_bucket(limit, sender, now.timestamp())
            was_blocked = now.timestamp() < bucket.blocked_until
            wait = _take(bucket, limit, now.timestamp())
        if wait <= 0:
            return
        if not was_blocked:
            who = "somebody" if limit.is_anonymous else sender
            log.warning("too many %s from %s: wait of %d seconds", limit.name, who, wait)
        raise _build_refusal(limit, wait)

    def count_failure(self, limit: RateLimit, sender: str, now: datetime) -> None:
        """Count something that was wrong, and log it; raises TooManyRequests as `count` does."""
        self.count(limit, sender, now)
        log.warning("%s: one from %s", limit.name, sender)

    def take(self, limit: RateLimit, sender: str, now: datetime) -> bool:
        """Return whether one was left, after taking it; who comes too early waits no longer."""
        with self._lock:
            return _take_one(
                self._find_bucket(limit, sender, now.timestamp()), limit, now.timestamp()
            )

    def _find_bucket(self, limit: RateLimit, sender: str, now: float) -> Bucket:
        key = self._build_key(limit, sender)
        bucket = self._buckets.setdefault(key, Bucket(limit.burst, now))
        self._buckets.move_to_end(key)
        while len(self._buckets) > self._max_senders:
            self._buckets.popitem(last=False)
        return bucket

    def _build_key(self, limit: RateLimit, sender: str) -> bytes:
        """Build a key from which nobody reads an address, not even in a dump of the memory."""
        text = f"{limit.name}\0{sender}".encode()
        return hashlib.blake2b(text, digest_size=16, key=self._key).digest()


def _take(bucket: Bucket, limit: RateLimit, now: float) -> float:
    """Return the seconds to wait, after taking one request out of a bucket that has one.

    While somebody waits, nothing fills; the first request after that is let through.
    """
    if now < bucket.blocked_until <= now + MAX_WAIT:
        return bucket.blocked_until - now
    if _take_one(bucket, limit, now):
        return 0.0
    wait = min(MAX_WAIT, limit.seconds * 2.0**bucket.strikes)
    bucket.strikes = min(bucket.strikes + 1, 32)
    bucket.blocked_until = bucket.filled_at = now + wait
    bucket.left = 1.0
    return wait


def _take_one(bucket: Bucket, limit: RateLimit, now: float) -> bool:
    """Return whether a bucket had one, after filling it and taking that out."""
    filled = bucket.left + max(0.0, now - bucket.filled_at) / limit.seconds
    bucket.left, bucket.filled_at = min(float(limit.burst), filled), now
    if bucket.left >= limit.burst:
        bucket.strikes = 0
    if bucket.left < 1:
        return False
    bucket.left -= 1
    return True


def _build_refusal(limit: RateLimit, wait: float) -> TooManyRequests:
    seconds = math.ceil(wait)
    return TooManyRequests(
        RefusalCode.TOO_MANY_REQUESTS,
        f"Too many {limit.name} came from you in a short time.",
        f"Wait {seconds} seconds, and try again then.",
        retry_after=seconds,
    )
