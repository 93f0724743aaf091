"""Check that both locks fit pyproject.toml: all pinned, all hashed, and no address in them.

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

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}(?=\s|$)")
EVERYTHING = Path("requirements.lock")
IMAGE = Path("deploy/requirements.lock")
Pins = dict[str, list[Version]]


def wanted(project: dict[str, Any], *groups: str) -> list[Requirement]:
    """List what pyproject.toml asks for: the dependencies, and those of some groups."""
    lines = list(project["project"]["dependencies"])
    for group in groups:
        lines += project["dependency-groups"][group]
    return [Requirement(line) for line in lines]


def entries(lock: str) -> list[str]:
    """Join each pin with the lines that continue it; leave comments out."""
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    return [entry for entry in "\n".join(lines).replace("\\\n", " ").splitlines() if entry.strip()]


def pins(lock: str) -> Pins:
    """Read which versions of what are pinned (several where the platforms differ)."""
    found: Pins = {}
    for name, _, rest in (entry.partition("==") for entry in entries(lock)):
        version = rest.split()[0] if rest else "0"
        found.setdefault(canonicalize_name(name.partition("[")[0].strip()), []).append(
            Version(version)
        )
    return found


def faults(requirements: list[Requirement], lock: str) -> list[str]:
    """Say everything that is wrong with a lock."""
    if "://" in lock:
        return ["it names an address; the lock must hold names, versions and hashes only"]
    bare = [entry.split()[0] for entry in entries(lock) if not HASH.search(entry)]
    loose = [entry.split()[0] for entry in entries(lock) if "==" not in entry.split(" ")[0]]
    return [
        *(f"{name} has no hash" for name in bare),
        *(f"{name} is not pinned to one version" for name in loose),
        *_missing(requirements, pins(lock)),
    ]


def _missing(requirements: list[Requirement], pinned: Pins) -> list[str]:
    versions = {wish: pinned.get(canonicalize_name(wish.name), []) for wish in requirements}
    return [
        *(
            f"{wish.name} is in pyproject.toml and not here"
            for wish in requirements
            if not versions[wish]
        ),
        *(
            f"{wish.name} is pinned to {version}, and pyproject.toml wants “{wish}”"
            for wish in requirements
            for version in versions[wish]
            if not wish.specifier.contains(version, prereleases=True)
        ),
    ]


def apart(everything: str, image: str) -> list[str]:
    """Name what the image pins otherwise than everybody else."""
    whole = pins(everything)
    return [
        f"{name} is pinned otherwise than in {EVERYTHING}"
        for name, versions in pins(image).items()
        if versions != whole.get(name)
    ]


def main() -> int:
    """Print every fault; exit 1 if there is one."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    everything, image = (file.read_text(encoding="utf-8") for file in (EVERYTHING, IMAGE))
    found = [f"{EVERYTHING}: {fault}" for fault in faults(wanted(project, "dev"), everything)]
    found += [f"{IMAGE}: {fault}" for fault in faults(wanted(project), image)]
    found += [f"{IMAGE}: {fault}" for fault in apart(everything, image)]
    for fault in found:
        sys.stderr.write(f"{fault}\n")
    if found:
        sys.stderr.write("“make lock” writes both anew.\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
