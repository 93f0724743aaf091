"""The directory that holds all state of one machine, and what the first start puts into it.

settings.toml   the settings; the first start generates the secrets
profile.toml    URL and token for the command `afterword` in the current directory
postbox.url     the link that opens the postbox
afterword.db    archive and register
temporal.db     Temporal's state
temporal.log    Temporal's log
postbox/        every email
.gitignore      in a folder of our own: its secrets belong into no repository
lock            held while Afterword runs on it
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import sqlite3
import stat
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from sqlalchemy.engine import URL

from models.errors import InvalidInput

OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700
PRIVATE_UMASK = 0o077
OUR_FILES = (
    "settings.toml*",
    "profile.toml*",
    "postbox.url*",
    "afterword.db*",
    "temporal.db*",
    "temporal.log*",
    "lock",
    "postbox",
    "postbox/*",
)
"""What is ours in the folder, with what databases and half-written files have beside them."""

SECRET_BYTES = 32
SQLITE_HEADER = b"SQLite format 3\0"
COORDINATOR = "coordinator@localhost"
SETTINGS = """\
# Made by the first start on this machine. docs/reference/settings.md lists all settings.
secret = "{secret}"
coordinator = "{coordinator}"

[keys]
# Encrypts what Temporal keeps. Without it, open reviews cannot be read any more.
encryption = ["{encryption}"]

[hooks]
# PagerDuty makes a secret for each webhook and shows it once: put it into the list beside this
# one, which is there to try things without PagerDuty.
pagerduty = ["{pagerduty}"]
# For incidents of the source “generic”. Each other tool has a secret of its own:
# sources = {{ statuspage = ["…"] }}
generic = ["{generic}"]
"""


@dataclass(frozen=True, slots=True)
class StateDir:
    """The paths in one state directory."""

    path: Path

    @property
    def settings(self) -> Path:
        """Return the path of the settings file."""
        return self.path / "settings.toml"

    @property
    def profile(self) -> Path:
        """Return the path of the file with the coordinator's URL and token."""
        return self.path / "profile.toml"

    @property
    def postbox_link(self) -> Path:
        """Return the path of the file with the link that opens the postbox."""
        return self.path / "postbox.url"

    @property
    def database(self) -> Path:
        """Return the path of the database with archive and register."""
        return self.path / "afterword.db"

    @property
    def database_url(self) -> str:
        """Return the address of that database, whatever characters the path has."""
        return URL.create("sqlite", database=str(self.database)).render_as_string()

    @property
    def temporal(self) -> Path:
        """Return the path of Temporal's database."""
        return self.path / "temporal.db"

    @property
    def temporal_log(self) -> Path:
        """Return the path of Temporal's log."""
        return self.path / "temporal.log"

    @property
    def postbox(self) -> Path:
        """Return the directory of all emails."""
        return self.path / "postbox"


@contextmanager
def lock_state_dir(
    path: Path, prepare: Callable[[StateDir], object] | None = None
) -> Iterator[StateDir]:
    """Yield the state directory, created if needed and locked against other processes.

    Only its owner can read it from now on, and what is written into it.

    `prepare` is called once it is locked. Raises InvalidInput where another Afterword runs on it,
    or where its content is damaged. Nothing in it is ever deleted.
    """
    state_dir = _create_directory(path)
    make_private(state_dir)
    with (
        _create_private_files(),
        (state_dir.path / "lock").open("a+", encoding="utf-8") as lock,
    ):
        _acquire_lock(lock, state_dir)
        if prepare is not None:
            prepare(state_dir)
        check_state_dir(state_dir)
        if not state_dir.settings.exists():
            write_private_file(state_dir.settings, generate_settings())
        yield state_dir


def check_state_dir(state_dir: StateDir, copy: StateDir | None = None) -> None:
    """Raise InvalidInput where a database is damaged, or the settings are missing.

    The databases are opened, which may write to them; a complete copy is opened in their place.
    """
    checked = copy or state_dir
    for file in (checked.database, checked.temporal):
        if file.exists() and not _is_readable_database(file):
            raise InvalidInput(
                f"{state_dir.path / file.name} is damaged: it cannot be read as a database. "
                f"Nothing was changed. Restore it from a copy, or move {state_dir.path} away to "
                "start afresh."
            )
    if state_dir.database.exists() and not state_dir.settings.exists():
        raise InvalidInput(
            f"{state_dir.settings} is missing, while {state_dir.path} holds reviews. Without its "
            "secrets no reply to an email would be recognized. Restore it from a copy, or move "
            f"{state_dir.path} away to start afresh."
        )


def generate_settings() -> str:
    """Return the text of a settings file with fresh secrets."""
    secret_values = {
        name: secrets.token_urlsafe(SECRET_BYTES)
        for name in ("secret", "encryption", "pagerduty", "generic")
    }
    return SETTINGS.format(coordinator=COORDINATOR, **secret_values)


def read_token(state_dir: StateDir) -> str:
    """Read the coordinator's token, empty where the profile is missing or cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        return str(tomllib.loads(state_dir.profile.read_text(encoding="utf-8")).get("token", ""))
    return ""


def write_private_file(file: Path, text: str) -> None:
    """Write a file that only its owner may read, completely or not at all."""
    draft = file.with_suffix(".part")
    draft.unlink(missing_ok=True)
    draft.touch(mode=OWNER_ONLY, exist_ok=False)
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def make_private(state_dir: StateDir) -> None:
    """Take from everybody but the owner what they may do with a folder and what we keep in it.

    Links are not followed. Raises InvalidInput where it belongs to somebody else.
    """
    ours = (path for pattern in OUR_FILES for path in state_dir.path.glob(pattern))
    try:
        for path in (state_dir.path, *ours):
            _restrict_mode(path)
    except PermissionError:
        raise InvalidInput(
            f"{state_dir.path} belongs to somebody else, who could read its secrets. Choose "
            "another folder with --folder."
        ) from None


@contextmanager
def _create_private_files() -> Iterator[None]:
    """Run the block; what it creates, only its owner can read, whatever the umask is."""
    umask = os.umask(PRIVATE_UMASK)
    os.umask(umask | PRIVATE_UMASK)
    try:
        yield
    finally:
        os.umask(umask)


def _restrict_mode(path: Path) -> None:
    """Give the owner alone a file or folder, whatever its mode was; a link stays as it is."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return
    wanted = FOLDER_OWNER_ONLY if stat.S_ISDIR(mode) else OWNER_ONLY
    if stat.S_IMODE(mode) != wanted:
        path.chmod(wanted)


def _create_directory(path: Path) -> StateDir:
    is_new = not path.exists()
    try:
        path.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
        if is_new:
            (path / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be created: {error.strerror}.") from None
    if not os.access(path, os.W_OK):
        raise InvalidInput(f"{path} cannot be written to.")
    return StateDir(path.resolve())


def _acquire_lock(lock: TextIO, state_dir: StateDir) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise InvalidInput(
            f"Afterword already runs on {state_dir.path} (process {lock.read().strip()}). Stop it "
            "first, or choose another folder with --folder."
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()


def _is_readable_database(file: Path) -> bool:
    with file.open("rb") as stream:
        header = stream.read(len(SQLITE_HEADER))
    if header != SQLITE_HEADER:
        return not header
    try:
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError:
        return False
    return True
