"""`afterword review list|show|log|open`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from cli import leaf, names
from cli.actions import ACTION_COLUMNS
from cli.kinds import Moment, Zone, placed
from cli.leaf import Leaf
from cli.shown import Row, cell, counted, moment, remark, show_record, show_rows, table
from cli.talk import at
from cli.trouble import blocker

STAGES = ("draft", "meeting", "assigned", "follow-up", "closed", "cancelled")
LIMIT = 50
ROLES = ("lead", "facilitator", "sponsor", "desk", "participants")
ASKED = ("title", "severity", "services", "key", "project", "link", *ROLES)

REVIEW_COLUMNS = {
    "REVIEW": lambda row: str(row["id"]).removeprefix("review-"),
    "STAGE": lambda row: "lost" if row.get("lost") else row["stage"],
    "SEV": lambda row: row.get("severity"),
    "LEAD": lambda row: row.get("lead"),
    "OPEN": lambda row: row.get("open_actions"),
    "NEXT DUE": lambda row: row.get("next_due"),
    "TITLE": lambda row: row["title"],
}
EVENT_COLUMNS = {
    "REV": lambda row: row["revision"],
    "WHEN": lambda row: moment(row["at"]),
    "BY": lambda row: row["by"],
    "WAY": lambda row: row["way"],
    "WHAT": lambda row: row["text"],
}


def _list(ctx: click.Context, open_only: bool, limit: int, **asked: Any) -> None:
    page = names.talk(ctx).get(at("reviews"), open=open_only, limit=limit, **asked)
    show_rows(ctx, page["reviews"], REVIEW_COLUMNS, "There is no such review.")
    if page.get("after"):
        remark(f"There are more: --after {page['after']}")


listing = Leaf(
    name="list",
    help="List reviews, the newest first.",
    params=[
        click.Option(["--stage"], type=click.Choice(STAGES), help="Only those in this stage."),
        click.Option(["--lead"], help="Only those of this lead."),
        click.Option(["--open", "open_only"], is_flag=True, help="Only those still open."),
        click.Option(["--q"], help="Only those whose name or title holds these words."),
        click.Option(
            ["--limit"], type=click.IntRange(1, 200), default=LIMIT, help="At most so many."
        ),
        click.Option(["--after"], help="Only those behind this one.", shell_complete=names.review),
    ],
    callback=click.pass_context(_list),
)


def _show(ctx: click.Context, review: str) -> None:
    told = names.talk(ctx).get(at("reviews", review))
    show_record(ctx, told, lambda: lines(told))


show = Leaf(
    name="show",
    help="Show where a review stands, who takes part, and what is still missing.",
    params=[leaf.review()],
    callback=click.pass_context(_show),
)


def _log(ctx: click.Context, review: str) -> None:
    events = names.talk(ctx).get(at("reviews", review, "log"))["events"]
    show_rows(ctx, events, EVENT_COLUMNS, "Nothing has happened yet.")


log = Leaf(
    name="log",
    help="Show who did what, when and by which way.",
    params=[leaf.review()],
    callback=click.pass_context(_log),
)


def _open(ctx: click.Context, **given: Any) -> None:
    asked = {name: given[name] for name in ASKED if given.get(name) not in (None, (), False)}
    times = {name: given[name] for name in ("ended_at", "started_at") if given[name]}
    asked |= {name: placed(time, given["zone"]) for name, time in times.items()}
    opened = names.talk(ctx).post(at("reviews"), asked)
    new = "Opened" if opened.get("new") else "It was there already:"
    show_record(ctx, opened, lambda: [f"{new} {opened['review']}"])


open_ = Leaf(
    name="open",
    help="Open a review by hand, of an incident or a missed project.",
    params=[
        click.Argument(["title"]),
        click.Option(["--ended-at"], type=Moment(), help="When it ended; now, unless said."),
        click.Option(["--started-at"], type=Moment(), help="When it began."),
        click.Option(["--zone"], type=Zone(), help="The zone of the times you give."),
        click.Option(["--severity"], type=click.IntRange(1), help="How bad, from 1, the worst."),
        click.Option(
            ["--service", "services"], multiple=True, help="A service that was hit (repeatable)."
        ),
        click.Option(["--key"], help="A name of your own: the same key is the same review."),
        click.Option(["--project"], is_flag=True, help="It was a missed project."),
        click.Option(["--lead"], help="Who answers for it and approves (address)."),
        click.Option(["--facilitator"], help="Who runs the meetings (address)."),
        click.Option(["--sponsor"], help="Who hears of what languishes (address)."),
        click.Option(
            ["--participant", "participants"], multiple=True, help="Who takes part (repeatable)."
        ),
        click.Option(["--link"], help="Where the incident can be looked at."),
    ],
    callback=click.pass_context(_open),
)


def lines(told: Mapping[str, Any]) -> Iterator[str]:
    """Say where a review stands, line by line."""
    review = told["review"]
    yield f"{review['id']}  {told['title']}"
    yield f"Stage: {review['stage']}, since {moment(review['stage_since'])}"
    yield from _incident(review["incident"])
    yield from _people(review)
    yield from _meetings(review)
    yield from _document(review)
    yield from _items("Causes", [_cause(row) for row in review.get("causes", ())])
    yield from _items("Came back", [_recurrence(row) for row in review.get("recurrences", ())])
    yield from _items("Still missing", [blocker(row) for row in told.get("blockers", ())])
    if review.get("actions"):
        yield "Actions"
        yield table(review["actions"], ACTION_COLUMNS)


def _incident(incident: Row) -> Iterator[str]:
    severity = [f"severity {incident['severity']}"] if incident.get("severity") else []
    services = [cell(incident["services"])] if incident.get("services") else []
    kind = "Missed project" if incident.get("project") else "Incident"
    facts = ", ".join([f"ended {moment(incident['ended_at'])}", *severity, *services])
    yield f"{kind}: {facts}"
    if incident.get("link"):
        yield f"  {incident['link']}"


def _people(review: Row) -> Iterator[str]:
    for role in ROLES:
        if who := cell(review["roles"].get(role)):
            yield f"{role.capitalize()}: {who}"
    if others := cell(review.get("restricted_to")):
        yield f"Restricted: seen only by these, by owners and verifiers, and by {others}"


def _meetings(review: Row) -> Iterator[str]:
    for name, title in (("meeting", "Meeting"), ("follow_up", "Follow-up meeting")):
        if meeting := review.get(name):
            held = f", held {moment(meeting['held_at'])}" if meeting.get("held_at") else ""
            length = counted(meeting["minutes"], "minute")
            yield f"{title}: {moment(meeting['at'])}, {length}, {meeting['place']}{held}"
            yield from _coming(meeting)


def _coming(meeting: Row) -> Iterator[str]:
    for said, words in (("yes", "Comes"), ("maybe", "May come"), ("no", "Does not come")):
        who = [person for person, answer in meeting.get("coming", {}).items() if answer == said]
        if who and not meeting.get("held_at"):
            yield f"  {words}: {cell(who)}"


def _document(review: Row) -> Iterator[str]:
    document = review.get("document")
    if document is None:
        yield "Document: none yet"
        return
    findings = len(review.get("findings", ()))
    remarks = f", {counted(findings, 'finding')} about its words" if findings else ""
    yield f"Document: revision {document['revision']} by {document['by']}{remarks}"


def _cause(row: Row) -> str:
    whys = counted(len(row.get("whys", ())), "why")
    fate = " (withdrawn)" if row.get("withdrawn") else ""
    risk = f", risk accepted: {row['accepted_risk']}" if row.get("accepted_risk") else ""
    return f"  {row['id']}  {cell(row['symptom'])}, {whys}{risk}{fate}"


def _recurrence(row: Row) -> str:
    answer = row.get("answered") or "not answered yet"
    return f"  {row['id']}  {moment(row['at'])}  {cell(row['text'])}: {answer}"


def _items(title: str, found: list[str]) -> Iterator[str]:
    if found:
        yield title
        yield from found
