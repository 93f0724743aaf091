"""Every command line that a refusal, a blocker or a page names exists, with its options."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import build_root

ROOT = Path(__file__).parents[2]
PLACEHOLDER = "…"
COMMAND_LINE = re.compile(r"`afterword ([a-z][^`]*)`")
UNMARKED = re.compile(r"(?<![`\w])afterword [a-z]")


def read_text(node: ast.AST) -> str:
    """Return the text of a string, with a placeholder for what an f-string fills in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(read_text(part) for part in parts)
        case ast.FormattedValue():
            return PLACEHOLDER
    return ""


def iter_texts() -> Iterator[tuple[str, str]]:
    """Yield each string of a file that names a command line, with the file that it is in."""
    for room in ("rules", "web"):
        for file in sorted((ROOT / room).rglob("*.py")):
            source = file.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)) if "afterword " in source else ():
                yield str(file.relative_to(ROOT)), read_text(node)


def iter_command_lines() -> Iterator[tuple[str, str]]:
    """Yield each command line named in a string, with the file that names it."""
    for file, text in iter_texts():
        for found in COMMAND_LINE.findall(text):
            yield file, found


def find_fault(line: str) -> str:
    """Return what the command line has no such thing of, or "" where all of it exists."""
    words = line.split()
    at: click.Command = build_root()
    while isinstance(at, click.Group):
        if not words:
            return "no command"
        name = words.pop(0)
        command = at.get_command(click.Context(at), name)
        if command is None:
            return f"no command {name}"
        at = command
    options = {option for parameter in at.params for option in parameter.opts}
    for word in words:
        if word.startswith("--") and word not in options:
            return f"no option {word}"
    arguments = [parameter for parameter in at.params if isinstance(parameter, click.Argument)]
    given = [PLACEHOLDER, *words[1:]] if words[:1] == [PLACEHOLDER] else []
    positions = next((i for i, word in enumerate(given) if word.startswith("-")), len(given))
    return "more words than arguments" if positions > len(arguments) else ""


@pytest.mark.parametrize(("file", "line"), sorted(set(iter_command_lines())))
def test_a_way_out_is_a_command_line_that_exists(file: str, line: str) -> None:
    assert not find_fault(line), f"{file}: afterword {line}"


def test_command_lines_are_marked_by_backticks() -> None:
    assert [(file, text) for file, text in iter_texts() if UNMARKED.search(text)] == []


@pytest.mark.parametrize(
    "line", ["review appoint … lead", "reopen … --actions A2", "review name …", "review"]
)
def test_a_way_out_that_does_not_exist_is_found(line: str) -> None:
    assert find_fault(line)
