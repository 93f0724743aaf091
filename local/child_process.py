"""Run a child process that dies with its parent, however the parent ends.

`python -m local.child_process PARENT PROGRAM ARGUMENTS…`: a server that survived a kill -9 would
hold its ports and its database against the next start. On Linux the kernel kills the program when
the parent dies; elsewhere this process stays beside the program and polls.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1
"""The option of prctl that sends a signal when the parent dies, from <linux/prctl.h>."""
POLL_INTERVAL = 0.5


def build_command_line(program: Sequence[str]) -> list[str]:
    """Return the command line that starts `program` as a child of this process."""
    return [sys.executable, "-m", "local.child_process", str(os.getpid()), *program]


def replace_process(
    parent: int, program: Sequence[str]
) -> None:  # pragma: no cover  (it ends as another)
    """Replace this process by the program; the kernel kills it when the parent dies."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(program[0], list(program))  # noqa: S606  (becoming that program is the point)


def watch_process(parent: int, program: Sequence[str]) -> int:
    """Run the program, kill it when the parent dies, pass SIGTERM on, and return its exit code."""
    child = subprocess.Popen(list(program))  # noqa: S603  (our own command line)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    while child.poll() is None:
        if os.getppid() != parent:
            child.kill()
        time.sleep(POLL_INTERVAL)
    return child.returncode


def main(arguments: Sequence[str]) -> int:
    """Run `PARENT PROGRAM ARGUMENTS…` and return the exit code."""
    parent, *program = arguments
    if sys.platform == "linux":
        replace_process(int(parent), program)
    return watch_process(int(parent), program)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
