"""Give a command by a form of our pages: what it is about, what it begins with, and its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from fastapi.concurrency import run_in_threadpool

from mail.outbound.recipient import find_time_zone
from models.action import Action
from models.codes import RefusalCode
from models.commands import COMMANDS, Approve, Command, Revise, ReviseCause, Waive, Write
from models.document import Cause, Finding
from models.errors import NotFound, Refusal
from models.people import Person
from models.review import Review
from rules.commands.decision_rounds import find_round
from rules.commands.possible import (
    Respondent,
    build_target,
    find_obstacle,
    find_subject,
    list_open_checks,
    list_possible_commands,
    list_subjects,
)
from rules.permissions import explain_delegation
from web.auth import Caller
from web.dependencies import AppContext
from web.schemas.command_form import (
    FieldKind,
    FormField,
    format_value,
    list_form_fields,
    parse_form,
)
from web.services.audit.record_access import record_restricted_access
from web.services.resolve_names import resolve_review
from web.services.review_access import check_may_see, load_review
from web.services.send_command import CommandResponse, prepare_command, send_command

REVISIONS: tuple[type[Command], ...] = (Revise, ReviseCause)
"""Commands whose form begins with what is there; only what somebody changes is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandForm:
    """A command that somebody is about to give: about what, in which review, and who they are.

    `item` is the id of what it is about, “” for the review; times are typed in `zone`; `checks` are
    the codes of its checks that can be waived.
    """

    review: Review
    command_type: type[Command]
    item: str
    by: str
    zone: tzinfo
    checks: tuple[str, ...] = ()

    @property
    def action(self) -> Action | None:
        """Return the action that it is about, None where it is something else."""
        return self.review.action(self.item) if self.item else None

    @property
    def cause(self) -> Cause | None:
        """Return the cause that it is about, None where it is something else."""
        return next((cause for cause in self.review.causes if cause.id == self.item), None)

    @property
    def fields(self) -> tuple[FormField, ...]:
        """Return the fields that are filled in; those of a revision may all stay as they are."""
        declared = list_form_fields(self.command_type)
        if self.command_type is Waive:
            return tuple(self._offer_checks(field) for field in declared)
        if self.command_type not in REVISIONS:
            return declared
        return tuple(replace(field, note="") for field in declared)

    def _offer_checks(self, field: FormField) -> FormField:
        """Return the field of a waiver with the checks to choose from."""
        is_code = field.name == "code"
        return replace(field, kind=FieldKind.CHOICE, choices=self.checks) if is_code else field

    @property
    def zone_name(self) -> str:
        """Return the name of the zone in which times are typed."""
        return str(self.zone)

    @property
    def seen(self) -> str:
        """Return the digest of what is shown, by which a change while somebody reads is noticed."""
        about: object = self.action or self.cause
        shown = replace(about, snoozes=(), findings=()) if isinstance(about, Action) else about
        document = self.review.document if self.command_type is Approve else None
        whole = (shown or self.item, self.review.stage_since, document)
        return hashlib.sha256(repr(whole).encode()).hexdigest()[:32]

    @property
    def initial_values(self) -> dict[str, str]:
        """Return what the fields begin with: for a revision, what is there now."""
        about: object = self.action or self.cause
        if self.command_type not in REVISIONS or about is None:
            return {}
        names = (field.name for field in self.fields)
        return {name: format_value(getattr(about, name), self.zone) for name in names}


async def find_form(
    context: AppContext, caller: Caller, name: str, kind: str, item: str
) -> CommandForm:
    """Find what somebody is about to do. Raises NotFound, and Refusal where they cannot do it."""
    command_type = COMMANDS.get(kind)
    if command_type is None or not list_subjects(command_type):
        raise NotFound("command", kind, tuple(each for each in COMMANDS if each.startswith(kind)))
    review = await load_review(context, await resolve_review(context, name, caller.by))
    check_may_see(review, caller.by, name)
    await record_restricted_access(context, caller, review)
    if find_subject(review, item) not in list_subjects(command_type):
        raise NotFound("command about " + (item or "the review"), kind)
    person = await run_in_threadpool(context.archive.people.find_person, caller.by)
    respondent = await run_in_threadpool(build_respondent, context, review, caller.by)
    obstacle = find_obstacle(review, command_type, item, respondent, context.clock())
    if obstacle is not None:
        raise obstacle
    return CommandForm(
        review=review,
        command_type=command_type,
        item=item,
        by=caller.by,
        zone=find_time_zone(person),
        checks=list_open_checks(review, item, context.clock()),
    )


def find_possible_commands(
    review: Review, respondent: Respondent, now: datetime
) -> dict[str, tuple[type[Command], ...]]:
    """Find what somebody can do now, by the id of what it is about (“” for the review)."""
    if not respondent.address:
        return {}
    contributions = (each.id for each in review.contributions if not each.settled_by)
    items = (
        "",
        *(action.id for action in review.actions),
        *(cause.id for cause in review.causes if not cause.withdrawn),
        *contributions,
        *(found.id for found in review.findings),
    )
    return {item: list_possible_commands(review, item, respondent, now) for item in items}


def may_write(review: Review, respondent: Respondent, now: datetime) -> bool:
    """Return whether somebody may write the document now."""
    if not respondent.address:
        return False
    return find_obstacle(review, Write, "", respondent, now) is None


def build_respondent(context: AppContext, review: Review, reader: str) -> Respondent:
    """Build the reader as the rules know them, with why they decide for the lead, if they do."""
    lead = context.archive.people.find_person(review.roles.lead)
    return describe_respondent(review, reader, lead, context.clock())


def describe_respondent(
    review: Review, reader: str, lead: Person | None, now: datetime
) -> Respondent:
    """Return the reader as the rules know them, where the lead of the review is known."""
    on_behalf = explain_delegation(review, reader, lead, now.date())
    return Respondent(address=reader, on_behalf=on_behalf)


async def check_words(
    context: AppContext, caller: Caller, form: CommandForm, typed: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Return what the text checks find in what was typed, before anything is sent.

    Raises InvalidInput, NotFound and Refusal for what could not be sent at all.
    """
    _, command = await _prepare(context, caller, form, typed)
    findings: tuple[Finding, ...] = getattr(command, "findings", ())
    return findings


async def give_command(
    context: AppContext, caller: Caller, form: CommandForm, typed: Mapping[str, str]
) -> CommandResponse:
    """Send a command with what was typed, and return what was done.

    Raises Refusal, NotFound, InvalidInput and Unavailable; the same form sent twice is one command.
    """
    if typed.get("seen") != form.seen:
        raise Refusal(
            RefusalCode.STALE,
            "Something has changed since this page was opened, so nothing was recorded.",
            "Read again what is above the form; what you typed is still in it.",
        )
    review, command = await _prepare(context, caller, form, typed)
    round_id = find_round(form.review, form.command_type, form.item) if form.action else ""
    return await send_command(context, review, replace(command, round_id=round_id))


async def _prepare(
    context: AppContext, caller: Caller, form: CommandForm, typed: Mapping[str, str]
) -> tuple[Review, Any]:
    target = build_target(form.review, form.command_type, form.item)
    values = parse_form(form.command_type, _list_changes(form, typed), target, form.zone)
    key = typed.get("form_id") or None
    return await prepare_command(
        context, caller, form.review.id, form.command_type, values, key=key
    )


def _list_changes(form: CommandForm, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed; of a revision, only what is not there already."""
    initial = form.initial_values
    return {
        name: text
        for name, text in typed.items()
        if name not in initial or text.replace("\r\n", "\n").strip() != initial[name].strip()
    }
