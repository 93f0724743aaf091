"""What followed each command in a review's history, so that the baseline can do the same."""

from __future__ import annotations

import json

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from bench.baseline_workflow import BaselineStep, StepPart

LOCAL_ACTIVITY = "core_local_activity"
"""The name of the marker of a local activity; patches have markers, too."""

COUNTERS = ("plans", "records", "notifications", "timers")


def extract_steps(history: WorkflowHistory) -> list[BaselineStep]:
    """Parse a history into what followed each update."""
    steps: list[list[dict[str, int]]] = [[dict.fromkeys(COUNTERS, 0)]]
    skips = [0]
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            steps.append([dict.fromkeys(COUNTERS, 0)])
            skips.append(0)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
            skips[-1] += 1
        elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            steps[-1].append({**dict.fromkeys(COUNTERS, 0), "timers": -1})
        elif (name := _find_counter(event)) is not None:
            steps[-1][-1][name] += 1
    parts = [tuple(_build_part(part) for part in step) for step in steps]
    return [BaselineStep(parts=each, skips=n) for each, n in zip(parts, skips, strict=True)]


def _find_counter(event: HistoryEvent) -> str | None:
    marker = event.marker_recorded_event_attributes
    if marker.marker_name == LOCAL_ACTIVITY:
        payload = marker.details["data"].payloads[0]
        return f"{json.loads(payload.data)['activity_type']}s"
    if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
        return "timers"
    if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        return None
    return "notifications"


def _build_part(counts: dict[str, int]) -> StepPart:
    """Build a part without the timer that the baseline workflow starts to reach it."""
    return StepPart(**{**counts, "timers": max(counts["timers"], 0)})
