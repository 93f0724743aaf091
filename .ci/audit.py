"""Check what is in the lock for known advisories, by `uv audit`.

A known advisory fails the check. Where no advisory data can be reached it says so, and does not
fail: a machine without a network can check everything else.
"""
# ruff: noqa: INP001  (a script, not a package)

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

LOCK = Path("requirements.lock")
ENTRY = re.compile(
    r"^(?P<pin>[A-Za-z0-9._-]+(?:\[[^]]*\])?==[^\s;]+)\s*(?P<marker>;[^\\]*?)?\s*--hash"
)
VULNERABLE = 1
TIMEOUT = 120


def list_pins(lock: str) -> list[str]:
    """List the requirements of a lock, with their markers."""
    entries = map(ENTRY.match, lock.replace("\\\n", " ").splitlines())
    return [f"{found['pin']} {found['marker'] or ''}".strip() for found in entries if found]


def format_project(pins: list[str]) -> str:
    """Format a project that depends on exactly these."""
    listed = "".join(f"  {json.dumps(pin)},\n" for pin in pins)
    head = '[project]\nname = "locked"\nversion = "0"\nrequires-python = ">=3.11"\n'
    return f"{head}dependencies = [\n{listed}]\n"


def judge(returncode: int, printed: str) -> tuple[int, str]:
    """Return the exit code of the check, and what to say, for what `uv audit` answered."""
    if returncode == 0:
        return 0, "No known advisory concerns what is in the lock."
    if returncode == VULNERABLE:
        return 1, f"{printed.strip()}\nSee docs/security.md; “make lock” takes newer versions."
    reason = (printed.strip().splitlines() or ["no answer"])[-1].strip()
    return 0, f"Nothing was audited: no advisory data can be reached from here ({reason})."


def run_audit(folder: Path) -> tuple[int, str]:
    """Run `uv audit` on a project; return its exit code and what it printed."""
    uv = Path(sys.executable).with_name("uv")
    command = (uv, "audit", "--preview-features", "audit", "--project", folder)
    environment = {**os.environ, "UV_HTTP_RETRIES": "0", "NO_COLOR": "1"}
    try:
        ran = subprocess.run(  # noqa: S603  (uv, on a project of our own)
            command, env=environment, capture_output=True, text=True, check=False, timeout=TIMEOUT
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 2, str(error)
    return ran.returncode, ran.stdout + ran.stderr


def main() -> int:
    """Return 1 where a known advisory concerns the lock, else 0."""
    with tempfile.TemporaryDirectory() as name:
        project = format_project(list_pins(LOCK.read_text(encoding="utf-8")))
        Path(name, "pyproject.toml").write_text(project, encoding="utf-8")
        returncode, text = judge(*run_audit(Path(name)))
    (sys.stderr if returncode else sys.stdout).write(f"{text}\n")
    return returncode


if __name__ == "__main__":
    sys.exit(main())
