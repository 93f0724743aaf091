"""Apply to a review what its document says of causes and actions, one command after another."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.concurrency import run_in_threadpool

from models.commands import BEFORE_ASSIGNMENT
from models.errors import NotFound, Refusal
from models.people import Person
from models.review import Review
from rules.commands import dispatch
from rules.visibility import list_people
from text_checks.parsing import ParsedDocument
from web.auth import Caller
from web.dependencies import AppContext
from web.services.documents.document_sync import (
    CommandDraft,
    format_title,
    format_unread,
    list_drafts,
)
from web.services.send_command import build_command, send_command


async def apply_drafts(
    context: AppContext,
    caller: Caller,
    review: str,
    reading: ParsedDocument,
    previous: ParsedDocument | None,
) -> list[str]:
    """Send the commands that a document asks for, and return what became of each.

    Once actions are assigned, a document changes nothing of them.
    """
    record = await context.review_client.fetch_review(review)
    if record.stage not in BEFORE_ASSIGNMENT:
        return []
    people = await run_in_threadpool(_find_people, context, record, reading)
    today = context.clock().date()
    drafts = await run_in_threadpool(
        lambda: tuple(list_drafts(reading, previous, record, people, today))
    )
    changes: list[str] = []
    ids: dict[str, str] = {}
    for draft in drafts:
        record, lines = await _apply_draft(context, caller, record, draft, people=people, ids=ids)
        changes += lines
    return changes + [format_unread(part) for part in reading.unread]


def _find_people(context: AppContext, record: Review, reading: ParsedDocument) -> dict[str, Person]:
    """Find those with a role in a review, and whom its document may name by any of their names."""
    assignees = [(action.owner, action.verifier) for action in reading.actions]
    causes = [(chain.symptom, chain.whys) for chain in reading.chains]
    found = context.archive.people.find_mentionable_people((assignees, causes))
    return found | context.archive.people.find_people(list_people(record))


async def _apply_draft(
    context: AppContext,
    caller: Caller,
    record: Review,
    draft: CommandDraft,
    *,
    people: Mapping[str, Person],
    ids: dict[str, str],
) -> tuple[Review, list[str]]:
    """Send the first attempt that no rule refuses; return the review after it, and what happened.

    Adds to `ids`, by the document's label, the id of a cause that is new.
    """
    notes = [*draft.notes]
    summaries: list[str] = []
    for attempt in draft.list_attempts(ids):
        try:
            command = build_command(
                context, caller, record, draft.command_type, attempt, people=people, key=None
            )
            summaries = [(await send_command(context, record, command)).summary]
        except (Refusal, NotFound) as error:
            notes.append(str(error))
            continue
        record = dispatch.apply(record, command, context.clock())
        if draft.label:
            ids[draft.label] = record.causes[-1].id
        break
    return record, summaries + [f"“{format_title(draft)}”: {note}" for note in notes]
