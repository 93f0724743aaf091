"""Import a finished post-mortem: read it, file it as history, and take up what it left undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import PurePath
from secrets import token_urlsafe

from fastapi.concurrency import run_in_threadpool

from models.action import Action, ActionStatus, Priority
from models.document import Cause, Document
from models.errors import InvalidInput
from models.filing import Filing, ToldOutcome
from models.incident import Incident
from models.people import Person
from models.review import Review
from register import recorder
from rules.calendar.working_time import is_in_future
from rules.file_history import HISTORY_SOURCE, file_history, link_follow_up, list_undone_actions
from rules.formatting import join_words
from rules.identifiers import build_review_id
from rules.projection import build_register_update
from text_checks.finished import FinishedDocument, read_finished_document
from text_checks.parsing import ActionItem, decode_new_document
from text_checks.timeline.entry_times import find_date
from web.auth import Caller
from web.dependencies import AppContext
from web.services.findings import check_text
from web.services.opening.choose_key import choose_key
from web.services.opening.history_access import check_may_file, restrict_request
from web.services.opening.review_opening import RequestedRoles, choose_review_roles
from web.services.resolve_names import find_named_address

FILED_RUN_ID = "filed"
"""The run id of history in archive and register: no workflow ever ran."""

KEY_LENGTH = 12
MAX_TEXT_LENGTH = 4_000
"""Number of characters of a cause or an action that are filed; the document has the rest."""

MAX_ITEMS = 200
"""Number of causes, and of actions, that are filed at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What is said about a post-mortem by whoever imports it; the rest is read from its text.

    With `restrict`, only people with a role or an action in it may read it, and `people`.
    """

    file: str = ""
    key: str = ""
    title: str = ""
    ended_at: datetime | None = None
    severity: int | None = None
    services: tuple[str, ...] = ()
    link: str = ""
    roles: RequestedRoles
    restrict: bool = False
    people: tuple[str, ...] = ()

    @property
    def is_restricted(self) -> bool:
        """Return whether only some people may read it; whoever names them says that it is."""
        return self.restrict or bool(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The history as it is, or would be, filed; whether it is new, and notes on what was guessed.

    `follow_up` is the id of the review that takes up what it left undone, “” for none.
    """

    review: Review
    new: bool
    notes: tuple[str, ...] = ()
    follow_up: str = ""


async def read_history(
    context: AppContext, caller: Caller, content: bytes, request: ImportRequest
) -> ImportResult:
    """Read a finished post-mortem as it would be filed, without filing it.

    Raises InvalidInput where it cannot be read or has no date, and Refusal for whoever may not file
    it.
    """
    now = context.clock()
    text = decode_new_document(content)
    if not text.strip():
        raise InvalidInput("The document is empty.")
    finished = await run_in_threadpool(
        read_finished_document, text, PurePath(request.file).stem, now
    )
    incident = _build_incident(finished, content, request, now)
    people = await run_in_threadpool(
        context.archive.people.find_mentionable_people, _list_names(finished)
    )
    known, unknown = _find_participants(finished, people)
    requested = replace(request.roles, participants=known)
    incident, roles = await choose_review_roles(context, incident, requested)
    incident = await choose_key(context, incident, caller.by, sees_all=caller.admin)
    earlier = await run_in_threadpool(
        context.archive.records.find_record, build_review_id(incident)
    )
    await check_may_file(context, caller, incident, earlier)
    causes = _build_causes(finished)
    review = file_history(
        incident,
        roles,
        _build_document(finished, content, caller, now),
        Filing(
            at=now,
            by=caller.by,
            file=PurePath(request.file).name,
            dated_by="" if request.ended_at else finished.facts.dated_by,
            people=unknown,
        ),
        causes=causes,
        actions=_build_actions(finished, causes, people, incident.ended_at),
        channel=caller.channel,
        chain_key=token_urlsafe(),
    )
    filed = earlier or review
    if request.is_restricted:
        filed = await restrict_request(context, caller, filed, request.people, now)
    notes = _list_notes(finished, request, earlier, content)
    follow_up = earlier.filing.follow_up if earlier and earlier.filing else ""
    return ImportResult(review=filed, new=earlier is None, notes=notes, follow_up=follow_up)


