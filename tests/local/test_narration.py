"""What the demo prints is wrapped where a command can still be copied."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local.demo.narration import MARGIN, WIDTH, Narrator

COMMANDS = (
    "afterword review waive pagerduty-Q1ABC F12 --code should-have --reason",
    "afterword follow-up schedule pagerduty-Q1ABC --at 2026-04-13T14:00 --place",
    f"https://reply.example.org/decide/{'a-b' * WIDTH}",
)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("before", range(0, WIDTH, 7))
def test_no_word_of_a_command_is_broken(
    capsys: pytest.CaptureFixture[str], command: str, before: int
) -> None:
    narrator = Narrator(lambda: datetime(2026, 3, 9, tzinfo=UTC), step_count=1)
    text = f"{'x' * before} {command} is the way out."

    narrator(text)
    narrator.quote(text)

    printed = capsys.readouterr().out.replace(f"{MARGIN}|", " ").split()
    assert printed.count("is") == printed.count("way") == len(("said", "quoted"))
    for word in command.split():
        assert printed.count(word) >= len(("said", "quoted")), word
