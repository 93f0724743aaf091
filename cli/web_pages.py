"""The pages of the register: `--web` prints their address, and opens them at a terminal."""

from __future__ import annotations

import sys

import click

from cli.api_client import ApiClient, build_path


def show_page(client: ApiClient, review: str = "", place: str = "") -> None:
    """Print the address of a review’s page, or of the list, and open it in a browser."""
    show_address(_find_address(client, review) + place)


def show_address(address: str) -> None:
    """Print the address of a page, and open it in a browser."""
    click.echo(address)
    if sys.stdout.isatty():
        click.launch(address)


def _find_address(client: ApiClient, review: str) -> str:
    if not review:
        return str(client.get(build_path("reviews"), limit=1)["page"])
    return str(client.get(build_path("reviews", review))["page"])
