"""`afterword audit …`: what can be proven."""

from __future__ import annotations

from collections.abc import Iterator

import click

from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand
from cli.errors import ExitCode
from cli.options import completion
from cli.output import JsonRow, print_remark, show_record
from rules.formatting import format_count

VERIFY_TIMEOUT = 3600.0
"""Seconds that verifying may take; it reads every review."""


def _verify(ctx: click.Context, reviews: tuple[str, ...]) -> None:
    request = {"reviews": list(reviews)}
    report = open_client(ctx, VERIFY_TIMEOUT).post(build_path("audit", "verify"), request)
    for note in report["notes"]:
        print_remark(note)
    show_record(ctx, report, lambda: _format_report(report))
    ctx.exit(ExitCode.FAILED if report["breaks"] else ExitCode.DONE)


def _format_report(report: JsonRow) -> Iterator[str]:
    for found in report["breaks"]:
        line = f", line {found['line']}" if found["line"] else ""
        yield f"{found['chain']}, {found['place']}{line}: {found['kind']}: {found['text']}"
    verified = f"{format_count(report['reviews'], 'review')}, {report['lines']} lines"
    if report["breaks"]:
        yield f"Verified {verified}: {format_count(len(report['breaks']), 'break')}."
        return
    yield f"Verified {verified}: nothing was changed."


verify = BaseCommand(
    name="verify",
    help="Verify the logs of REVIEWS, or of all of them: find every line that was changed, removed,"
    " inserted, moved or cut off. Ends with 1 where there is one.",
    params=[
        click.Argument(
            ["reviews"], nargs=-1, required=False, shell_complete=completion.complete_review
        )
    ],
    callback=click.pass_context(_verify),
)
