"""`afterword doctor`: what the coordinator should see to before it goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import ExitCode
from cli.output import print_remark, show_record


def _doctor(ctx: click.Context) -> None:
    report = open_client(ctx).get(build_path("doctor"))
    show_record(ctx, report, lambda: _format_concerns(report["concerns"]))
    for note in report["notes"]:
        print_remark(note)
    ctx.exit(ExitCode.FAILED if report["concerns"] else ExitCode.DONE)


def _format_concerns(concerns: list[dict[str, Any]]) -> Iterator[str]:
    if not concerns:
        yield "There is nothing to see to."
    for each in concerns:
        yield each["sentence"]
        yield f"  {each['way_out']}"


doctor = BaseCommand(
    name="doctor",
    help="List what the coordinator should see to, and what to do: parts that do not answer, lost"
    " reviews, broken logs, late anchors, keys, files, roles, TLS, webhooks, tokens, sign-in and"
    " search. Ends with 1 where there is something.",
    params=[],
    callback=click.pass_context(_doctor),
)
