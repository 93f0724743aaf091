"""The folder `deploy` as an operator uses it: copied, with fresh secrets and certificates."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COORDINATOR = "coordinator@example.org"


def copy_deploy(folder: Path) -> Path:
    """Return a copy of the folder of the deployment, without secrets, in another folder."""
    return Path(
        shutil.copytree(
            ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets")
        )
    )


def run_script(deploy: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return what came of running a script of the deployment."""
    return subprocess.run(
        [deploy / name, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "OPENSSL_CONF": "/dev/null"},
    )


def make_secrets_and_certificates(folder: Path) -> Path:
    """Return the folder with fresh secrets and certificates, in a copy of the deployment."""
    deploy = copy_deploy(folder)
    for ran in (
        run_script(deploy, "make-secrets.sh", COORDINATOR),
        run_script(deploy, "make-certificates.sh"),
    ):
        assert ran.returncode == 0, ran.stderr
    return deploy / "secrets"
