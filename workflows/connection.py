"""How every edge connects to Temporal: by Temporal's own profiles, with retries."""

from __future__ import annotations

import logging
from typing import Any

import stamina
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RetryConfig

from models.errors import InvalidInput
from workflows.payloads import build_data_converter

MIN_RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 30.0
"""Seconds between two attempts to reach an unavailable Temporal at start."""

RETRY_CONFIG = RetryConfig(max_elapsed_time_millis=3_000)
"""Calls to an unavailable Temporal are given up soon, so that people are told of it."""

log = logging.getLogger("afterword.temporal")


async def connect_to_temporal(profile: str = "", config_file: str = "") -> Client:
    """Connect to Temporal; while it is unavailable, log that and keep trying.

    Raises InvalidInput where the profile cannot be read.
    """
    config = _load_connect_config(profile, config_file)
    retry = stamina.AsyncRetryingCaller(
        attempts=None,
        timeout=None,
        wait_initial=MIN_RETRY_SECONDS,
        wait_max=MAX_RETRY_SECONDS,
        wait_jitter=0,
    )
    return await retry(
        _is_outage,
        Client.connect,
        **config,
        data_converter=build_data_converter(),
        retry_config=RETRY_CONFIG,
    )


def _is_outage(error: Exception) -> bool:
    """Return whether to try again after an error, and log it then."""
    if not isinstance(error, RuntimeError):
        return False
    log.warning("Temporal does not answer yet; retrying (%s)", error)
    return True


def _load_connect_config(profile: str, config_file: str) -> dict[str, Any]:
    try:
        config = ClientConfig.load_client_connect_config(
            profile=profile or None, config_file=config_file or None
        )
    except (RuntimeError, ValueError) as error:
        raise InvalidInput(f"temporal: {error}") from error
    return {"target_host": "localhost:7233", **config}
