from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError

from models.errors import InvalidInput, Unavailable
from models.people import Person
from register.archive import Archive
from register.database import _enable_write_ahead, build_engine, migrate
from register.tables import metadata
from register.transactions import begin_read, begin_write
from tests.patience import PATIENCE
from tests.sample_people import ADA

ROOT = Path(__file__).parents[2]
MIGRATIONS = sorted((ROOT / "register" / "migrations" / "versions").glob("r*.py"))
MIGRATIONS_BEFORE = 3
"""Number of migrations before the one to the field's own names."""

HEAD = MIGRATIONS[-1].stem[1:5]
LATER_MIGRATION = f"""
from alembic import op

revision, down_revision, branch_labels, depends_on = "later", "{HEAD}", None, None

def upgrade():
    with op.batch_alter_table("people") as people:
        people.alter_column("team", nullable=True)
"""
INDEX_PARTS = {
    "words",
    "profile_words",
    "ix_search_entries_words",
    "ix_search_entries_profile",
    "ix_search_entries_trigrams",
}
"""What PostgreSQL keeps by itself of the texts that can be searched."""

MIGRATE_PROGRAM = (
    "import sys; from register.database import build_engine, migrate; "
    "migrate(build_engine(sys.argv[1]))"
)


def is_spoken_of(
    _object: object, name: str, _kind: str, is_in_database: bool, known: object
) -> bool:
    """Return whether the code should know something: all but the full-text index's own parts."""
    parts = name.startswith("search_") or name in INDEX_PARTS
    return not (is_in_database and known is None and parts)


def test_a_migrated_database_has_the_tables_the_code_speaks_of(engine: Engine) -> None:
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_spoken_of}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_changes_nothing(unmigrated_address: str) -> None:
    engine = build_engine(unmigrated_address)
    migrate(engine)

    migrate(engine)

    assert "reviews" in inspect(engine).get_table_names()
    engine.dispose()


@pytest.mark.servers
def test_processes_that_start_at_once_migrate_once(unmigrated_address: str) -> None:
    waiting = MIGRATE_PROGRAM.replace("migrate(", "print('ready', flush=True); input(); migrate(")
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", waiting, unmigrated_address],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in starting:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    for process in starting:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()

    errors = [process.communicate(timeout=PATIENCE)[1] for process in starting]
    assert [process.returncode for process in starting] == [0] * 4, errors


@pytest.mark.servers
def test_the_migrations_travel_with_the_package(tmp_path: Path) -> None:
    for package in ("models", "rules", "register"):
        shutil.copytree(ROOT / package, tmp_path / "50% off" / package)

    subprocess.run(
        [sys.executable, "-c", MIGRATE_PROGRAM, f"sqlite:///{tmp_path}/elsewhere.db"],
        cwd=tmp_path / "50% off",
        check=True,
        timeout=PATIENCE,
    )

    with sqlite3.connect(tmp_path / "elsewhere.db") as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    file.close()


