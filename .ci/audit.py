"""Check what is in the lock for known advisories, by `uv audit`.

`make audit` ends with 1 where one is known, and with 2 where no advisory data can be reached: then
nothing was audited. `make check` asks for a `--report`, which warns and never fails: an advisory
appears on a day of its own, and must not stop a change that has nothing to do with it.
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
from typing import Any

LOCK = Path("requirements.lock")
ENTRY = re.compile(
    r"^(?P<pin>[A-Za-z0-9._-]+(?:\[[^]]*\])?==[^\s;]+)\s*(?P<marker>;[^\\]*?)?\s*--hash"
)
VULNERABLE, UNREACHABLE = 1, 2
TIMEOUT = 120
REPORT = "--report"
RULE = "!" * 72
ADVICE = "“make lock” takes newer versions, “make audit” checks again"


def list_pins(lock: str) -> list[str]:
    """List the requirements of a lock, with their markers."""
    entries = map(ENTRY.match, lock.replace("\\\n", " ").splitlines())
    return [f"{found['pin']} {found['marker'] or ''}".strip() for found in entries if found]


def format_project(pins: list[str]) -> str:
    """Format a project that depends on exactly these."""
    listed = "".join(f"  {json.dumps(pin)},\n" for pin in pins)
    head = '[project]\nname = "locked"\nversion = "0"\nrequires-python = ">=3.11"\n'
    return f"{head}dependencies = [\n{listed}]\n"


def judge(answer: str, error: str) -> tuple[int, str]:
    """Return the exit code of the audit, and what to say, for what `uv audit` printed.

    Its own exit code does not tell a known advisory from a lock that it could not resolve.
    """
    try:
        report = json.loads(answer)
        found = [*map(format_advisory, report["vulnerabilities"])]
        found += [json.dumps(each) for each in report["adverse_statuses"]]
    except (ValueError, KeyError, TypeError):
        reason = (error.strip().splitlines() or ["no answer"])[-1].strip()
        return UNREACHABLE, f"Nothing was audited: no advisory data can be reached ({reason})."
    if not found:
        return 0, "No known advisory concerns what is in the lock."
    return VULNERABLE, "\n".join((*found, f"CONTRIBUTING.md says what to do: {ADVICE}."))


def format_advisory(advisory: dict[str, Any]) -> str:
    """Format an advisory in one line: what it concerns, its name, and what fixes it."""
    what = advisory["dependency"]
    fixed = ", ".join(advisory.get("fix_versions") or ()) or "no version yet"
    said = f"{advisory['id']} {advisory.get('summary') or ''}".strip()
    return f"{what['name']} {what['version']}: {said} (fixed in {fixed}; {advisory.get('link')})"


def format_report(returncode: int, text: str) -> str:
    """Format what the audit says as a part of `make check`, which it never stops."""
    if returncode != VULNERABLE:
        return text
    return f"{RULE}\nWARNING: a known advisory concerns what is in the lock.\n{text}\n{RULE}"


def run_audit(folder: Path) -> tuple[str, str]:
    """Run `uv audit` on a project; return what it answered, and what it said beside that."""
    uv = Path(sys.executable).with_name("uv")
    command = (uv, "audit", "--preview-features", "audit,json-output", "--output-format", "json")
    environment = {**os.environ, "UV_HTTP_RETRIES": "0", "NO_COLOR": "1"}
    try:
        ran = subprocess.run(  # noqa: S603  (uv, on a project of our own)
            (*command, "--project", folder),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return ran.stdout, ran.stderr


def main(arguments: list[str]) -> int:
    """Return the exit code of the audit; 0 for a report, whatever it says."""
    with tempfile.TemporaryDirectory() as name:
        project = format_project(list_pins(LOCK.read_text(encoding="utf-8")))
        Path(name, "pyproject.toml").write_text(project, encoding="utf-8")
        returncode, text = judge(*run_audit(Path(name)))
    is_report = REPORT in arguments
    shown = format_report(returncode, text) if is_report else text
    (sys.stderr if returncode else sys.stdout).write(f"{shown}\n")
    return 0 if is_report else returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
