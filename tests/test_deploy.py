from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from settings import Settings, load_settings
from tests.deploy_folder import COORDINATOR, ROOT, copy_deploy, run_script
from tests.test_docs import iter_settings
from workflows.options import SEARCH_ATTRIBUTES

COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SECRETS = (
    "postgres-database-password",
    "temporal-database-password",
    "afterword-database-password",
    "afterword.toml",
)
CERTIFICATES = ("ca", "postgresql", "temporal", "temporal-client")


def run_compose_config(text: str) -> subprocess.CompletedProcess[str]:
    compose = Path(sys.executable).with_name("docker-compose")
    return subprocess.run(
        [compose, "--file", "-", "--project-directory", ROOT, "config", "--quiet"],
        input=text,
        env={},
        check=False,
        capture_output=True,
        text=True,
    )


def test_compose_can_read_our_file() -> None:
    assert run_compose_config(COMPOSE).returncode == 0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("condition: service_healthy", "condition: service_well"),
        ("volumes:\n  database:\n", "volumes:\n"),
    ],
)
def test_the_check_would_see_what_is_broken(right: str, wrong: str) -> None:
    assert right in COMPOSE
    assert run_compose_config(COMPOSE.replace(right, wrong)).returncode != 0


def test_compose_sets_nothing_that_is_no_setting() -> None:
    known = {name for name, _ in iter_settings(Settings)} | {"AFTERWORD_CONFIG"}

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


def test_no_secret_is_in_the_environment_of_a_container() -> None:
    assert not re.search(r"(?i)(password|secret|_pwd)\b[^/\n]*: (?!\S*/run/secrets)\S", COMPOSE)
    files = {f"{name}.{kind}" for name in CERTIFICATES for kind in ("crt", "key")} - {"ca.key"}
    assert set(re.findall(r"file: \./deploy/secrets/(\S+)", COMPOSE)) == {*SECRETS, *files}


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("AFTERWORD_SECRET=a secret of before", "a secret of before"),
        ("AFTERWORD_SECRET='a \"secret\" of before'", 'a "secret" of before'),
        ('export AFTERWORD_SECRET="a secret of before"\r', "a secret of before"),
        (
            "AFTERWORD_SECRET=the first one\nAFTERWORD_SECRET=a second long secret",
            "a second long secret",
        ),
    ],
)
def test_an_upgrade_keeps_the_secret_that_links_and_addresses_were_made_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, secret: str
) -> None:
    (tmp_path / ".env").write_text(f"POSTGRES_PASSWORD=x\n{line}\n", encoding="utf-8")

    settings = load_made_settings(tmp_path, monkeypatch)

    assert settings.secret.get_secret_value() == secret
    assert [each.get_secret_value() for each in settings.keys.signing][1:] == [secret]


def test_the_secret_of_the_environment_is_taken_over_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = 'back\\slash, "quotes", $dollar # and more'
    monkeypatch.setenv("AFTERWORD_SECRET", secret)

    settings = load_made_settings(tmp_path, monkeypatch)

    assert settings.secret.get_secret_value() == secret


@pytest.mark.parametrize("secret", ['"a \\" b"', '"kept \\" b"', "kept$HOME", "environment:$x"])
def test_a_secret_that_cannot_be_read_from_a_file_stops_before_anything_is_lost(
    tmp_path: Path, secret: str
) -> None:
    (tmp_path / ".env").write_text(f"AFTERWORD_SECRET={secret}\n", encoding="utf-8")

    ran = make_secrets(tmp_path)

    assert ran.returncode == 1
    assert "Set it in the environment" in ran.stderr
    assert not (tmp_path / "deploy" / "secrets" / "afterword.toml").exists()


def make_secrets(folder: Path) -> subprocess.CompletedProcess[str]:
    return run_script(copy_deploy(folder), "make-secrets.sh", COORDINATOR)


def test_a_coordinator_is_written_as_they_are_whatever_is_in_their_address(
    tmp_path: Path,
) -> None:
    coordinator = '"ada \\\\ lovelace"@example.org'

    ran = run_script(copy_deploy(tmp_path), "make-secrets.sh", coordinator)

    written = (tmp_path / "deploy" / "secrets" / "afterword.toml").read_text(encoding="utf-8")
    assert ran.returncode == 0
    assert tomllib.loads(written)["coordinator"] == coordinator


def load_made_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the settings that the script makes; what it read is out of the environment then."""
    ran = make_secrets(folder)
    assert ran.returncode == 0, ran.stderr
    assert "taken over" in ran.stdout
    monkeypatch.delenv("AFTERWORD_SECRET", raising=False)
    monkeypatch.setenv("AFTERWORD_CONFIG", str(folder / "deploy" / "secrets" / "afterword.toml"))
    return load_settings()


def list_networks(service: str) -> set[str]:
    block = re.search(rf"\n  {service}:\n(.*?)(?=\n  \S|\n\S)", COMPOSE, re.DOTALL)
    assert block is not None
    text = block[1]
    if "<<: *afterword" in text:
        text = COMPOSE.partition("x-afterword:")[2].partition("\nx-admin-tools")[0]
    networks = re.search(r"networks: \[(.*)\]", text)
    assert networks is not None
    return set(networks[1].split(", "))


def test_only_who_needs_a_database_or_temporal_can_reach_it() -> None:
    networks = {name: list_networks(name) for name in (
        "postgresql", "temporal-schema", "temporal", "temporal-namespace", "temporal-ui", "web"
    )}  # fmt: skip
    block = COMPOSE.partition("\n  postgresql-roles:\n")[2].partition("\n\n")[0]

    assert networks == {
        "postgresql": {"afterword-database", "temporal-database"},
        "temporal-schema": {"temporal-database"},
        "temporal": {"temporal-database", "temporal"},
        "temporal-namespace": {"temporal"},
        "temporal-ui": {"temporal", "outside"},
        "web": {"afterword-database", "temporal", "outside"},
    }
    assert COMPOSE.count("    internal: true") == 3
    assert "network_mode: none" in block
    assert COMPOSE.count("- database-socket:") == 2


@pytest.fixture
def secrets_folder(tmp_path: Path) -> Path:
    """Return a folder with fresh secrets, as the script of the deployment makes them."""
    deploy = copy_deploy(tmp_path)
    run_script(deploy, "make-secrets.sh", COORDINATOR)
    return deploy / "secrets"


def test_fresh_secrets_are_settings_that_hold_and_are_not_made_twice(
    secrets_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {file.name: file.read_text(encoding="utf-8") for file in secrets_folder.iterdir()}
    subprocess.run([secrets_folder.parent / "make-secrets.sh", "other@example.org"], check=True)
    after = {file.name: file.read_text(encoding="utf-8") for file in secrets_folder.iterdir()}
    monkeypatch.setenv("AFTERWORD_CONFIG", str(secrets_folder / "afterword.toml"))

    settings = load_settings()

    assert before == after
    assert set(before) == set(SECRETS)
    assert len(set(before.values())) == len(SECRETS)
    assert secrets_folder.stat().st_mode & 0o777 == 0o700
    assert settings.opening_policy.restricted_reviews
    assert before["afterword-database-password"] in settings.database
