"""Mark tests that `make test-fast` leaves out, and begin with the slowest."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import coverage
import pytest
from hypothesis import HealthCheck, settings

from tests.patience import extend_limits

TESTS = Path(__file__).parent
FOLDERS_WITH_SERVERS = ("activities", "cli", "intake", "local", "workflows")
SLOW_FOLDERS = ("bench",)
"""Folders in which every test is slow, and whose imports alone take seconds."""

FILES_WITH_SERVERS = (
    "test_mail_hook.py",
    "test_openapi.py",
    "test_packaging.py",
    "test_web_main.py",
)
SERVER_FIXTURES = frozenset({"browser", "env", "stack", "postgres", "server"})
SERVER_MODULES = ("tests.mail.smtp_servers",)
SLOWEST_FILES = (
    "local/test_upgrade.py",
    "workflows/test_workflow_failures.py",
    "workflows/test_daily_email_crashes.py",
    "workflows/test_week_without_mail.py",
    "workflows/test_workflow_scenarios.py",
    "local/test_demo.py",
    "local/test_review_by_mail_alone.py",
    "rules/commands/test_any_command.py",
    "web/test_openapi.py",
    "register/test_database.py",
    "intake/test_crash_recovery.py",
)
"""What comes first, so that at the end no worker has a long test while the others have none."""
SLOWNESS = (HealthCheck.too_slow,)
"""What says of a machine that it is slow, and nothing of the program."""


def pytest_configure() -> None:
    """Be patient, and hear Ctrl-C also where the suite runs in a script's background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.register_profile("any machine", deadline=None, suppress_health_check=SLOWNESS)
    settings.load_profile("any machine")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Return whether to leave out a folder whose tests are not wanted: importing takes long."""
    if collection_path.parent != TESTS:
        return None
    unwanted = config.option.markexpr
    is_left_out = collection_path.name in FOLDERS_WITH_SERVERS and "not servers" in unwanted
    is_slow = collection_path.name in SLOW_FOLDERS and "not slow" in unwanted
    return True if is_left_out or is_slow else None


def pytest_collection_finish() -> None:
    """Extend the limits, and spare the collector what lives as long as the tests: a tenth."""
    extend_limits()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Save what was covered: a process that takes ten seconds to end is killed by its parent."""
    if current := coverage.Coverage.current():
        current.save()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if needs_server(item):
            item.add_marker(pytest.mark.servers)
        if "without_coverage" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    items.sort(key=get_place)


@pytest.fixture
def without_coverage() -> Iterator[None]:
    """Yield while no coverage is measured, with which half a megabyte is read far more slowly."""
    current = coverage.Coverage.current()
    if current is None:
        yield
        return
    current.stop()
    yield
    current.start()


def get_place(item: pytest.Item) -> int:
    """Return a file's place among the slowest, or the one behind them all."""
    path = item.path.relative_to(TESTS).as_posix()
    return SLOWEST_FILES.index(path) if path in SLOWEST_FILES else len(SLOWEST_FILES)


def needs_server(item: pytest.Item) -> bool:
    path = item.path.relative_to(TESTS)
    if path.parts[0] in FOLDERS_WITH_SERVERS or path.name in FILES_WITH_SERVERS:
        return True
    if "postgresql" in item.name or SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
        return True
    return runs_mail_server(item.path)


@cache
def runs_mail_server(path: Path) -> bool:
    """Return whether a file of tests imports one of the modules that run servers."""
    source = path.read_text(encoding="utf-8")
    return any(module in source for module in SERVER_MODULES)
