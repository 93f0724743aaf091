"""`afterword up|demo|codec-server|completion`: run it here, and complete names in the shell."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


def _load_main(name: str) -> Callable[..., int]:
    """Return the `main` of a module of `local`, which is a floor above and so is not imported."""
    main: Callable[..., int] = import_module(f"local.{name}").main
    return main


def _run_up(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    ctx.exit(_load_main("up")(list(arguments)))


def _run_demo(ctx: click.Context) -> None:
    ctx.exit(_load_main("demo.play")())


def _run_codec_server(ctx: click.Context, arguments: tuple[str, ...]) -> None:
    ctx.exit(_load_main("encryption.codec_server")(list(arguments)))


def _print_completion(ctx: click.Context, shell: str) -> None:
    shell_class = get_completion_class(shell)
    if shell_class is None:  # pragma: no cover  (click knows the three)
        raise click.UsageError(f"There is no completion for {shell}.")
    root = ctx.find_root()
    click.echo(shell_class(root.command, {}, "afterword", "_AFTERWORD_COMPLETE").source())


up = click.Command(
    name="up",
    help="Run Afterword on this machine, with its state in ./.afterword.",
    params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    callback=click.pass_context(_run_up),
)
demo = click.Command(
    name="demo",
    help="Run a demo: one review from incident to closure, weeks in a minute.",
    callback=click.pass_context(_run_demo),
)
codec_server = click.Command(
    name="codec-server",
    help="Decrypt payloads for Temporal's pages and command, on this machine.",
    params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    callback=click.pass_context(_run_codec_server),
)
completion = click.Command(
    name="completion",
    help="Print a shell completion script.\n\nIn bash and zsh, add"
    ' eval "$(afterword completion bash)" to the startup file; in fish, pipe it into source.',
    params=[click.Argument(["shell"], type=click.Choice(SHELLS))],
    callback=click.pass_context(_print_completion),
)
