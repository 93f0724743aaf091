"""Groups of commands that are looked up only when somebody calls for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

import click

LONGEST = 200
"""Characters of a sentence in a list of commands."""

Found = tuple[str | None, click.Command | None, list[str]]
Find = Callable[[click.Context, list[str]], Found]


class Shelf(click.Group):
    """A noun and its verbs: those written by hand, then those that orders bring.

    `written` gives for each verb the module and the name of its command, as “cli.reviews:show”.
    """

    def __init__(self, noun: str, words: str, written: Mapping[str, str]) -> None:
        super().__init__(name=noun, help=words, no_args_is_help=True)
        self.written = written

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Name every verb."""
        from cli import orders

        return list(dict.fromkeys((*self.written, *orders.verbs(self.name or ""))))

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002  (click's own signature)
        cmd_name: str,
    ) -> click.Command | None:
        """Find one verb, and import no more than it needs."""
        if cmd_name in self.written:
            return fetched(self.written[cmd_name])
        from cli import orders

        return orders.command(f"{self.name} {cmd_name}")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb; name those that come near when there is none."""
        return sought(super().resolve_command, self, ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each verb with its whole sentence."""
        with formatter.section("Commands"):
            write_commands(self, ctx, formatter, self.list_commands(ctx))


def write_commands(
    group: click.Group, ctx: click.Context, formatter: click.HelpFormatter, names: Iterable[str]
) -> None:
    """Write what each command does; none of the sentences is long."""
    found = [(name, group.get_command(ctx, name)) for name in names]
    formatter.write_dl([(n, c.get_short_help_str(LONGEST)) for n, c in found if c])


def sought(find: Find, group: click.Group, ctx: click.Context, args: list[str]) -> Found:
    """Find a command by `find`. Raises click.NoSuchCommand that knows what comes near."""
    try:
        return find(ctx, args)
    except click.NoSuchCommand as missing:
        known = group.list_commands(ctx)
        raise click.NoSuchCommand(missing.command_name, possibilities=known, ctx=ctx) from None


def fetched(place: str) -> click.Command:
    """Import the command that stands at “module:name”."""
    module, _, name = place.partition(":")
    found: click.Command = getattr(import_module(module), name)
    return found
