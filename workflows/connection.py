"""How every edge connects to Temporal: by Temporal's own profiles."""

from __future__ import annotations

from typing import Any

from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RetryConfig

from models.errors import InvalidInput, Unavailable
from models.keys.key_ring import KeyRing
from workflows.messages.signatures import sign_messages
from workflows.payloads import build_data_converter

RETRY_CONFIG = RetryConfig(max_elapsed_time_millis=3_000)
"""Calls to an unavailable Temporal are given up soon, so that people are told of it."""


async def connect_to_temporal(keys: KeyRing, profile: str = "", config_file: str = "") -> Client:
    """Connect to Temporal, and return the client, which signs with the newest of some keys.

    Raises InvalidInput where the profile cannot be read, and Unavailable where nothing answers.
    """
    config = _load_connect_config(profile, config_file)
    try:
        client = await Client.connect(
            **config, data_converter=build_data_converter(), retry_config=RETRY_CONFIG
        )
    except RuntimeError as error:
        raise Unavailable("Temporal", str(error)) from error
    return sign_messages(client, keys)


def describe_connection(profile: str = "", config_file: str = "") -> tuple[str, bool]:
    """Return the address of Temporal, and whether the connection to it is encrypted.

    Raises InvalidInput where the profile cannot be read.
    """
    config = _load_connect_config(profile, config_file)
    is_encrypted = bool(config.get("tls", config.get("api_key")))
    return str(config["target_host"]), is_encrypted


def _load_connect_config(profile: str, config_file: str) -> dict[str, Any]:
    try:
        config = ClientConfig.load_client_connect_config(
            profile=profile or None, config_file=config_file or None
        )
    except (RuntimeError, ValueError) as error:
        raise InvalidInput(f"temporal: {error}") from error
    return {"target_host": "localhost:7233", **config}
