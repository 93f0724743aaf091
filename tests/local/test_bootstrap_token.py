from __future__ import annotations

from pathlib import Path

import pytest

from local import bootstrap_token
from register.archive import Archive
from register.database import build_engine


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'afterword.db'}"
    monkeypatch.setenv("AFTERWORD_DATABASE", url)
    monkeypatch.setenv("AFTERWORD_SECRET", "a secret for tests only")
    monkeypatch.setenv("AFTERWORD_COORDINATOR", "desk@example.org")
    return url


def test_the_first_token_is_the_coordinators(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = bootstrap_token.main()

    engine = build_engine(database)
    bearer = Archive(engine).tokens.find_token(capsys.readouterr().out.strip())
    engine.dispose()
    assert code == 0
    assert bearer is not None
    assert bearer.person == "desk@example.org"


@pytest.mark.usefixtures("database")
def test_it_is_made_once(capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap_token.main()
    capsys.readouterr()

    assert bootstrap_token.main() == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert "There is a token called “setup” already" in output.err
