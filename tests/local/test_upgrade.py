"""An upgrade of a state directory that the last commit with the old names made.

state_before_renaming.tar.xz was made once with that commit (1c55a84), by a script that ran its
`local.parts` on a directory as `make up` does: eight reviews were led to every stage by commands,
a signal, a reply by mail, an anonymous contribution and weeks of skipped time; one more was opened
while the mail server was away, so that its emails are in flight; a last signal came when no
worker ran. Its databases were vacuumed, and machine names in them replaced. `records` holds what
the old query answered for each open review just before the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from errno import ENOSPC
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from temporalio.client import WorkflowHistory

from local import stack, up
from local.ports import find_free_port
from local.postbox import Postbox, build_reply, send_message
from local.state_dir import StateDir, lock_state_dir
from local.temporal import TemporalServer, run_server
from local.upgrade import open_reviews, upgrade_folder
from local.upgrade.open_reviews import parse_record
from local.upgrade.settings_file import rename_settings
from local.upgrade.upgrade_folder import upgrade_state_dir
from mail.common.mail_settings import MailSettings
from mail.common.reply_token import compute_digest
from mail.outbound.headers import build_message_id, build_tokens
from models import commands as o
from models.action import ActionStatus
from models.errors import InvalidInput, Refusal
from models.people import Channel
from models.review import Review, Stage
from register.old_names import translate_review
from register.repositories.base import utc_now
from tests.patience import PATIENCE
from tests.sample_people import ADA, FAY, OLGA

COMMIT = "1c55a84"
PACKED = Path(__file__).with_name("state_before_renaming.tar.xz")
STAGES = {
    "review-pagerduty-DRAFT": Stage.DRAFT,
    "review-pagerduty-SECRET": Stage.DRAFT,
    "review-pagerduty-INFLIGHT": Stage.DRAFT,
    "review-pagerduty-MEETING": Stage.MEETING,
    "review-pagerduty-ASSIGNED": Stage.ASSIGNED,
    "review-pagerduty-FOLLOWUP": Stage.FOLLOW_UP,
}
ASSIGNED, IN_FLIGHT = "review-pagerduty-ASSIGNED", "review-pagerduty-INFLIGHT"
LATE_SIGNAL = "ci-2"


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory of then, and the records of its open reviews."""
    target = tmp_path_factory.mktemp("before")
    with tarfile.open(PACKED) as archive:
        archive.extractall(target, filter="data")
    return target


@pytest.fixture
def state_dir(unpacked: Path, tmp_path: Path) -> StateDir:
    """Return a copy of the directory, for one test."""
    shutil.copytree(unpacked / "folder", tmp_path / "state")
    return StateDir(tmp_path / "state")


