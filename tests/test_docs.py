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
from register.database import build_engine, migrate
from rules.figures.definitions import FIGURES, LEFT_OUT
from rules.states import ACTION_TRANSITIONS, REVIEW_TRANSITIONS, draw_diagram
from settings import OTHER_VARIABLES, Settings
from tests.web.web_app import WebApp, build_settings

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
COMMANDS_PAGE, SETTINGS_PAGE, NOTIFICATIONS_PAGE, API_PAGE = (
    DOCS / "reference" / f"{name}.md" for name in ("commands", "settings", "notifications", "api")
)
ARCHITECTURE, OPERATOR = DOCS / "architecture.md", DOCS / "how-to" / "operator.md"
TUTORIAL, DECISIONS = DOCS / "tutorial.md", DOCS / "decisions"
LINK = re.compile(r"\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `(AFTERWORD_\w+)` \| (.*?) \|", re.MULTILINE)
COMMAND = re.compile(r"`(afterword [^`]+)`")
COMMAND_LINE = re.compile(r"^(?:\w+=\$\()?(afterword [^#\n]+?)\)?(?: *#.*)?$", re.MULTILINE)
ROUTE = re.compile(r"^\| `([A-Z]+ /[^`]*)` \|", re.MULTILINE)
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


def test_every_setting_is_in_the_reference_with_its_default_and_no_other() -> None:
    documented = dict(ROW.findall(read_page(SETTINGS_PAGE)))
    known = dict(iter_settings(Settings))

    wrong = {
        name: (documented[name], list_default_texts(default))
        for name, default in known.items()
        if name in documented and documented[name] not in list_default_texts(default)
    }

    assert documented.keys() == known.keys()
    assert wrong == {}


def test_every_variable_that_is_no_setting_is_in_the_reference() -> None:
    assert [name for name in OTHER_VARIABLES if name not in read_page(SETTINGS_PAGE)] == []


def test_every_command_is_in_the_reference_with_its_place_on_the_command_line() -> None:
    commands = read_page(COMMANDS_PAGE)

    assert [kind for kind in COMMANDS if f"`{kind}`" not in commands] == []
    placed = [command.cli for command in COMMANDS.values() if command.cli]
    assert [command for command in placed if f"`afterword {command}`" not in commands] == []


def test_every_notification_is_in_the_reference() -> None:
    notifications = read_page(NOTIFICATIONS_PAGE)

    assert [kind.value for kind in NotificationKind if f"`{kind}`" not in notifications] == []


def test_every_figure_is_in_the_reference_with_its_definition() -> None:
    reference = " ".join(read_page(DOCS / "reference" / "figures.md").split())

    told = (f"## {figure.name} `{figure.id}`" for figure in FIGURES)
    assert [heading for heading in told if heading not in reference] == []
    assert [figure.id for figure in FIGURES if figure.definition not in reference] == []
    assert LEFT_OUT in reference


def read_how_to() -> str:
    return " ".join(" ".join(map(read_page, HOW_TO)).split())


def test_everything_that_the_doctor_names_is_in_the_docs_and_nothing_else() -> None:
    code = re.compile(r"\bcode=(.+?),?$", re.MULTILINE)
    named = {
        name
        for module in (ROOT / "rules").rglob("*_concerns.py")
        for line in code.findall(read_page(module))
        for name in re.findall(r'"([a-z-]+)"', line)
    }
    section = read_page(OPERATOR).partition("### The doctor")[2].partition("\n## ")[0]
    listed = {
        name
        for row in re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)
        for name in re.findall(r"`([a-z-]+)`", row)
    }

    assert len(named) > 20
    assert named == listed


def test_every_command_is_described_to_those_who_use_it() -> None:
    how_to = read_how_to()

    missing = [command for command in iter_commands(build_root()) if command not in how_to]

    assert [name for name in missing if name != "afterword demo"] == []


def test_every_command_in_the_docs_exists() -> None:
    known = set(iter_commands(build_root()))
    text = read_all_pages()
    lines = (line for line in COMMAND.findall(text) if "<" not in line)
    mentioned = [shlex.split(line.replace("…", " ")) for line in lines]
    mentioned += [shlex.split(line) for line in COMMAND_LINE.findall(text)]
    missing = [
        " ".join(words)
        for words in map(skip_options, mentioned)
        if not {" ".join(words[:2]), " ".join(words[:3])} & known
    ]

    assert missing == []


