"""How every edge connects to Temporal: by Temporal's own profiles, patiently."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RetryConfig

from models.errors import Malformed
from workflows.payloads import converter

LONGEST_WAIT = 30.0
"""Seconds between two tries."""

SHORT = RetryConfig(max_elapsed_time_millis=3_000)
"""A call to a Temporal that went away is given up soon, so that people hear of it."""

log = logging.getLogger("afterword.temporal")


async def reach(profile: str = "", config_file: str = "") -> Client:
    """Connect to Temporal; while it is away, say so and keep trying.

    Raises Malformed when the profile cannot be read.
    """
    target = _target(profile, config_file)
    wait = 1.0
    while True:
        try:
            return await Client.connect(**target, data_converter=converter(), retry_config=SHORT)
        except RuntimeError as trouble:
            log.warning("Temporal does not answer yet; next try in %.0f s (%s)", wait, trouble)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


def _target(profile: str, config_file: str) -> dict[str, Any]:
    try:
        config = ClientConfig.load_client_connect_config(
            profile=profile or None, config_file=config_file or None
        )
    except (RuntimeError, ValueError) as bad:
        raise Malformed(f"temporal: {bad}") from bad
    return {"target_host": "localhost:7233", **config}
