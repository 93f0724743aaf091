"""How long tests wait for a thing before they call it hanging, wherever they wait."""

from __future__ import annotations

import sys
from datetime import timedelta

import stamina

PATIENCE = 240.0
"""Seconds after which a thing waited for counts as hanging; it says nothing of how long it takes.

It is below the limit of a whole test, so that the failure names what did not come.
"""

LIMITS: dict[str, object] = {
    "cli.completion.COMPLETION_TIMEOUT": PATIENCE,
    "intake.listener.SHUTDOWN_TIMEOUT": PATIENCE,
    "register.database.BUSY_MS": int(PATIENCE * 1000),
    "web.api.health.PROBE_TIMEOUT": PATIENCE,
    "web.hooks.incident_events.RESPONSE_TIMEOUT": PATIENCE,
    "web.hooks.mail_webhook.LMTP_TIMEOUT": PATIENCE,
    "workflows.client.RETRY": stamina.AsyncRetryingCaller(
        attempts=None, timeout=PATIENCE, wait_initial=0.05, wait_jitter=0
    ),
    "workflows.options.UPDATE_TIMEOUT": timedelta(seconds=PATIENCE),
}
"""Limits of the product that a slow machine could reach; a test of a limit sets its own."""


def extend_limits() -> None:
    """Raise the product's limits for good, in the modules that this process has imported."""
    for name, limit in LIMITS.items():
        module, _, constant = name.rpartition(".")
        if module in sys.modules:
            assert hasattr(sys.modules[module], constant), name
            setattr(sys.modules[module], constant, limit)
