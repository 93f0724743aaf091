"""How long tests wait for a thing before they call it hanging, wherever they wait."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import stamina
from temporalio.worker._workflow import _WorkflowWorker

PATIENCE = 240.0
"""Seconds after which a thing waited for counts as hanging; it says nothing of how long it takes.

It is below the limit of a whole test, so that the failure names what did not come.
"""

LIMITS: dict[str, object] = {
    "cli.options.completion.COMPLETION_TIMEOUT": PATIENCE,
    "intake.receivers.listener.SHUTDOWN_TIMEOUT": PATIENCE,
    "register.database.BUSY_MS": int(PATIENCE * 1000),
    "web.services.doctor.probes.PROBE_TIMEOUT": PATIENCE,
    "web.hooks.incident_events.RESPONSE_TIMEOUT": PATIENCE,
    "web.hooks.mail_webhook.LMTP_TIMEOUT": PATIENCE,
    "workflows.client.RETRY": stamina.AsyncRetryingCaller(
        attempts=None, timeout=PATIENCE, wait_initial=0.05, wait_jitter=0
    ),
    "workflows.options.UPDATE_TIMEOUT": timedelta(seconds=PATIENCE),
}
"""Limits of the product that a slow machine could reach; a test of a limit sets its own."""


def extend_limits() -> None:
    """Raise the limits for good: the product's, in the modules that this process has imported.

    Temporal calls a workflow stuck after two seconds, which a busy machine may need to import it.
    """
    initialize = _WorkflowWorker.__init__

    def initialize_patiently(self: _WorkflowWorker, **options: Any) -> None:
        initialize(self, **options)
        self._deadlock_timeout_seconds = int(PATIENCE)

    _WorkflowWorker.__init__ = initialize_patiently  # type: ignore[method-assign]  # no setting
    for name, limit in LIMITS.items():
        module, _, constant = name.rpartition(".")
        if module in sys.modules:
            assert hasattr(sys.modules[module], constant), name
            setattr(sys.modules[module], constant, limit)
