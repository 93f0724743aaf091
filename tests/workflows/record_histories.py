"""Record the histories of the replay test: `python -m tests.workflows.record_histories`.

One life is recorded at every stage. A released shape of the workflow keeps its histories for good:
record anew into a folder of the new release's name, and never over an old one.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from local.temporal import start_time_skipping
from models import commands as o
from models.review import Gate
from tests.sample_people import ADA, FAY, OLGA, OMAR, VERA
from tests.workflows.workflow_stack import RunningReview, run_stack

HISTORIES = Path(__file__).parent / "histories"
REMINDERS = "reminders"
"""The name of the history of a person's reminders, beside those of a review."""


async def save_history(case: RunningReview, folder: Path, stage: str) -> None:
    """Save the history as it stands, once it was planned, nothing is in flight and nothing new."""
    await case.wait_until(lambda review: review.notified_revision and not review.in_flight)
    length, history = 0, await case.handle.fetch_history()
    while len(history.events) > length:
        length = len(history.events)
        await asyncio.sleep(1)
        history = await case.handle.fetch_history()
    (folder / f"{stage}.json").write_text(history.to_json() + "\n", encoding="utf-8")


async def save_reminders(case: RunningReview, folder: Path, person: str) -> None:
    """Save the history of the workflow that reminds somebody, after its last email."""
    await case.stack.env.fast_forward(case.stack.get_reminders(person), timedelta(days=1))
    history = await case.stack.get_reminders(person).fetch_history()
    (folder / f"{REMINDERS}.json").write_text(history.to_json() + "\n", encoding="utf-8")


async def record_histories(folder: Path) -> None:
    """Run a review with some of everything and save its history at every stage."""
    with tempfile.TemporaryDirectory() as scratch:
        async with start_time_skipping() as env, run_stack(env, Path(scratch)) as stack:
            case = await stack.open_review()
            await save_history(case, folder, "1-draft")
            await case.write_draft()
            await case.ask(o.Approve, ADA, gate=Gate.DRAFT)
            await save_history(case, folder, "2-meeting")
            await case.skip(days=2)
            await case.ask(o.HoldMeeting, FAY)
            await case.ask(o.AddCause, FAY, symptom="It broke", whys=("A full pool", "No limit"))
            for owner in (OLGA, OMAR):
                await case.propose_action(owner)
            await case.ask(o.Approve, ADA, gate=Gate.ACTIONS)
            await save_history(case, folder, "3-assigned")
            await case.ask(o.Accept, OLGA, action="A1")
            await case.ask(o.Accept, OMAR, action="A2")
            await case.skip(days=16)
            claim = {
                "kind": "claim",
                "id": "ci-1",
                "by": "tool:ci",
                "channel": "tool",
                "action": "A1",
            }
            await case.handle.signal("tell", {**claim, "evidence": "build 17"})
            await case.handle.signal("tell", {**claim, "id": "ci-2", "evidence": "build 18"})
            await case.ask(o.Reject, VERA, action="A1", reason="the limit is 200")
            await case.handle.cancel()
            await save_history(case, folder, "4-follow-up")
            await case.verify_actions()
            await case.hold_follow_up()
            await case.close()
            await save_history(case, folder, "5-closed")
            await save_reminders(case, folder, OLGA)


if __name__ == "__main__":
    name = sys.argv[1]
    target = HISTORIES / name
    if target.exists():
        sys.exit(f"{target} exists; a recorded history is never written over")
    target.mkdir(parents=True)
    asyncio.run(record_histories(target))
