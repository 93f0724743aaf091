"""`afterword review list|show|log|open`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from cli import base_command
from cli.api_client import build_path, open_client
from cli.base_command import BaseCommand, build_web_option
from cli.commands.actions import ACTION_COLUMNS
from cli.errors import format_blocker
from cli.log_follower import EVENT_COLUMNS, follow_log
from cli.options import completion
from cli.options.param_types import DateTimeType, build_zone_option, format_iso_time
from cli.output import (
    JsonRow,
    add_names,
    draw_table,
    format_cell,
    format_mark,
    format_person,
    format_time,
    print_remark,
    show_record,
    show_rows,
)
from cli.web_pages import show_page
from models.review import Stage
from rules.formatting import format_count

DEFAULT_LIMIT = 50
ROLES = ("lead", "facilitator", "sponsor", "coordinator", "participants")
OPEN_FIELDS = ("title", "severity", "services", "key", "project", "link", *ROLES)


def _format_stage(row: JsonRow) -> str:
    return "history" if row.get("filed_at") else "lost" if row.get("lost") else str(row["stage"])


REVIEW_COLUMNS = {
    "REVIEW": lambda row: str(row["id"]).removeprefix("review-"),
    "STAGE": _format_stage,
    "SEV": lambda row: row.get("severity"),
    "LEAD": lambda row: format_person(row, "lead"),
    "OPEN": lambda row: row.get("open_actions"),
    "NEXT DUE": lambda row: row.get("next_due"),
    "TITLE": lambda row: row["title"],
}


def _list(ctx: click.Context, open_only: bool, limit: int, web: bool, **filters: Any) -> None:
    client = open_client(ctx)
    if web:
        show_page(client)
        return
    history = {None: "", True: "true", False: "false"}[filters.pop("history")]
    page = client.get(
        build_path("reviews"), open=open_only, history=history, limit=limit, **filters
    )
    rows = add_names(page["reviews"], page.get("names", {}))
    show_rows(ctx, rows, REVIEW_COLUMNS, "No reviews match.")
    if page.get("after"):
        print_remark(f"There are more; continue with --after {page['after']}")


list_ = BaseCommand(
    name="list",
    help="List reviews, newest first.",
    params=[
        click.Option(
            ["--stage"], type=click.Choice([str(stage) for stage in Stage]), help="Filter by stage."
        ),
        click.Option(["--lead"], help="Filter by lead (address)."),
        click.Option(["--mine"], is_flag=True, help="Show those where you have a role or action."),
        click.Option(["--overdue"], is_flag=True, help="Show those with an overdue action."),
        click.Option(["--service"], help="Filter by a service that was affected."),
        click.Option(["--open", "open_only"], is_flag=True, help="Show only open reviews."),
        click.Option(
            ["--history/--no-history"],
            default=None,
            help="Show only finished post-mortems filed as history, or leave them out.",
        ),
        click.Option(["--q"], help="Search names and titles."),
        click.Option(
            ["--limit"],
            type=click.IntRange(1, 200),
            default=DEFAULT_LIMIT,
            help="Maximum number of reviews to list.",
        ),
        click.Option(
            ["--after"],
            help="List the reviews after this one.",
            shell_complete=completion.complete_review,
        ),
        build_web_option(),
    ],
    callback=click.pass_context(_list),
)


def _show(ctx: click.Context, review: str, web: bool) -> None:
    client = open_client(ctx)
    if web:
        show_page(client, review)
        return
    detail = client.get(build_path("reviews", review))
    show_record(ctx, detail, lambda: format_review(detail))


show = BaseCommand(
    name="show",
    help="Show the status of a review, its people, and what is still missing.",
    params=[base_command.build_review_argument(), build_web_option()],
    callback=click.pass_context(_show),
)


def _show_log(ctx: click.Context, review: str, follow: bool) -> None:
    client = open_client(ctx)
    if follow:
        follow_log(ctx, client, review)
        return
    page = client.get(build_path("reviews", review, "log"))
    rows = add_names(page["events"], page.get("names", {}))
    show_rows(ctx, rows, EVENT_COLUMNS, "Nothing has happened yet.")


log = BaseCommand(
    name="log",
    help="Show the log of a review: who did what, when and how.",
    params=[
        base_command.build_review_argument(),
        click.Option(
            ["--follow", "-f", "follow"],
            is_flag=True,
            help="Go on until the review is over; -o jsonl for programs.",
        ),
    ],
    callback=click.pass_context(_show_log),
)


def _open(ctx: click.Context, **options: Any) -> None:
    request = {
        name: options[name] for name in OPEN_FIELDS if options.get(name) not in (None, (), False)
    }
    times = {name: options[name] for name in ("ended_at", "started_at") if options[name]}
    request |= {name: format_iso_time(time, options["zone"]) for name, time in times.items()}
    response = open_client(ctx).post(build_path("reviews"), request)
    prefix = "Opened" if response.get("new") else "It already existed:"
    show_record(
        ctx, response, lambda: [f"{prefix} {response['review']}", *response.get("notes", ())]
    )


open_ = BaseCommand(
    name="open",
    help="Open a review of an incident or a missed project.",
    params=[
        click.Argument(["title"]),
        click.Option(
            ["--ended-at"], type=DateTimeType(), help="When the incident ended; default: now."
        ),
        click.Option(["--started-at"], type=DateTimeType(), help="When the incident began."),
        build_zone_option(),
        click.Option(["--severity"], type=click.IntRange(1), help="Severity, from 1, the worst."),
        click.Option(["--key"], help="Key of your own; the same key is the same review."),
        click.Option(["--project"], is_flag=True, help="It was a missed project, not an incident."),
        *base_command.build_opening_options(),
        click.Option(
            ["--participant", "participants"],
            multiple=True,
            callback=base_command.split_values,
            help="Participants (addresses). Several with commas, or repeated.",
        ),
        click.Option(["--link"], help="Link to the incident."),
    ],
    callback=click.pass_context(_open),
)


def format_review(detail: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines that describe a review."""
    review = detail["review"]
    yield f"{review['id']}  {detail['title']}"
    yield from _format_standing(review)
    yield from _format_incident(review["incident"])
    names = detail.get("names", {})
    yield from _format_roles(review, names)
    yield from _format_meetings(review, names)
    yield from _format_document(review, names)
    yield from _format_section("Causes", [_format_cause(row) for row in review.get("causes", ())])
    yield from _format_section(
        "Recurrences", [_format_recurrence(row) for row in review.get("recurrences", ())]
    )
    yield from _format_section(
        "Waived checks", [_format_waiver(row, names) for row in review.get("waivers", ())]
    )
    yield from _format_section("This looks like", list(_format_earlier(detail.get("earlier", ()))))
    yield from _format_section(
        "Still missing", [format_blocker(row, names) for row in detail.get("blockers", ())]
    )
    if review.get("actions"):
        yield "Actions"
        yield draw_table(add_names(review["actions"], names), ACTION_COLUMNS)
        yield from _list_marked_outcomes(review["actions"], names)


