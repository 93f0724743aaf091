"""Everything that can go wrong for somebody at the terminal: one error, and its exit codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import IO, Any

import click

KEPT = "\n\t"


class Exit(IntEnum):
    """What the command's end tells the script that called it."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNKNOWN = 3
    REFUSED = 4
    UNREACHABLE = 5
    INTERRUPTED = 130
    NOBODY_READS = 141


BY_STATUS = {
    403: Exit.REFUSED,
    404: Exit.UNKNOWN,
    409: Exit.REFUSED,
    412: Exit.REFUSED,
    502: Exit.UNREACHABLE,
    503: Exit.UNREACHABLE,
    504: Exit.UNREACHABLE,
}


class Trouble(click.ClickException):
    """It did not work: the reason, the way out and, after a refusal, who can clear what."""

    def __init__(
        self,
        reason: str,
        way_out: str = "",
        exit_code: Exit = Exit.FAILED,
        code: str = "",
        blockers: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        super().__init__(reason)
        self.way_out = way_out
        self.exit_code = exit_code  # type: ignore[misc]  # click's classes have one each
        self.code = code
        self.blockers = blockers

    def show(self, file: IO[Any] | None = None) -> None:
        """Say it, on the error stream unless told otherwise."""
        for line in self.lines():
            click.echo(plain(line), file=file, err=True)

    def lines(self) -> list[str]:
        """Give the whole answer, line by line."""
        verb = "Refused" if self.exit_code == Exit.REFUSED else "Error"
        head = f"{verb} ({self.code}): " if self.code else f"{verb}: "
        way_out = [self.way_out] if self.way_out else []
        return [head + self.message, *way_out, *(blocker(row) for row in self.blockers)]


def answered(status: int, answer: Mapping[str, Any]) -> Trouble:
    """Make the trouble that the server's answer tells of."""
    hints = [str(hint) for hint in answer.get("hints", ())]
    way_out = str(answer.get("way_out", ""))
    near = f"Names that come near: {', '.join(hints)}" if hints and not way_out else ""
    return Trouble(
        str(answer.get("reason", f"The server answered with status {status}.")),
        way_out or near,
        BY_STATUS.get(status, Exit.FAILED),
        str(answer.get("code", "")),
        answer.get("blockers", ()),
    )


def blocker(row: Mapping[str, Any]) -> str:
    """Say one blocker: what is missing, its code, who can clear it and how."""
    who = " or ".join(row.get("who", ())) or "the lead"
    way_out = f": {row['way_out']}" if row.get("way_out") else ""
    return f"  - {row.get('sentence', '')} [{row.get('code', '')}] {who} can clear it{way_out}"


def plain(text: str) -> str:
    """Take out what would steer a terminal; texts come from other people and tools."""
    return "".join(
        mark if mark in KEPT or unicodedata.category(mark) != "Cc" else "�" for mark in text
    )
