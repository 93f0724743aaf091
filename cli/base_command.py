"""What every command has besides its own parameters: server, token, profile, output format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli.config import OUTPUT_FORMATS, OUTPUT_OPTIONS, get_flags
from cli.options import completion
from cli.options.empty_values import refuse_empty_options
from cli.options.param_types import CommandIdType, split_names


class BaseCommand(click.Command):
    """A command with the options common to all commands."""

    def __init__(
        self,
        *,
        params: list[click.Parameter],
        formats: tuple[str, ...] = OUTPUT_FORMATS,
        **kwargs: Any,
    ) -> None:
        super().__init__(params=[*params, *build_common_options(formats)], **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments. Raises click.UsageError where an option is given but empty."""
        refuse_empty_options(ctx, args)
        return super().parse_args(ctx, args)


def build_common_options(formats: tuple[str, ...] = OUTPUT_FORMATS) -> list[click.Parameter]:
    """Build the options that every command takes; `formats` are its output formats."""
    choices = f"{', '.join(formats[:-1])} or {formats[-1]}"
    return [
        _build_common_option(
            [*OUTPUT_OPTIONS],
            type=click.Choice(formats),
            is_eager=True,
            help=f"Output format: {choices}.",
        ),
        _build_common_option(["--url"], help="Address of the server (or AFTERWORD_URL)."),
        _build_common_option(["--token"], help="Access token (or AFTERWORD_TOKEN)."),
        _build_common_option(["--profile"], help="Profile of profiles.toml to use."),
    ]


def build_review_argument(*, required: bool = True) -> click.Argument:
    """Build the argument that names a review."""
    return click.Argument(
        ["review"],
        required=required,
        shell_complete=completion.complete_review,
        callback=reject_blank("review"),
    )


def reject_blank(noun: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return a callback that refuses a blank name, which would address the whole collection."""

    def check_value(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise click.UsageError(f"Give the name of a {noun}.")
        return value

    return check_value


def split_values(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Return the values of an option that may be repeated, or given as one list with commas."""
    return tuple(split_names(value))


def build_opening_options() -> list[click.Option]:
    """Build the options of commands that open reviews: services, and who has which role."""
    return [
        click.Option(
            ["--service", "services"],
            multiple=True,
            callback=split_values,
            help="The services that were affected. Several with commas, or repeated.",
        ),
        click.Option(["--lead"], help="Lead of the review (address)."),
        click.Option(["--facilitator"], help="Facilitator of the meetings (address)."),
        click.Option(["--sponsor"], help="Sponsor, for escalations (address)."),
    ]


def build_web_option() -> click.Option:
    """Build the option that shows the page instead: its address, opened in a browser."""
    help_text = "Print the address of the web page, and open it at a terminal."
    return click.Option(["--web"], is_flag=True, help=help_text)


def build_yes_option() -> click.Option:
    """Build the option that answers the confirmation in advance."""
    return click.Option(["--yes"], is_flag=True, help="Skip the confirmation.")


def build_id_option() -> click.Option:
    """Build the option that gives a command an id of one's own."""
    help_text = "Id of your own for this command; the same id is done only once."
    return click.Option(["--id", "command_id"], type=CommandIdType(), help=help_text)


def _build_common_option(declarations: list[str], **attributes: Any) -> click.Option:
    return click.Option(declarations, expose_value=False, callback=_store_flag, **attributes)


def _store_flag(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None and parameter.name:
        get_flags(ctx)[parameter.name] = value
