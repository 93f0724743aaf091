"""Shell completion: the reviews, actions and causes that the Tab key offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cli.api_client import ApiClient, build_path
from cli.config import resolve_connection
from cli.errors import CliError

COMPLETION_TIMEOUT = 1.0
"""Seconds to wait for the server before completion offers nothing."""

FLAGS_KEY = "afterword.flags"


def open_client(ctx: click.Context, timeout: float | None = None) -> ApiClient:
    """Return a client for the server that options, environment and files name."""
    connection = resolve_connection(get_flags(ctx))
    return ApiClient(connection, timeout) if timeout else ApiClient(connection)


def get_flags(ctx: click.Context) -> dict[str, str]:
    """Return the values of the common options given so far."""
    values: dict[str, str] = ctx.meta.setdefault(FLAGS_KEY, {})
    return values


def complete_review(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """List the ids of matching reviews; none when the server does not answer."""
    prefix = incomplete.removeprefix("review-").lower()
    rows = _fetch_or_empty(ctx, build_path("reviews"), limit=200).get("reviews", ())
    ids = [str(row["id"]) for row in rows]
    is_full_id = incomplete.startswith("review-")
    names = ids if is_full_id else [name.removeprefix("review-") for name in ids]
    return [name for name in names if name.removeprefix("review-").lower().startswith(prefix)]


def complete_item(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """List the matching actions or causes of the review already named."""
    review = _fetch_or_empty(ctx, build_path("reviews", ctx.params.get("review") or " ")).get(
        "review", {}
    )
    kinds = {"action": ("actions",), "cause": ("causes",)}.get(
        parameter.name or "", ("actions", "causes", "findings", "recurrences")
    )
    ids = [str(row["id"]) for kind in kinds for row in review.get(kind, ())]
    return [name for name in ids if name.lower().startswith(incomplete.lower())]


def _fetch_or_empty(ctx: click.Context, path: str, **query: object) -> Mapping[str, Any]:
    try:
        response: Mapping[str, Any] = open_client(ctx, COMPLETION_TIMEOUT).get(path, **query)
    except CliError:
        return {}
    return response
