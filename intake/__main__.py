"""Run the mail intake as a separate process: `python -m intake`."""

from __future__ import annotations

import sys

from intake.main import main

if __name__ == "__main__":
    sys.exit(main())
