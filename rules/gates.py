"""The gates: each reason why a review may not yet leave its stage, and who can clear it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from models.action import Action, Standing
from models.document import Cause, Section
from models.errors import Blocker
from models.review import Gate, Review, Stage
from rules.authority import decider

MIN_WHYS = 2
GATES = {Stage.DRAFT: Gate.DRAFT, Stage.MEETING: Gate.ACTIONS, Stage.FOLLOW_UP: Gate.CLOSURE}
REQUIRED_SECTIONS = (Section.SUMMARY, Section.IMPACT, Section.TIMELINE)


def gate_of(stage: Stage) -> Gate | None:
    """Name the gate that leads on from a stage; `assigned` is left without anybody's approval."""
    return GATES.get(stage)


def blockers(review: Review, now: datetime) -> tuple[Blocker, ...]:
    """List why the review may not leave its stage now; empty where nothing stands in the way."""
    by_stage: dict[Stage, Callable[[Review, datetime], Iterator[Blocker]]] = {
        Stage.DRAFT: _draft,
        Stage.MEETING: _actions,
        Stage.ASSIGNED: _accepted,
        Stage.FOLLOW_UP: _closure,
    }
    listed = by_stage.get(review.stage)
    return tuple(listed(review, now)) if listed else ()


def action_blockers(review: Review, action: Action, now: datetime) -> tuple[Blocker, ...]:
    """List what keeps one action from being assigned."""
    return tuple(_promise(review, action, now))


def waived(review: Review, item: str, code: str) -> bool:
    """Tell whether somebody let this check pass."""
    return any(w.item == item and w.code == code for w in review.waivers)


def _draft(review: Review, now: datetime) -> Iterator[Blocker]:
    del now
    yield from _document(review)
    writers = _writers(review)
    if review.meeting is None:
        yield Blocker(
            code="no-meeting",
            sentence="The meeting has no time and place.",
            who=writers,
            way_out="afterword meeting schedule",
        )
    if not review.roles.facilitator:
        yield Blocker(
            code="no-facilitator",
            sentence="Nobody is named to facilitate.",
            who=(review.roles.lead,),
            way_out="afterword review appoint … facilitator",
        )
    yield from _words(review)


def _document(review: Review) -> Iterator[Blocker]:
    if review.document is None:
        yield Blocker(
            code="no-document",
            sentence="There is no document yet.",
            who=_writers(review),
            way_out="afterword review write",
        )
        return
    for section in REQUIRED_SECTIONS:
        if section not in review.document.sections:
            yield Blocker(
                code="section-missing",
                sentence=f"The document has no {section}.",
                who=_writers(review),
                item=section.value,
                way_out="afterword review write",
            )


def _words(review: Review) -> Iterator[Blocker]:
    for found in review.findings:
        if not waived(review, found.id, found.code):
            yield Blocker(
                code=found.code,
                sentence=f"“{found.where}”: {found.why}",
                who=_writers(review),
                item=found.id,
                way_out="mend the sentence, or afterword review waive with a reason",
            )


def _actions(review: Review, now: datetime) -> Iterator[Blocker]:
    if review.meeting is None or review.meeting.held_at is None:
        yield Blocker(
            code="meeting-not-held",
            sentence="The meeting has not been held.",
            who=_writers(review),
            way_out="afterword meeting hold",
        )
    if review.document is None or Section.WENT_WELL not in review.document.sections:
        yield Blocker(
            code="nothing-went-well",
            sentence="The document does not say what went well.",
            who=_writers(review),
            way_out="afterword review write",
        )
    live = [c for c in review.causes if not c.withdrawn]
    if not live:
        yield Blocker(
            code="no-causes",
            sentence="No contributing cause is named.",
            who=_writers(review),
            way_out="afterword cause add",
        )
    for cause in live:
        yield from _cause(review, cause)
    for action in review.actions:
        if action.standing is Standing.PROPOSED:
            yield from _promise(review, action, now)


def _cause(review: Review, cause: Cause) -> Iterator[Blocker]:
    short = len(cause.whys) < MIN_WHYS
    if short and not waived(review, cause.id, "too-short"):
        yield Blocker(
            code="too-short",
            sentence=f"{cause.id} has {len(cause.whys)} of at least {MIN_WHYS} whys.",
            who=_writers(review),
            item=cause.id,
            way_out="afterword cause revise --why …",
        )
    for found in cause.findings:
        if not waived(review, cause.id, found.code):
            yield _found(cause.id, found.code, found.why, _writers(review))
    addressed = any(
        cause.id in a.causes and a.standing is not Standing.WITHDRAWN for a in review.actions
    )
    if not addressed and not cause.accepted_risk:
        yield Blocker(
            code="cause-without-action",
            sentence=f"{cause.id} has neither an action nor an accepted risk.",
            who=_writers(review),
            item=cause.id,
            way_out=f"afterword action propose --cause {cause.id}, or afterword accept-risk",
        )


def _promise(review: Review, action: Action, now: datetime) -> Iterator[Blocker]:
    writers = _writers(review)
    for missing, code, sentence, option in (
        (not action.owner, "no-owner", "has no owner", "--owner"),
        (not action.measure, "no-measure", "does not say how we know that it is done", "--measure"),
        (action.due is None, "no-due-date", "has no due date", "--due"),
        (not action.verifier, "no-verifier", "has nobody to verify it", "--verifier"),
        (not action.causes, "no-cause", "addresses no cause", "--cause"),
    ):
        if missing:
            yield Blocker(
                code=code,
                sentence=f"{action.id} {sentence}.",
                who=writers,
                item=action.id,
                way_out=f"afterword action revise {option} …",
            )
    if action.verifier and action.verifier in (action.owner, *action.owners):
        yield Blocker(
            code="verifier-owns",
            sentence=f"{action.verifier} owns or owned {action.id} and cannot verify it.",
            who=writers,
            item=action.id,
            way_out="afterword action verifier",
        )
    yield from _due(review, action, now)
    for found in action.findings:
        if not waived(review, action.id, found.code):
            yield _found(action.id, found.code, found.why, writers)


