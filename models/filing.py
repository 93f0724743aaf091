"""How a post-mortem that was finished elsewhere is filed, and what it tells of its actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ToldStatus(StrEnum):
    """What a finished post-mortem tells of an action; nobody has verified it."""

    DONE = "done"
    NOT_DONE = "not done"
    DROPPED = "dropped"
    NOT_TOLD = "not told"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOutcome:
    """What a finished post-mortem tells of an action, as far as it can be read.

    `words` are its own (“Done in March”), `ticket` is a key or link it names, `owner` the name of
    somebody who is not in the people directory.
    """

    status: ToldStatus
    words: str = ""
    ticket: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """When and by whom a finished post-mortem was filed as history.

    `file` is the name of its file; `dated_by` says where the incident's date was found; `people`
    are named in it and not in the people directory; `follow_up` is the id of the review that
    carries its undone actions, “” where there is none.
    """

    at: datetime
    by: str
    file: str = ""
    dated_by: str = ""
    people: tuple[str, ...] = ()
    follow_up: str = ""
