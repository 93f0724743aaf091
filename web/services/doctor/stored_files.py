"""The files of ours that a process can name, and who else on its machine can open them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Engine

from models.doctor.deployment import ExposedFile
from settings import Settings

READABLE_BY_OTHERS = stat.S_IRGRP | stat.S_IROTH
ENTERED_BY_OTHERS = stat.S_IXGRP | stat.S_IXOTH
CHANGED_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
CONTAINER_SECRETS = Path("/run/secrets")
"""Where Compose puts files of secrets, in a container that nobody else is in."""

DATABASE_FILES = ("", "-wal", "-shm")


def list_exposed_files(
    settings: Settings, engine: Engine, environment: Mapping[str, str]
) -> tuple[ExposedFile, ...]:
    """List the files with secrets or people's words that other users can open.

    And the file of anchors, where others can write into it. Links lead to what they lead to.
    """
    found = []
    for path, content in _iter_private_files(settings, engine, environment):
        if is_exposed(path, READABLE_BY_OTHERS | CHANGED_BY_OTHERS):
            found.append(_describe_file(path, content))
    anchors = Path(settings.audit.anchor_file or os.devnull)
    if settings.audit.anchor_file and is_exposed(anchors, CHANGED_BY_OTHERS):
        found.append(_describe_file(anchors, "the anchors that logs are compared with"))
    return tuple(found)


def is_exposed(path: Path, bits: int) -> bool:
    """Return whether others have these rights on a file, in folders that let them in."""
    try:
        real = path.resolve(strict=True)
        mode = real.stat().st_mode
        folders = [folder.stat().st_mode for folder in real.parents]
    except OSError:
        return False
    if CONTAINER_SECRETS in path.parents or CONTAINER_SECRETS in real.parents:
        return False
    return bool(mode & bits) and all(folder & ENTERED_BY_OTHERS for folder in folders)


def _iter_private_files(
    settings: Settings, engine: Engine, environment: Mapping[str, str]
) -> Iterator[tuple[Path, str]]:
    named = (
        (environment.get("AFTERWORD_CONFIG", ""), "the settings and their secrets"),
        (settings.temporal.config_file, "how Temporal is reached"),
        (environment.get("TEMPORAL_CONFIG_FILE", ""), "how Temporal is reached"),
        (environment.get("TEMPORAL_TLS_CLIENT_KEY_PATH", ""), "the key of a client of Temporal"),
    )
    yield from ((Path(name), content) for name, content in named if name)
    if engine.dialect.name == "sqlite":
        for suffix in DATABASE_FILES:
            yield Path(f"{engine.url.database}{suffix}"), "the archive and the register"


def _describe_file(path: Path, content: str) -> ExposedFile:
    mode = stat.S_IMODE(path.stat().st_mode)
    return ExposedFile(path=str(path), content=content, mode=f"{mode:04o}")
