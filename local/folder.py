"""The folder that holds everything of one machine, and what the first start puts into it.

settings.toml   the settings; the first start makes the secrets
profile.toml    address and token for the command `afterword` in this directory
afterword.db    archive and register
temporal.db     Temporal's state
temporal.log    what Temporal says
postbox/        every letter
lock            held while Afterword runs on it
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from models.errors import Malformed

OURS_ALONE = 0o600
SECRET_OCTETS = 32
SQLITE = b"SQLite format 3\0"
DESK = "desk@localhost"
SETTINGS = """\
# Made by the first start on this machine. docs/settings.md lists everything that can be set here.
secret = "{secret}"
desk = "{desk}"

[hooks]
pagerduty = ["{pagerduty}"]
generic = ["{generic}"]
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """Where one Afterword keeps its state."""

    path: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.path / "settings.toml"

    @property
    def profile(self) -> Path:
        """Address and token of the desk."""
        return self.path / "profile.toml"

    @property
    def database(self) -> Path:
        """Archive and register."""
        return self.path / "afterword.db"

    @property
    def temporal(self) -> Path:
        """Temporal's state."""
        return self.path / "temporal.db"

    @property
    def temporal_log(self) -> Path:
        """What Temporal says."""
        return self.path / "temporal.log"

    @property
    def postbox(self) -> Path:
        """Every letter."""
        return self.path / "postbox"


@contextmanager
def held(path: Path) -> Iterator[Folder]:
    """Make the folder ready and keep others off it until the block ends.

    Raises Malformed where another Afterword runs on it, or where what it holds is damaged. Nothing
    in it is ever deleted.
    """
    folder = _made(path)
    with (folder.path / "lock").open("a+", encoding="utf-8") as lock:
        _take(lock, folder)
        check(folder)
        if not folder.settings.exists():
            write_alone(folder.settings, fresh_settings())
        yield folder


def check(folder: Folder) -> None:
    """Raise Malformed where a database in the folder is damaged, or its settings are gone."""
    for file in (folder.database, folder.temporal):
        if file.exists() and not _sound(file):
            raise Malformed(
                f"{file} is damaged: it cannot be read as a database. Nothing was changed. "
                f"Put a copy of it back, or move {folder.path} away to begin anew."
            )
    if folder.database.exists() and not folder.settings.exists():
        raise Malformed(
            f"{folder.settings} is gone, while {folder.path} holds reviews. Without its secrets no "
            f"reply to a letter would be known again. Put a copy back, or move {folder.path} away "
            "to begin anew."
        )


def fresh_settings() -> str:
    """Write settings with secrets that nobody has seen."""
    made = {
        name: secrets.token_urlsafe(SECRET_OCTETS) for name in ("secret", "pagerduty", "generic")
    }
    return SETTINGS.format(desk=DESK, **made)


def token_in(folder: Folder) -> str:
    """Read the desk's token, empty where the profile is gone or cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        return str(tomllib.loads(folder.profile.read_text(encoding="utf-8")).get("token", ""))
    return ""


def write_alone(file: Path, text: str) -> None:
    """Write a file that only we may read; it is there whole, or not at all."""
    draft = file.with_suffix(".part")
    draft.touch(mode=OURS_ALONE)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def _made(path: Path) -> Folder:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as no:
        raise Malformed(f"{path} cannot be made: {no.strerror}.") from None
    if not os.access(path, os.W_OK):
        raise Malformed(f"{path} cannot be written to.")
    return Folder(path.resolve())


def _take(lock: TextIO, folder: Folder) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise Malformed(
            f"Afterword runs on {folder.path} already (process {lock.read().strip()}). Stop it "
            "first, or choose another folder with --folder."
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def _sound(file: Path) -> bool:
    with file.open("rb") as opened:
        start = opened.read(len(SQLITE))
    if start != SQLITE:
        return not start
    try:
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError:
        return False
    return True
