"""Shell completion: the reviews, actions and causes that the Tab key offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from cli.api_client import build_path, open_client
from cli.errors import CliError

COMPLETION_TIMEOUT = 1.0
"""Seconds to wait for the server before completion offers nothing."""

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def complete_review(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """List the ids of matching reviews; none when the server does not answer."""
    prefix = incomplete.removeprefix("review-").lower()
    rows = _fetch_or_empty(ctx, build_path("reviews"), limit=200).get("reviews", ())
    ids = [str(row["id"]) for row in rows]
    is_full_id = incomplete.startswith("review-")
    names = ids if is_full_id else [name.removeprefix("review-") for name in ids]
    return [name for name in names if name.removeprefix("review-").lower().startswith(prefix)]


def complete_items(*lists: str) -> Completer:
    """Return what completes the ids in these lists of the review already named: “actions”."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
        path = build_path("reviews", ctx.params.get("review") or " ")
        review = _fetch_or_empty(ctx, path).get("review", {})
        ids = [str(row["id"]) for name in lists for row in review.get(name, ())]
        return [name for name in ids if name.lower().startswith(incomplete.lower())]

    return complete


def _fetch_or_empty(ctx: click.Context, path: str, **query: object) -> Mapping[str, Any]:
    try:
        response: Mapping[str, Any] = open_client(ctx, COMPLETION_TIMEOUT).get(path, **query)
    except CliError:
        return {}
    return response
