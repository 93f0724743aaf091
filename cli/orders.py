"""Every order as a command, derived from its declaration in models.orders."""

from __future__ import annotations

import sys
from typing import Any
from uuid import uuid4

import click

from cli import leaf, names
from cli.fields import body, parameters
from cli.leaf import Leaf
from cli.shown import show_receipt
from cli.talk import at
from cli.trouble import Trouble
from models.orders import ORDERS, Cancel, Order
from models.review import OPEN_STAGES

BY_COMMAND = {order.command: order for order in ORDERS.values() if order.command}
SURE = (Cancel,)
"""Orders that are asked about once more before they are given."""


def verbs(noun: str) -> list[str]:
    """List the orders that stand under a noun; those that stand alone for ""."""
    places = [command.rpartition(" ") for command in BY_COMMAND]
    return [verb for place, _, verb in places if place == noun]


def command(place: str) -> click.Command | None:
    """Make the command that gives the order at this place, like “action claim”."""
    order = BY_COMMAND.get(place)
    if order is None:
        return None
    return Leaf(
        name=place.rpartition(" ")[2],
        params=[
            leaf.review(),
            *parameters(order),
            *([leaf.yes()] if order in SURE else []),
            leaf.key(),
        ],
        callback=lambda **given: give(order, given),
        help=sentence(order),
        epilog=when(order),
    )


@click.pass_context
def give(ctx: click.Context, order: type[Order], given: dict[str, Any]) -> None:
    """Give an order, and show the receipt."""
    kind = str(order.__dataclass_fields__["kind"].default)
    if order in SURE and not given["yes"]:
        confirm(f"{sentence(order)} Really {kind} {given['review']}?")
    written = body(order, given)
    key = given["order_id"] or uuid4().hex
    receipt = names.talk(ctx).post(at("reviews", given["review"], kind), written, key)
    show_receipt(ctx, receipt)


def confirm(question: str) -> None:
    """Ask somebody at a terminal; elsewhere only --yes says it. Raises Trouble for a no."""
    if not sys.stdin.isatty():
        raise click.UsageError("This asks first, and nobody can answer here: add --yes.")
    if not click.confirm(question, err=True):
        raise Trouble("Nothing was done.")


def sentence(order: type[Order]) -> str:
    """Say what an order does."""
    return (order.__doc__ or "").partition("\n\n")[0]


def when(order: type[Order]) -> str:
    """Say who may give an order, and when."""
    who = f"For: {', '.join(role for role in order.who if role != 'clock')}."
    stages = f" While the review is in: {', '.join(order.stages)}."
    standings = f" While the action is: {', '.join(order.standings)}."
    return (
        who
        + (stages if tuple(order.stages) != OPEN_STAGES else "")
        + (standings if order.standings else "")
    )
