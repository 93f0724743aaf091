"""Check that both locks fit pyproject.toml: all pinned, all hashed, without addresses.

requirements.lock holds everything, deploy/requirements.lock what the image needs, at the same
versions. It needs no network.
"""
# ruff: noqa: INP001  (a script, not a package)

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

HASH_PATTERN = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")
EVERYTHING = Path("requirements.lock")
IMAGE = Path("deploy/requirements.lock")
Pins = dict[str, list[Version]]


def list_requirements(project: dict[str, Any], *groups: str) -> list[Requirement]:
    """List what pyproject.toml requires: dependencies, all extras, and the given groups."""
    lines = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        lines += extra
    for group in groups:
        lines += project["dependency-groups"][group]
    return [Requirement(line) for line in lines]


def split_entries(lock: str) -> list[str]:
    """Split a lock into its entries, joining continued lines and leaving out comments."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def parse_pins(lock: str) -> Pins:
    """Parse the pinned versions by package (several where platforms differ)."""
    versions_by_name: Pins = {}
    for name, _, rest in (entry.partition("==") for entry in split_entries(lock)):
        version = rest.split()[0] if rest else "0"
        versions_by_name.setdefault(canonicalize_name(name.partition("[")[0].strip()), []).append(
            Version(version)
        )
    return versions_by_name


def find_problems(requirements: list[Requirement], lock: str) -> list[str]:
    """List everything that is wrong with a lock."""
    if "://" in lock:
        return ["it names an address; the lock must hold names, versions and hashes only"]
    without_hash = [
        entry.split()[0] for entry in split_entries(lock) if not HASH_PATTERN.search(entry)
    ]
    without_pin = [
        entry.split()[0] for entry in split_entries(lock) if "==" not in entry.split(" ")[0]
    ]
    return [
        *(f"{name} has no hash" for name in without_hash),
        *(f"{name} is not pinned to one version" for name in without_pin),
        *_find_mismatches(requirements, parse_pins(lock)),
    ]


def _find_mismatches(requirements: list[Requirement], pins: Pins) -> list[str]:
    versions = {
        requirement: pins.get(canonicalize_name(requirement.name), [])
        for requirement in requirements
    }
    return [
        *(
            f"{requirement.name} is in pyproject.toml and not here"
            for requirement in requirements
            if not versions[requirement]
        ),
        *(
            f"{requirement.name} is pinned to {version}, and pyproject.toml wants “{requirement}”"
            for requirement in requirements
            for version in versions[requirement]
            if not requirement.specifier.contains(version, prereleases=True)
        ),
    ]


def find_differences(everything: str, image: str) -> list[str]:
    """List what the image pins to other versions than the full lock."""
    expected = parse_pins(everything)
    return [
        f"{name} is pinned otherwise than in {EVERYTHING}"
        for name, versions in parse_pins(image).items()
        if versions != expected.get(name)
    ]


def main() -> int:
    """Check both locks and print every problem; return 1 if there is one."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    everything, image = (file.read_text(encoding="utf-8") for file in (EVERYTHING, IMAGE))
    problems = [
        f"{EVERYTHING}: {problem}"
        for problem in find_problems(list_requirements(project, "dev"), everything)
    ]
    problems += [
        f"{IMAGE}: {problem}" for problem in find_problems(list_requirements(project), image)
    ]
    problems += [f"{IMAGE}: {problem}" for problem in find_differences(everything, image)]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        sys.stderr.write("“make lock” writes both again.\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
