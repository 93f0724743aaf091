"""Record the histories that the replay test keeps: `python -m tests.workflows.recording`.

One life is recorded at every stage. A released shape of the workflow keeps its histories for good:
record anew into a folder of the new release's name, and never over an old one.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from local.temporal import time_skipping
from models import orders as o
from models.review import Gate
from tests.cast import ADA, FAY, OLGA, OMAR, VERA
from tests.workflows.house import Case, house

HISTORIES = Path(__file__).parent / "histories"


async def keep(case: Case, folder: Path, stage: str) -> None:
    """Keep the history as it stands, once nothing is under way."""
    await case.until(lambda review: not review.flying)
    await asyncio.sleep(0.5)
    history = await case.handle.fetch_history()
    (folder / f"{stage}.json").write_text(history.to_json() + "\n", encoding="utf-8")


async def record(folder: Path) -> None:
    """Play a life with some of everything and keep it at every stage."""
    with tempfile.TemporaryDirectory() as scratch:
        async with time_skipping() as env, house(env, Path(scratch)) as home:
            case = await home.open()
            await keep(case, folder, "1-draft")
            await case.draft()
            await case.give(o.Approve, ADA, gate=Gate.DRAFT)
            await keep(case, folder, "2-meeting")
            await case.skip(days=2)
            await case.give(o.HoldMeeting, FAY)
            await case.give(o.AddCause, FAY, symptom="It broke", whys=("A full pool", "No limit"))
            for owner in (OLGA, OMAR):
                await case.propose(owner)
            await case.give(o.Approve, ADA, gate=Gate.ACTIONS)
            await keep(case, folder, "3-assigned")
            await case.give(o.Accept, OLGA, action="A1")
            await case.give(o.Accept, OMAR, action="A2")
            await case.skip(days=16)
            claim = {"kind": "claim", "id": "ci-1", "by": "tool:ci", "way": "tool", "action": "A1"}
            await case.handle.signal("tell", {**claim, "evidence": "build 17"})
            await case.handle.signal("tell", {**claim, "id": "ci-2", "evidence": "build 18"})
            await case.give(o.Reject, VERA, action="A1", reason="the limit is 200")
            await case.handle.cancel()
            await keep(case, folder, "4-follow-up")
            await case.verify()
            await case.follow_up()
            await case.close()
            await keep(case, folder, "5-closed")


if __name__ == "__main__":
    name = sys.argv[1]
    target = HISTORIES / name
    if target.exists():
        sys.exit(f"{target} exists; a recorded history is never written over")
    target.mkdir(parents=True)
    asyncio.run(record(target))
