"""What an order is, said in sentences: who may give it, when, and where it stands in the CLI."""

from __future__ import annotations

from collections.abc import Iterable

from models.action import Standing
from models.orders import ORDERS, Order
from models.people import Role
from models.review import OPEN_STAGES, Stage

HEAD = """\
# Orders

Everything a person or a tool can ask of a review. This page is printed from `models/orders.py`
(`python -m web.sentences > docs/orders.md`), and a test holds the two together.

Each order is `POST /api/reviews/{review}/<verb>`, and `afterword <command>` on the command line.
`write` is `PUT /api/reviews/{review}/document`; `reply` is a mail. While the lead is away or gone,
the sponsor may give the lead's orders.

| verb | who | when | what it does | command |
|---|---|---|---|---|
"""


def sentence(order: type[Order]) -> str:
    """Give an order's own sentence."""
    return (order.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def who(order: type[Order]) -> str:
    """Name the parts that may give an order: "lead or owner"."""
    if Role.ANYBODY in order.who:
        return "anybody Afterword wrote to"
    return _or(role.value for role in order.who)


def when(order: type[Order]) -> str:
    """Say in which stages, and for actions of which standing, an order may be given."""
    stage = _stages(order.stages)
    if not order.standings:
        return stage
    return f"{stage}; the action is {_standings(order.standings)}"


def table() -> str:
    """Print docs/orders.md."""
    return HEAD + "".join(_row(kind, order) for kind, order in ORDERS.items())


def _row(kind: str, order: type[Order]) -> str:
    command = f"`afterword {order.command}`" if order.command else "by mail"
    return f"| `{kind}` | {who(order)} | {when(order)} | {sentence(order)} | {command} |\n"


def _stages(stages: tuple[Stage, ...]) -> str:
    if set(stages) >= set(Stage):
        return "always"
    if set(stages) == set(OPEN_STAGES):
        return "while the review is open"
    return f"in {_or(stage.value for stage in stages)}"


def _standings(standings: tuple[Standing, ...]) -> str:
    return _or(standing.value for standing in standings)


def _or(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201  (the page goes to standard output)
