from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
HASH = f"--hash=sha256:{'0' * 64}"
GOOD = f"""\
click==8.5.1 \\
    {HASH}
    # via afterword
lxml==6.1 ; python_version < '4' \\
    {HASH}
"""
WANTED = [Requirement("click>=8.5"), Requirement("lxml")]


@pytest.fixture(scope="session")
def lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", ROOT / ".ci" / "lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_locks_of_this_repository_are_in_step(
    lock: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    assert lock.main() == 0
    assert capsys.readouterr().err == ""


def test_a_lock_that_pins_and_hashes_everything_is_good(lock: ModuleType) -> None:
    assert lock.find_problems(WANTED, GOOD) == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (GOOD + "--index-url https://registry.example.org/simple\n", "it names an address"),
        (GOOD + "idna==3.10\n", "idna==3.10 has no hash"),
        (GOOD + f"idna>=3 {HASH}\n", "idna>=3 is not pinned to one version"),
        (
            GOOD.replace("8.5.1", "8.4"),
            "click is pinned to 8.4, and pyproject.toml wants “click>=8.5”",
        ),
        (GOOD.replace("lxml", "lxmx"), "lxml is in pyproject.toml and not here"),
    ],
)
def test_a_lock_that_is_broken_says_how(lock: ModuleType, broken: str, fault: str) -> None:
    (said,) = lock.find_problems(WANTED, broken)

    assert fault in said


def test_the_image_pins_what_everybody_else_pins(lock: ModuleType) -> None:
    image = GOOD.replace("6.1", "6.2")

    assert lock.find_differences(GOOD, GOOD) == []
    assert lock.find_differences(GOOD, image) == [
        "lxml is pinned otherwise than in requirements.lock"
    ]


def test_a_new_dependency_without_a_new_lock_fails_the_check(
    lock: ModuleType,
    project: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "deploy").mkdir()
    for name in ("requirements.lock", "deploy/requirements.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    one = project["project"]["dependencies"][0]
    (tmp_path / "pyproject.toml").write_text(
        text.replace(f'"{one}"', f'"{one}", "left-pad-for-python"', 1), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)

    assert lock.main() == 1
    assert "left-pad-for-python is in pyproject.toml and not here" in capsys.readouterr().err
