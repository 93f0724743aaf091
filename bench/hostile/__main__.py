"""`python -m bench.hostile` measures how readers of strangers' text grow."""

from __future__ import annotations

import logging
import sys

from bench.hostile.growth import main

if __name__ == "__main__":
    logging.disable()
    sys.exit(main())
