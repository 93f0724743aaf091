"""Handlers of commands about the document: writing, waiving, contributions and notes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.action import Action
from models.codes import BlockerCode, RefusalCode
from models.commands import Command, Contribute, Note, Redact, Settle, Waive, Write
from models.document import Cause, Contribution, Document, Waiver
from models.errors import NotFound
from models.review import Review
from rules.audit import redaction
from rules.command_lines import format_short_id
from rules.commands.handler import ApplyResult, Handler, ignore_time
from rules.commands.refusals import build_text_validator, refuse_unless, validate_reason
from rules.commands.transitions import format_reason
from rules.gates.gates import list_blockers
from rules.identifiers import get_next_item_id
from rules.notices import notices
from rules.visibility import format_contribution

MAX_CONTRIBUTION_LENGTH = 4_000

MAX_TIME_LENGTH = 100

MAX_OPEN_CONTRIBUTIONS = 50
"""Maximum of unsettled contributions, so that anonymous writers cannot fill the record."""


def _validate_write(review: Review, command: Write) -> None:
    current = review.document.revision if review.document else 0
    refuse_unless(
        command.base is None or command.base == current,
        RefusalCode.CONFLICT,
        f"The document is at revision {current}; yours was written over revision {command.base}.",
        "Read the newer one, bring yours into it, and write again.",
    )


def _apply_write(review: Review, command: Write, now: datetime) -> ApplyResult:
    revision = review.document.revision + 1 if review.document else 1
    document = Document(
        digest=command.digest,
        revision=revision,
        by=command.by,
        at=now,
        size=command.size,
        title=command.title,
        sections=command.sections,
    )
    updated = replace(
        review,
        document=document,
        findings=command.findings,
        waivers=_carry_waivers(review, command),
    )
    return updated, f"wrote the document, revision {revision}"


def _carry_waivers(review: Review, command: Write) -> tuple[Waiver, ...]:
    """Return the waivers whose passage is still in the document, moved to its new finding."""
    before = {f.id: (f.code, f.passage) for f in review.findings}
    after = {(f.code, f.passage): f.id for f in command.findings}
    return tuple(
        w if w.item not in before else replace(w, item=after[before[w.item]])
        for w in review.waivers
        if w.item not in before or before[w.item] in after
    )


def list_waivable_codes(review: Review, item: str, now: datetime) -> frozenset[str]:
    """List the codes of the checks of a finding, a cause or an action that can be waived."""
    items: tuple[Cause | Action, ...] = (*review.causes, *review.actions)
    findings = [found for found in review.findings if found.id == item]
    findings += [found for each in items if each.id == item for found in each.findings]
    blocked_by = {blocker.code for blocker in list_blockers(review, now) if blocker.item == item}
    return frozenset(found.code for found in findings) | (blocked_by & {BlockerCode.TOO_SHORT})


def _validate_waive(review: Review, command: Waive, now: datetime) -> None:
    validate_reason(command)
    action = review.action(command.item)
    is_due_date = command.code == BlockerCode.DUE_TOO_LATE and action is not None
    codes = list_waivable_codes(review, command.item, now)
    refuse_unless(
        is_due_date or command.code in codes,
        RefusalCode.NOTHING_TO_WAIVE,
        f"There is no check “{command.code}” to waive for {command.item}.",
        f"Open for {command.item}: {', '.join(sorted(codes))}."
        if codes
        else f"See what is open: `afterword review show {format_short_id(review.id)}`.",
    )


def _apply_waive(review: Review, command: Waive, now: datetime) -> ApplyResult:
    waiver = Waiver(
        item=command.item,
        code=command.code,
        reason=command.reason,
        by=command.by,
        at=now,
        token_origin=command.token_origin,
    )
    updated = replace(review, waivers=(*review.waivers, waiver))
    return updated, f"waived “{command.code}” for {command.item}{format_reason(command.reason)}"


def _validate_contribute(review: Review, command: Contribute) -> None:
    """Raise Refusal unless the text is present, short enough and within the limit."""
    text = command.text.strip()
    refuse_unless(
        text, RefusalCode.EMPTY, "The contribution is empty.", "Write what you saw, or a remark."
    )
    refuse_unless(
        len(text) <= MAX_CONTRIBUTION_LENGTH and len(command.when) <= MAX_TIME_LENGTH,
        RefusalCode.TOO_LONG,
        f"A contribution has at most {MAX_CONTRIBUTION_LENGTH} characters, "
        f"its time {MAX_TIME_LENGTH}.",
        "Shorten it, or send several.",
    )
    refuse_unless(
        sum(not c.settled_by for c in review.contributions) < MAX_OPEN_CONTRIBUTIONS,
        RefusalCode.ENOUGH,
        f"The facilitator has {MAX_OPEN_CONTRIBUTIONS} contributions to settle already.",
        "Come back later, or speak to the facilitator.",
    )


def _apply_contribute(review: Review, command: Contribute, now: datetime) -> ApplyResult:
    contribution_id = get_next_item_id("K", (c.id for c in review.contributions))
    contribution = Contribution(
        id=contribution_id, text=command.text.strip(), when=command.when.strip(), at=now
    )
    updated = replace(review, contributions=(*review.contributions, contribution))
    return updated, format_contribution(contribution_id)


def _validate_settle(review: Review, command: Settle) -> None:
    """Raise NotFound unless the contribution is unsettled."""
    open_ids = tuple(c.id for c in review.contributions if not c.settled_by)
    if command.contribution not in open_ids:
        raise NotFound("unsettled contribution", command.contribution, open_ids)


def _apply_settle(review: Review, command: Settle) -> ApplyResult:
    """Record whether a contribution entered the document, or why not."""
    rejected_because = command.reason.strip()
    contributions = tuple(
        replace(c, settled_by=command.by, rejected_because=rejected_because)
        if c.id == command.contribution
        else c
        for c in review.contributions
    )
    updated = replace(review, contributions=contributions)
    if rejected_because:
        return updated, f"left out {command.contribution}{format_reason(rejected_because)}"
    return updated, f"added {command.contribution} to the document"


def _apply_note(review: Review, command: Note) -> ApplyResult:
    return review, f"noted: {command.text}"


def _validate_redact(review: Review, command: Redact) -> None:
    """Raise NotFound for an unknown line, and Refusal without a reason or for one that stays."""
    validate_reason(command)
    lines = redaction.find_lines(review, command.line)
    if not lines:
        newest = (str(event.revision) for event in review.log[-1:])
        known = (*(contribution.id for contribution in review.contributions), *newest)
        raise NotFound("log line", command.line, known)
    refuse_unless(
        any(map(redaction.is_redactable, lines)),
        RefusalCode.ALREADY_RECORDED,
        f"{command.line} was redacted already, or tells of a redaction, which stays.",
        f"See the log: `afterword review log {format_short_id(review.id)}`.",
    )


def _apply_redact(review: Review, command: Redact) -> ApplyResult:
    reason = command.reason.strip().rstrip(".")
    origin = f" ({command.token_origin})" if command.token_origin else ""
    mark = f"[redacted by {command.by}{origin} because {reason}]"
    sentence = f"redacted {_name_line(command.line)}{format_reason(command.reason)}"
    return redaction.redact(review, command.line, mark), sentence


def _name_line(line: str) -> str:
    return f"line {line}" if line.isdigit() else line


HANDLERS: dict[type[Command], Handler] = {
    Write: Handler(validate=ignore_time(_validate_write), apply=_apply_write),
    Waive: Handler(validate=_validate_waive, apply=_apply_waive),
    Contribute: Handler(
        validate=ignore_time(_validate_contribute),
        apply=_apply_contribute,
        notify=(notices.notify_of_contribution,),
    ),
    Settle: Handler(validate=ignore_time(_validate_settle), apply=ignore_time(_apply_settle)),
    Redact: Handler(validate=ignore_time(_validate_redact), apply=ignore_time(_apply_redact)),
    Note: Handler(
        validate=build_text_validator(
            "text", RefusalCode.EMPTY, "The note is empty.", "Say something."
        ),
        apply=ignore_time(_apply_note),
    ),
}
