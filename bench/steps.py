"""What followed each order of a life, read out of its history for a bare workflow to do as well."""

from __future__ import annotations

import json

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from bench.bare import Part, Step

COUNTED = ("plans", "records", "letters", "timers")


def steps_of(found: WorkflowHistory) -> list[Step]:
    """Read out of a history what followed each update."""
    steps: list[list[dict[str, int]]] = [[dict.fromkeys(COUNTED, 0)]]
    skips = [0]
    for event in found.events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
            steps.append([dict.fromkeys(COUNTED, 0)])
            skips.append(0)
        elif event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED:
            skips[-1] += 1
        elif event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            steps[-1].append({**dict.fromkeys(COUNTED, 0), "timers": -1})
        elif (name := _counted(event)) is not None:
            steps[-1][-1][name] += 1
    parts = [tuple(_part(part) for part in step) for step in steps]
    return [Step(parts=each, skips=n) for each, n in zip(parts, skips, strict=True)]


def _counted(event: HistoryEvent) -> str | None:
    if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
        noted = event.marker_recorded_event_attributes.details["data"].payloads[0]
        return f"{json.loads(noted.data)['activity_type']}s"
    if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
        return "timers"
    if event.event_type != EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        return None
    return "letters"


def _part(counts: dict[str, int]) -> Part:
    """Leave out of a part the timer that the bare workflow starts to come to it."""
    return Part(**{**counts, "timers": max(counts["timers"], 0)})
