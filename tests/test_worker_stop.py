"""A worker ends when it is told to, also while it waits for what it needs."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest

import worker
from tests.patience import PATIENCE
from tests.test_runner import build_settings


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("awaited", ["migrate_when_available", "connect_when_available"])
async def test_a_worker_that_waits_ends_at_a_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, awaited: str
) -> None:
    begun: list[signal.Signals] = []

    async def wait_for_ever(_: object) -> None:
        begun.append(number)
        os.kill(os.getpid(), number)
        await asyncio.Event().wait()

    database = f"sqlite:///{tmp_path / 'afterword.db'}"
    settings = build_settings().model_copy(update={"database": database})
    monkeypatch.setattr(worker, awaited, wait_for_ever)

    async with asyncio.timeout(PATIENCE):
        await worker.serve(settings, lambda: datetime.now(UTC))

    assert begun == [number]