def test_a_database_of_a_newer_release_is_refused(engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    try:
        with pytest.raises(InvalidInput, match=r"newer release of Afterword .*9999"):
            migrate(engine)
    finally:
        with begin_write(engine) as connection:
            connection.execute(
                text("UPDATE alembic_version SET version_num = :head"), {"head": HEAD}
            )


def test_a_later_migration_may_rebuild_a_table_that_others_refer_to(
    unmigrated_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = build_engine(unmigrated_address)
    migrate(engine)
    Archive(engine).people.import_people([Person(address=ADA, aliases=("lind@example.org",))])
    later = shutil.copytree(ROOT / "register" / "migrations", tmp_path / "migrations")
    (later / "versions" / "r9999_later.py").write_text(LATER_MIGRATION)
    monkeypatch.setattr("register.database.MIGRATIONS", later)

    migrate(engine)

    assert Archive(engine).people.load_people()[ADA].aliases == ("lind@example.org",)
    with pytest.raises(IntegrityError), begin_write(engine) as connection:
        connection.execute(text("INSERT INTO aliases VALUES ('x@example.org', 'nobody')"))
    engine.dispose()


INSERT_OLD_REVIEW = text(
    "INSERT INTO reviews (id, run, revision, lost, source, key, title, words, stage, lead,"
    " facilitator, sponsor, opened_at, stage_since, restricted_to, open_actions, head)"
    " VALUES (:id, '', 1, :lost, '', '', '', '', :stage, '', '', '',"
    " '2026-11-02 09:00:00', '2026-11-02 09:00:00', '[]', 0, '{}')"
)


@pytest.fixture
def old_engine(
    unmigrated_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """Yield the engine of a database of before migration 0004, with reviews that do not run."""
    engine = build_engine(unmigrated_address)
    earlier = shutil.copytree(ROOT / "register" / "migrations", tmp_path / "migrations")
    for migration in MIGRATIONS[MIGRATIONS_BEFORE:]:
        (earlier / "versions" / migration.name).unlink()
    with monkeypatch.context() as patched:
        patched.setattr("register.database.MIGRATIONS", earlier)
        migrate(engine)
    with begin_write(engine) as connection:
        for stage, lost in (("closed", False), ("cancelled", False), ("draft", True)):
            row = {"id": f"review-{stage}", "stage": stage, "lost": lost}
            connection.execute(INSERT_OLD_REVIEW, row)
    yield engine
    engine.dispose()


def read_revision(engine: Engine) -> str:
    with begin_read(engine) as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def test_migration_refuses_a_database_whose_open_reviews_would_be_left_behind(
    old_engine: Engine,
) -> None:
    with begin_write(old_engine) as connection:
        row = {"id": "review-open", "stage": "follow-up", "lost": False}
        connection.execute(INSERT_OLD_REVIEW, row)
    before = set(inspect(old_engine).get_table_names())

    with pytest.raises(InvalidInput, match=r"still open \(1: review-open\)") as refused:
        migrate(old_engine)

    assert "Finish or cancel them with the earlier release" in str(refused.value)
    assert read_revision(old_engine) == "0003"
    assert set(inspect(old_engine).get_table_names()) == before

    migrate(old_engine, carry_over_reviews=True)

    assert read_revision(old_engine) == HEAD


def test_migration_goes_on_where_no_old_review_runs(old_engine: Engine) -> None:
    migrate(old_engine)

    assert read_revision(old_engine) == HEAD


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"this is an email, not a database\n" * 40, "is not a SQLite database"),
        (b"SQLite format 3\0" + b"\x10\0\x01\x01\0@  " + b"\xff" * 4072, "is damaged|is not a"),
    ],
)
def test_a_file_that_is_no_database_is_named(
    tmp_path: Path, content: bytes, complaint: str
) -> None:
    file = tmp_path / "afterword.db"
    file.write_bytes(content)
    engine = build_engine(f"sqlite:///{file}")

    with pytest.raises(InvalidInput, match=rf"The database file .*afterword\.db ({complaint})"):
        migrate(engine)

    assert file.read_bytes() == content
    engine.dispose()


def test_a_file_whose_folder_is_missing_is_named(tmp_path: Path) -> None:
    engine = build_engine(f"sqlite:///{tmp_path}/nowhere/afterword.db")

    with pytest.raises(InvalidInput, match=r"nowhere/afterword\.db cannot be opened"):
        migrate(engine)


def test_a_damaged_page_in_the_middle_is_a_temporary_error(sqlite_address: str) -> None:
    file = Path(sqlite_address.removeprefix("sqlite:///"))
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    engine = build_engine(sqlite_address)

    with (
        pytest.raises(Unavailable, match="the database does not answer: database disk image"),
        begin_read(engine) as connection,
    ):
        connection.execute(text("SELECT * FROM reviews"))

    engine.dispose()


def check_database(engine: Engine) -> None:
    """Check that the database answers; raises Unavailable where it does not."""
    with begin_read(engine) as connection:
        connection.execute(text("SELECT 1"))


@pytest.mark.parametrize("do", [migrate, check_database])
def test_a_server_that_is_not_there_is_away(do: object) -> None:
    engine = build_engine("postgresql://ada:secret@127.0.0.1:9/afterword")

    with pytest.raises(Unavailable) as caught:
        do(engine)  # type: ignore[operator]  # one of the functions above

    assert caught.value.part == "the database"
    assert "127.0.0.1" in caught.value.why
    assert "\n" not in caught.value.why
    assert "secret" not in str(caught.value)


def test_a_database_that_is_there_answers(engine: Engine) -> None:
    check_database(engine)


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("afterword.db", "cannot be read"),
        ("postgresql://ada@host:port/name", "cannot be read"),
        ("mysql://ada@localhost/afterword", "begins with “mysql”"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused_with_an_example(
    address: str, complaint: str
) -> None:
    with pytest.raises(InvalidInput, match=f"{complaint}.*should look like sqlite:///afterword.db"):
        build_engine(address)


def test_the_address_chooses_no_driver_and_may_overrule_how_long_we_wait() -> None:
    plain = build_engine("postgres://ada@localhost/afterword")
    other = build_engine("postgresql+asyncpg://ada@localhost/afterword?connect_timeout=1")

    assert plain.dialect.driver == other.dialect.driver == "psycopg"
    assert other.url.query["connect_timeout"] == "1"


counter = Table("counter", MetaData(), Column("n", Integer))


def increment(address: str, times: int) -> None:
    engine = build_engine(address)

    def one(_: int) -> None:
        with begin_write(engine) as connection:
            found = connection.scalars(select(counter.c.n).with_for_update()).one()
            connection.execute(update(counter).values(n=found + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, range(times)))
    engine.dispose()


@pytest.mark.servers
def test_who_reads_and_then_writes_loses_nothing_to_another(unmigrated_address: str) -> None:
    engine = build_engine(unmigrated_address)
    with begin_write(engine) as connection:
        counter.create(connection)
        connection.execute(insert(counter), {"n": 0})
    spawn = get_context("spawn")
    processes = [spawn.Process(target=increment, args=(unmigrated_address, 400)) for _ in range(2)]

    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)

    with begin_read(engine) as connection:
        assert connection.scalar(select(counter.c.n)) == 800
    engine.dispose()


