"""Count who gets how many emails, by kind: `python -m bench.emails_per_person`.

Reviews are played from their incident to closure: one with a single action and five people and
several such at once, by the planner alone, and the demo's, on the real components.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

from local.demo.narration import Narrator
from local.demo.play import STEPS, open_environment
from models import commands as o
from models.codes import EventKind
from models.people import Channel
from models.policy import Policy
from models.review import Gate, Review
from rules.commands import dispatch
from rules.delivery.forecast import Forecast, run_forecast, start_forecast, update_review
from rules.open_review import open_review
from tests.sample_people import ADA, FAY, INCIDENT, MONDAY, OLGA, PEOPLE, ROLES, VERA
from tests.sample_reviews import SECTIONS
from workflows.options import GATHERING_TIME

MEETING = MONDAY + timedelta(days=3, hours=4)
PROPOSAL = {
    "text": "Limit connections per tenant to 20",
    "owner": OLGA,
    "verifier": VERA,
    "due": (MEETING + timedelta(days=25)).date(),
    "measure": "A load test with 50 tenants stays under 1 % errors",
    "priority": "P2",
    "causes": ("C1",),
}
WHYS = ("The pool of connections ran dry", "Nothing limits what one tenant may hold")
LIFE: tuple[tuple[float, type[o.Command], str, dict[str, Any]], ...] = (
    (29, o.Write, FAY, {"digest": "d" * 64, "size": 2_000, "sections": SECTIONS}),
    (29, o.ScheduleMeeting, FAY, {"at": MEETING, "place": "Room 4"}),
    (52, o.Approve, ADA, {"gate": Gate.DRAFT}),
    (77, o.HoldMeeting, FAY, {"attended": (ADA,)}),
    (77, o.AddCause, FAY, {"symptom": "Checkout answered 500", "whys": WHYS}),
    (78, o.Propose, FAY, PROPOSAL),
    (100, o.Approve, ADA, {"gate": Gate.ACTIONS}),
    (195, o.Accept, OLGA, {"action": "A1"}),
    (530, o.Report, OLGA, {"action": "A1", "text": "half way"}),
    (746, o.Claim, OLGA, {"action": "A1", "evidence": "https://example.org/change"}),
    (868, o.Verify, VERA, {"action": "A1", "finding": "The load test stays at 0.2 %."}),
    (917, o.HoldFollowUp, FAY, {"statuses": {}}),
    (940, o.Approve, ADA, {"gate": Gate.CLOSURE}),
)
"""Who does what how many hours after the incident, where people take a day or two for a thing."""

REVIEWS = 5
_NAMES = re.compile(r"\b[A-Z]\d+(?:, [A-Z]\d+)*(?: and [A-Z]\d+)?\b")
_LINE = re.compile(r"emailed (\S+): (.*)")


def play_reviews(count: int) -> Forecast:
    """Return several reviews after their whole lives, each with one action and the same people."""
    roles = replace(ROLES, participants=())
    incidents = [replace(INCIDENT, key=f"Q{number}") for number in range(count)]
    reviews = [
        open_review(incident, roles, Policy(), MONDAY, by="tool:pagerduty", channel=Channel.TOOL)
        for incident in incidents
    ]
    forecast = start_forecast(reviews, PEOPLE, MONDAY, GATHERING_TIME)
    for number, (hours, command_type, by, fields) in enumerate(LIFE):
        forecast = run_forecast(forecast, MONDAY + timedelta(hours=hours))
        command = command_type(id=f"c{number}", by=by, channel=Channel.CLI, **fields)
        for review in reviews:
            forecast = _apply(forecast, review.id, command)
    return run_forecast(forecast, forecast.now + timedelta(days=7))


def _apply(forecast: Forecast, name: str, command: o.Command) -> Forecast:
    review, now = forecast.reviews[name], forecast.now
    dispatch.validate(review, command, now)
    return update_review(
        forecast, dispatch.advance_stage(dispatch.apply(review, command, now), now)
    )


async def play_demo() -> Review:
    """Return the demo's review after its whole life."""
    with contextlib.redirect_stdout(io.StringIO()):
        async with open_environment() as environment:
            narrate = Narrator(environment.clock, len(STEPS))
            for _, step in STEPS:
                await step(environment, narrate)
            return await environment.fetch_review()


def format_table(title: str, review: Review) -> str:
    """Format who got how many emails about a review, by kind."""
    counts: dict[str, Counter[str]] = {}
    for event in review.log:
        found = _LINE.match(event.text) if event.kind is EventKind.NOTIFICATION else None
        if found:
            counts.setdefault(found[1], Counter())[_NAMES.sub("…", found[2])] += 1
    total = sum(sum(each.values()) for each in counts.values())
    lines = [f"{title}: {total} emails to {len(counts)} people"]
    for person, kinds in sorted(counts.items(), key=lambda pair: -pair[1].total()):
        listed = ", ".join(f"{count} × {kind}" for kind, count in kinds.most_common())
        lines.append(f"  {person.partition('@')[0]:<10}{kinds.total():>3}  {listed}")
    return "\n".join(lines)


def format_combined(count: int) -> str:
    """Format who gets how many emails about several reviews, and how many parts these have."""
    emails = play_reviews(count).emails
    parts = Counter(name for each in emails for name in [each.to] * len(each.sections))
    received = Counter(each.to for each in emails)
    title = f"{count} such reviews at once: {parts.total()} notifications in {len(emails)} emails"
    lines = [
        f"  {person.partition('@')[0]:<10}{number:>3}  with {parts[person]} notifications"
        for person, number in received.most_common()
    ]
    return "\n".join((title, *lines))


def main() -> int:
    """Print the tables and return the exit code."""
    (review,) = play_reviews(1).reviews.values()
    small = format_table("One action, five people", review)
    sys.stdout.write(f"{small}\n\n{format_combined(REVIEWS)}\n\n")
    sys.stdout.flush()
    demo = format_table("The demo", asyncio.run(play_demo()))
    sys.stdout.write(f"{demo}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
