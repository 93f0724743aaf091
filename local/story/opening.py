"""The story's first part: an incident ends, its review opens, and the draft is written."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from local.story.cast import DESK, FARID, LEONIE, NGOZI, PEOPLE, SERVICES, SUSAN
from local.story.stage import Stage, check
from local.story.telling import Tell

DOCUMENT = Path(__file__).with_name("postmortem.md")
MENDED = "4. Why was the directory removed by hand at all?"
BLAMING = "The engineer should have looked at the host name first."
SATURDAY = 5


async def directory(stage: Stage, tell: Tell) -> None:
    """Import people and services, and give out tokens."""
    for name, text in (("people", PEOPLE), ("services", SERVICES)):
        file = stage.folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        await stage.cli(DESK, name, "import", str(file))
    for person in (LEONIE, FARID, SUSAN, NGOZI):
        name = person.partition("@")[0]
        made = await stage.cli(DESK, "token", "create", name, "--person", person, "-o", "json")
        stage.tokens[person] = made.data["token"]
    people = (await stage.cli(DESK, "people", "list", "-o", "json")).data
    check(len(people) == len(PEOPLE.splitlines()) - 1, "everybody is in the people directory")
    tell(f"The desk imports {len(people)} people from eight zones, and who answers for what.")


async def incident(stage: Stage, tell: Tell) -> None:
    """Send the webhook: forged, genuine, and genuine once more."""
    body = resolved(stage.clock())
    forged, _ = await stage.post("/hooks/pagerduty", body, "v1=" + "0" * 64)
    check(forged in (401, 403, 409), f"a forged webhook is refused (it got {forged})")
    first, opened = await stage.post("/hooks/pagerduty", body, stage.signed(body))
    second, again = await stage.post("/hooks/pagerduty", body, stage.signed(body))
    check((first, second) == (201, 200), f"the first one opens a review ({first}, {second})")
    check(opened["review"] == again["review"], "both speak of the same review")
    stage.review = opened["review"]
    await stage.listed(id=stage.review, stage="draft")
    tell(
        "PagerDuty says that an incident is over. A forged webhook is refused; the genuine one, "
        f"delivered twice, opens one review: {stage.review}."
    )


async def draft(stage: Stage, tell: Tell) -> None:
    """Write the document, with words that blame; the gate stays shut until they are mended."""
    told = await stage.letter_in_time(FARID, "")
    check("draft" in told.part("plain"), "the first letter to Farid speaks of the draft")
    tell("On his next working morning Farid learns by letter that he facilitates.")
    text = DOCUMENT.read_text(encoding="utf-8")
    check(MENDED in text, "the document is as the story knows it")
    await written(stage, text.replace(MENDED, f"4. {BLAMING} Why by hand at all?"), base=0)
    refused = await stage.order(LEONIE, "approve", "draft", refused=True)
    check("should-have" in refused.err, "words that blame keep the draft gate shut")
    check("no-meeting" in refused.err, "so does a meeting without time and place")
    tell(f"He writes the post-mortem ({len(text.encode()) // 1024} KB). Leonie cannot approve yet:")
    tell.quote(refused.err)
    await written(stage, text, base=1)
    await meeting(stage)
    await stage.order(LEONIE, "approve", "draft")
    check((await stage.record()).stage == "meeting", "the review has come to its meeting")
    invited = await stage.letter(LEONIE, "review meeting")
    check(b'method="REQUEST"' in invited.file.read_bytes(), "it is a calendar request")
    tell("Farid mends the sentence and sets the meeting. Leonie approves; all are invited.")


async def written(stage: Stage, text: str, base: int) -> None:
    """File the document on the command line."""
    file = stage.folder / "postmortem.md"
    file.write_text(text, encoding="utf-8")
    await stage.order(FARID, "review", "write", str(file), "--base", str(base))


async def meeting(stage: Stage) -> None:
    """Set the meeting for an early afternoon two working days ahead."""
    day = stage.clock() + timedelta(days=2)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    at = day.replace(hour=13, minute=0, second=0, microsecond=0)
    place = "https://meet.example.org/databases"
    await stage.order(FARID, "meeting", "schedule", "--at", at.isoformat(), "--place", place)


def resolved(now: datetime) -> bytes:
    """Write PagerDuty's v3 webhook for an incident that is just over."""
    data = {
        "id": "Q2017JAN31",
        "type": "incident",
        "title": "Production database removed, restored from staging",
        "status": "resolved",
        "html_url": "https://example.pagerduty.com/incidents/Q2017JAN31",
        "created_at": (now - timedelta(hours=18)).isoformat(),
        "service": {"id": "PDB1", "type": "service_reference", "summary": "production-database"},
        "priority": {"id": "PP1", "type": "priority_reference", "summary": "P1"},
        "urgency": "high",
    }
    event = {
        "id": "01DEMO0000000000000000RESV",
        "event_type": "incident.resolved",
        "resource_type": "incident",
        "occurred_at": now.isoformat(),
        "agent": None,
        "client": None,
        "data": data,
    }
    return json.dumps({"event": event}).encode()
