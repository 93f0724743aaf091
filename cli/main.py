"""The command `afterword`: its sections and nouns, and how it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import click

from cli.leaf import shared
from cli.shelf import Shelf, fetched, sought, write_commands
from cli.trouble import Exit, Trouble

NOUNS: dict[str, tuple[str, dict[str, str]]] = {
    "review": (
        "Look at reviews, write their documents, say who takes part.",
        {
            "list": "cli.reviews:listing",
            "show": "cli.reviews:show",
            "log": "cli.reviews:log",
            "open": "cli.reviews:open_",
            "document": "cli.documents:document",
            "write": "cli.documents:write",
            "check": "cli.checking:check",
            "export": "cli.carrying:export",
            "import": "cli.carrying:import_",
            "template": "cli.documents:template",
        },
    ),
    "cause": ("Name what contributed, and ask why.", {"ask": "cli.causes:ask"}),
    "meeting": (
        "Schedule and hold the meeting.",
        {"agenda": "cli.meetings:agenda", "notes": "cli.carrying:notes"},
    ),
    "action": (
        "Look at actions; propose, own, claim and decide them.",
        {"list": "cli.actions:listing", "show": "cli.actions:show"},
    ),
    "follow-up": ("Schedule and hold follow-up meetings.", {}),
    "mail": (
        "Look at letters, and at mails that came in.",
        {"preview": "cli.letters:preview", "list": "cli.mails:listing", "show": "cli.mails:show"},
    ),
    "people": (
        "Look at the people directory, and bring it up to date.",
        {
            "list": "cli.directory:people",
            "import": "cli.directory:import_people",
            "renew": "cli.directory:renew",
        },
    ),
    "services": (
        "Look at the service map, and bring it up to date.",
        {"list": "cli.directory:services", "import": "cli.directory:import_services"},
    ),
    "token": (
        "Make and revoke the tokens by which people and tools get in.",
        {
            "list": "cli.tokens:listing",
            "create": "cli.tokens:create",
            "revoke": "cli.tokens:revoke",
        },
    ),
    "register": ("Look after the register.", {"rebuild": "cli.tokens:rebuild"}),
}
ALONE = {
    "up": "cli.machine:up",
    "demo": "cli.machine:demo",
    "completion": "cli.machine:completion",
}
SECTIONS = {
    "Reviews": ("review", "cause", "meeting", "action", "follow-up", "mail"),
    "Decisions": (),
    "Directory": ("people", "services", "token", "register"),
    "This machine": tuple(ALONE),
}
"""What `afterword --help` shows where; every other command is a decision."""

WORDS = """Carry every post-mortem from the end of an incident to a proven improvement.

Reviews, actions and causes go by any beginning that fits only one. Data comes on standard
output, everything else on standard error.
"""
UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What a stream says that takes no more, a full disk above all."""
ENDINGS = "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused by a rule, 5 unreachable."


class Root(click.Group):
    """`afterword` itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Name every noun, and the verbs that stand alone."""
        from cli import orders

        return [*NOUNS, *orders.verbs(""), *ALONE]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  (click's own signature)
        cmd_name: str,
    ) -> click.Command | None:
        """Find a noun or a verb, and import no more than it needs."""
        if cmd_name in NOUNS:
            return Shelf(cmd_name, *NOUNS[cmd_name])
        if cmd_name in ALONE:
            return fetched(ALONE[cmd_name])
        from cli import orders

        return orders.command(cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Do it; when nobody reads on, stop without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _mute()
            ctx.exit(Exit.NOBODY_READS)
        except UnicodeEncodeError:
            raise Trouble("What was typed holds marks that are no text.", "", Exit.USAGE) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; name those that come near when there is none."""
        return sought(super().resolve_command, self, ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands section by section."""
        placed = {name for names in SECTIONS.values() for name in names}
        others = [name for name in self.list_commands(ctx) if name not in placed]
        for title, names in SECTIONS.items():
            with formatter.section(title):
                write_commands(self, ctx, formatter, names or others)


def root() -> Root:
    """Build the command."""
    return Root(
        name="afterword",
        help=WORDS,
        epilog=ENDINGS,
        params=[*shared(), _version()],
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def run(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; give the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _ran(arguments)
    except BrokenPipeError:
        _mute()
        return Exit.NOBODY_READS
    except OSError as no:
        if no.errno not in UNWRITABLE:
            raise
        _give_up(no)
        return Exit.FAILED


def _ran(arguments: Sequence[str] | None) -> int:
    try:
        code = root().main(arguments, prog_name="afterword", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as trouble:
        trouble.show()
        return trouble.exit_code
    except click.Abort:
        return Exit.INTERRUPTED
    return code if isinstance(code, int) else Exit.DONE


def _give_up(no: OSError) -> None:
    """Say that the output cannot be written, where that at least can be."""
    _mute()
    try:
        Trouble(f"the output cannot be written: {no.strerror}").show()
    except OSError:
        _mute(sys.stderr)


def _mute(stream: IO[Any] | None = None) -> None:
    """Let what is left go nowhere, or Python would complain about it at the end."""
    with Path(os.devnull).open("wb") as nowhere, contextlib.suppress(AttributeError):
        os.dup2(nowhere.fileno(), (stream or sys.stdout).fileno())


def _version() -> click.Option:
    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_tell_version,
        help="Say which Afterword this is.",
    )


def _tell_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"afterword {version('afterword')}")
        ctx.exit()
