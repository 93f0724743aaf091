"""Handlers of commands about people: roles, and who may see the review."""

from __future__ import annotations

from dataclasses import replace

from models.codes import RefusalCode
from models.commands import (
    APPOINTABLE_ROLES,
    Appoint,
    Command,
    Dismiss,
    Erase,
    Restrict,
    Unrestrict,
)
from models.errors import NotFound
from models.people import Role
from models.review import Review
from rules.audit.erasure import build_converter, erase_from_review
from rules.commands.handler import ApplyResult, Handler, ignore_review, ignore_time
from rules.commands.refusals import refuse_unless
from rules.commands.transitions import format_reason
from rules.notices import notices


def _validate_appoint(command: Appoint) -> None:
    refuse_unless(
        command.person.strip(), RefusalCode.NO_PERSON, "It needs a person.", "Name one: --person …"
    )
    refuse_unless(
        command.role in APPOINTABLE_ROLES,
        RefusalCode.NO_SUCH_ROLE,
        f"{command.role} is not a role you can appoint.",
        f"One of: {', '.join(APPOINTABLE_ROLES)}.",
    )


def _apply_appoint(review: Review, command: Appoint) -> ApplyResult:
    roles = review.roles
    if command.role is Role.PARTICIPANT:
        people = tuple(dict.fromkeys((*roles.participants, command.person)))
        updated = replace(review, roles=replace(roles, participants=people))
        return updated, f"added {command.person} to the participants"
    if command.role is Role.LEAD:
        roles = replace(roles, lead=command.person)
    elif command.role is Role.FACILITATOR:
        roles = replace(roles, facilitator=command.person)
    elif command.role is Role.SPONSOR:
        roles = replace(roles, sponsor=command.person)
    return replace(review, roles=roles), f"made {command.person} the {command.role}"


def _validate_dismiss(review: Review, command: Dismiss) -> None:
    """Raise NotFound unless the person is a participant."""
    if command.person not in review.roles.participants:
        raise NotFound("participant", command.person, review.roles.participants)


def _apply_dismiss(review: Review, command: Dismiss) -> ApplyResult:
    participants = tuple(who for who in review.roles.participants if who != command.person)
    updated = replace(review, roles=replace(review.roles, participants=participants))
    return updated, f"took {command.person} out of the participants"


def _validate_restrict(review: Review, _: Restrict) -> None:
    refuse_unless(
        review.policy.restricted_reviews is not False,
        RefusalCode.NOT_CONFIGURED,
        "Here no review can be restricted: what Temporal keeps of it is not encrypted.",
        "An operator sets AFTERWORD_KEYS__ENCRYPTION; reviews that are opened after that can be "
        "restricted.",
    )


def _apply_restrict(review: Review, command: Restrict) -> ApplyResult:
    people = tuple(dict.fromkeys((*command.people, command.by)))
    updated = replace(review, restricted_to=people)
    return updated, f"restricted the review{format_reason(command.reason)}"


def _apply_unrestrict(review: Review, _: Unrestrict) -> ApplyResult:
    return replace(review, restricted_to=()), "lifted the restriction"


def _apply_erase(review: Review, command: Erase) -> ApplyResult:
    convert = build_converter(command.addresses, command.name, command.pseudonym, command.documents)
    sentence = f"replaced somebody's name and addresses by {command.pseudonym}"
    return erase_from_review(review, convert), sentence


HANDLERS: dict[type[Command], Handler] = {
    Appoint: Handler(
        validate=ignore_review(_validate_appoint),
        apply=ignore_time(_apply_appoint),
        notify=(notices.notify_appointee,),
    ),
    Restrict: Handler(
        validate=ignore_time(_validate_restrict),
        apply=ignore_time(_apply_restrict),
        notify=(notices.notify_everybody,),
    ),
    Unrestrict: Handler(apply=ignore_time(_apply_unrestrict), notify=(notices.notify_everybody,)),
    Erase: Handler(apply=ignore_time(_apply_erase)),
    Dismiss: Handler(validate=ignore_time(_validate_dismiss), apply=ignore_time(_apply_dismiss)),
}
