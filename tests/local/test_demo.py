from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from local import demo
from local.clock import Clock
from local.story import stage as stages
from local.story.cast import DESK, LEONIE
from local.story.opening import DOCUMENT
from local.story.stage import Broken, Stage, check
from local.story.telling import Tell
from words import blame
from words.reading import read


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    async with demo.staged() as found:
        yield found


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "LOOKS", 2)
    monkeypatch.setattr(stages, "SOON", 0.01)


@pytest.mark.timeout(240)
def test_the_whole_life_of_a_review_is_played_within_90_seconds(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = demo.main([])

    told = capsys.readouterr()
    assert (code, told.err) == (0, "")
    ended = re.search(r"Closed after (\d+) days, played in (\d+) s", told.out)
    assert ended is not None
    assert 28 <= int(ended[1]) <= 90
    assert int(ended[2]) <= 90


def test_what_does_not_go_as_told_ends_in_a_failure_that_says_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def breaks(_stage: Stage, _tell: Tell) -> None:
        check(False, "the review is closed")

    monkeypatch.setattr(demo, "ACTS", (("An act", breaks),))

    assert demo.main() == 1
    assert "This should be so, and is not: the review is closed." in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(ZeroDivisionError, 1), (KeyboardInterrupt, 130)])
def test_what_nobody_expected_ends_in_a_failure_too(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: type[BaseException],
    code: int,
) -> None:
    def breaks(_folder: object) -> None:
        raise error

    monkeypatch.setattr(demo, "settings", breaks)

    assert demo.main() == code
    assert ("ZeroDivisionError" in capsys.readouterr().err) == (code == 1)


async def test_a_command_that_ends_otherwise_than_told_is_quoted(stage: Stage) -> None:
    with pytest.raises(Broken, match="“afterword review show nothing” ended with 3, not 0"):
        await stage.cli(DESK, "review", "show", "nothing")


async def test_a_letter_that_never_comes_is_missed_by_name(stage: Stage) -> None:
    with pytest.raises(Broken, match=f"No letter to {LEONIE} about “closed”"):
        await stage.letter(LEONIE, "closed", 0.02)


@pytest.mark.usefixtures("impatient")
async def test_a_review_that_never_comes_is_missed(stage: Stage) -> None:
    with pytest.raises(Broken, match="The register should show one review"):
        await stage.listed(stage="draft")


@pytest.mark.usefixtures("impatient")
async def test_letters_and_ends_that_never_come_are_missed_after_a_while(stage: Stage) -> None:
    async def opened(tell: Tell) -> None:
        for _, act in demo.ACTS[:2]:
            await act(stage, tell)

    await opened(Tell(stage.clock, 2))

    with pytest.raises(Broken, match="about “closed”"):
        await stage.letter_in_time(LEONIE, "closed", days=1)
    with pytest.raises(Broken, match="The workflow should be complete"):
        await stage.over()


def test_the_document_is_whole_and_long_and_blames_nobody() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    reading = read(text)

    assert len(text.encode()) > 14_000
    assert len(reading.sections) == 9
    assert reading.missing == ()
    assert blame.find(text) == ()


def test_the_clock_only_moves_on() -> None:
    clock = Clock()
    before = clock()

    clock.shift(timedelta(days=3))

    assert clock.ahead == timedelta(days=3)
    assert clock() - before >= timedelta(days=3)