def _list_marked_outcomes(actions: list[JsonRow], names: Mapping[str, str]) -> Iterator[str]:
    for action in actions:
        if (outcome := action.get("outcome")) and (mark := format_mark(outcome)):
            who = _format_people(outcome["by"], names)
            yield f"  {action['id']}  {outcome['kind']} by {who}{mark}"


def _format_standing(review: JsonRow) -> Iterator[str]:
    filing = review.get("filing")
    if not filing:
        yield f"Stage: {review['stage']}, since {format_time(review['stage_since'])}"
        return
    yield f"Filed as history on {format_time(filing['at'])}, not carried by Afterword"
    if filing["people"]:
        yield f"Also named: {format_cell(filing['people'])}"
    if filing["follow_up"]:
        yield f"What it left undone is carried by {filing['follow_up']}"


def _format_incident(incident: JsonRow) -> Iterator[str]:
    severity = [f"severity {incident['severity']}"] if incident.get("severity") else []
    services = [format_cell(incident["services"])] if incident.get("services") else []
    kind = "Missed project" if incident.get("project") else "Incident"
    facts = ", ".join([f"ended {format_time(incident['ended_at'])}", *severity, *services])
    yield f"{kind}: {facts}"
    if incident.get("link"):
        yield f"  {incident['link']}"


