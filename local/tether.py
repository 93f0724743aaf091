"""Run a program that dies with the one that started it, however that one ends.

`python -m local.tether PARENT PROGRAM ARGUMENTS…`: a server left behind by a kill -9 would hold its
ports and its database against the next start. Linux does it for us (the kernel kills the program
when the parent dies); elsewhere we stay beside the program and look.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

WHEN_PARENT_DIES = 1
"""PR_SET_PDEATHSIG in <linux/prctl.h>."""
LOOK_EVERY = 0.5


def command(program: Sequence[str]) -> list[str]:
    """Give the command line by which this process starts `program` on a tether."""
    return [sys.executable, "-m", "local.tether", str(os.getpid()), *program]


def become(parent: int, program: Sequence[str]) -> None:  # pragma: no cover  (it ends as another)
    """Turn this process into the program; the kernel kills it when the parent dies."""
    ctypes.CDLL(None).prctl(WHEN_PARENT_DIES, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program[0], list(program))  # noqa: S606  (becoming that program is the point)


def watch(parent: int, program: Sequence[str]) -> int:
    """Run the program, kill it when the parent dies, and pass a SIGTERM on; return how it ended."""
    child = subprocess.Popen(list(program))  # noqa: S603  (our own command line)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
        time.sleep(LOOK_EVERY)
    return child.returncode


def main(arguments: Sequence[str]) -> int:
    """Run `PARENT PROGRAM ARGUMENTS…`."""
    parent, *program = arguments
    if sys.platform == "linux":
        become(int(parent), program)
    return watch(int(parent), program)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