async def file_result(context: AppContext, result: ImportResult, content: bytes) -> None:
    """File history in archive and register; what was filed before stays as it was."""
    if result.new:
        await run_in_threadpool(context.archive.documents.store_document, content)
    await _store(context, result.review)


async def take_up_undone(context: AppContext, caller: Caller, result: ImportResult) -> ImportResult:
    """Open the follow-up review of what history left undone, and name it in the history."""
    if not list_undone_actions(result.review):
        note = "It tells of no action that is not done, so no follow-up review was opened."
        return replace(result, notes=(*result.notes, note))
    follow_up, _ = await context.review_client.open_follow_up(
        result.review, by=caller.by, channel=caller.channel
    )
    review = link_follow_up(result.review, follow_up, context.clock(), by=caller.by)
    await _store(context, review)
    opened = await context.review_client.fetch_review(follow_up)
    notes = (*result.notes, *_describe_follow_up(opened))
    return replace(result, review=review, follow_up=follow_up, notes=notes)


def _describe_follow_up(review: Review) -> Iterator[str]:
    """Yield what was made of the actions that a follow-up review took up."""
    waiting = [a.id for a in review.actions if a.status is ActionStatus.PROPOSED]
    assigned = [a.id for a in review.actions if a.id not in waiting]
    if assigned:
        yield f"Taken up: {join_words(assigned)}; their owners are asked to accept them."
    if waiting:
        yield (
            f"Taken up: {join_words(waiting)}; they wait for {review.roles.lead} to complete and "
            f"assign them: `afterword review show {review.id.removeprefix('review-')}`."
        )


async def _store(context: AppContext, review: Review) -> None:
    await run_in_threadpool(context.archive.records.store_record, review, FILED_RUN_ID)
    update = build_register_update(review, FILED_RUN_ID, None)
    await run_in_threadpool(recorder.record, context.engine, update, context.parse_document)


def _build_incident(
    finished: FinishedDocument, content: bytes, request: ImportRequest, now: datetime
) -> Incident:
    facts = finished.facts
    ended_at = request.ended_at or facts.ended_at
    if ended_at is None:
        raise InvalidInput("No date was found in it. Say when the incident ended (--ended-at).")
    if is_in_future(ended_at, now):
        raise InvalidInput(f"ended_at: {ended_at.day} {ended_at:%B %Y} is in the future")
    started_at = facts.started_at
    return Incident(
        source=HISTORY_SOURCE,
        key=request.key or sha256(content).hexdigest()[:KEY_LENGTH],
        title=request.title or finished.title or f"Post-mortem of {ended_at.day} {ended_at:%B %Y}",
        ended_at=ended_at,
        severity=request.severity or facts.severity,
        services=request.services or facts.services,
        started_at=started_at if started_at and started_at <= ended_at else None,
        link=request.link,
    )


def _build_document(
    finished: FinishedDocument, content: bytes, caller: Caller, now: datetime
) -> Document:
    return Document(
        digest=sha256(content).hexdigest(),
        revision=1,
        by=caller.by,
        at=now,
        size=len(content),
        title=finished.reading.title,
        sections=finished.reading.sections,
    )


def _build_causes(finished: FinishedDocument) -> tuple[Cause, ...]:
    if finished.chains:
        return tuple(
            Cause(
                id=f"C{n}", symptom=_shorten(chain.symptom), whys=tuple(map(_shorten, chain.whys))
            )
            for n, chain in enumerate(finished.chains[:MAX_ITEMS], 1)
        )
    return tuple(
        Cause(id=f"C{n}", symptom=sentence, is_derived=True)
        for n, sentence in enumerate(finished.derived_causes, 1)
    )


