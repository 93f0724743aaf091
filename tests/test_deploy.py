from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from settings import Settings
from tests.test_docs import iter_settings
from workflows.options import SEARCH_ATTRIBUTES

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
NEEDED = {
    "POSTGRES_PASSWORD": "check",
    "AFTERWORD_SECRET": "only-to-check-the-file",
    "AFTERWORD_COORDINATOR": "coordinator@example.org",
}


def run_compose_config(text: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    compose = Path(sys.executable).with_name("docker-compose")
    return subprocess.run(
        [compose, "--file", "-", "--project-directory", ROOT, "config", "--quiet"],
        input=text,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )


def test_compose_can_read_our_file() -> None:
    assert run_compose_config(COMPOSE, NEEDED).returncode == 0


@pytest.mark.parametrize("missing", NEEDED)
def test_what_must_be_set_is_asked_for_by_name(missing: str) -> None:
    ran = run_compose_config(
        COMPOSE, {name: value for name, value in NEEDED.items() if name != missing}
    )

    assert ran.returncode != 0
    assert missing in ran.stderr


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("condition: service_healthy", "condition: service_well"), ("volumes:\n  database:", "")],
)
def test_the_check_would_see_what_is_broken(right: str, wrong: str) -> None:
    assert right in COMPOSE
    assert run_compose_config(COMPOSE.replace(right, wrong), NEEDED).returncode != 0


def test_compose_sets_nothing_that_is_no_setting() -> None:
    known = {name for name, _ in iter_settings(Settings)}

    used = set(re.findall(r"^    (AFTERWORD_\w+):", COMPOSE, re.MULTILINE))

    assert used
    assert used <= known


def test_every_process_of_ours_is_a_module_that_can_be_run() -> None:
    started = set(re.findall(r'command: \["python", "-m", "(\w+)"\]', COMPOSE))

    assert started == {"worker", "web", "intake"}
    for name in started:
        spec = find_spec(name)
        assert spec is not None
        assert spec.submodule_search_locations is None or find_spec(f"{name}.__main__")


def test_the_namespace_gets_the_search_attributes_that_workflows_set() -> None:
    script = (ROOT / "deploy" / "namespace.sh").read_text(encoding="utf-8")

    made = dict(re.findall(r"\b(Afterword\w+):(\w+)", script))

    assert made == dict(SEARCH_ATTRIBUTES)


@pytest.mark.parametrize("script", sorted((ROOT / "deploy").glob("*.sh")), ids=lambda f: f.name)
def test_every_script_is_one_that_a_shell_can_read(script: Path) -> None:
    ran = subprocess.run(["sh", "-n", script], check=False, capture_output=True)

    assert (ran.returncode, ran.stderr) == (0, b"")


def test_the_image_gets_everything_that_the_wheel_needs() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project.partition("only-include = [")[2].partition("]")[0]

    needed = {*re.findall(r'"([\w.]+)"', block), "pyproject.toml", "README.md", "LICENSE"}

    assert needed <= {name.removeprefix("!") for name in ignored if name.startswith("!")}
