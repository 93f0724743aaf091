"""What stands for people where their addresses must not: in the ids of workflows.

It comes from a key of this installation that is made once and never replaced. So nobody can try out
addresses on it, and it stays the same whatever other keys are added or replaced.
"""

from __future__ import annotations

import hmac
import secrets
from functools import cached_property

from sqlalchemy import Engine, select

from register.tables import pseudonym_keys
from register.transactions import begin_read, begin_write, insert_new

PURPOSE = "ids of workflows"
KEY_OCTETS = 32
PSEUDONYM_OCTETS = 10


class WorkflowPseudonyms:
    """The pseudonyms of people; call it in a thread, since the database has the key."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def compute(self, *addresses: str) -> str:
        """Return what stands for somebody, or for several people in this sequence.

        Raises Unavailable where the database does not answer.
        """
        words = "\0".join(address.lower() for address in addresses)
        return hmac.digest(self._key, words.encode(), "sha256")[:PSEUDONYM_OCTETS].hex()

    @cached_property
    def _key(self) -> bytes:
        """Return the key, made by whoever needs it first."""
        wanted = select(pseudonym_keys.c.octets).where(pseudonym_keys.c.purpose == PURPOSE)
        with begin_read(self._engine) as connection:
            known = connection.scalar(wanted)
        if known is not None:
            return bytes(known)
        new = {"purpose": PURPOSE, "octets": secrets.token_bytes(KEY_OCTETS)}
        with begin_write(self._engine) as connection:
            insert_new(connection, pseudonym_keys, new)
            return bytes(connection.execute(wanted).scalar_one())
