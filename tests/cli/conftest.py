from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.api_server import ApiServer, Terminal, run_api_server
from tests.sample_people import ADA


@pytest.fixture(autouse=True)
def _isolated_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Yield with the tester’s own settings hidden and the time zone set to Berlin."""
    for name in ("AFTERWORD_URL", "AFTERWORD_TOKEN", "AFTERWORD_OUTPUT", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as clock:
        clock.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session")
def _running_api_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    with run_api_server(tmp_path_factory.mktemp("house")) as server:
        yield server


@pytest.fixture
def api_server(_running_api_server: ApiServer) -> ApiServer:
    _running_api_server.reset()
    return _running_api_server


@pytest.fixture
def afterword(
    api_server: ApiServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    session = Terminal(capsys, monkeypatch, api_server.url, api_server.tokens)
    yield session
    session.detach_tty()


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal where no Afterword runs yet."""
    return Terminal(capsys, monkeypatch, "http://127.0.0.1:9", {ADA: "aft_ada"})