def _build_actions(
    finished: FinishedDocument,
    causes: tuple[Cause, ...],
    people: Mapping[str, Person],
    ended_at: datetime,
) -> tuple[Action, ...]:
    known = [cause.id for cause in causes]
    labels = {chain.label: f"C{n}" for n, chain in enumerate(finished.chains, 1) if chain.label}
    ids = {name: cause for name, cause in labels.items() if cause in known} if labels else {}
    ids = ids or {cause: cause for cause in known}
    return tuple(
        replace(
            _build_action(item, told, people),
            id=f"A{n}",
            since=ended_at,
            due=_find_due_date(item.due, ended_at.date()),
            causes=tuple(ids[cause] for cause in item.causes if cause in ids),
        )
        for n, (item, told) in enumerate(finished.actions[:MAX_ITEMS], 1)
    )


def _build_action(item: ActionItem, told: ToldOutcome, people: Mapping[str, Person]) -> Action:
    """Build an action; an owner who is not in the directory stays the name that is told."""
    owner, verifier = (find_named_address(who, people) for who in (item.owner, item.verifier))
    text, measure = _shorten(item.text), _shorten(item.measure)
    return Action(
        id="",
        text=text,
        since=datetime.min.replace(tzinfo=UTC),
        owner=owner,
        verifier=verifier if verifier != owner else "",
        measure=measure,
        priority=Priority(item.priority or Priority.P3),
        findings=check_text(text, measure),
        told=replace(told, owner="" if owner else item.owner.strip()),
    )


def _find_due_date(words: str, ended_on: date) -> date | None:
    """Find a due date; without a year, it is the next such day after the incident."""
    if day := find_date(words):
        return day
    days = (find_date(f"{words} {year}") for year in (ended_on.year, ended_on.year + 1))
    return next((day for day in days if day and day >= ended_on), None)


def _list_names(finished: FinishedDocument) -> tuple[str, ...]:
    """List the names of people in a post-mortem: who took part, who owns, who verifies."""
    assignees = (who for item, _ in finished.actions for who in (item.owner, item.verifier))
    return (*finished.facts.people, *assignees)


def _find_participants(
    finished: FinishedDocument, people: Mapping[str, Person]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find who took part: addresses of the directory, and names that are not in it."""
    found = {name: find_named_address(name, people) for name in finished.facts.people}
    known = tuple(dict.fromkeys(address for address in found.values() if address))
    return known, tuple(name for name, address in found.items() if not address)


def _list_notes(
    finished: FinishedDocument, request: ImportRequest, earlier: Review | None, content: bytes
) -> tuple[str, ...]:
    """List what whoever imports it should know: what was guessed, and what was there before."""
    facts = finished.facts
    if earlier is not None:
        is_other = earlier.document and earlier.document.digest != sha256(content).hexdigest()
        other = ("The text filed then is another one.",) if is_other else ()
        return (*_describe_earlier(earlier, request), *other)
    notes = []
    if not request.ended_at and facts.dated_by != "the end that it states":
        notes.append(f"The date was read from {facts.dated_by}.")
    if facts.severity_words and not request.severity:
        notes.append(f"Severity {facts.severity} was read from “{facts.severity_words}”.")
    return tuple(notes)


def _describe_earlier(earlier: Review, request: ImportRequest) -> Iterator[str]:
    """Yield what becomes of a review that was filed before."""
    yield "It was filed before, and stays as it was filed then."
    if not request.is_restricted:
        return
    yield "From now on it is restricted."
    if earlier.filing and (follow_up := earlier.filing.follow_up):
        name = follow_up.removeprefix("review-")
        yield f"Its follow-up review is not restricted by that: `afterword review restrict {name}`."


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_TEXT_LENGTH else f"{text[: MAX_TEXT_LENGTH - 2].rstrip()} …"
