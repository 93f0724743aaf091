"""What every command takes, besides its own: where Afterword is, who asks, how to answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli import names
from cli.kinds import Key
from cli.profile import FORMATS


class Leaf(click.Command):
    """A command that speaks with Afterword, or shows something."""

    def __init__(
        self, *, params: list[click.Parameter], formats: tuple[str, ...] = FORMATS, **kwargs: Any
    ) -> None:
        super().__init__(params=[*params, *shared(formats)], **kwargs)


def shared(formats: tuple[str, ...] = FORMATS) -> list[click.Parameter]:
    """Make the options that every command takes; `formats` are the ways in which it can print."""
    ways = f"{', '.join(formats[:-1])} or {formats[-1]}"
    return [
        _flag(["-o", "--output"], type=click.Choice(formats), help=f"How to print: {ways}."),
        _flag(["--url"], help="Where Afterword is (or AFTERWORD_URL)."),
        _flag(["--token"], help="Who asks (or AFTERWORD_TOKEN)."),
        _flag(["--profile"], help="Which profile of profiles.toml names both."),
    ]


def review(*, required: bool = True) -> click.Argument:
    """Make the argument that names a review."""
    return click.Argument(
        ["review"], required=required, shell_complete=names.review, callback=not_blank("review")
    )


def not_blank(thing: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Refuse a blank name; in an address, it would stand for all of these things."""

    def checked(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise click.UsageError(f"Name a {thing}.")
        return value

    return checked


def yes() -> click.Option:
    """Make the option that answers the question beforehand."""
    return click.Option(["--yes"], is_flag=True, help="Do not ask first.")


def key() -> click.Option:
    """Make the option that gives an order an id."""
    words = "An id of your own for this order: the same id is never done twice."
    return click.Option(["--id", "order_id"], type=Key(), help=words)


def _flag(names_: list[str], **more: Any) -> click.Option:
    return click.Option(names_, expose_value=False, callback=_remember, **more)


def _remember(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None and parameter.name:
        names.flags(ctx)[parameter.name] = value