def skip_options(words: list[str]) -> list[str]:
    """Return the words of a command line without options before the command."""
    return [words[0], *words[3:]] if words[1].startswith("--") else words


def test_the_tutorial_names_only_options_that_its_commands_have() -> None:
    wrong = []
    for line in COMMAND_LINE.findall(read_page(TUTORIAL)):
        words = skip_options(shlex.split(line))
        command = find_command(words[1:])
        known = {option for parameter in command.params for option in parameter.opts}
        wrong += [
            f"{line}: {word}" for word in words if word.startswith("--") and word not in known
        ]

    assert wrong == []


def find_command(words: list[str]) -> click.Command:
    """Find the command that a line calls, descending through its groups."""
    command: click.Command = build_root()
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(click.Context(command), word)
        assert found is not None, words
        command = found
    return command


def test_every_answer_by_mail_is_in_the_docs_as_in_the_notifications() -> None:
    how_to = read_how_to()
    examples = [command.mail.example for command in COMMANDS.values() if command.mail]

    assert [example for example in examples if f"`{example}`" not in how_to] == []


def test_every_route_is_in_the_docs_and_no_other(tmp_path: Path) -> None:
    engine = build_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    migrate(engine)
    schema = WebApp(engine=engine, settings=build_settings()).app.openapi()
    engine.dispose()
    verbs = {f"POST /api/reviews/{{review}}/{kind}" for kind in COMMANDS} - {
        "POST /api/reviews/{review}/contribute"
    }
    routes = {
        f"{method.upper()} {path}"
        for path, operations in schema["paths"].items()
        for method in operations
    }

    assert set(ROUTE.findall(read_page(API_PAGE))) == routes - verbs


def test_decisions_are_numbered_dated_and_listed() -> None:
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    index = read_page(DECISIONS / "README.md")

    for number, page in enumerate(pages, 1):
        text = read_page(page)
        dated = re.match(rf"# {number}\. .+\n\nDate: (\d{{4}}-\d\d-\d\d)\n", text)
        assert page.name.startswith(f"{number:04d}-"), page.name
        assert dated, page.name
        assert f"({page.name}) | {dated[1]} |" in index, page.name


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), {ROOT / "README.md"}
    while waiting:
        page = waiting.pop()
        reached.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(read_page(page)))
        targets = {(page.parent / link).resolve() for link in links if "://" not in link}
        waiting |= {target for target in targets if target.suffix == ".md"} - reached

    assert set(PAGES) <= reached


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
    assert f"```mermaid\n{draw_diagram(moves, first)}\n```" in read_page(ARCHITECTURE)


def list_code_paths(page: str) -> set[str]:
    """List the files and folders of our code that a page names."""
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*/?(?:\.py)?)`", page)
    return {name for name in named if "/" in name or name.endswith(".py")}


def test_every_place_in_the_code_that_the_architecture_names_is_there() -> None:
    named = list_code_paths(read_page(ARCHITECTURE))

    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    assert {"rules/states.py", "worker.py", "workflows/messages", "intake/"} <= named


def test_every_floor_is_in_the_architecture() -> None:
    page = read_page(ARCHITECTURE)
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"bench", "tests"}

    assert [folder for folder in sorted(folders) if f"`{folder}`" not in page] == []


def test_every_make_target_is_in_the_docs_and_no_other() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", read_page(ROOT / "Makefile"), re.MULTILINE))
    inline = re.findall(r"`make ([a-z -]+?)(?: [A-Z]+=[^`]*)?`", read_all_pages())
    in_blocks = re.findall(r"^make ([a-z-]+)", read_all_pages(), re.MULTILINE)

    assert {name for line in (*inline, *in_blocks) for name in line.split()} == targets


def test_every_flag_and_port_of_up_is_in_the_docs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        up.parse_arguments(["--help"])
    flags = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    operator = read_page(OPERATOR)

    assert [flag for flag in flags if f"`{flag}`" not in operator] == []
    ports = (up.WEB, up.LMTP, up.SMTP, up.POSTBOX, up.TEMPORAL, up.TEMPORAL_UI)
    assert [port for port in ports if str(port) not in operator] == []


def test_docs_say_that_no_container_was_started() -> None:
    assert "No container was started" in read_page(OPERATOR)
    assert "no container was started" in (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
