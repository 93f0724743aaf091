"""Give a command by a form of our pages: what it is about, what it begins with, and its answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from fastapi.concurrency import run_in_threadpool

from mail.outbound.recipient import find_time_zone
from models.action import Action, ActionStatus
from models.codes import RefusalCode
from models.commands import (
    COMMANDS,
    AnyCommand,
    Approve,
    Command,
    Revise,
    ReviseCause,
    Waive,
    Write,
)
from models.document import Cause, Contribution, Finding
from models.errors import InvalidInput, NotFound, Refusal, Unavailable
from models.people import Person
from models.review import Event, Review
from rules.commands.decision_rounds import find_round
from rules.commands.possible import (
    Respondent,
    Subject,
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
from web.services.send_command import prepare_command

SEEN_FIELD = "seen"
"""The hidden field of a form: what its reader saw, as a digest."""

FORM_ID = "form_id"
"""The hidden field by which the same form is known when it is sent twice."""

BEFORE = "before-"
"""What the names of the hidden fields begin with that hold what a field began with."""

REVISIONS: tuple[type[Command], ...] = (Revise, ReviseCause)
"""Commands whose form begins with what is there; only what somebody changes is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandForm:
    """A command that somebody is about to give: about what, in which review, and who they are.

    `item` is the id of what it is about, “” for the review; times are typed in `zone`; `checks` are
    the codes of its checks that can be waived; `obstacle` is why it cannot be given now at all.
    """

    review: Review
    command_type: type[Command]
    item: str
    by: str
    zone: tzinfo
    checks: tuple[str, ...] = ()
    obstacle: Refusal | None = None

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
    def contribution(self) -> Contribution | None:
        """Return the contribution that it is about, None where it is something else."""
        return next((each for each in self.review.contributions if each.id == self.item), None)

    @property
    def lines(self) -> tuple[Event, ...]:
        """Return the lines of the log that it is about, none where it is something else."""
        return tuple(event for event in self.review.log if str(event.revision) == self.item)

    @property
    def finding(self) -> Finding | None:
        """Return the finding that it is about, None where it is something else."""
        return next((found for found in self.review.findings if found.id == self.item), None)

    @property
    def shown_actions(self) -> tuple[Action, ...]:
        """Return the actions that are shown above the form: the one it is about, or a gate's."""
        if self.action is not None:
            return (self.action,)
        is_approval = self.command_type is Approve
        actions = self.review.actions if is_approval else ()
        return tuple(each for each in actions if each.status is not ActionStatus.WITHDRAWN)

    @property
    def seen(self) -> str:
        """Return the digest of what is shown, by which a change while somebody reads is noticed."""
        shown = (
            [replace(action, snoozes=(), findings=()) for action in self.shown_actions],
            self.cause,
            self.contribution,
            self.lines,
            self.finding,
            self.review.stage_since,
            self.review.document if self.command_type is Approve else None,
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]

    @property
    def initial_values(self) -> dict[str, str]:
        """Return what the fields begin with: for a revision, what is there now."""
        about: object = self.action or self.cause
        if self.command_type not in REVISIONS or about is None:
            return {}
        names = (field.name for field in self.fields)
        return {name: format_value(getattr(about, name), self.zone) for name in names}

    def take_over(self, typed: Mapping[str, str]) -> dict[str, str]:
        """Return what was typed, with what is there now in each field that nobody has touched."""
        initial = self.initial_values
        untouched = {name: initial[name] for name in initial if not is_touched(typed, name)}
        return {**typed, **untouched, **{f"{BEFORE}{name}": initial[name] for name in initial}}


def is_touched(typed: Mapping[str, str], name: str) -> bool:
    """Return whether somebody changed a field of a revision since it was shown."""
    text = typed.get(name)
    return text is not None and _strip(text) != _strip(typed.get(f"{BEFORE}{name}", ""))


def _strip(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


async def find_form(
    context: AppContext, caller: Caller, name: str, kind: str, item: str
) -> CommandForm:
    """Find what somebody is about to do; raises NotFound.

    Where they cannot do it now, whatever they write, the form has the refusal in `obstacle`.
    """
    command_type = COMMANDS.get(kind)
    if command_type is None or not list_subjects(command_type):
        raise NotFound("command", kind, tuple(each for each in COMMANDS if each.startswith(kind)))
    review = await load_review(context, await resolve_review(context, name, caller.by))
    check_may_see(review, caller.by, name)
    await record_restricted_access(context, caller, review)
    if Subject.REVIEW in list_subjects(command_type):
        item = ""
    if find_subject(review, item) not in list_subjects(command_type):
        raise NotFound("command about " + (item or "the review"), kind)
    person = await run_in_threadpool(context.archive.people.find_person, caller.by)
    respondent = await run_in_threadpool(build_respondent, context, review, caller.by)
    return CommandForm(
        review=review,
        command_type=command_type,
        item=item,
        by=caller.by,
        zone=find_time_zone(person),
        checks=list_open_checks(review, item, context.clock()),
        obstacle=find_obstacle(review, command_type, item, respondent, context.clock()),
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


async def prepare_form(
    context: AppContext, caller: Caller, form: CommandForm, typed: Mapping[str, str]
) -> AnyCommand:
    """Build the command of a form that was filled in; the same form sent twice is one command.

    Raises InvalidInput, NotFound and Refusal for what could not be sent at all.
    """
    target = build_target(form.review, form.command_type, form.item)
    values = parse_form(form.command_type, _list_changes(form, typed), target, form.zone)
    key = typed.get(FORM_ID) or None
    _, command = await prepare_command(
        context, caller, form.review.id, form.command_type, values, key=key
    )
    round_id = find_round(form.review, form.command_type, form.item) if form.action else ""
    return replace(command, round_id=round_id)


def check_current(form: CommandForm, typed: Mapping[str, str]) -> None:
    """Raise Refusal where the command is not possible any more, or what was read has changed."""
    if form.obstacle is not None:
        raise form.obstacle
    if typed.get(SEEN_FIELD) != form.seen:
        raise Refusal(
            RefusalCode.STALE,
            "Something has changed since this page was opened, so nothing was recorded.",
            "Read again what is above the form; what you typed is still in it.",
        )


async def has_receipt(context: AppContext, form: CommandForm, command: AnyCommand) -> bool:
    """Return whether a command was carried out already: by the first of two clicks."""
    try:
        review = await context.review_client.fetch_review(form.review.id)
    except Unavailable:
        return False
    return command.id in review.receipts


def _list_changes(form: CommandForm, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed; of a revision, only what somebody has changed.

    Raises InvalidInput for a field that was emptied, and Refusal where nothing was changed.
    """
    initial = form.initial_values
    if not initial:
        return dict(typed)
    changed = {name: typed[name] for name in initial if is_touched(typed, name)}
    emptied = next((name for name in changed if not changed[name].strip()), "")
    if emptied:
        raise InvalidInput("write what it should be; it cannot be left empty", field=emptied)
    if not changed:
        raise Refusal(
            RefusalCode.EMPTY, "Nothing was changed yet.", "Change a field, or leave the form."
        )
    return changed
