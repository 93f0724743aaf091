"""Handler of the command that hands all that somebody has to do over to somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from models.action import Action, ActionStatus
from models.codes import RefusalCode
from models.commands import PENDING, UNFINISHED, Command, HandOver
from models.people import Role, Roles
from models.review import Event, Meeting, Review
from rules.audiences import list_follow_up_invitees, list_invitees
from rules.calendar.availability import Availability
from rules.commands.handler import ApplyResult, Handler, ignore_time
from rules.commands.refusals import refuse_unless
from rules.commands.transitions import mark_actions_changed, move_action, update_action
from rules.formatting import join_words
from rules.notices import invitations, notices
from rules.notices.notices import Notifications

OWNABLE = (ActionStatus.PROPOSED, *UNFINISHED)
VERIFIABLE = (ActionStatus.PROPOSED, *PENDING)
HANDED_ROLES = (Role.LEAD, Role.FACILITATOR, Role.SPONSOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionHandOver:
    """What becomes of one action: its new owner and verifier, "" for no change.

    `obstacle` says why it stays as it is.
    """

    action: str
    owner: str = ""
    verifier: str = ""
    obstacle: str = ""


def plan_hand_over(review: Review, command: HandOver) -> tuple[ActionHandOver, ...]:
    """List what becomes of each action that somebody owns or verifies, before anything changes.

    Nobody verifies what they own or owned: where that would be so, another verifier is found among
    facilitator, sponsor, coordinator and participants.
    """
    return tuple(
        _plan_action(review, action, command)
        for action in review.actions
        if _is_theirs(action, command.leaver)
    )


def notify_of_hand_over(review: Review, event: Event, availability: Availability) -> Notifications:
    """Build the notices for who takes over and for whom that concerns, and their invitations."""
    handed_over = (action for action in review.actions if action.handed_over)
    verifiers = (action.verifier for action in handed_over if action.owner != event.item)
    yield from notices.build_notices(review, event, (event.item, review.roles.lead, *verifiers))
    for meeting, invite in (
        (review.meeting, invitations.invite_to_meeting),
        (review.follow_up, invitations.invite_to_follow_up),
    ):
        if meeting is not None and meeting.joined.get(event.item) == event.revision:
            for notification in invite(review, event, availability):
                if notification.to == event.item:
                    yield notification


def _is_theirs(action: Action, leaver: str) -> bool:
    owns = action.owner == leaver and action.status in (*OWNABLE, *PENDING)
    return owns or (action.verifier == leaver and action.status in VERIFIABLE)


def _plan_action(review: Review, action: Action, command: HandOver) -> ActionHandOver:
    is_owner = action.owner == command.leaver
    if is_owner and action.status not in OWNABLE:
        return _keep(action, f"is {action.status}, and waits for somebody else")
    owner = command.to if is_owner else action.owner
    if action.verifier not in (command.leaver, owner) or not action.verifier:
        return ActionHandOver(action=action.id, owner=owner if is_owner else "")
    verifier = _find_verifier(review, action, owner, command)
    if not verifier:
        return _keep(action, f"needs a verifier other than {owner or command.to}")
    return ActionHandOver(action=action.id, owner=owner if is_owner else "", verifier=verifier)


def _keep(action: Action, obstacle: str) -> ActionHandOver:
    return ActionHandOver(action=action.id, obstacle=f"{action.id} {obstacle}")


def _find_verifier(review: Review, action: Action, owner: str, command: HandOver) -> str:
    roles = review.roles
    takes_over = () if owner == command.to else (command.to,)
    others = (roles.facilitator, roles.sponsor, roles.coordinator, *roles.participants)
    excluded = {"", owner, action.owner, command.leaver, *action.owners, *command.gone}
    return next((who for who in (*takes_over, *others) if who not in excluded), "")


def _validate_hand_over(review: Review, command: HandOver) -> None:
    """Raise Refusal unless something can be handed over, to somebody else."""
    refuse_unless(
        command.leaver != command.to,
        RefusalCode.NO_NEWS,
        f"{command.to} cannot take over from themselves.",
        "Name somebody else.",
    )
    planned = plan_hand_over(review, command)
    obstacles = [each.obstacle for each in planned if each.obstacle]
    has_role = any(who == command.leaver for who in _list_role_holders(review.roles))
    refuse_unless(
        has_role or len(obstacles) < len(planned),
        RefusalCode.NOTHING_TO_HAND_OVER if not obstacles else RefusalCode.VERIFIER_OWNS,
        f"Nothing of {command.leaver} can be handed over: {'; '.join(obstacles)}."
        if obstacles
        else f"{command.leaver} has nothing to hand over in this review.",
        "Name another verifier first, or wait until it is decided."
        if obstacles
        else "Nothing is left to do.",
    )


def _apply_hand_over(review: Review, command: HandOver, now: datetime) -> ApplyResult:
    planned = plan_hand_over(review, command)
    updated = review
    for each in planned:
        updated = _apply_to_action(updated, each, command, now)
    updated = replace(
        updated,
        roles=_replace_roles(review.roles, command),
        restricted_to=_replace_reader(review.restricted_to, command),
    )
    return _record_joiners(review, updated), _describe(review, planned, command)


def _apply_to_action(
    review: Review, planned: ActionHandOver, command: HandOver, now: datetime
) -> Review:
    if planned.verifier:
        review = update_action(review, planned.action, verifier=planned.verifier, handed_over=True)
    action = review.action(planned.action)
    if not planned.owner or action is None:
        return review
    if action.status is ActionStatus.PROPOSED:
        return update_action(review, action.id, owner=planned.owner)
    moved = move_action(
        review,
        action.id,
        "reassign",
        now,
        owner=planned.owner,
        owners=tuple(dict.fromkeys((*action.owners, planned.owner))),
        postponement=None,
        question=None,
        last_comment=f"{command.leaver} handed it over",
        suggested_owner="",
        handed_over=True,
    )
    return mark_actions_changed(moved, now)


def _replace_reader(readers: tuple[str, ...], command: HandOver) -> tuple[str, ...]:
    """Return who may read a restricted review; without a reader left, it would be open to all."""
    replaced = (command.to if who == command.leaver else who for who in readers)
    return tuple(dict.fromkeys(replaced))


def _replace_roles(roles: Roles, command: HandOver) -> Roles:
    def pick(address: str) -> str:
        return command.to if address == command.leaver else address

    return replace(
        roles,
        lead=pick(roles.lead),
        facilitator=pick(roles.facilitator),
        sponsor=pick(roles.sponsor),
        participants=tuple(who for who in roles.participants if who != command.leaver),
    )


def _list_role_holders(roles: Roles) -> tuple[str, ...]:
    return (roles.lead, roles.facilitator, roles.sponsor, *roles.participants)


def _record_joiners(before: Review, after: Review) -> Review:
    """Return a changed review with those whom the change brings into its meetings ahead."""
    revision = before.revision + 1
    meeting = _add_joiners(after.meeting, list_invitees(before), list_invitees(after), revision)
    invited = list_follow_up_invitees(before), list_follow_up_invitees(after)
    return replace(
        after, meeting=meeting, follow_up=_add_joiners(after.follow_up, *invited, revision)
    )


def _add_joiners(
    meeting: Meeting | None, before: tuple[str, ...], after: tuple[str, ...], revision: int
) -> Meeting | None:
    joiners = sorted(frozenset(after) - frozenset(before))
    if meeting is None or meeting.held_at is not None or not joiners:
        return meeting
    return replace(meeting, joined={**meeting.joined, **dict.fromkeys(joiners, revision)})


def _describe(review: Review, planned: tuple[ActionHandOver, ...], command: HandOver) -> str:
    parts = "; ".join(_iter_parts(review, planned, command))
    return f"handed over from {command.leaver} to {command.to}: {parts}"


def _iter_parts(
    review: Review, planned: tuple[ActionHandOver, ...], command: HandOver
) -> Iterator[str]:
    if owned := tuple(each.action for each in planned if each.owner):
        yield f"{join_words(owned)} to own"
    for verifier in dict.fromkeys(each.verifier for each in planned if each.verifier):
        verified = tuple(each.action for each in planned if each.verifier == verifier)
        by_other = "" if verifier == command.to else f" by {verifier}"
        yield f"{join_words(verified)} to be verified{by_other}"
    for role in HANDED_ROLES:
        if getattr(review.roles, role) == command.leaver:
            yield f"the role of {role}"
    if command.leaver in review.roles.participants:
        yield f"{command.leaver} participates no more"
    yield from (f"not handed over: {each.obstacle}" for each in planned if each.obstacle)


HANDLERS: dict[type[Command], Handler] = {
    HandOver: Handler(
        validate=ignore_time(_validate_hand_over),
        apply=_apply_hand_over,
        notify=(notify_of_hand_over,),
    )
}
