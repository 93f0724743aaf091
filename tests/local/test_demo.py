from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from local.clock import AdjustableClock
from local.demo import environment, play
from local.demo.environment import DemoEnvironment, DemoFailed, check
from local.demo.narration import Narrator
from local.demo.opening_steps import DOCUMENT
from local.demo.people import COORDINATOR, LEONIE
from text_checks import blame
from text_checks.parsing import parse_document


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def demo_stage() -> AsyncIterator[DemoEnvironment]:
    async with play.open_environment() as new_demo:
        yield new_demo


@pytest.fixture
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "WAIT_TIMEOUT", 0.01)


def test_the_whole_life_of_a_review_is_played(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = play.main([])

    output = capsys.readouterr()
    assert (code, output.err) == (0, "")
    ended = re.search(r"Closed after (\d+) days, played in (\d+) s", output.out)
    assert ended is not None
    assert 28 <= int(ended[1]) <= 90


def test_what_does_not_go_as_told_ends_in_a_failure_that_says_what(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def raise_error(_stage: DemoEnvironment, _tell: Narrator) -> None:
        check(False, "the review is closed")

    monkeypatch.setattr(play, "STEPS", (("An act", raise_error),))

    assert play.main() == 1
    assert "This should be so, and is not: the review is closed." in capsys.readouterr().err


@pytest.mark.parametrize(("error", "code"), [(ZeroDivisionError, 1), (KeyboardInterrupt, 130)])
def test_what_nobody_expected_ends_in_a_failure_too(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: type[BaseException],
    code: int,
) -> None:
    def raise_error(_folder: object) -> None:
        raise error

    monkeypatch.setattr(play, "build_settings", raise_error)

    assert play.main() == code
    assert ("ZeroDivisionError" in capsys.readouterr().err) == (code == 1)


async def test_a_command_that_ends_otherwise_than_told_is_quoted(
    demo_stage: DemoEnvironment,
) -> None:
    with pytest.raises(DemoFailed, match="“afterword review show nothing” ended with 3, not 0"):
        await demo_stage.run_cli(COORDINATOR, "review", "show", "nothing")


@pytest.mark.usefixtures("short_timeouts")
async def test_a_notification_that_never_comes_is_missed_by_name(
    demo_stage: DemoEnvironment,
) -> None:
    with pytest.raises(DemoFailed, match=f"No email to {LEONIE} about “closed”"):
        await demo_stage.wait_for_email(LEONIE, "closed")


@pytest.mark.usefixtures("short_timeouts")
async def test_a_review_that_never_comes_is_missed(demo_stage: DemoEnvironment) -> None:
    with pytest.raises(DemoFailed, match="The register should show one review"):
        await demo_stage.wait_for_listing(stage="draft")


async def test_notifications_and_ends_that_never_come_are_missed_after_a_while(
    demo_stage: DemoEnvironment,
) -> None:
    async def open_review(tell: Narrator) -> None:
        for _, act in play.STEPS[:2]:
            await act(demo_stage, tell)

    await open_review(Narrator(demo_stage.clock, 2))

    with pytest.raises(DemoFailed, match="about “closed”"):
        await demo_stage.advance_until_email(LEONIE, "closed", days=1)
    with pytest.raises(DemoFailed, match="The workflow should be complete"):
        await demo_stage.advance_to_completion(days=1)


def test_the_document_is_whole_and_long_and_blames_nobody() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    reading = parse_document(text)

    assert len(text.encode()) > 14_000
    assert len(reading.sections) == 9
    assert reading.missing == ()
    assert blame.list_blame(text) == ()


def test_the_clock_only_moves_on() -> None:
    clock = AdjustableClock()
    before = clock()

    clock.advance(timedelta(days=3))

    assert clock.offset == timedelta(days=3)
    assert clock() - before >= timedelta(days=3)