def _format_roles(review: JsonRow, names: Mapping[str, str]) -> Iterator[str]:
    for role in ROLES:
        if who := _format_people(review["roles"].get(role), names):
            yield f"{role.capitalize()}: {who}"
    if others := _format_people(review.get("restricted_to"), names):
        yield f"Restricted to the people above, owners, verifiers and {others}"


def _format_people(addresses: str | list[str] | None, names: Mapping[str, str]) -> str:
    people = [addresses] if isinstance(addresses, str) else addresses or []
    return format_cell([names.get(address) or address for address in people])


def _format_meetings(review: JsonRow, names: Mapping[str, str]) -> Iterator[str]:
    for name, title in (("meeting", "Meeting"), ("follow_up", "Follow-up meeting")):
        if meeting := review.get(name):
            held = f", held {format_time(meeting['held_at'])}" if meeting.get("held_at") else ""
            length = format_count(meeting["minutes"], "minute")
            yield f"{title}: {format_time(meeting['at'])}, {length}, {meeting['place']}{held}"
            yield from _format_rsvps(meeting, names)


def _format_rsvps(meeting: JsonRow, names: Mapping[str, str]) -> Iterator[str]:
    for rsvp, label in (("yes", "Coming"), ("maybe", "Maybe"), ("no", "Not coming")):
        people = [person for person, answer in meeting.get("rsvps", {}).items() if answer == rsvp]
        if people and not meeting.get("held_at"):
            yield f"  {label}: {_format_people(people, names)}"


def _format_document(review: JsonRow, names: Mapping[str, str]) -> Iterator[str]:
    document = review.get("document")
    if document is None:
        yield "Document: none yet"
        return
    findings = len(review.get("findings", ()))
    findings_note = f", {format_count(findings, 'finding')} in the wording" if findings else ""
    by = _format_people(document["by"], names)
    yield f"Document: revision {document['revision']} by {by}{findings_note}"


def _format_cause(row: JsonRow) -> str:
    whys = format_count(len(row.get("whys", ())), "why")
    suffix = " (withdrawn)" if row.get("withdrawn") else ""
    suffix += " (derived from the text)" if row.get("is_derived") else ""
    risk = f", risk accepted: {row['accepted_risk']}" if row.get("accepted_risk") else ""
    risk += format_mark(row)
    return f"  {row['id']}  {format_cell(row['symptom']).rstrip('.')}, {whys}{risk}{suffix}"


def _format_waiver(row: JsonRow, names: Mapping[str, str]) -> str:
    who = _format_people(row["by"], names)
    told = f"  {row['item']}  {row['code']}: {format_cell(row['reason'])}"
    return f"{told} ({who}, {format_time(row['at'])}{format_mark(row)})"


def _format_recurrence(row: JsonRow) -> str:
    answer = row.get("answer") or "not answered yet"
    return f"  {row['id']}  {format_time(row['at'])}  {format_cell(row['text'])}: {answer}"


def _format_earlier(rows: Iterable[JsonRow]) -> Iterator[str]:
    """Yield a line for each earlier review, and one for each of its promises."""
    for row in rows:
        name = row["id"].removeprefix("review-")
        yield f"  {name}  {format_cell(row['title'])}, ended {format_time(row['ended_at'])}"
        for promise in row["promises"]:
            yield f"    {promise['id']}  {format_cell(promise['text'])}: {promise['sentence']}"


def _format_section(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield title
        yield from items