def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("AFTERWORD_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clean_environment(monkeypatch)


@pytest.fixture(scope="session")
def upgrade(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return a directory that was upgraded, and the sentence about it; many tests look at it."""
    path = shutil.copytree(unpacked / "folder", tmp_path_factory.mktemp("upgraded") / "state")
    with pytest.MonkeyPatch.context() as monkeypatch:
        clean_environment(monkeypatch)
        return path, upgrade_state_dir(StateDir(path))


@pytest.fixture
def upgraded(upgrade: tuple[Path, str], tmp_path: Path) -> StateDir:
    """Return a copy of the upgraded directory, for one test."""
    return StateDir(shutil.copytree(upgrade[0], tmp_path / "upgraded"))


@pytest.fixture(scope="session")
def interruption(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory whose upgrade was interrupted when all was ready to install."""
    path = shutil.copytree(unpacked / "folder", tmp_path_factory.mktemp("interrupted") / "state")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as monkeypatch:
        clean_environment(monkeypatch)
        monkeypatch.setattr(upgrade_folder, "_merge_write_ahead_log", fail)
        with pytest.raises(KeyboardInterrupt):
            upgrade_state_dir(StateDir(path))
    return path


@pytest.fixture
def interrupted(interruption: Path, tmp_path: Path) -> StateDir:
    """Return a copy of the directory whose upgrade was interrupted, for one test."""
    return StateDir(shutil.copytree(interruption, tmp_path / "interrupted"))


@pytest.fixture(scope="session")
def old_records(unpacked: Path) -> dict[str, dict[str, Any]]:
    """Return the last record of each open review, in old names."""
    files = (unpacked / "records").iterdir()
    return {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files}


def read_files(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def iter_sent_message_ids(database: Path, review: str) -> Iterator[str]:
    with closing(sqlite3.connect(database)) as connection:
        query = "SELECT message_id FROM notifications WHERE review = ?"
        yield from (str(row[0]) for row in connection.execute(query, (review,)))


@asynccontextmanager
async def run_stack(
    state_dir: StateDir, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[stack.Stack]:
    """Run everything on the directory, as `make up` does."""
    monkeypatch.setenv("AFTERWORD_CONFIG", str(state_dir.settings))
    flags = ("web", "lmtp", "smtp", "postbox", "temporal", "temporal-ui")
    ports = [part for flag in flags for part in (f"--{flag}-port", str(find_free_port()))]
    options = up.parse_arguments(["--folder", str(state_dir.path), *ports])
    settings = up.fill_settings(up.read_settings(state_dir), state_dir, options)
    server = TemporalServer(
        port=options.temporal_port, file=state_dir.temporal, log=state_dir.temporal_log
    )
    async with (
        run_server(server) as client,
        stack.run_stack(
            settings, client, state_dir.postbox, options.postbox_port, utc_now
        ) as running,
    ):
        yield running


async def wait_for_review(running: stack.Stack, name: str, condition: Any) -> Review:
    async with asyncio.timeout(PATIENCE):
        while not condition(review := await running.review_client.fetch_review(name)):  # noqa: ASYNC110  (a query sends no events)
            await asyncio.sleep(0.1)
    return review


async def test_every_review_goes_on_where_it_was(
    upgrade: tuple[Path, str],
    upgraded: StateDir,
    old_records: dict[str, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, sentence = upgrade
    sent_before = set(iter_sent_message_ids(upgraded.database, IN_FLIGHT))
    expected = {name: parse_record(name, old) for name, old in old_records.items()}

    async with run_stack(upgraded, monkeypatch) as running:
        open_ids = await running.review_client.list_open_ids()
        found = {name: await running.review_client.fetch_review(name) for name in open_ids}
        receipts = {
            name: await running.review_client.send_command(
                name, o.Note(id=f"note-{name}", by=ADA, channel=Channel.CLI, text="going on")
            )
            for name in open_ids
        }
        again = await running.review_client.send_command(
            ASSIGNED, o.Note(id=LATE_SIGNAL, by=ADA, channel=Channel.CLI, text="a known id")
        )
        in_flight = await wait_for_review(running, IN_FLIGHT, lambda r: not r.in_flight)
        emails = [str(each.message["Message-ID"]) for each in running.postbox.list_emails()]
        closed = await running.review_client.fetch_review("review-pagerduty-CLOSED")
        cancelled = await running.review_client.fetch_review("review-pagerduty-CANCELLED")
        late = o.Note(id="late", by=ADA, channel=Channel.CLI, text="too late")
        with pytest.raises(Refusal):
            await running.review_client.send_command(closed.id, late)
        lost = await running.review_client.list_lost_ids()
        mail_settings = MailSettings(
            sender=running.settings.mail.sender,
            domain=running.settings.mail.domain,
            url=running.settings.web.url,
            secret=running.settings.secret.get_secret_value().encode(),
        )

    assert "6 open reviews" in sentence
    assert {name: review.stage for name, review in found.items()} == STAGES
    for name, review in found.items():
        old = expected[name]
        assert review.log[: len(old.log)] == old.log
        assert old.receipts.items() <= review.receipts.items()
        assert review.sent.keys() >= old.sent.keys()
        assert (review.causes, review.contributions) == (old.causes, old.contributions)
        assert (review.restricted_to, review.policy) == (old.restricted_to, old.policy)
        assert (review.meeting, review.roles) == (old.meeting, old.roles)
        assert receipts[name].revision > old.revision
    assert found[ASSIGNED].actions[0].status is ActionStatus.CLAIMED
    assert again.summary == found[ASSIGNED].receipts[LATE_SIGNAL].summary
    followed = found["review-pagerduty-FOLLOWUP"]
    assert followed.actions == expected[followed.id].actions
    promised = {
        build_message_id(
            each,
            expected[IN_FLIGHT],
            build_tokens(each, expected[IN_FLIGHT], mail_settings, 0),
        )
        for each in expected[IN_FLIGHT].in_flight
    }
    assert {compute_digest(each) for each in promised} <= sent_before
    assert promised <= set(emails)
    assert len(emails) == len(set(emails))
    assert in_flight.revision > expected[IN_FLIGHT].revision
    assert (closed.stage, cancelled.stage) == (Stage.CLOSED, Stage.CANCELLED)
    assert closed.actions[0].status is ActionStatus.VERIFIED
    assert lost == ()


async def test_a_reply_to_an_email_of_before_is_accepted(
    upgraded: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = Postbox(upgraded.postbox).list_emails(to=OLGA)
    original = next(each for each in reversed(sent) if "ASSIGNED" in str(each.message))

    async with run_stack(upgraded, monkeypatch) as running:
        reply = build_reply(original, "The limit is built, the test comes next\n", utc_now())
        await send_message(running.settings.mail.smtp_port, reply)
        review = await wait_for_review(
            running, ASSIGNED, lambda r: len([e for e in r.log if e.kind == "reply"]) == 2
        )

    assert [event.by for event in review.log if event.kind == "reply"] == [OLGA, OLGA]


def test_the_files_of_before_stay_in_a_copy_and_the_next_start_has_nothing_to_do(
    upgraded: StateDir, unpacked: Path
) -> None:
    again = upgrade_state_dir(upgraded)

    before = read_files(unpacked / "folder")
    copied = read_files(upgraded.path / "before-upgrade")
    assert again == ""
    assert copied == {name: content for name, content in before.items() if "postbox" not in name}
    text = upgraded.settings.read_text(encoding="utf-8")
    assert text == before["settings.toml"].decode().replace("\ndesk = ", "\ncoordinator = ")
    with lock_state_dir(upgraded.path):
        pass


def test_an_upgrade_that_was_interrupted_is_completed_by_the_next_start(
    interrupted: StateDir,
) -> None:
    assert upgrade_state_dir(interrupted) == "An upgrade that was interrupted is complete now."
    assert upgrade_state_dir(interrupted) == ""
    assert not (interrupted.path / "upgrade.ready").exists()


def test_the_reader_holds_the_code_of_then_unchanged() -> None:
    with ZipFile(open_reviews.READER) as reader:
        modules = {name: reader.read(name) for name in reader.namelist() if name != "__main__.py"}
    shown = {
        name: subprocess.run(["git", "show", f"{COMMIT}:{name}"], check=False, capture_output=True)
        for name in modules
    }
    if any(each.returncode for each in shown.values()):
        pytest.skip("this checkout does not go back to that commit")

    assert modules == {name: each.stdout for name, each in shown.items()}


def test_a_damaged_old_folder_is_named_and_left_alone(state_dir: StateDir) -> None:
    state_dir.temporal.write_bytes(b"garbage")
    before = read_files(state_dir.path)

    with pytest.raises(InvalidInput) as refused:
        upgrade_state_dir(state_dir)

    assert str(refused.value) == (
        f"{state_dir.temporal} is damaged: it cannot be read as a database. Nothing was changed. "
        f"Restore it from a copy, or move {state_dir.path} away to start afresh."
    )
    assert read_files(state_dir.path) == before


def rename_old_settings(state_dir: StateDir) -> None:
    text = state_dir.settings.read_text(encoding="utf-8")
    state_dir.settings.write_text(rename_settings(text), encoding="utf-8")


def link_settings(state_dir: StateDir) -> Path:
    """Return the file in which the settings are now; a link is in their place."""
    file = state_dir.path.parent / "shared-settings.toml"
    state_dir.settings.rename(file)
    state_dir.settings.symlink_to(file)
    return file


def test_old_settings_behind_a_link_are_refused_for_others_may_use_them_in_old_names(
    state_dir: StateDir,
) -> None:
    """What is outside the folder is not part of the copy, and so cannot be given back."""
    file = link_settings(state_dir)
    before = read_files(state_dir.path)

    with pytest.raises(InvalidInput) as refused:
        upgrade_state_dir(state_dir)

    assert f"{state_dir.settings} is a link to {file}" in str(refused.value)
    assert "desk to coordinator" in str(refused.value)
    assert read_files(state_dir.path) == before


def test_settings_of_today_behind_a_link_stay_there(state_dir: StateDir) -> None:
    rename_old_settings(state_dir)
    file = link_settings(state_dir)

    assert "6 open reviews" in upgrade_state_dir(state_dir)
    assert state_dir.settings.readlink() == file
    assert upgrade_state_dir(state_dir) == ""


def test_a_folder_is_old_by_its_database_even_where_that_is_only_in_the_write_ahead_log(
    state_dir: StateDir,
) -> None:
    rename_old_settings(state_dir)
    state_dir.temporal.unlink()
    with closing(sqlite3.connect(state_dir.database)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("UPDATE alembic_version SET version_num = '0004'")
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_old_by_file = upgrade_folder.is_old(state_dir)
        database.execute("UPDATE alembic_version SET version_num = '0003'")
        database.commit()
        before = read_files(state_dir.path)

        assert (is_old_by_file, upgrade_folder.is_old(state_dir)) == (False, True)
        assert read_files(state_dir.path) == before


def test_a_folder_is_old_by_the_workflows_that_run_in_it(
    state_dir: StateDir, old_records: dict[str, dict[str, Any]]
) -> None:
    rename_old_settings(state_dir)
    state_dir.database.unlink()

    assert f"with {len(old_records)} open reviews" in upgrade_state_dir(state_dir)
    assert upgrade_state_dir(state_dir) == ""
    assert not upgrade_folder.is_old(state_dir)


def test_what_runs_under_names_of_today_is_left_alone(upgraded: StateDir, unpacked: Path) -> None:
    shutil.copy(unpacked / "folder" / upgraded.settings.name, upgraded.settings)

    assert "with 0 open reviews" in upgrade_state_dir(upgraded)


def test_an_upgrade_that_is_ready_is_made_anew_where_its_originals_changed_since(
    interrupted: StateDir,
) -> None:
    with interrupted.settings.open("a", encoding="utf-8") as file:
        file.write("# changed since\n")

    assert "6 open reviews" in upgrade_state_dir(interrupted)
    assert interrupted.settings.read_text(encoding="utf-8").endswith("# changed since\n")


def test_an_upgrade_that_cannot_be_put_in_place_says_so_and_the_next_start_completes_it(
    interrupted: StateDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(upgrade_folder, "_merge_write_ahead_log", fail)
        with pytest.raises(InvalidInput, match=r"could not be put in place: .*No space left"):
            upgrade_state_dir(interrupted)

    assert upgrade_state_dir(interrupted) == "An upgrade that was interrupted is complete now."


def test_a_deletion_that_takes_too_long_is_left_to_temporal(
    state_dir: StateDir, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def wait_forever(_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(open_reviews, "_wait_until_gone", wait_forever)
    monkeypatch.setattr(open_reviews, "DELETE_TIMEOUT", 0.1)

    assert "6 open reviews" in upgrade_state_dir(state_dir)
    assert "has not deleted all finished reviews yet" in caplog.text


async def test_no_history_needs_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_reviews, "READER", Path("missing"))

    assert await open_reviews.replay_histories([]) == []


def write_reader(folder: Path, monkeypatch: pytest.MonkeyPatch, *, killed_at: int) -> None:
    """Put a reader in place that numbers its histories, and is killed after so many of them."""
    program = folder / "reader.py"
    program.write_text(
        "import json, os, signal, sys\n"
        "for number in range(len(list(sys.stdin))):\n"
        f"    if number == {killed_at}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    print(json.dumps({'number': number}), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(open_reviews, "READER", program)


HISTORIES = [WorkflowHistory("review-a", ()), WorkflowHistory("review-b", ())]


async def test_a_reader_that_crashes_once_it_has_written_every_record_has_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a busy machine Temporal's threads now and then crash a Python that is shutting down."""
    write_reader(tmp_path, monkeypatch, killed_at=2)

    records = await open_reviews.replay_histories(HISTORIES)

    assert records == [{"number": 0}, {"number": 1}]


async def test_a_reader_that_is_killed_says_nothing_about_a_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_reader(tmp_path, monkeypatch, killed_at=1)

    with pytest.raises(InvalidInput, match="was reading the history of review-b was") as refused:
        await open_reviews.replay_histories(HISTORIES)

    assert "could not be read" not in str(refused.value)
    assert "start again" in str(refused.value)


def break_encoding(state_dir: StateDir, _: pytest.MonkeyPatch) -> None:
    with state_dir.settings.open("ab") as file:
        file.write(b"# caf\xe9\n")


def end_reader_in_a_line(state_dir: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    program = state_dir.path.parent / "reader.py"
    program.write_text("print('{\"id\": ', end='')", encoding="utf-8")
    monkeypatch.setattr(open_reviews, "READER", program)


def name_other_database(state_dir: StateDir, _: pytest.MonkeyPatch) -> None:
    text = state_dir.settings.read_text(encoding="utf-8")
    state_dir.settings.write_text(f'database = "sqlite:///other.db"\n{text}', encoding="utf-8")


def misspell_setting(state_dir: StateDir, _: pytest.MonkeyPatch) -> None:
    with state_dir.settings.open("a", encoding="utf-8") as file:
        file.write("[mail]\nsendr = 'x'\n")


def break_reader(state_dir: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    program = state_dir.path.parent / "reader.py"
    program.write_text("raise SystemExit('no such event')", encoding="utf-8")
    monkeypatch.setattr(open_reviews, "READER", program)


def fill_disk(_: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = shutil.copytree

    def fail_late(source: Path, target: Path, **options: Any) -> None:
        copy(source, target, **options)
        if target.name == upgrade_folder.UNFINISHED_COPY:
            raise OSError(ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", fail_late)


def add_unknown_field(_: StateDir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        open_reviews, "translate_review", lambda old: {**translate_review(old), "mood": "good"}
    )


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (break_encoding, "its settings file is not in UTF-8"),
        (end_reader_in_a_line, r"the history of review-\S+ could not be read: it ended early"),
        (name_other_database, "its settings name another database"),
        (misspell_setting, "mail.sendr is not a setting"),
        (break_reader, r"the history of review-\S+ could not be read: no such event"),
        (fill_disk, "No space left on device"),
        (add_unknown_field, r"review-\S+ has a mood that this release does not know"),
    ],
)
def test_what_cannot_be_carried_over_stops_the_start_and_leaves_every_byte(
    state_dir: StateDir, monkeypatch: pytest.MonkeyPatch, prepare: Any, reason: str
) -> None:
    prepare(state_dir, monkeypatch)
    before = read_files(state_dir.path)

    with pytest.raises(InvalidInput, match=f"could not be upgraded: .*{reason}") as refused:
        upgrade_state_dir(state_dir)

    assert "Nothing in it was changed" in str(refused.value)
    assert ".." not in str(refused.value)
    assert "newer release" not in str(refused.value)
    assert read_files(state_dir.path) == before


def test_a_start_with_an_old_name_in_the_environment_names_the_new_one(
    state_dir: StateDir, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AFTERWORD_DESK", FAY)
    before = read_files(state_dir.path)

    assert up.main(["--folder", str(state_dir.path)]) == 1

    assert "AFTERWORD_DESK was renamed to AFTERWORD_COORDINATOR" in capsys.readouterr().err
    left = read_files(state_dir.path)
    left.pop("lock")
    assert left == before
