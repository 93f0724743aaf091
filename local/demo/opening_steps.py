"""The demo's first steps: an incident ends, its review opens, and the draft is written."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from local.demo.environment import DemoEnvironment, check
from local.demo.narration import Narrator
from local.demo.people import COORDINATOR, FARID, LEONIE, NGOZI, PEOPLE, SERVICES, SUSAN

DOCUMENT = Path(__file__).with_name("postmortem.md")
NEUTRAL_QUESTION = "4. Why was the directory removed by hand at all?"
BLAMING_SENTENCE = "The engineer should have looked at the host name first."
SATURDAY = 5


async def import_directory(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Import people and services, and issue tokens."""
    for name, text in (("people", PEOPLE), ("services", SERVICES)):
        file = environment.directory / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        await environment.run_cli(COORDINATOR, name, "import", str(file))
    for person in (LEONIE, FARID, SUSAN, NGOZI):
        name = person.partition("@")[0]
        result = await environment.run_cli(
            COORDINATOR, "token", "create", name, "--person", person, "-o", "json"
        )
        environment.tokens[person] = result.data["token"]
    people = (await environment.run_cli(COORDINATOR, "people", "list", "-o", "json")).data
    check(len(people) == len(PEOPLE.splitlines()) - 1, "everybody is in the people directory")
    narrate(f"The coordinator imports {len(people)} people and the service map.")


async def report_incident(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Send the webhook: first with a forged signature, then genuine, then once more."""
    body = build_webhook(environment.clock())
    forged_status, _ = await environment.post_webhook("/hooks/pagerduty", body, "v1=" + "0" * 64)
    check(forged_status in (401, 403, 409), f"a forged webhook is refused (it got {forged_status})")
    first, created = await environment.post_webhook(
        "/hooks/pagerduty", body, environment.sign_webhook(body)
    )
    second, repeated = await environment.post_webhook(
        "/hooks/pagerduty", body, environment.sign_webhook(body)
    )
    check((first, second) == (201, 200), f"the first one opens a review ({first}, {second})")
    check(created["review"] == repeated["review"], "both are about the same review")
    environment.review = created["review"]
    await environment.wait_for_listing(id=environment.review, stage="draft")
    narrate(
        "PagerDuty reports that an incident is resolved. A forged webhook is refused; the genuine "
        f"one, delivered twice, opens one review: {environment.review}."
    )


async def write_draft(environment: DemoEnvironment, narrate: Narrator) -> None:
    """Write the document with blaming words; the draft gate stays closed until they are changed."""
    email = await environment.advance_until_email(FARID, "")
    check("draft" in email.get_body("plain"), "the first email to Farid is about the draft")
    narrate("On his next working morning, an email tells Farid that he is the facilitator.")
    text = DOCUMENT.read_text(encoding="utf-8")
    check(NEUTRAL_QUESTION in text, "the document has the question that is replaced")
    await upload_document(
        environment,
        text.replace(NEUTRAL_QUESTION, f"4. {BLAMING_SENTENCE} Why by hand at all?"),
        base=0,
    )
    refusal = await environment.run_review_command(LEONIE, "approve", "draft", refused=True)
    check("should-have" in refusal.err, "words that blame keep the draft gate closed")
    check("no-meeting" in refusal.err, "so does a meeting without time and place")
    narrate(
        f"He writes the post-mortem ({len(text.encode()) // 1024} KB). Leonie cannot approve yet:"
    )
    narrate.quote(refusal.err)
    await upload_document(environment, text, base=1)
    await schedule_meeting(environment)
    await environment.run_review_command(LEONIE, "approve", "draft")
    check((await environment.fetch_review()).stage == "meeting", "the review is at its meeting")
    invitation = await environment.wait_for_email(LEONIE, "review meeting on")
    check(b'method="REQUEST"' in invitation.file.read_bytes(), "it is a calendar request")
    narrate(
        "Farid rewrites the sentence and schedules the meeting. Leonie approves; all are invited."
    )


async def upload_document(environment: DemoEnvironment, text: str, base: int) -> None:
    """Upload the document on the command line."""
    file = environment.directory / "postmortem.md"
    file.write_text(text, encoding="utf-8")
    await environment.run_review_command(FARID, "review", "write", str(file), "--base", str(base))


async def schedule_meeting(environment: DemoEnvironment, facilitator: str = FARID) -> None:
    """Schedule the meeting for an early afternoon two working days ahead."""
    day = environment.clock() + timedelta(days=2)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    at = day.replace(hour=13, minute=0, second=0, microsecond=0)
    place = "https://meet.example.org/databases"
    await environment.run_review_command(
        facilitator, "meeting", "schedule", "--at", at.isoformat(), "--place", place
    )


def build_webhook(now: datetime) -> bytes:
    """Return PagerDuty's v3 webhook for an incident that has just ended."""
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
