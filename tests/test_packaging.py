from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import distributions, packages_distributions
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SHIPPED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
NAMES = {name.removesuffix(".py") for name in SHIPPED}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("afterword-*.whl")
    return built


def list_versioned() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *SHIPPED],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return {name for name in listed if (ROOT / name).exists()}


def test_every_package_of_ours_is_shipped() -> None:
    packages = {found.parent.name for found in ROOT.glob("*/__init__.py")}
    aside = {"bench", "tests"}

    assert packages - aside == {name for name in SHIPPED if not name.endswith(".py")}


def test_no_other_distribution_owns_one_of_our_names() -> None:
    owners = packages_distributions()

    assert {name: owners[name] for name in NAMES if set(owners.get(name, [])) - {"afterword"}} == {}
    assert any(found.metadata["Name"] == "afterword" for found in distributions())


def test_the_wheel_holds_every_module_template_and_migration(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        held = {name for name in opened.namelist() if ".dist-info/" not in name}

    assert held == list_versioned()
    for needed in (
        "local/postbox_pages/email.html",
        "local/demo/postmortem.md",
        "register/migrations/",
    ):
        assert any(name.startswith(needed) for name in held)


def test_the_wheel_brings_command_and_licence(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        inside = {name.partition(".dist-info/")[2]: name for name in opened.namelist()}
        commands = opened.read(inside["entry_points.txt"]).decode()

    assert "afterword = cli.main:run" in commands
    assert "licenses/LICENSE" in inside


def test_what_is_in_the_wheel_runs_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "installed")
    program = "import cli.main, local.demo.play, web.app, worker; print(cli.main.__file__)"

    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "installed"), "PYTHONSAFEPATH": "1"},
        check=True,
        capture_output=True,
        text=True,
    )

    assert ran.stdout.startswith(str(tmp_path / "installed"))
