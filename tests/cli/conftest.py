from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import ADA
from tests.cli.house import House, Terminal, open_house


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let nothing of the tester's own settings in, and everybody live in Berlin."""
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
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture
def house(_running: House) -> House:
    _running.tidy()
    return _running


@pytest.fixture
def afterword(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Terminal]:
    typing = Terminal(capsys, monkeypatch, house.url, house.tokens)
    yield typing
    typing.stand_up()


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal where no Afterword runs yet."""
    return Terminal(capsys, monkeypatch, "http://127.0.0.1:9", {ADA: "aft_ada"})
