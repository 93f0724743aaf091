"""Every command line that a refusal, a blocker or a page names exists, with its options."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import build_root
from models.commands import COMMANDS, Command, Drop, Reopen, Revise
from rules.command_lines import TO_FILL_IN, format_command_line
from rules.gates.gates import list_blockers
from tests.cli.api_server import ApiServer, Terminal
from tests.cli.scenarios import REVIEW_ID, accept_actions, approve_draft, open_review
from tests.sample_people import FAY, OLGA

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


def find_command(words: list[str]) -> tuple[click.Command, list[str]]:
    """Return the command that words name, and the words after its name."""
    at: click.Command = build_root()
    while isinstance(at, click.Group):
        name, *words = words
        command = at.get_command(click.Context(at), name)
        assert command is not None, name
        at = command
    return at, words


def find_missing(line: str) -> str:
    """Return what a command line lacks of its command, or has too much; "" where it is whole."""
    command, words = find_command(shlex.split(line.strip("`"))[1:])
    options = [word for word in words if word.startswith("--")]
    arguments = len(words) - 2 * len(options)
    required = {p.opts[0] for p in command.params if isinstance(p, click.Option) and p.required}
    known = {name for p in command.params for name in p.opts}
    if not required <= set(options) <= known:
        return f"options of {command.name}: {sorted(required ^ set(options))}"
    if arguments != sum(isinstance(p, click.Argument) for p in command.params):
        return f"arguments of {command.name}: {words}"
    return "" if words[0] == "manual-Q1" else "the name of the review"


@pytest.mark.parametrize(
    "command_type", [c for c in COMMANDS.values() if c.cli and "recur" not in c.cli]
)
def test_a_formatted_command_line_has_all_that_its_command_needs(
    command_type: type[Command],
) -> None:
    assert not find_missing(format_command_line(REVIEW_ID, command_type))


@pytest.mark.parametrize(
    "line",
    [
        "`afterword drop manual-Q1 A1 --risk …`",
        "`afterword drop manual-Q1 --reason …`",
        "`afterword drop manual-Q1 A1 --reason … --owner …`",
        "`afterword drop Q2 A1 --reason …`",
    ],
)
def test_a_command_line_that_lacks_something_is_found(line: str) -> None:
    assert find_missing(line)


def test_what_is_given_is_quoted_for_the_shell_and_the_rest_is_to_fill_in() -> None:
    drop = format_command_line(REVIEW_ID, Drop, action="A1", reason="It's over", risk=None)
    revise = format_command_line(REVIEW_ID, Revise, action="A1", causes=None)
    reopen = format_command_line(REVIEW_ID, Reopen, actions="A2")

    assert drop == f"`afterword drop manual-Q1 A1 --reason 'It'\"'\"'s over' --risk {TO_FILL_IN}`"
    assert revise == "`afterword action revise manual-Q1 A1 --cause …`"
    assert reopen == "`afterword reopen manual-Q1 --reason … --action A2`"


def test_each_blocker_of_a_reviews_whole_life_prints_the_whole_command(
    api_server: ApiServer, afterword: Terminal
) -> None:
    def check_blockers() -> set[str]:
        review = api_server.review_client.reviews[REVIEW_ID]
        blockers = list_blockers(review, api_server.now)
        lines = [line for b in blockers for line in re.findall(r"`afterword [^`]+`", b.way_out)]
        assert [find_missing(line) for line in lines if find_missing(line)] == []
        assert all("`afterword" in blocker.way_out for blocker in blockers)
        return {blocker.code for blocker in blockers}

    open_review(afterword)
    codes = check_blockers()
    approve_draft(api_server, afterword)
    codes |= check_blockers()
    afterword.check_output("action", "propose", "q1", "--text", "Think about it", by=FAY)
    codes |= check_blockers()
    afterword.check_output("action", "withdraw", "q1", "A1", "--reason", "Vague", by=FAY)
    afterword.check_output("cancel", "q1", "--reason", "Start anew", "--yes")
    api_server.reset()
    afterword.tokens = api_server.tokens
    accept_actions(api_server, afterword)
    codes |= check_blockers()
    afterword.check_output("action", "claim", "q1", "A1", "--evidence", "Test 12 ran", by=OLGA)
    codes |= check_blockers()

    assert codes >= {"no-document", "no-meeting", "no-owner", "cause-without-action"}
    assert codes >= {"not-done", "not-verified", "follow-up-not-held"}
    assert (
        "afterword verify manual-Q1 A1 --finding …"
        in afterword("approve", "q1", "closure", by="ada@example.org").err
    )
