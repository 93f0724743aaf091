"""What the image is made of is listed, audited where advisories can be reached, and pinned."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DIGEST = f"sha256:{'a' * 64}"


def load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


audit, sbom, pin_images = map(load_script, ("audit", "sbom", "pin_images"))


def test_every_entry_of_the_lock_is_in_the_list_of_components_with_its_hashes() -> None:
    printed = subprocess.run(
        [sys.executable, ".ci/sbom.py"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    document = json.loads(printed)
    lock = (ROOT / "deploy" / "requirements.lock").read_text(encoding="utf-8")

    components = document["components"]

    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.5")
    assert len(components) == sum("==" in line and line[0].isalnum() for line in lock.splitlines())
    assert all(each["properties"] for each in components)
    assert "pkg:pypi/cryptography@" in printed
    assert "://" not in printed


def test_every_pin_of_the_lock_is_audited() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")

    pins = audit.list_pins(lock)

    assert len(pins) == sum("==" in line and line[0].isalnum() for line in lock.splitlines())
    assert any(";" in pin for pin in pins)
    assert '"temporalio==' in audit.format_project(pins)


ADVISORY = {
    "dependency": {"name": "idna", "version": "3.6"},
    "id": "GHSA-x",
    "summary": "slow",
    "link": "",
    "fix_versions": ["3.7"],
}


def format_answer(*advisories: object, statuses: tuple[object, ...] = ()) -> str:
    return json.dumps({"vulnerabilities": advisories, "adverse_statuses": statuses})


@pytest.mark.parametrize(
    ("answer", "error", "code", "words"),
    [
        (format_answer(), "Resolved 3 packages", 0, "No known advisory"),
        (format_answer(ADVISORY), "", 1, r"idna 3.6: GHSA-x slow \(fixed in 3.7; .*“make lock”"),
        (format_answer({**ADVISORY, "fix_versions": []}), "", 1, "fixed in no version yet"),
        (format_answer(statuses=({"name": "left-pad", "status": "archived"},)), "", 1, "left-pad"),
        ("", "error: Request failed\n  cause: no route", 2, "Nothing was audited.*no route"),
        ("", "error: No solution found\n  cause: none of idna==999", 2, "audited.*idna==999"),
        ("{}", "", 2, "Nothing was audited"),
        ("", "", 2, "Nothing was audited"),
    ],
)
def test_an_audit_tells_an_advisory_from_no_audit(
    answer: str, error: str, code: int, words: str
) -> None:
    returncode, text = audit.judge(answer, error)

    assert returncode == code
    assert re.search(words, text, re.DOTALL)


@pytest.mark.parametrize(
    ("answer", "code", "warned"),
    [(format_answer(ADVISORY), 1, True), (format_answer(), 0, False), ("", 2, False)],
)
def test_an_advisory_fails_its_own_target_and_only_warns_in_the_checks_of_a_change(
    answer: str,
    code: int,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(audit, "run_audit", lambda _: (answer, "no route"))

    codes = audit.main([]), audit.main(["--report"])

    printed = "".join(capsys.readouterr())
    assert codes == (code, 0)
    assert ("WARNING: a known advisory" in printed) is warned
    assert ("Nothing was audited" in printed) is (code == 2)


def test_the_checks_of_a_change_ask_for_the_report() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = dict(re.findall(r"^([a-z-]+): [^\n]*\n((?:\t.*\n)+)", makefile, re.MULTILINE))

    assert ".ci/audit.py --report\n" in targets["check"]
    assert targets["audit"].endswith(".ci/audit.py\n")


def run_pin_images(folder: Path, docker: str) -> subprocess.CompletedProcess[str]:
    """Run the script on copies of our files, with a `docker` that is this shell script."""
    (folder / "bin").mkdir()
    (folder / "deploy").mkdir()
    for name in ("docker-compose.yml", "Dockerfile"):
        (folder / name).write_text((ROOT / name).read_text(encoding="utf-8"), encoding="utf-8")
    if docker:
        (folder / "bin" / "docker").write_text(f"#!/bin/sh\n{docker}\n", encoding="utf-8")
        (folder / "bin" / "docker").chmod(0o755)
    return subprocess.run(
        [sys.executable, ROOT / ".ci" / "pin_images.py"],
        cwd=folder,
        env={**os.environ, "PATH": f"{folder / 'bin'}"},
        check=False,
        capture_output=True,
        text=True,
    )


def test_images_are_pinned_by_the_digests_that_docker_finds(tmp_path: Path) -> None:
    ran = run_pin_images(tmp_path, f"echo Digest: {DIGEST}")

    written = (tmp_path / "deploy" / "images.yml").read_text(encoding="utf-8")
    compose = Path(sys.executable).with_name("docker-compose")
    files = ("--file", "docker-compose.yml", "--file", "deploy/images.yml")
    merged = subprocess.run(
        [compose, *files, "config"], cwd=tmp_path, check=True, capture_output=True, text=True
    ).stdout

    assert ran.returncode == 0, ran.stderr
    for image in pin_images.list_images(COMPOSE).values():
        assert f"{image}@{DIGEST}" in written
    assert merged.count(f"@{DIGEST}") == written.count(f"@{DIGEST}") == 9
    assert "postgres:16\n" not in merged


@pytest.mark.parametrize(
    ("docker", "reason"),
    [
        ("", "there is no docker here"),
        ("echo no route to the registry >&2; exit 1", "no route to the registry"),
        ("echo nothing", "named no digest"),
    ],
)
def test_where_no_registry_can_be_reached_nothing_is_written_and_that_is_said(
    tmp_path: Path, docker: str, reason: str
) -> None:
    ran = run_pin_images(tmp_path, docker)

    assert ran.returncode == 1
    assert reason in ran.stderr
    assert not (tmp_path / "deploy" / "images.yml").exists()