def _due(review: Review, action: Action, now: datetime) -> Iterator[Blocker]:
    if action.due is None:
        return
    if action.due < now.date():
        yield Blocker(
            code="due-in-the-past",
            sentence=f"{action.id} was due on {action.due}, which is past.",
            who=_writers(review),
            item=action.id,
            way_out="afterword action revise --due …",
        )
    latest = now.date() + timedelta(days=review.policy.due_days[action.priority])
    if action.due > latest and not waived(review, action.id, "due-too-late"):
        yield Blocker(
            code="due-too-late",
            sentence=f"{action.id} is {action.priority} and due on {action.due}; "
            f"the latest for that is {latest}.",
            who=_writers(review),
            item=action.id,
            way_out="name an earlier date, or the lead gives leave with afterword review waive",
        )


def _accepted(review: Review, now: datetime) -> Iterator[Blocker]:
    del now
    for action in review.actions:
        if action.standing is Standing.ASSIGNED:
            yield _to_accept(action)
        if action.standing is Standing.DECLINED:
            yield _declined(review, action)
    if review.follow_up is None:
        yield _no_follow_up(review)


def _closure(review: Review, now: datetime) -> Iterator[Blocker]:
    del now
    for action in review.actions:
        yield from _without_outcome(review, action)
    held = any(m.held_at for m in (*review.past_follow_ups, review.follow_up) if m)
    if review.follow_up is None or review.follow_up.held_at is not None:
        if not held or review.plan_changed_at is not None:
            yield _no_follow_up(review)
    elif not held or review.plan_changed_at is not None:
        yield Blocker(
            code="follow-up-not-held",
            sentence="The plan has changed since the last follow-up meeting."
            if held
            else "The follow-up meeting has not been held.",
            who=_writers(review),
            way_out="afterword follow-up hold",
        )
    for recurrence in review.recurrences:
        if not recurrence.answered:
            yield Blocker(
                code="recurrence",
                sentence=f"The incident came back ({recurrence.id}) and nothing was decided on it.",
                who=(review.roles.lead,),
                item=recurrence.id,
                way_out="a new or overturned action for it, or afterword accept-risk",
            )


def _without_outcome(review: Review, action: Action) -> Iterator[Blocker]:
    lead = (decider(review, {*action.owners, action.owner}),)
    match action.standing:
        case Standing.ASSIGNED:
            yield _to_accept(action)
        case Standing.DECLINED:
            yield _declined(review, action)
        case Standing.PROPOSED:
            yield Blocker(
                code="not-assigned",
                sentence=f"{action.id} is proposed and neither assigned nor withdrawn.",
                who=(review.roles.lead,),
                item=action.id,
                way_out="afterword action assign, or afterword action withdraw",
            )
        case Standing.ACCEPTED | Standing.BLOCKED:
            yield Blocker(
                code="not-done",
                sentence=f"{action.id} is {action.standing} and not claimed done.",
                who=(action.owner,),
                item=action.id,
                way_out="claim it with evidence, ask for time, or give it up",
            )
            if action.postponement is not None:
                yield Blocker(
                    code="postponement",
                    sentence=f"{action.owner} asks for {action.id} until "
                    f"{action.postponement.until}: {action.postponement.reason}",
                    who=lead,
                    item=action.id,
                    way_out="afterword action grant, or afterword action refuse",
                )
        case Standing.CLAIMED:
            yield Blocker(
                code="not-verified",
                sentence=f"{action.id} is claimed done and waits to be verified.",
                who=(action.verifier,),
                item=action.id,
                way_out="afterword verify, or afterword reject",
            )
        case Standing.GIVEN_UP:
            yield Blocker(
                code="given-up",
                sentence=f"{action.id} was given up: {action.said}",
                who=lead,
                item=action.id,
                way_out="afterword drop with a replacement or a risk, or afterword action keep",
            )
        case _:
            return


def _to_accept(action: Action) -> Blocker:
    return Blocker(
        code="not-accepted",
        sentence=f"{action.id} waits for {action.owner} to accept it.",
        who=(action.owner,),
        item=action.id,
        way_out="accept or decline it",
    )


def _declined(review: Review, action: Action) -> Blocker:
    return Blocker(
        code="declined",
        sentence=f"{action.owner} declined {action.id}: {action.said}",
        who=(review.roles.lead,),
        item=action.id,
        way_out="afterword action reassign, or afterword drop",
    )


def _no_follow_up(review: Review) -> Blocker:
    return Blocker(
        code="no-follow-up",
        sentence="No follow-up meeting is set.",
        who=_writers(review),
        way_out="afterword follow-up schedule",
    )


def _found(item: str, code: str, why: str, who: tuple[str, ...]) -> Blocker:
    return Blocker(
        code=code,
        sentence=f"{item}: {why}",
        who=who,
        item=item,
        way_out="say it better, or the lead lets it pass with afterword review waive",
    )


def _writers(review: Review) -> tuple[str, ...]:
    return tuple(dict.fromkeys(a for a in (review.roles.facilitator, review.roles.lead) if a))
