"""The few ways something goes wrong, in the words of the domain; each edge translates them once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocker:
    """One reason why a gate is still shut, and who can clear it (addresses, never empty)."""

    code: str
    sentence: str
    who: tuple[str, ...]
    item: str = ""
    way_out: str = ""


class Refusal(Exception):
    """A coded, plain-language no: what is wrong, and what would make it right."""

    def __init__(
        self, code: str, reason: str, way_out: str = "", blockers: tuple[Blocker, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.way_out = way_out
        self.blockers = blockers


class Unknown(Exception):
    """Nothing goes by that name; `hints` are names that come near."""

    def __init__(self, what: str, name: str, hints: tuple[str, ...] = ()) -> None:
        near = f" Did you mean {' or '.join(hints)}?" if hints else ""
        super().__init__(f"There is no {what} “{name}”.{near}")
        self.what = what
        self.name = name
        self.hints = hints


class Malformed(Exception):
    """Input that cannot be read; the message says where and what was expected."""


class Away(Exception):
    """A part we need (Temporal, database, mail server) does not answer; trying again is right."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(f"{part} does not answer: {why}")
        self.part = part
        self.why = why
