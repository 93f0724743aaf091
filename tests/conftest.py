"""Mark the tests that need a server or a process of their own: `make test-fast` leaves them out."""

from __future__ import annotations

from pathlib import Path

import coverage
import pytest
from hypothesis import HealthCheck, settings

from tests.patience import extend_limits

TESTS = Path(__file__).parent
FOLDERS_WITH_SERVERS = ("activities", "cli", "intake", "local", "workflows")
FILES_WITH_SERVERS = (
    "test_mail_hook.py",
    "test_openapi.py",
    "test_packaging.py",
    "test_web_main.py",
)
SERVER_FIXTURES = frozenset({"env", "stack", "postgres", "server"})
SERVER_MODULES = ("tests.mail.smtp_servers",)
SLOWNESS = (HealthCheck.too_slow,)
"""What says of a machine that it is slow, and nothing of the program."""


def pytest_configure() -> None:
    settings.register_profile("any machine", deadline=None, suppress_health_check=SLOWNESS)
    settings.load_profile("any machine")


def pytest_collection_finish() -> None:
    extend_limits()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Save what was covered: a process that takes ten seconds to end is killed by its parent."""
    if current := coverage.Coverage.current():
        current.save()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if needs_server(item):
            item.add_marker(pytest.mark.servers)


def needs_server(item: pytest.Item) -> bool:
    path = item.path.relative_to(TESTS)
    if path.parts[0] in FOLDERS_WITH_SERVERS or path.name in FILES_WITH_SERVERS:
        return True
    if "postgresql" in item.name or SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
        return True
    source = item.path.read_text(encoding="utf-8")
    return any(module in source for module in SERVER_MODULES)
