"""The command `afterword`: its groups of commands, its help and its exit codes."""

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

from cli.base_command import build_common_options
from cli.config import find_output_format
from cli.errors import CliError, ExitCode, show_error
from cli.lazy_group import LazyGroup, SuggestingGroup, import_command, write_commands
from cli.options.empty_values import refuse_empty_options

GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "review": (
        "Work with reviews, their documents and the people in them.",
        {
            "list": "cli.commands.reviews:list_",
            "show": "cli.commands.reviews:show",
            "log": "cli.commands.reviews:log",
            "open": "cli.commands.reviews:open_",
            "document": "cli.commands.documents:document",
            "write": "cli.commands.documents:write",
            "check": "cli.commands.check:check",
            "export": "cli.commands.transfer:export",
            "import": "cli.commands.import_history:import_",
            "template": "cli.commands.documents:template",
        },
    ),
    "cause": ("Work with causes and their chains of whys.", {"ask": "cli.commands.causes:ask"}),
    "meeting": (
        "Schedule, prepare and hold the review meeting.",
        {"agenda": "cli.commands.meetings:agenda", "notes": "cli.commands.transfer:notes"},
    ),
    "action": (
        "Work with actions: propose, own, claim and decide them.",
        {"list": "cli.commands.actions:list_", "show": "cli.commands.actions:show"},
    ),
    "follow-up": ("Schedule and hold follow-up meetings.", {}),
    "mail": (
        "Preview emails before they are sent, and view received ones.",
        {
            "preview": "cli.commands.mail_preview:preview",
            "list": "cli.commands.mail:list_",
            "show": "cli.commands.mail:show",
        },
    ),
    "people": (
        "Manage the people directory.",
        {
            "list": "cli.commands.directory:list_people",
            "import": "cli.commands.directory:import_people",
            "renew": "cli.commands.directory:renew",
            "hand-over": "cli.commands.hand_over:hand_over",
            "erase": "cli.commands.erase:erase",
        },
    ),
    "services": (
        "Manage the service map: who leads reviews of which service.",
        {
            "list": "cli.commands.directory:list_services",
            "import": "cli.commands.directory:import_services",
        },
    ),
    "token": (
        "Manage the access tokens of people and tools.",
        {
            "list": "cli.commands.tokens:list_",
            "create": "cli.commands.tokens:create",
            "rotate": "cli.commands.tokens:rotate",
            "revoke": "cli.commands.tokens:revoke",
        },
    ),
    "register": ("Manage the register.", {"rebuild": "cli.commands.tokens:rebuild"}),
    "audit": (
        "Prove what happened: list who looked at what, and verify the logs.",
        {
            "list": "cli.commands.audit:list_",
            "verify": "cli.commands.audit:verify",
            "restored": "cli.commands.audit:restored",
        },
    ),
}
STANDALONE = {
    "todo": "cli.commands.todo:todo",
    "figures": "cli.commands.show_figures:figures",
    "search": "cli.commands.search:search",
    "doctor": "cli.commands.doctor:doctor",
    "up": "cli.commands.local:up",
    "demo": "cli.commands.local:demo",
    "codec-server": "cli.commands.local:codec_server",
    "completion": "cli.commands.local:completion",
}
SECTIONS = {
    "Reviews": (
        "todo",
        "search",
        "review",
        "cause",
        "meeting",
        "action",
        "follow-up",
        "mail",
        "figures",
    ),
    "Decisions": (),
    "Directory": ("people", "services", "token", "register", "audit", "doctor"),
    "This machine": ("up", "demo", "codec-server", "completion"),
}
"""The sections of `afterword --help`; a command in none of them is listed under Decisions."""

HELP = """Carry every post-mortem from the end of an incident to a proven improvement.

A review can be named by any unique beginning of its name. Data is written to standard output,
everything else to standard error.
"""
OUTPUT_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""Errors of an output stream that cannot be written to, a full disk above all."""
EPILOG = (
    "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not found, 4 refused, 5 server unreachable."
)


class RootGroup(SuggestingGroup):
    """The root group, `afterword` itself."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """List every group and every command that stands outside the groups."""
        from cli import derived_commands

        return [*GROUPS, *derived_commands.list_verbs(""), *STANDALONE]

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  (click's own signature)
        cmd_name: str,
    ) -> click.Command | None:
        """Find a group or a command, importing only the module that it needs."""
        if cmd_name in GROUPS:
            return LazyGroup(cmd_name, *GROUPS[cmd_name])
        if cmd_name in STANDALONE:
            return import_command(STANDALONE[cmd_name])
        from cli import derived_commands

        return derived_commands.build_command(cmd_name)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse what stands before the command. Raises click.UsageError for an empty option."""
        refuse_empty_options(ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; end silently when the reader of the output has gone."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            ctx.exit(ExitCode.BROKEN_PIPE)
        except UnicodeEncodeError:
            raise CliError(
                "The command line contains invalid characters.", "", ExitCode.USAGE
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands section by section."""
        sectioned = {name for names in SECTIONS.values() for name in names}
        remaining = [name for name in self.list_commands(ctx) if name not in sectioned]
        for title, names in SECTIONS.items():
            with formatter.section(title):
                write_commands(self, ctx, formatter, names or remaining)


def build_root() -> RootGroup:
    """Build the root group."""
    return RootGroup(
        name="afterword",
        help=HELP,
        epilog=EPILOG,
        params=[*build_common_options(), _build_version_option()],
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run_command(arguments)
    except BrokenPipeError:
        _discard_output()
        return ExitCode.BROKEN_PIPE
    except OSError as error:
        if error.errno not in OUTPUT_ERRORS:
            raise
        _report_unwritable(error)
        return ExitCode.FAILED


def _run_command(arguments: Sequence[str] | None) -> int:
    try:
        code = build_root().main(arguments, prog_name="afterword", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except click.ClickException as error:
        words = sys.argv[1:] if arguments is None else arguments
        show_error(error, find_output_format(words, {}))
        return error.exit_code
    except click.Abort:
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else ExitCode.DONE


def _report_unwritable(error: OSError) -> None:
    """Report on standard error that the output cannot be written, if that is possible."""
    _discard_output()
    try:
        CliError(f"The output cannot be written: {error.strerror}.").show()
    except OSError:
        _discard_output(sys.stderr)


def _discard_output(stream: IO[Any] | None = None) -> None:
    """Send the rest of a stream to the null device, so that Python does not complain at exit."""
    with Path(os.devnull).open("wb") as null_device, contextlib.suppress(AttributeError):
        os.dup2(null_device.fileno(), (stream or sys.stdout).fileno())


def _build_version_option() -> click.Option:
    return click.Option(
        ["--version"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_print_version,
        help="Show the version.",
    )


def _print_version(ctx: click.Context, _: click.Parameter, is_requested: bool) -> None:
    if is_requested and not ctx.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"afterword {version('afterword')}")
        ctx.exit()
