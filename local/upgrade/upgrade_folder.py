"""Upgrade a state directory that was made before the field's own names: all of it, or nothing.

Everything is done on copies in a directory of its own. Only when they are complete do they take
the place of the originals, which stay in `before-upgrade`. A start that finds this half done goes
on with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from local.state_dir import StateDir, check_state_dir, write_private_file
from local.upgrade.old_runs import has_old_runs, open_unchanged
from local.upgrade.open_reviews import restart_open_reviews
from local.upgrade.settings_file import has_old_settings, rename_settings
from models.errors import InvalidInput, Unavailable
from register.database import build_engine, migrate
from settings import RENAMED, Settings, load_settings

OLD_REVISIONS = frozenset({"0001", "0002", "0003"})
"""The shapes of the database in which records have old names."""

DRAFT, UNFINISHED_COPY, READY = "upgrade.part", "upgrade-copy.part", "upgrade.ready"
BEFORE = "before-upgrade"
SOURCES = "sources.json"
"""The file, among those that are ready, that says what they were made from."""

NOT_COPIED = ("lock", "postbox", DRAFT, UNFINISHED_COPY, READY, f"{BEFORE}*")
"""What an upgrade does not touch, and so does not copy."""

SQLITE_SUFFIXES = ("-wal", "-shm")
SETTINGS_VARIABLE = "AFTERWORD_CONFIG"


def upgrade_state_dir(state_dir: StateDir) -> str:
    """Upgrade the directory if it is an old one; return a sentence about it, “” where it is not.

    Raises InvalidInput where something cannot be carried over; the directory is as it was then.
    """
    ready = StateDir(state_dir.path / READY)
    sentence = "An upgrade that was interrupted is complete now."
    _remove_drafts(state_dir)
    if ready.path.exists() and _has_changed_since(state_dir, ready):
        shutil.rmtree(ready.path, ignore_errors=True)
    if not ready.path.exists():
        if not is_old(state_dir):
            return ""
        try:
            count, copy = _build_upgrade(state_dir, StateDir(state_dir.path / DRAFT))
        except BaseException:
            _remove_drafts(state_dir)
            raise
        sentence = f"Upgraded, with {count} open reviews; what was there before is in {copy}."
    try:
        _install_files(ready, state_dir)
    except (OSError, sqlite3.Error) as error:
        raise InvalidInput(
            f"The upgrade of {state_dir.path} is prepared in {ready.path}, but could not be put in "
            f"place: {error}. What was there before is in {_find_last_copy(state_dir)}; start "
            "again to complete it."
        ) from error
    return sentence


def is_old(state_dir: StateDir) -> bool:
    """Return whether a state directory has old names; it is read without changing a byte.

    Raises InvalidInput where its files may not be read.
    """
    try:
        return (
            (state_dir.settings.exists() and _has_old_settings(state_dir.settings))
            or _read_revision(state_dir.database) in OLD_REVISIONS
            or (state_dir.temporal.exists() and has_old_runs(state_dir.temporal))
        )
    except OSError as error:
        raise InvalidInput(f"{state_dir.path} cannot be read: {error}") from error


def _has_old_settings(file: Path) -> bool:
    return has_old_settings(file.read_text(encoding="utf-8", errors="replace"))


def _build_upgrade(state_dir: StateDir, draft: StateDir) -> tuple[int, Path]:
    """Build the upgraded files, ready to install, and copy the originals; return the copy's path.

    How many reviews were open is returned too.
    """
    _check_settings_link(state_dir)
    sources = _describe_sources(state_dir)
    with _translate_failures(state_dir):
        _copy_files(state_dir, draft.path)
    check_state_dir(state_dir, draft)
    with _translate_failures(state_dir):
        count = _upgrade_files(state_dir, draft)
        write_private_file(draft.path / SOURCES, json.dumps(sources))
        copy, unfinished = _choose_copy_path(state_dir), state_dir.path / UNFINISHED_COPY
        _copy_files(state_dir, unfinished)
        _flush_to_disk(unfinished, draft.path)
        unfinished.rename(copy)
        draft.path.rename(state_dir.path / READY)
        _flush_entry(state_dir.path)
        return count, copy


@contextmanager
def _translate_failures(state_dir: StateDir) -> Iterator[None]:
    """Translate what may fail while the originals are untouched to InvalidInput that says so."""
    try:
        yield
    except (InvalidInput, Unavailable, SQLAlchemyError, sqlite3.Error, OSError) as error:
        reason = str(error).rstrip(".")
        raise InvalidInput(
            f"{state_dir.path} was made by an earlier release, and could not be upgraded: {reason}."
            " Nothing in it was changed; the earlier release can go on with it."
        ) from error


def _check_settings_link(state_dir: StateDir) -> None:
    """Raise InvalidInput where old settings are elsewhere, where others may use them too."""
    link = state_dir.settings
    if link.is_symlink() and _has_old_settings(link):
        file = link.resolve()
        names = ", ".join(f"{old} to {new}" for old, new in RENAMED.items())
        raise InvalidInput(
            f"{link} is a link to {file}, which has settings in old names. Other programs may use "
            "it too, so it is not rewritten, and nothing was changed. Replace the link by a copy "
            f"of that file, or rename the settings there by hand ({names}), and start again."
        )


def _describe_sources(state_dir: StateDir) -> dict[str, list[int]]:
    """Return size and time of each file that an upgrade replaces, and of its write-ahead log."""
    files = (state_dir.settings, state_dir.database, state_dir.temporal)
    logs = (file.with_name(f"{file.name}-wal") for file in files)
    found = {file.name: file.stat() for file in (*files, *logs) if file.exists()}
    return {name: [stat.st_size, stat.st_mtime_ns] for name, stat in found.items() if stat.st_size}


def _has_changed_since(state_dir: StateDir, ready: StateDir) -> bool:
    """Return whether something was written since to a file that is still to be replaced.

    A write-ahead log that is gone was removed by the upgrade itself.
    """
    try:
        known = json.loads((ready.path / SOURCES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return True
    return any(
        (ready.path / name.removesuffix("-wal")).exists() and known.get(name) != described
        for name, described in _describe_sources(state_dir).items()
    )


def _upgrade_files(state_dir: StateDir, draft: StateDir) -> int:
    try:
        text = draft.settings.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InvalidInput("its settings file is not in UTF-8") from None
    write_private_file(draft.settings, rename_settings(text))
    settings = _load_settings(state_dir, draft)
    if "database" in settings.model_fields_set:
        raise InvalidInput(
            "its settings name another database, and only one that is in the folder can be "
            "upgraded with it"
        )
    engine = build_engine(draft.database_url)
    try:
        migrate(engine, carry_over_reviews=True)
        if not draft.temporal.exists():
            return 0
        return asyncio.run(
            restart_open_reviews(draft.temporal, draft.temporal_log, engine, settings)
        )
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
        if not new.exists() or (new == ready.settings and old.is_symlink()):
            continue
        _merge_write_ahead_log(new)
        _flush_entry(new)
        for suffix in SQLITE_SUFFIXES:
            old.with_name(old.name + suffix).unlink(missing_ok=True)
        new.replace(old)
    _flush_entry(state_dir.path)
    shutil.rmtree(ready.path)


def _merge_write_ahead_log(file: Path) -> None:
    if file.suffix == ".db":
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _flush_to_disk(*folders: Path) -> None:
    """Write folders to the disk, so that a power cut after their renaming finds them whole."""
    for folder in folders:
        for path in (*folder.rglob("*"), folder):
            if path.is_dir() or path.is_file():
                _flush_entry(path)


def _flush_entry(path: Path) -> None:
    """Write a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


def _find_last_copy(state_dir: StateDir) -> Path:
    copies = sorted(state_dir.path.glob(f"{BEFORE}*"), key=lambda path: (len(path.name), path.name))
    return copies[-1] if copies else state_dir.path / BEFORE


def _read_revision(file: Path) -> str:
    if not file.exists():
        return ""
    try:
        with open_unchanged(file) as database:
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
