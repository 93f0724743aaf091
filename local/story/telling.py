"""How the story is told on the terminal: the act, the virtual day, and what happens."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from textwrap import wrap
from time import monotonic

MARGIN = " " * 18
WIDTH = 80


class Tell:
    """Tells what happens, with the day it happens on in the story."""

    def __init__(self, clock: Callable[[], datetime], acts: int) -> None:
        self._clock = clock
        self._acts = acts
        self._act = 0
        self._begun = monotonic()
        self._day = ""

    def act(self, title: str) -> None:
        """Begin the next act."""
        self._act += 1
        self._day = ""
        self._line(f"\n[{self._act}/{self._acts}, {self.seconds:.0f} s]  {title}")

    def __call__(self, text: str) -> None:
        """Tell one thing."""
        day = f"{self._clock():%a %d %b %H:%M}"
        shown, self._day = ("" if day == self._day else day), day
        first, *rest = wrap(text, WIDTH)
        self._line(f"{shown:<{len(MARGIN)}}{first}")
        for line in rest:
            self._line(f"{MARGIN}{line}")

    def quote(self, text: str) -> None:
        """Show what Afterword said."""
        for line in text.strip().splitlines():
            for part in wrap(line, WIDTH, subsequent_indent="      "):
                self._line(f"{MARGIN}| {part}")

    def end(self, text: str) -> None:
        """Say how it ended."""
        self._line(f"\n{text}")

    @property
    def seconds(self) -> float:
        """How long it has taken so far, in real seconds."""
        return monotonic() - self._begun

    @staticmethod
    def _line(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
