"""Groups whose commands are imported only when they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module

import click

MAX_HELP_LENGTH = 200
"""Characters of a help sentence in a list of commands."""


class SuggestingGroup(click.Group):
    """A group that suggests similar names for a command that it has not."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command. Raises click.NoSuchCommand that suggests similar names."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            known = self.list_commands(ctx)
            raise click.NoSuchCommand(error.command_name, possibilities=known, ctx=ctx) from None


class LazyGroup(SuggestingGroup):
    """A group: the commands written by hand, then those derived from the models.

    `import_paths` gives for each command written by hand its “module:name”, like
    “cli.commands.reviews:show”.
    """

    def __init__(self, name: str, help_text: str, import_paths: Mapping[str, str]) -> None:
        super().__init__(name=name, help=help_text, no_args_is_help=True)
        self.import_paths = import_paths

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """List every command of the group."""
        from cli import derived_commands

        return list(
            dict.fromkeys((*self.import_paths, *derived_commands.list_verbs(self.name or "")))
        )

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  (click's own signature)
        cmd_name: str,
    ) -> click.Command | None:
        """Find one command, importing only the module that it needs."""
        if cmd_name in self.import_paths:
            return import_command(self.import_paths[cmd_name])
        from cli import derived_commands

        return derived_commands.build_command(f"{self.name} {cmd_name}")

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with its whole help sentence."""
        with formatter.section("Commands"):
            write_commands(self, ctx, formatter, self.list_commands(ctx))


def write_commands(
    group: click.Group, ctx: click.Context, formatter: click.HelpFormatter, names: Iterable[str]
) -> None:
    """Write the help sentence of each command."""
    commands = [(name, group.get_command(ctx, name)) for name in names]
    formatter.write_dl([(n, c.get_short_help_str(MAX_HELP_LENGTH)) for n, c in commands if c])


def import_command(path: str) -> click.Command:
    """Import the command at a path like “module:name”."""
    module, _, name = path.partition(":")
    command: click.Command = getattr(import_module(module), name)
    return command
