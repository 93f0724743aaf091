"""The one error of the command line, and the exit codes."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import IO, Any

import click

from cli.local_times import localize_times
from rules.formatting import join_lines, join_words

ALLOWED_CONTROLS = "\n\t"


class ExitCode(IntEnum):
    """The exit codes of the command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    REFUSED = 4
    UNREACHABLE = 5
    INTERRUPTED = 130
    BROKEN_PIPE = 141


EXIT_CODE_BY_STATUS = {
    403: ExitCode.REFUSED,
    404: ExitCode.NOT_FOUND,
    409: ExitCode.REFUSED,
    412: ExitCode.REFUSED,
    502: ExitCode.UNREACHABLE,
    503: ExitCode.UNREACHABLE,
    504: ExitCode.UNREACHABLE,
}


class CliError(click.ClickException):
    """An error for the terminal: the reason, the way out and, after a refusal, the blockers.

    `fields` says which fields of a request are wrong, and how; `hints` are names that fit,
    `names` those of people, by address.
    """

    def __init__(
        self,
        reason: str,
        way_out: str = "",
        exit_code: ExitCode = ExitCode.FAILED,
        code: str = "",
        blockers: Sequence[Mapping[str, Any]] = (),
        *,
        hints: Sequence[str] = (),
        fields: Sequence[Mapping[str, str]] = (),
        names: Mapping[str, str] = {},
    ) -> None:
        super().__init__(reason)
        self.way_out = way_out
        self.exit_code = exit_code  # type: ignore[misc]  # click's classes have one each
        self.code = code
        self.blockers = blockers
        self.hints = hints
        self.fields = fields
        self.names = names

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the error, on standard error unless another file is given."""
        for line in self.format_lines():
            click.echo(strip_control_characters(localize_times(line)), file=file, err=True)

    def format_lines(self) -> list[str]:
        """Format the whole error, line by line."""
        label = "Refused" if self.exit_code == ExitCode.REFUSED else "Error"
        prefix = f"{label} ({self.code}): " if self.code else f"{label}: "
        way_out = [self.way_out] if self.way_out else []
        blockers = (format_blocker(row, self.names) for row in self.blockers)
        return [prefix + self.message, *way_out, *blockers]


def show_error(error: click.ClickException, output_format: str) -> None:
    """Print an error on standard error: in sentences for people, as a line of JSON for programs."""
    if output_format == "table":
        error.show()
    else:
        click.echo(json.dumps({"error": _build_record(error)}, ensure_ascii=False), err=True)


def _build_record(error: click.ClickException) -> dict[str, Any]:
    """Return an error as JSON; what the server said has the names that the API gives it."""
    if isinstance(error, CliError):
        return {
            "code": error.code or ExitCode(error.exit_code).name.lower().replace("_", "-"),
            "detail": error.message,
            "way_out": error.way_out,
            "hints": list(error.hints),
            "blockers": list(error.blockers),
            "exit_code": int(error.exit_code),
        }
    context = getattr(error, "ctx", None)
    way_out = f"See `{context.command_path} --help`." if context else ""
    return {
        "code": "usage",
        "detail": join_lines(error.format_message()),
        "way_out": way_out,
        "hints": [],
        "blockers": [],
        "exit_code": error.exit_code,
    }


def build_error(status: int, answer: Mapping[str, Any]) -> CliError:
    """Build the error that an HTTP response describes."""
    hints = [str(hint) for hint in answer.get("hints", ())]
    way_out = str(answer.get("way_out", ""))
    suggestion = f"Did you mean {join_words(hints, 'or')}?" if hints and not way_out else ""
    return CliError(
        str(answer.get("detail", f"The server answered with status {status}.")),
        way_out or suggestion,
        EXIT_CODE_BY_STATUS.get(status, ExitCode.FAILED),
        str(answer.get("code", "")),
        answer.get("blockers", ()),
        hints=hints,
        fields=answer.get("errors", ()),
        names=answer.get("names", {}),
    )


def name_options(error: CliError, options: Mapping[str, str]) -> CliError:
    """Return the error of a request in the words of a command line: options instead of fields."""
    if not error.fields:
        return error
    reason = "; ".join(_format_field(row, options) for row in error.fields)
    return CliError(reason, error.way_out, ExitCode(error.exit_code), error.code)


def _format_field(row: Mapping[str, str], options: Mapping[str, str]) -> str:
    parts = str(row.get("field", "")).split(".")
    option = next((options[part] for part in parts if part in options), ".".join(parts))
    return f"{option}: {row.get('problem', '')}"


def format_blocker(row: Mapping[str, Any], names: Mapping[str, str] = {}) -> str:
    """Format one blocker: what is missing, its code, who can clear it and how.

    `names` are those of people, by address.
    """
    people = [names.get(address) or address for address in row.get("who", ())]
    who = join_words(people, "or") or "the lead"
    cleared = f"{who} can clear it. {row.get('way_out', '')}".rstrip()
    return f"  - {row.get('sentence', '')} [{row.get('code', '')}] {cleared}"


def strip_control_characters(text: str) -> str:
    """Return the text without control characters, which could steer the terminal."""
    return "".join(
        character
        if character in ALLOWED_CONTROLS or unicodedata.category(character) != "Cc"
        else "�"
        for character in text
    )
