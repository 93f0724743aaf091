"""Empty values of options: refused, but where an empty one clears what there is."""

from __future__ import annotations

from collections.abc import Sequence

import click


class ClearingOption(click.Option):
    """An option whose empty value is one: it clears what there is."""


def refuse_empty_options(ctx: click.Context, args: Sequence[str]) -> None:
    """Refuse an empty value, most often an unset shell variable, instead of passing it over.

    Raises click.UsageError.
    """
    if ctx.resilient_parsing:
        return
    values, _, _ = ctx.command.make_parser(ctx).parse_args(list(args))
    for option in ctx.command.params:
        value = values.get(option.name or "")
        texts = value if isinstance(value, list | tuple) else (value,)
        is_empty = any(isinstance(text, str) and not text.strip() for text in texts)
        if is_empty and isinstance(option, click.Option) and type(option) is not ClearingOption:
            raise click.UsageError(
                f"{option.opts[0]} is empty, as an unset shell variable would be. Give it a value, "
                "or leave it out.",
                ctx,
            )
