"""The archive: the truth that outlives workflows, behind one door."""

from __future__ import annotations

from register.documents import Documents
from register.letters import Letters
from register.mails import Mails
from register.people import People
from register.records import Records
from register.tokens import Tokens


class Archive(Documents, Records, People, Tokens, Letters, Mails):
    """Texts, records of reviews that are over, people, services, tokens, letters, mails.

    Built from an engine (see register.database) and, where time is not the machine's, a clock.
    Call it in a thread; every method raises Away where the database does not answer.
    """
