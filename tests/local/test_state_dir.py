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


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077])
def test_whatever_was_there_only_its_owner_can_read_it_from_now_on(
    tmp_path: Path, umask: int
) -> None:
    path = tmp_path / "state"
    (path / "postbox").mkdir(parents=True)
    names = ("settings.toml", "profile.toml", "temporal.log", "afterword.db-wal", "postbox/1.eml")
    for name in (*names, "of_somebody_else.txt"):
        (path / name).write_text("")
        (path / name).chmod(0o666)
    for folder_path in (path / "postbox", path):
        folder_path.chmod(0o777)
    before = os.umask(umask)

    try:
        with lock_state_dir(path) as folder:
            folder.temporal.write_text("")
            folder.postbox.joinpath("2.eml").write_text("")
        after = os.umask(before)
    finally:
        os.umask(before)

    modes = {
        str(each.relative_to(path)): stat.S_IMODE(each.stat().st_mode) for each in path.rglob("*")
    }
    assert after == umask
    assert stat.S_IMODE(path.stat().st_mode) == modes.pop("postbox") == 0o700
    assert modes.pop("of_somebody_else.txt") == 0o666
    assert set(modes) == {*names, "lock", "temporal.db", "postbox/2.eml"}
    assert set(modes.values()) == {0o600}


def test_a_link_in_the_folder_changes_nothing_elsewhere(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("")
    other.chmod(0o644)
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "profile.toml").symlink_to(other)

    with lock_state_dir(tmp_path / "state"):
        pass

    assert stat.S_IMODE(other.stat().st_mode) == 0o644


def test_a_half_written_file_of_before_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "profile.part").write_text("old")
    (tmp_path / "profile.part").chmod(0o666)

    write_private_file(tmp_path / "profile.toml", "new")

    assert stat.S_IMODE((tmp_path / "profile.toml").stat().st_mode) == 0o600


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
