"""PostgreSQL as deploy/postgresql.sh starts it: with TLS and a password, or not at all."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from models.doctor.deployment import DatabaseRole
from register.database import build_engine, migrate
from register.doctor_queries import find_role
from settings import load_settings
from tests.deploy_folder import ROOT, make_secrets_and_certificates, run_script
from tests.patience import PATIENCE

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(
        not INSTALLED or os.geteuid() != 0 or shutil.which("runuser") is None,
        reason="needs Debian's PostgreSQL, which speaks TLS, and root, as its image has",
    ),
]
ENTRYPOINT = """#!/bin/sh
shift
exec runuser -u postgres -- {programs}/postgres "$@" -D {data} -k {run} -p {port}
"""
"""What stands for the entrypoint of PostgreSQL's image: it becomes `postgres`, and starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsServer:
    """A running server, and the secrets it was started with."""

    secrets: Path
    port: int
    database_url: str

    def connect(self, **changes: str) -> psycopg.Connection[tuple[object, ...]]:
        """Connect by TCP as Temporal, with the certificate of the server verified."""
        password = (self.secrets / "temporal-database-password").read_text(encoding="utf-8")
        wanted = {
            "host": "localhost",
            "hostaddr": "127.0.0.1",
            "port": str(self.port),
            "user": "temporal",
            "dbname": "temporal",
            "password": password,
            "sslmode": "verify-full",
            "sslrootcert": str(self.secrets / "ca.crt"),
        }
        return psycopg.connect(make_conninfo("", **(wanted | changes)))


@pytest.fixture(scope="module")
def server() -> Iterator[TlsServer]:
    """Yield a server with its roles, started by the scripts of the deployment.

    Not in a folder of pytest, which lets nobody but its owner in.
    """
    with tempfile.TemporaryDirectory(prefix="afterword-tls-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)
        secrets = make_secrets_and_certificates(folder)
        port = stack.enter_context(run_server(folder, secrets))
        subprocess.run(
            ["sh", ROOT / "deploy" / "roles.sh"],
            env={
                "PATH": f"{INSTALLED[-1].parent}:/usr/bin:/bin",
                "SECRETS": str(secrets),
                "PGHOST": str(folder / "run"),
                "PGPORT": str(port),
            },
            check=True,
        )
        yield TlsServer(secrets=secrets, port=port, database_url=read_url(secrets, port))


@contextmanager
def run_server(folder: Path, secrets: Path) -> Iterator[int]:
    """Yield the port of a server with a new data directory, started by the script."""
    programs, port = INSTALLED[-1].parent, find_free_port()
    owner = pwd.getpwnam("postgres")
    for name in ("data", "run"):
        (folder / name).mkdir(mode=0o700)
        os.chown(folder / name, owner.pw_uid, owner.pw_gid)
    initdb = ("runuser", "-u", "postgres", "--", programs / "initdb", "--no-sync", "--auth=trust")
    subprocess.run(
        [*initdb, "-D", folder / "data"], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )
    (folder / "bin").mkdir()
    entrypoint = folder / "bin" / "docker-entrypoint.sh"
    entrypoint.write_text(
        ENTRYPOINT.format(programs=programs, data=folder / "data", run=folder / "run", port=port)
    )
    entrypoint.chmod(0o755)
    shutil.copy(ROOT / "deploy" / "pg_hba.conf", folder / "pg_hba.conf")
    (folder / "pg_hba.conf").chmod(0o644)
    process = subprocess.Popen(
        ["sh", ROOT / "deploy" / "postgresql.sh"],
        cwd=folder,
        env={
            **os.environ,
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "SECRETS": str(secrets),
            "TLS_FOLDER": str(folder / "tls"),
            "HBA_FILE": str(folder / "pg_hba.conf"),
        },
        stderr=subprocess.PIPE,
    )
    try:
        wait_until_ready(folder / "run", port, process)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def wait_until_ready(folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1]
        with suppress(psycopg.OperationalError):
            psycopg.connect(host=str(folder), port=port, user="postgres").close()
            return
        time.sleep(0.05)
    raise AssertionError("the server did not start")


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def read_url(secrets: Path, port: int) -> str:
    """Return the address of the database as it stands in our settings, for this machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AFTERWORD_CONFIG", str(secrets / "afterword.toml"))
        url = load_settings().database
    assert "sslmode=verify-full&sslrootcert=/run/secrets/ca.crt" in url
    here = url.replace("@postgresql/", f"@localhost:{port}/")
    return here.replace("/run/secrets", str(secrets))


def test_afterword_reaches_its_database_with_tls_that_is_verified(server: TlsServer) -> None:
    engine = build_engine(server.database_url)

    migrate(engine)

    with engine.connect() as connection:
        question = "SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert tuple(connection.exec_driver_sql(question).one()) == (True, "TLSv1.3")
    engine.dispose()


def test_the_doctor_sees_a_role_that_rules_nobody(server: TlsServer) -> None:
    engine = build_engine(server.database_url)

    role = find_role(engine)

    assert role == DatabaseRole(name="afterword", is_superuser=False)
    engine.dispose()


def test_temporal_reaches_its_databases_with_its_own_password(server: TlsServer) -> None:
    for name in ("temporal", "temporal_visibility"):
        with server.connect(dbname=name) as connection:
            assert connection.pgconn.ssl_in_use


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"sslmode": "disable"}, "no pg_hba.conf entry.*no encryption"),
        ({"password": "wrong"}, "password authentication failed"),
        ({"user": "postgres", "password": ""}, "no password supplied"),
        ({"host": "database.example.org"}, 'does not match host name "database.example.org"'),
        ({"dbname": "afterword"}, "permission denied for database"),
        ({"ssl_max_protocol_version": "TLSv1.1", "ssl_min_protocol_version": "TLSv1"}, "SSL"),
    ],
)
def test_nobody_gets_in_without_tls_a_password_and_the_right_name(
    server: TlsServer, changes: dict[str, str], reason: str
) -> None:
    with pytest.raises(psycopg.OperationalError, match=f"(?s){reason}"):
        server.connect(**changes)


def test_a_server_with_another_authority_is_not_believed(server: TlsServer, tmp_path: Path) -> None:
    others = make_secrets_and_certificates(tmp_path)

    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        server.connect(sslrootcert=str(others / "ca.crt"))


def test_while_the_authority_is_replaced_both_are_believed(server: TlsServer) -> None:
    ran = run_script(server.secrets.parent, "make-certificates.sh", "--new-authority")
    assert ran.returncode == 0, ran.stderr

    with server.connect() as connection:
        assert connection.pgconn.ssl_in_use


def test_the_key_of_the_server_is_its_own_there(server: TlsServer) -> None:
    key = server.secrets.parent.parent / "tls" / "postgresql.key"

    assert (key.stat().st_mode & 0o777, key.owner()) == (0o600, "postgres")
