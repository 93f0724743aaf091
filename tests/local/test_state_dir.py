from __future__ import annotations

import os
import sqlite3
import stat
import tomllib
from pathlib import Path

import pytest

from local.state_dir import StateDir, lock_state_dir, read_token, write_private_file
from models.errors import InvalidInput


def test_the_first_start_makes_secrets_that_only_we_may_read(tmp_path: Path) -> None:
    with lock_state_dir(tmp_path / "state") as folder:
        made = tomllib.loads(folder.settings.read_text(encoding="utf-8"))

    secrets = {made["secret"], *made["hooks"]["pagerduty"], *made["hooks"]["generic"]}
    assert len(secrets) == 3
    assert all(len(secret) >= 43 for secret in secrets)
    assert stat.S_IMODE(folder.settings.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


def test_a_folder_of_our_own_is_ignored_by_git_and_no_other_is(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()

    for name in ("ours", "theirs"):
        with lock_state_dir(tmp_path / name):
            pass

    assert (tmp_path / "ours/.gitignore").read_text(encoding="utf-8") == "*\n"
    assert not (tmp_path / "theirs/.gitignore").exists()


def test_later_starts_keep_the_settings(tmp_path: Path) -> None:
    with lock_state_dir(tmp_path) as folder:
        first = folder.settings.read_text(encoding="utf-8")

    with lock_state_dir(tmp_path) as folder:
        assert folder.settings.read_text(encoding="utf-8") == first


def test_a_second_one_on_the_same_folder_is_told_who_holds_it(tmp_path: Path) -> None:
    with (
        lock_state_dir(tmp_path),
        pytest.raises(InvalidInput, match=rf"\(process {os.getpid()}\)\. Stop it first"),
        lock_state_dir(tmp_path),
    ):
        pass

    with lock_state_dir(tmp_path):
        pass


@pytest.mark.parametrize("name", ["afterword.db", "temporal.db"])
@pytest.mark.parametrize("content", [b"garbage", b"SQLite format 3\0" + b"garbage" * 1000])
def test_a_damaged_database_is_named_and_left_alone(
    tmp_path: Path, name: str, content: bytes
) -> None:
    with lock_state_dir(tmp_path):
        pass
    (tmp_path / name).write_bytes(content)

    with (
        pytest.raises(InvalidInput, match=f"{name} is damaged.*Nothing was changed"),
        lock_state_dir(tmp_path),
    ):
        pass

    assert (tmp_path / name).read_bytes() == content


def test_a_sound_or_empty_database_is_fine(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "temporal.db") as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    with lock_state_dir(tmp_path) as folder:
        folder.database.touch()

    with lock_state_dir(tmp_path):
        pass


def test_settings_that_are_gone_are_not_made_anew_over_reviews(tmp_path: Path) -> None:
    with lock_state_dir(tmp_path) as folder:
        folder.database.touch()
    folder.settings.unlink()

    with pytest.raises(InvalidInput, match=r"settings\.toml is missing"), lock_state_dir(tmp_path):
        pass

    assert not folder.settings.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(InvalidInput, match="cannot be created"),
        lock_state_dir(tmp_path / "file" / "state"),
    ):
        pass


def test_a_folder_that_cannot_be_written_to_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(InvalidInput, match="cannot be written to"), lock_state_dir(tmp_path):
        pass


def test_a_token_is_read_from_the_profile_or_is_empty(tmp_path: Path) -> None:
    folder = StateDir(tmp_path)
    missing = read_token(folder)
    folder.profile.write_text("not = [toml", encoding="utf-8")
    garbled = read_token(folder)
    write_private_file(folder.profile, 'url = "http://x"\ntoken = "aft_1"\n')

    assert (missing, garbled, read_token(folder)) == ("", "", "aft_1")
