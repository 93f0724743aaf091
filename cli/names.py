"""Names on the command line: which review, which action, and what the Tab key may offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cli.profile import connection
from cli.talk import Talk, at
from cli.trouble import Trouble

PATIENCE = 1.0
"""Seconds that somebody who has pressed Tab will wait."""

FLAGS = "afterword.flags"


def talk(ctx: click.Context, timeout: float | None = None) -> Talk:
    """Begin to speak with the Afterword that flags, environment and files name."""
    settled = connection(flags(ctx))
    return Talk(settled, timeout) if timeout else Talk(settled)


def flags(ctx: click.Context) -> dict[str, str]:
    """Give what the flags common to all commands have said so far."""
    said: dict[str, str] = ctx.meta.setdefault(FLAGS, {})
    return said


def review(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Offer the ids of reviews; silence when Afterword does not answer."""
    wanted = incomplete.removeprefix("review-").lower()
    rows = _asked(ctx, at("reviews"), limit=200).get("reviews", ())
    ids = [str(row["id"]) for row in rows]
    whole = incomplete.startswith("review-")
    names = ids if whole else [name.removeprefix("review-") for name in ids]
    return [name for name in names if name.removeprefix("review-").lower().startswith(wanted)]


def item(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the actions or causes of the review already named."""
    found = _asked(ctx, at("reviews", ctx.params.get("review") or " ")).get("review", {})
    kinds = {"action": ("actions",), "cause": ("causes",)}.get(
        parameter.name or "", ("actions", "causes", "findings", "recurrences")
    )
    ids = [str(row["id"]) for kind in kinds for row in found.get(kind, ())]
    return [name for name in ids if name.lower().startswith(incomplete.lower())]


def _asked(ctx: click.Context, path: str, **query: object) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = talk(ctx, PATIENCE).get(path, **query)
    except Trouble:
        return {}
    return answer
