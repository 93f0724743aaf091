"""Print what the image is made of, from its lock: a CycloneDX 1.5 document (`make sbom`)."""
# ruff: noqa: INP001  (a script, not a package)

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

LOCK = Path("deploy/requirements.lock")
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def list_components(lock: str) -> list[dict[str, Any]]:
    """List the components of a lock, each with the hashes of the files that it may be."""
    text = lock.replace("\\\n", " ")
    found = [(ENTRY.match(line), line) for line in text.splitlines()]
    return [_describe(entry[1], entry[2], HASH.findall(line)) for entry, line in found if entry]


def _describe(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    package = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}"
    return {
        "type": "library",
        "bom-ref": package,
        "name": name,
        "version": version,
        "purl": package,
        "properties": [{"name": "afterword:sha256", "value": each} for each in hashes],
    }


def build_document(project: dict[str, Any], lock: str) -> dict[str, Any]:
    """Build the document; the same lock gives the same one."""
    component = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": project["version"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component},
        "components": list_components(lock),
    }


def main() -> int:
    """Print the document."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    document = build_document(project, LOCK.read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
