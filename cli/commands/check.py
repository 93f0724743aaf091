"""`afterword review check`: check a document without sending it, for people, editors and CI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import click

from cli.base_command import BaseCommand
from cli.commands.documents import decode_document, format_findings
from cli.config import get_flags
from cli.errors import ExitCode
from cli.files import FILE_TYPE, read_file
from cli.output import JsonRow, format_json, print_lines, print_remark

FINDING_FIELDS = ("id", "code", "line", "column", "passage", "problem", "suggestion")
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def _check(ctx: click.Context, file: str) -> None:
    from text_checks.check_document import check_document

    result = check_document(decode_document(read_file(file)))
    report: dict[str, Any] = {
        "title": result.title,
        "missing": [str(section) for section in result.missing],
        "findings": [
            {name: getattr(finding, name) for name in FINDING_FIELDS} for finding in result.findings
        ],
    }
    if not result.is_english:
        print_remark(
            "The wording is checked in English only, and most of this text is in another language."
        )
    print_lines(FORMATTERS[get_flags(ctx).get("output", "table")](report, file))
    ctx.exit(ExitCode.FAILED if result.missing or result.findings else ExitCode.DONE)


def _format_text(report: JsonRow, file: str) -> Iterator[str]:
    del file
    yield from list(format_findings(report)) or ["No problems found."]


def _format_json(report: JsonRow, file: str) -> Iterator[str]:
    del file
    yield format_json(report, indent=2)


def _format_jsonl(report: JsonRow, file: str) -> Iterator[str]:
    del file
    yield format_json(report)


def _format_github(report: JsonRow, file: str) -> Iterator[str]:
    """Yield workflow commands, which GitHub shows at the lines of a pull request."""
    for code, line, column, text in _iter_remarks(report):
        location = (
            f"file={_escape(file, ',:')},line={line},col={column},title={_escape(code, ',:')}"
        )
        yield f"::warning {location}::{_escape(text)}"


def _format_sarif(report: JsonRow, file: str) -> Iterator[str]:
    """Yield SARIF 2.1.0, which code scanners and editors read."""
    results = [
        {
            "ruleId": code,
            "level": "warning",
            "message": {"text": text},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(file)},
                        "region": {"startLine": line, "startColumn": column},
                    }
                }
            ],
        }
        for code, line, column, text in _iter_remarks(report)
    ]
    rules = [{"id": code} for code in sorted({str(result["ruleId"]) for result in results})]
    driver = {"name": "afterword", "rules": rules}
    sarif_log = {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    yield json.dumps(sarif_log, ensure_ascii=False, indent=2)


def _iter_remarks(report: JsonRow) -> Iterator[tuple[str, int, int, str]]:
    """Yield code, line, column and text of everything that should be changed."""
    for section in report["missing"]:
        yield "missing-section", 1, 1, f"The section “{section}” is missing or empty."
    for row in report["findings"]:
        suggestion = f" Better: {row['suggestion']}" if row["suggestion"] else ""
        text = f"“{row['passage']}”: {row['problem']}{suggestion}"
        yield row["code"], row["line"], row["column"], text


def _escape(text: str, characters: str = "") -> str:
    for character in f"%\r\n{characters}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


FORMATTERS: dict[str, Callable[[JsonRow, str], Iterator[str]]] = {
    "table": _format_text,
    "json": _format_json,
    "jsonl": _format_jsonl,
    "sarif": _format_sarif,
    "github": _format_github,
}

check = BaseCommand(
    name="check",
    help="Check a document without sending it, for missing sections, blaming words, vague actions"
    " and chains of whys that stop too early.",
    params=[click.Argument(["file"], type=FILE_TYPE)],
    formats=tuple(FORMATTERS),
    callback=click.pass_context(_check),
)
