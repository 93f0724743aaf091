"""Ask a part whether it works, and say in a sentence what is wrong."""

from __future__ import annotations

import asyncio
import os

from models.errors import Unavailable
from web.dependencies import OK, Probe
from web.errors import format_unavailable

PROBE_TIMEOUT = 3.0
"""Seconds in which a part must answer."""


async def run_probe(part: str, probe: Probe) -> str:
    """Return `ok`, or a sentence that says what is wrong with a part."""
    try:
        async with asyncio.timeout(PROBE_TIMEOUT):
            await probe()
    except TimeoutError:
        return f"{part} does not answer within {PROBE_TIMEOUT:.0f} seconds."
    except Unavailable as error:
        return format_unavailable(error)
    except OSError as error:
        return f"{part} does not answer: {_format_os_error(error)}."
    return OK


def _format_os_error(error: OSError) -> str:
    number = error.errno or 0
    return os.strerror(number) if number > 0 else error.strerror or str(error)
