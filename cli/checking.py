"""`afterword review check`: a document looked at without sending it, for people, editors and CI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import click

from cli import names
from cli.documents import FILE, checked, content_of, remarks
from cli.leaf import Leaf
from cli.shown import Row, as_json, remark
from cli.trouble import Exit

COLUMNS = ("id", "code", "line", "column", "where", "why", "better")
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def _check(ctx: click.Context, file: str) -> None:
    from words.checking import check as looked

    found = looked(checked(content_of(file)))
    told: dict[str, Any] = {
        "title": found.title,
        "missing": [str(section) for section in found.missing],
        "findings": [{name: getattr(f, name) for name in COLUMNS} for f in found.findings],
    }
    if not found.understood:
        remark("The checks of words speak English; most of this text is in another language.")
    for line in FORMS[names.flags(ctx).get("output", "table")](told, file):
        click.echo(line)
    ctx.exit(Exit.FAILED if found.missing or found.findings else Exit.DONE)


def _for_people(told: Row, file: str) -> Iterator[str]:
    del file
    yield from list(remarks(told)) or ["Nothing is missing."]


def _as_json(told: Row, file: str) -> Iterator[str]:
    del file
    yield as_json(told, indent=2)


def _as_lines(told: Row, file: str) -> Iterator[str]:
    del file
    yield as_json(told)


def _for_github(told: Row, file: str) -> Iterator[str]:
    """Write workflow commands, which GitHub shows at the lines of a pull request."""
    for code, line, column, said in _remarks(told):
        place = f"file={_escaped(file, ',:')},line={line},col={column},title={_escaped(code, ',:')}"
        yield f"::warning {place}::{_escaped(said)}"


def _as_sarif(told: Row, file: str) -> Iterator[str]:
    """Write SARIF 2.1.0, which code scanners and editors read."""
    results = [
        {
            "ruleId": code,
            "level": "warning",
            "message": {"text": said},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(file)},
                        "region": {"startLine": line, "startColumn": column},
                    }
                }
            ],
        }
        for code, line, column, said in _remarks(told)
    ]
    rules = [{"id": code} for code in sorted({str(result["ruleId"]) for result in results})]
    driver = {"name": "afterword", "rules": rules}
    whole = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }
    yield json.dumps(whole, ensure_ascii=False, indent=2)


def _remarks(told: Row) -> Iterator[tuple[str, int, int, str]]:
    """Give code, line, column and words of all that is to be mended."""
    for section in told["missing"]:
        yield "missing-section", 1, 1, f"The section “{section}” is missing, or holds no text."
    for row in told["findings"]:
        better = f" Better: {row['better']}" if row["better"] else ""
        said = f"“{row['where']}”: {row['why']}{better}"
        yield row["code"], row["line"], row["column"], said


def _escaped(text: str, marks: str = "") -> str:
    for mark in f"%\r\n{marks}":
        text = text.replace(mark, f"%{ord(mark):02X}")
    return text


FORMS: dict[str, Callable[[Row, str], Iterator[str]]] = {
    "table": _for_people,
    "json": _as_json,
    "jsonl": _as_lines,
    "sarif": _as_sarif,
    "github": _for_github,
}

check = Leaf(
    name="check",
    help="Look at a document without sending it: what is missing, which words blame, which actions"
    " are vague and which whys stop too early.",
    params=[click.Argument(["file"], type=FILE)],
    formats=tuple(FORMS),
    callback=click.pass_context(_check),
)
