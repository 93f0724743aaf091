"""`python -m intake`: the mail intake as a process of its own."""

from __future__ import annotations

import sys

from intake.main import main

if __name__ == "__main__":
    sys.exit(main())
