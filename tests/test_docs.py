from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import BaseModel, SecretStr

from cli.main import build_root
from local import up
from models.action import ActionStatus
from models.commands import COMMANDS
from models.notifications import NotificationKind
from models.policy import Policy
from models.review import Stage
from rules.replies.responses import EXAMPLES
from rules.states import ACTION_TRANSITIONS, REVIEW_TRANSITIONS, draw_diagram
from settings import OTHER_VARIABLES, Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
USE, SETTINGS, OPERATE = (ROOT / "docs" / f"{name}.md" for name in ("use", "settings", "operate"))
LINK = re.compile(r"\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `(AFTERWORD_\w+)` \| (.*?) \|", re.MULTILINE)
COMMAND = re.compile(r"`(afterword [^`]+)`")
DEFAULT_WORDS = {
    "empty": ("", None),
    "none": ((),),
    "must be set": (MISSING,),
    "when offered": (None,),
}


def read_page(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def read_all_pages() -> str:
    return "\n".join(map(read_page, PAGES))


def iter_settings(model: Any, prefix: str = "AFTERWORD_") -> Iterator[tuple[str, Any]]:
    """Yield every setting by its name in the environment, with its default."""
    if is_dataclass(model):
        for one in fields(model):
            yield f"{prefix}{one.name.upper()}", getattr(Policy(), one.name)
        return
    for name, field in model.model_fields.items():
        group = field.annotation
        inner = isinstance(group, type) and (issubclass(group, BaseModel) or is_dataclass(group))
        if inner:
            yield from iter_settings(group, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}", MISSING if field.is_required() else field.default


def list_default_texts(default: Any) -> list[str]:
    """List how a default may be written in the docs."""
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, time):
        return [f"`{default.isoformat()}`"]
    words = [word for word, values in DEFAULT_WORDS.items() if default in values]
    if words:
        return words
    if isinstance(default, (bool, tuple, dict)):
        return [f"`{json.dumps(default)}`"]
    return [f"`{default}`"]


def iter_commands(group: click.Command, path: str = "afterword") -> Iterator[str]:
    if not isinstance(group, click.Group):
        yield path
        return
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        assert found is not None
        yield from iter_commands(found, f"{path} {name}")


def test_every_setting_stands_in_the_docs_with_its_default_and_no_other_does() -> None:
    documented = dict(ROW.findall(read_page(SETTINGS)))
    known = dict(iter_settings(Settings))

    wrong = {
        name: (documented[name], list_default_texts(default))
        for name, default in known.items()
        if name in documented and documented[name] not in list_default_texts(default)
    }

    assert documented.keys() == known.keys()
    assert wrong == {}


def test_every_variable_that_is_no_setting_stands_in_the_docs() -> None:
    assert [name for name in OTHER_VARIABLES if name not in read_page(SETTINGS)] == []


def test_every_command_stands_in_the_docs_with_its_command() -> None:
    commands = read_page(ROOT / "docs" / "orders.md")

    assert [kind for kind in COMMANDS if f"`{kind}`" not in commands] == []
    placed = [command.cli for command in COMMANDS.values() if command.cli]
    assert [command for command in placed if f"`afterword {command}`" not in commands] == []


def test_every_notification_stands_in_the_docs() -> None:
    notifications = read_page(ROOT / "docs" / "letters.md")

    assert [kind.value for kind in NotificationKind if f"`{kind}`" not in notifications] == []


def test_every_command_is_told_to_those_who_use_it() -> None:
    use = " ".join(read_page(USE).split())

    assert [command for command in iter_commands(build_root()) if f"{command}" not in use] == []


def test_every_command_in_the_docs_exists() -> None:
    known = set(iter_commands(build_root()))
    lines = (line for line in COMMAND.findall(read_all_pages()) if "<" not in line)
    mentioned = [shlex.split(line.replace("…", " ")) for line in lines]
    missing = [
        " ".join(words)
        for words in mentioned
        if not {" ".join(words[:2]), " ".join(words[:3])} & known
    ]

    assert missing == []


def test_every_answer_by_mail_stands_in_the_docs_as_in_the_notifications() -> None:
    use = " ".join(read_page(USE).split())

    assert [example for example in EXAMPLES.values() if f"`{example}`" not in use] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(read_page(page)):
        if "://" in link:
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in list_anchors(target)):
            broken.append(link)

    assert broken == []


def list_anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", read_page(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    ("moves", "first"),
    [(REVIEW_TRANSITIONS, Stage.DRAFT), (ACTION_TRANSITIONS, ActionStatus.PROPOSED)],
)
def test_the_diagrams_are_those_of_the_tables(moves: Any, first: StrEnum) -> None:
    assert f"```mermaid\n{draw_diagram(moves, first)}\n```" in read_page(ROOT / "README.md")


def test_every_make_target_in_the_docs_exists_and_the_others_are_told_too() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", read_page(ROOT / "Makefile"), re.MULTILINE))
    inline = re.findall(r"`make ([a-z -]+?)(?: [A-Z]+=[^`]*)?`", read_all_pages())
    in_blocks = re.findall(r"^make ([a-z-]+)", read_all_pages(), re.MULTILINE)

    assert {name for line in (*inline, *in_blocks) for name in line.split()} == targets


def test_every_flag_and_port_of_up_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        up.parse_arguments(["--help"])
    flags = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    told = read_page(OPERATE)

    assert [flag for flag in flags if f"`{flag}`" not in told] == []
    ports = (up.WEB, up.LMTP, up.SMTP, up.POSTBOX, up.TEMPORAL, up.TEMPORAL_UI)
    assert [port for port in ports if str(port) not in told] == []


def test_docs_say_that_no_container_was_started() -> None:
    assert "No container was started" in read_page(OPERATE)
    assert "no container was started" in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
