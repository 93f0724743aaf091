"""Tell the workflows of before the field's own names from today's, by what they began with."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from temporalio.api.history.v1 import History, HistoryEvent

from workflows.messages.encryption import ENCODING
from workflows.options import WORKFLOW_TYPE
from workflows.payloads import build_data_converter

FIELD_OF_TODAY = "notified_revision"
"""A field that every record of today has, and no record of before."""

RUNNING_QUERY = (
    "SELECT history_node.data FROM current_executions JOIN history_node"
    " ON history_node.shard_id = current_executions.shard_id"
    " AND history_node.tree_id = current_executions.run_id"
    " AND history_node.node_id = 1 WHERE current_executions.status = 1"
)
"""The first events of each run that goes on, in Temporal's own tables."""


def is_old_run(events: Iterable[HistoryEvent]) -> bool:
    """Return whether the run of a review began with a record in old names."""
    for event in events:
        started = event.workflow_execution_started_event_attributes
        if started.workflow_type.name == WORKFLOW_TYPE:
            converter = build_data_converter().payload_converter
            payloads = list(started.input.payloads)[:1]
            if any(each.metadata.get("encoding") == ENCODING for each in payloads):
                return False  # nothing was encrypted before
            (record,) = converter.from_payloads(payloads, [dict[str, Any]])
            return FIELD_OF_TODAY not in record
    return False


def has_old_runs(file: Path) -> bool:
    """Return whether a review's old workflow goes on in Temporal's database; False if unreadable.

    The file is read without changing a byte.
    """
    try:
        with open_unchanged(file) as database:
            return any(_is_old_batch(data) for (data,) in database.execute(RUNNING_QUERY))
    except sqlite3.Error:
        return False


@contextmanager
def open_unchanged(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file to read it without changing a byte in its folder."""
    log = file.with_name(f"{file.name}-wal")
    with contextlib.ExitStack() as stack:
        if log.exists() and log.stat().st_size:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            shutil.copy(log, folder)
            address = Path(shutil.copy(file, folder)).as_uri()
        else:
            address = f"{file.as_uri()}?mode=ro&immutable=1"
        yield stack.enter_context(contextlib.closing(sqlite3.connect(address, uri=True)))


def _is_old_batch(data: bytes) -> bool:
    try:
        return is_old_run(History.FromString(data).events)
    except (DecodeError, ValueError):
        return False
