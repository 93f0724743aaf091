"""Upgrade a state directory that was made before the field's own names: all of it, or nothing.

Everything is done on copies in a directory of its own. Only when they are complete do they take
the place of the originals, which stay in `before-upgrade`. A start that finds this half done goes
on with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from local.state_dir import StateDir, check_state_dir, write_private_file
from local.upgrade.open_reviews import restart_open_reviews
from local.upgrade.settings_file import has_old_settings, rename_settings
from models.errors import InvalidInput, Unavailable
from register.database import build_engine, migrate
from settings import Settings, load_settings

OLD_REVISIONS = frozenset({"0001", "0002", "0003"})
"""The shapes of the database in which records have old names."""

DRAFT, UNFINISHED_COPY, READY = "upgrade.part", "upgrade-copy.part", "upgrade.ready"
BEFORE = "before-upgrade"
NOT_COPIED = ("lock", "postbox", DRAFT, UNFINISHED_COPY, READY, f"{BEFORE}*")
"""What an upgrade does not touch, and so does not copy."""

SQLITE_SUFFIXES = ("-wal", "-shm")
SETTINGS_VARIABLE = "AFTERWORD_CONFIG"


def upgrade_state_dir(state_dir: StateDir) -> str:
    """Upgrade the directory if it is an old one; return a sentence about it, “” where it is not.

    Raises InvalidInput where something cannot be carried over; the directory is as it was then.
    """
    draft, ready = StateDir(state_dir.path / DRAFT), state_dir.path / READY
    sentence = ""
    _remove_drafts(state_dir)
    if not ready.exists():
        if not is_old(state_dir):
            return ""
        try:
            count, copy = _build_upgrade(state_dir, draft)
        except BaseException:
            _remove_drafts(state_dir)
            raise
        sentence = f"Upgraded, with {count} open reviews; what was there before is in {copy}."
        draft.path.rename(ready)
    _install_files(StateDir(ready), state_dir)
    return sentence or "An upgrade that was interrupted is complete now."


def is_old(state_dir: StateDir) -> bool:
    """Return whether a state directory has old names; it is read without changing a byte."""
    if state_dir.settings.exists() and has_old_settings(
        state_dir.settings.read_text(encoding="utf-8", errors="replace")
    ):
        return True
    return _read_revision(state_dir.database) in OLD_REVISIONS


def _build_upgrade(state_dir: StateDir, draft: StateDir) -> tuple[int, Path]:
    """Build the upgraded files in `draft`, and copy the originals; return the copy's path."""
    try:
        _copy_files(state_dir, draft.path)
        check_state_dir(draft)
        count = _upgrade_files(state_dir, draft)
        copy, unfinished = _choose_copy_path(state_dir), state_dir.path / UNFINISHED_COPY
        _copy_files(state_dir, unfinished)
        return count, unfinished.rename(copy)
    except (InvalidInput, Unavailable, SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise InvalidInput(
            f"{state_dir.path} was made by an earlier release, and could not be upgraded: {error}. "
            "Nothing in it was changed; the earlier release can go on with it."
        ) from error


def _upgrade_files(state_dir: StateDir, draft: StateDir) -> int:
    text = draft.settings.read_text(encoding="utf-8")
    write_private_file(draft.settings, rename_settings(text))
    settings = _load_settings(state_dir, draft)
    if "database" in settings.model_fields_set:
        raise InvalidInput(
            "its settings name another database, and only one that is in the folder can be "
            "upgraded with it"
        )
    engine = build_engine(f"sqlite:///{draft.database}")
    try:
        migrate(engine)
        if not draft.temporal.exists():
            return 0
        queue = settings.temporal.task_queue
        return asyncio.run(restart_open_reviews(draft.temporal, draft.temporal_log, engine, queue))
    finally:
        engine.dispose()


def _load_settings(state_dir: StateDir, draft: StateDir) -> Settings:
    """Load the settings as the next start will: from the draft, or from where a variable says."""
    named = os.environ.get(SETTINGS_VARIABLE, "")
    is_own = not named or Path(named).resolve() == state_dir.settings.resolve()
    with _set_variable(SETTINGS_VARIABLE, str(draft.settings) if is_own else named):
        return load_settings()


def _install_files(ready: StateDir, state_dir: StateDir) -> None:
    """Move the upgraded files to their places; safe to do again where it was interrupted."""
    for new, old in (
        (ready.temporal, state_dir.temporal),
        (ready.database, state_dir.database),
        (ready.settings, state_dir.settings),
    ):
        if not new.exists():
            continue
        _merge_write_ahead_log(new)
        for suffix in SQLITE_SUFFIXES:
            old.with_name(old.name + suffix).unlink(missing_ok=True)
        new.replace(old)
    shutil.rmtree(ready.path)


def _merge_write_ahead_log(file: Path) -> None:
    if file.suffix == ".db":
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _remove_drafts(state_dir: StateDir) -> None:
    for name in (DRAFT, UNFINISHED_COPY):
        shutil.rmtree(state_dir.path / name, ignore_errors=True)


def _copy_files(state_dir: StateDir, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(state_dir.path, target, ignore=shutil.ignore_patterns(*NOT_COPIED))


def _choose_copy_path(state_dir: StateDir) -> Path:
    """Choose a name for the copy; an earlier one is kept."""
    number = sum(1 for _ in state_dir.path.glob(f"{BEFORE}*"))
    return state_dir.path / (f"{BEFORE}-{number + 1}" if number else BEFORE)


def _read_revision(file: Path) -> str:
    if not file.exists():
        return ""
    try:
        address = f"{file.as_uri()}?mode=ro&immutable=1"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as database:
            rows = database.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error:
        return ""
    return str(rows[0][0]) if rows else ""


@contextmanager
def _set_variable(name: str, value: str) -> Iterator[None]:
    former = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if former is None:
            del os.environ[name]
        else:
            os.environ[name] = former