def test_a_reader_does_not_wait_for_a_writer(engine: Engine) -> None:
    with begin_write(engine) as writer:
        writer.execute(text("DELETE FROM people"))

        with begin_read(engine) as reader:
            assert reader.scalar(text("SELECT count(*) FROM people")) == 0


def test_a_reader_sees_one_moment(engine: Engine) -> None:
    count = text("SELECT count(*) FROM services")
    add = text("INSERT INTO services VALUES ('checkout', '', '', '')")

    with begin_read(engine) as reader:
        before = reader.scalar(count)
        with begin_write(engine) as writer:
            writer.execute(add)
        after = reader.scalar(count)

    assert (before, after) == (0, 0)


def fail_in_transaction(engine: Engine) -> None:
    with begin_write(engine) as connection:
        connection.execute(text("INSERT INTO services VALUES ('checkout', '', '', '')"))
        raise RuntimeError


def test_what_fails_halfway_leaves_nothing_behind(engine: Engine) -> None:
    with pytest.raises(RuntimeError):
        fail_in_transaction(engine)

    with begin_read(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM services")) == 0


def test_a_file_that_another_keeps_locked_is_away(
    sqlite_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.database.BUSY_MS", 50)
    engine = build_engine(sqlite_address)

    with (
        begin_write(engine),
        pytest.raises(Unavailable, match="database is locked"),
        begin_write(engine),
    ):
        pass

    engine.dispose()


class CountingConnection(sqlite3.Connection):
    """A connection that tells when a statement is tried for the second time."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tried: list[str] = []
        self.tried_again = threading.Event()

    def execute(self, statement: str, *more: Any) -> sqlite3.Cursor:
        """Count and execute a statement."""
        self.tried.append(statement)
        if len(self.tried) > 1:
            self.tried_again.set()
        return super().execute(statement, *more)


def test_a_new_file_that_another_keeps_for_itself_is_waited_for(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    ours = sqlite3.connect(
        tmp_path / "new.db", timeout=0, check_same_thread=False, factory=CountingConnection
    )

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(_enable_write_ahead, ours, PATIENCE)
        is_tried_again = ours.tried_again.wait(PATIENCE)
        other.execute("COMMIT")
        waiting.result(timeout=PATIENCE)

    assert is_tried_again
    assert ours.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
    ours.close()


def test_a_new_file_that_another_never_gives_up_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("register.database.BUSY_MS", 30)
    other = sqlite3.connect(tmp_path / "new.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    engine = build_engine(f"sqlite:///{tmp_path / 'new.db'}")

    with pytest.raises(Unavailable, match="database is locked"):
        migrate(engine)

    other.close()


def test_a_server_that_goes_away_in_the_middle_is_away_and_then_back(
    postgres_address: str,
) -> None:
    engine = build_engine(postgres_address)
    goodbye = text("SELECT pg_terminate_backend(pg_backend_pid())")

    with (
        pytest.raises(Unavailable, match="the database does not answer"),
        begin_write(engine) as connection,
    ):
        connection.execute(goodbye)

    check_database(engine)
    engine.dispose()


def test_a_pool_whose_connections_are_all_out_is_away(sqlite_address: str) -> None:
    engine = build_engine(sqlite_address)
    engine.pool._timeout = 0.05  # type: ignore[attr-defined]  # ten seconds would be long
    out = [engine.connect() for _ in range(30)]

    with pytest.raises(Unavailable, match="all connections to it are busy"):
        check_database(engine)

    for connection in out:
        connection.close()
    engine.dispose()


def test_a_mistake_of_ours_is_not_taken_for_an_outage(engine: Engine) -> None:
    with pytest.raises(Exception, match="nowhere") as caught, begin_read(engine) as connection:
        connection.execute(text("SELECT * FROM nowhere"))

    assert not isinstance(caught.value, Unavailable)
