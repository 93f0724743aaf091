"""How every edge connects to Temporal: by Temporal's own profiles, with retries."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RetryConfig

from models.errors import InvalidInput
from workflows.payloads import build_data_converter

MAX_RETRY_SECONDS = 30.0
"""The longest time between two attempts, in seconds."""

RETRY_CONFIG = RetryConfig(max_elapsed_time_millis=3_000)
"""Calls to an unavailable Temporal are given up soon, so that people are told of it."""

log = logging.getLogger("afterword.temporal")


async def connect_to_temporal(profile: str = "", config_file: str = "") -> Client:
    """Connect to Temporal; while it is unavailable, log that and keep trying.

    Raises Malformed when the profile cannot be read.
    """
    config = _load_connect_config(profile, config_file)
    wait = 1.0
    while True:
        try:
            return await Client.connect(
                **config, data_converter=build_data_converter(), retry_config=RETRY_CONFIG
            )
        except RuntimeError as error:
            log.warning("Temporal does not answer yet; next try in %.0f s (%s)", wait, error)
            await asyncio.sleep(wait)
            wait = min(wait * 2, MAX_RETRY_SECONDS)


def _load_connect_config(profile: str, config_file: str) -> dict[str, Any]:
    try:
        config = ClientConfig.load_client_connect_config(
            profile=profile or None, config_file=config_file or None
        )
    except (RuntimeError, ValueError) as error:
        raise InvalidInput(f"temporal: {error}") from error
    return {"target_host": "localhost:7233", **config}
