"""Errors of the domain; each edge translates them once."""

from __future__ import annotations

from dataclasses import dataclass

from models.codes import RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One reason why a gate is blocked, and who can clear it (addresses, never empty).

    `code` is a BlockerCode, or the code of the finding that blocks. `way_out` is a sentence, with
    command lines in backticks.
    """

    code: str
    sentence: str
    who: tuple[str, ...]
    item: str = ""
    way_out: str = ""


class Refusal(Exception):
    """A refused command: code, reason, way out and blockers."""

    def __init__(
        self, code: RefusalCode, reason: str, way_out: str = "", blockers: tuple[Blocker, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.way_out = way_out
        self.blockers = blockers


class TooManyRequests(Refusal):
    """A refusal of what came too often; `retry_after` is in how many seconds it may come again."""

    def __init__(self, code: RefusalCode, reason: str, way_out: str, *, retry_after: int) -> None:
        super().__init__(code, reason, way_out)
        self.retry_after = retry_after


class NotFound(Exception):
    """Nothing has this name; `hints` are similar names."""

    def __init__(self, what: str, name: str, hints: tuple[str, ...] = ()) -> None:
        near = f" Did you mean {' or '.join(hints)}?" if hints else ""
        super().__init__(f"There is no {what} “{name}”.{near}")
        self.what = what
        self.name = name
        self.hints = hints


class AmbiguousName(NotFound):
    """Several things have a name like this; `hints` are some of them."""

    def __str__(self) -> str:
        """Return the sentence that says what the name fits."""
        names = ", ".join(hint.removeprefix("review-") for hint in self.hints)
        return f"“{self.name}” fits more than one {self.what}{': ' if names else ''}{names}."


class InvalidInput(Exception):
    """Input that cannot be parsed; the message says where and what was expected.

    `field` is the name of the field that is wrong, "" where it is more than one.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(f"{field}: {message}" if field else message)
        self.field = field
        self.problem = message


class Unavailable(Exception):
    """A service we need (Temporal, database, mail server) does not answer; a retry is right."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part} does not answer: {why}")
        self.part = part
        self.why = why
