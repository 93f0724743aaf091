"""A command's handler: what validates it, what applies it, and who is notified of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from models.review import Review
from rules.notices.notices import Notifier

ApplyResult = tuple[Review, str]
"""The changed review, and the sentence for its log."""
Validator = Callable[[Review, Any, datetime], None]
Applier = Callable[[Review, Any, datetime], ApplyResult]

Given = TypeVar("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """What one command needs, what it changes, and who is notified of its event.

    `validate` raises Refusal or NotFound; None where nothing is needed but the right person at the
    right time. `apply` is total and refuses nothing.
    """

    apply: Applier
    validate: Validator | None = None
    notify: tuple[Notifier, ...] = ()


def ignore_time(
    function: Callable[[Review, Given], Result],
) -> Callable[[Review, Given, datetime], Result]:
    """Return a function of review, command and time that does not use the time."""
    return lambda review, command, _now: function(review, command)


def ignore_review(
    function: Callable[[Given], Result],
) -> Callable[[Review, Given, datetime], Result]:
    """Return a function of review, command and time that uses only the command."""
    return lambda _review, command, _now: function(command)
