"""Run the demo as `python -m local.demo`."""

from __future__ import annotations

import sys

from local.demo.play import main

if __name__ == "__main__":
    sys.exit(main())
