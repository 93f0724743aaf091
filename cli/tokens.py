"""`afterword token …` and `afterword register rebuild`: looking after the house."""

from __future__ import annotations

import click

from cli import leaf, names
from cli.leaf import Leaf
from cli.shown import cell, counted, moment, remark, show_record, show_rows
from cli.talk import at

COLUMNS = {
    "NAME": lambda row: row["name"],
    "FOR": lambda row: "a tool" if row.get("tool") else row.get("person"),
    "SINCE": lambda row: moment(row.get("created_at")),
    "REVOKED": lambda row: moment(row.get("revoked_at")),
}


def _list(ctx: click.Context) -> None:
    rows = names.talk(ctx).get(at("tokens"))["tokens"]
    show_rows(ctx, rows, COLUMNS, "There are no tokens.")


def _create(ctx: click.Context, name: str, person: str | None, tool: bool) -> None:
    if person and tool:
        raise click.UsageError("A tool's token is no person's: take --person or --tool.")
    asked = {"name": name, "person": person or "", "tool": tool}
    made = names.talk(ctx).post(at("tokens"), asked)
    show_record(ctx, made, lambda: [made["token"]])
    remark("It is shown only this once: keep it now.")


def _revoke(ctx: click.Context, name: str) -> None:
    told = names.talk(ctx).ask("DELETE", at("tokens", name))
    record = told.read() if told.body else {"revoked": name}
    show_record(ctx, record, lambda: [f"{name} is revoked."])


def _rebuild(ctx: click.Context) -> None:
    told = names.talk(ctx, REBUILD).post(at("register", "rebuild"))
    holds = counted(told["reviews"], "review")
    show_record(ctx, told, lambda: [f"The register is rebuilt: {holds}."])
    if told.get("lost"):
        remark(f"These have neither workflow nor record: {cell(told['lost'])}")


REBUILD = 3600.0
"""Seconds that a rebuild may take; it reads every review there is."""

NAME = click.Argument(["name"], callback=leaf.not_blank("token"))
listing = Leaf(name="list", help="List the tokens.", params=[], callback=click.pass_context(_list))
create = Leaf(
    name="create",
    help="Make a token for a person or a tool, and print it this once.",
    params=[
        NAME,
        click.Option(["--person"], help="Whose it is (address); yours, unless said."),
        click.Option(["--tool"], is_flag=True, help="It is for a tool, not a person."),
    ],
    callback=click.pass_context(_create),
)
revoke = Leaf(
    name="revoke",
    help="Make a token worthless, at once and for good.",
    params=[NAME],
    callback=click.pass_context(_revoke),
)
rebuild = Leaf(
    name="rebuild",
    help="Make the register anew from open workflows and the archive.",
    params=[],
    callback=click.pass_context(_rebuild),
)
