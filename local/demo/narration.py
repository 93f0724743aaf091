"""The demo's narration on the terminal: the step, the simulated date, and what happens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from textwrap import wrap
from time import monotonic

MARGIN = " " * 18
WIDTH = 80


class Narrator:
    """Prints what happens, with the simulated date."""

    def __init__(self, clock: Callable[[], datetime], step_count: int) -> None:
        self._clock = clock
        self._step_count = step_count
        self._step_number = 0
        self._started_at = monotonic()
        self._day = ""

    def start_step(self, title: str) -> None:
        """Print the heading of the next step."""
        self._step_number += 1
        self._day = ""
        self._print_line(
            f"\n[{self._step_number}/{self._step_count}, {self.elapsed_seconds:.0f} s]  {title}"
        )

    def __call__(self, text: str) -> None:
        """Print one sentence."""
        day = f"{self._clock():%a %d %b %H:%M}"
        shown, self._day = ("" if day == self._day else day), day
        first, *rest = _wrap(text)
        self._print_line(f"{shown:<{len(MARGIN)}}{first}")
        for line in rest:
            self._print_line(f"{MARGIN}{line}")

    def quote(self, text: str) -> None:
        """Print what Afterword answered."""
        for line in text.strip().splitlines():
            for wrapped in _wrap(line, "      "):
                self._print_line(f"{MARGIN}| {wrapped}")

    def end(self, text: str) -> None:
        """Print the closing sentence."""
        self._print_line(f"\n{text}")

    @property
    def elapsed_seconds(self) -> float:
        """Return the real seconds since the start."""
        return monotonic() - self._started_at

    @staticmethod
    def _print_line(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def _wrap(text: str, indent: str = "") -> list[str]:
    """Return a text in lines that break between words only, so that a command can be copied."""
    return wrap(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
