"""Permissions: who may give which command at all, before any question of when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from models.action import Action
from models.codes import RefusalCode
from models.commands import AcceptRisk, Appoint, Command, Revise, Waive
from models.errors import Refusal
from models.people import Channel, Person, Role
from models.review import Review
from rules.command_lines import format_command_line
from rules.formatting import format_date, join_words

CLOCK = "clock"
ANONYMOUS = "anonymous"
"""Sender of commands that must not be attributed to anybody."""

TOOL_PREFIX = "tool:"


def list_roles(review: Review, address: str, item: str = "") -> frozenset[Role]:
    """List the roles somebody has; as owner and verifier of `item`, or of any action."""
    if address == CLOCK:
        return frozenset({Role.CLOCK})
    if address.startswith(TOOL_PREFIX):
        return frozenset({Role.TOOL})
    roles = review.roles
    actions = [a for a in review.actions if item in ("", a.id)]
    holds_role = {
        Role.ANYBODY: True,
        Role.LEAD: address == roles.lead,
        Role.FACILITATOR: address == roles.facilitator,
        Role.SPONSOR: address == roles.sponsor,
        Role.COORDINATOR: address == roles.coordinator,
        Role.PARTICIPANT: address in roles.participants,
        Role.OWNER: any(a.owner == address for a in actions),
        Role.VERIFIER: any(a.verifier == address for a in actions),
    }
    return frozenset(role for role, holds in holds_role.items() if holds)


def list_holders(review: Review, role: Role, item: str = "") -> tuple[str, ...]:
    """List who has a role, by address; owners and verifiers of `item` only."""
    roles = review.roles
    action = review.action(item)
    by_role = {
        Role.LEAD: (roles.lead,),
        Role.FACILITATOR: (roles.facilitator,),
        Role.SPONSOR: (roles.sponsor,),
        Role.COORDINATOR: (roles.coordinator,),
        Role.PARTICIPANT: roles.participants,
        Role.OWNER: (action.owner,) if action else (),
        Role.VERIFIER: (action.verifier,) if action else (),
    }
    return tuple(address for address in by_role.get(role, ()) if address)


def find_decider(review: Review, judged: Iterable[str]) -> str:
    """Return who decides about the work of `judged`: the lead, or else the sponsor.

    Where both are judged themselves, it is the coordinator, who can appoint somebody else.
    """
    roles = review.roles
    judged = set(judged)
    candidates = (roles.lead, roles.sponsor, roles.coordinator)
    return next((who for who in candidates if who not in judged), roles.coordinator)


def list_judged_people(review: Review, command: Command) -> frozenset[str]:
    """Return whose work a command judges: owners of its action, or of its cause's actions."""
    return frozenset(
        who for action in _list_judged_actions(review, command) for who in _list_owners(action)
    )


def check_permission(review: Review, command: Command) -> None:
    """Raise Refusal `not-yours` unless this person may give this command."""
    item = command.target
    roles = list_roles(review, command.by, item)
    if Role.CLOCK in roles and command.channel is not Channel.CLOCK:
        raise _build_refusal(review, command, item)
    if command.judges_work or _changes_due_date(review, command):
        _check_decider(review, command, roles)
        return
    if isinstance(command, Revise) and _is_assigned(review, command.action):
        _check_roles(review, command, roles, (Role.LEAD,), item)
        return
    if isinstance(command, Waive) and review.action(item):
        _check_roles(review, command, roles, (Role.LEAD,), item)
        return
    _check_roles(review, command, roles, command.who, item)


def explain_delegation(review: Review, by: str, lead: Person | None, today: date) -> str:
    """Return why the sponsor decides on behalf of the lead, or "" where they do not."""
    if by != review.roles.sponsor or lead is None:
        return ""
    if lead.gone:
        return "the lead has left"
    if lead.away_until is not None and lead.away_until > today:
        return f"the lead is away until {format_date(lead.away_until)}"
    return ""


def _check_roles(
    review: Review, command: Command, roles: frozenset[Role], who: tuple[Role, ...], item: str
) -> None:
    decides_on_behalf = Role.SPONSOR in roles and command.on_behalf and Role.LEAD in who
    if not decides_on_behalf and not roles & set(who):
        raise _build_refusal(review, command, item, who)


def _check_decider(review: Review, command: Command, roles: frozenset[Role]) -> None:
    judged = list_judged_people(review, command)
    decides_on_behalf = Role.SPONSOR in roles and command.on_behalf
    if command.by in judged or (
        not decides_on_behalf and command.by != find_decider(review, judged)
    ):
        raise Refusal(
            RefusalCode.NOT_YOURS,
            f"{command.by} may not decide this: nobody decides about their own work, "
            "and otherwise it is for the lead."
            if command.by in judged
            else f"{command.by} may not decide this.",
            f"Ask {find_decider(review, judged)}."
            if find_decider(review, judged) not in judged
            else "Appoint a sponsor who never owned it: "
            f"{format_command_line(review, Appoint, role=Role.SPONSOR)}.",
        )


def _changes_due_date(review: Review, command: Command) -> bool:
    """Return whether a command changes the time somebody has for an assigned action."""
    if isinstance(command, Waive):
        return _is_assigned(review, command.item)
    is_date_revision = isinstance(command, Revise) and (command.due or command.priority)
    return bool(is_date_revision) and _is_assigned(review, command.target)


def _list_judged_actions(review: Review, command: Command) -> list[Action]:
    if isinstance(command, AcceptRisk):
        return [a for a in review.actions if command.item in (a.id, *a.causes)]
    return [a for a in review.actions if a.id == command.target]


def _list_owners(action: Action) -> tuple[str, ...]:
    return tuple(who for who in {*action.owners, action.owner} if who)


def _is_assigned(review: Review, item: str) -> bool:
    action = review.action(item)
    return action is not None and action.assigned_at is not None


def _build_refusal(
    review: Review, command: Command, item: str, who: tuple[Role, ...] | None = None
) -> Refusal:
    allowed_roles = [role for role in (who or command.who) if list_holders(review, role, item)]
    addresses = sorted(
        {address for role in allowed_roles for address in list_holders(review, role, item)}
    )
    role_names = join_words([f"the {role}" for role in allowed_roles], "or")
    reason = (
        f"{command.by} may not do this: it is for {role_names}."
        if role_names
        else "Nobody may do this."
    )
    return Refusal(
        RefusalCode.NOT_YOURS,
        reason,
        f"Ask {join_words(addresses or [review.roles.coordinator], 'or')}.",
    )
