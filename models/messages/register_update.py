"""An update of the register: the whole review once, then only what changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.action import Action
from models.document import Cause
from models.review import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterUpdate:
    """The update of one review in one run from revision `base` to `revision`.

    `base` 0 means the whole review. `head` holds the changed fields of models.review.Review
    other than those in rules.projection.FIELDS_OUTSIDE_HEAD, by name, as JSON; `actions` and
    `causes` those that changed, whole; `events` the log lines after `base`, and those before it
    of which something was taken out.
    """

    review: str
    run: str
    base: int
    revision: int
    head: dict[str, Any] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()
    causes: tuple[Cause, ...] = ()
    events: tuple[Event, ...] = ()
