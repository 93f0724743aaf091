"""Who may give which order at all, before any question of when."""

from __future__ import annotations

from collections.abc import Iterable

from models.action import Action
from models.errors import Refusal
from models.orders import AcceptRisk, Drop, Grant, Keep, Order, Refuse, Revise, Waive
from models.people import Role, Way
from models.review import Review

JUDGING = (Drop, Keep, Grant, Refuse, AcceptRisk)
CLOCK = "clock"
ANONYMOUS = "anonymous"
"""Who gives what must be known to be nobody's."""

TOOL_PREFIX = "tool:"


def roles_of(review: Review, address: str, item: str = "") -> frozenset[Role]:
    """Name the parts somebody plays; as owner and verifier of `item`, or of any action."""
    if address == CLOCK:
        return frozenset({Role.CLOCK})
    if address.startswith(TOOL_PREFIX):
        return frozenset({Role.TOOL})
    roles = review.roles
    actions = [a for a in review.actions if item in ("", a.id)]
    parts = {
        Role.ANYBODY: True,
        Role.LEAD: address == roles.lead,
        Role.FACILITATOR: address == roles.facilitator,
        Role.SPONSOR: address == roles.sponsor,
        Role.DESK: address == roles.desk,
        Role.PARTICIPANT: address in roles.participants,
        Role.OWNER: any(a.owner == address for a in actions),
        Role.VERIFIER: any(a.verifier == address for a in actions),
    }
    return frozenset(role for role, holds in parts.items() if holds)


def holders(review: Review, role: Role, item: str = "") -> tuple[str, ...]:
    """Name who plays a part, by address; owners and verifiers of `item` only."""
    roles = review.roles
    action = next((a for a in review.actions if a.id == item), None)
    by_role = {
        Role.LEAD: (roles.lead,),
        Role.FACILITATOR: (roles.facilitator,),
        Role.SPONSOR: (roles.sponsor,),
        Role.DESK: (roles.desk,),
        Role.PARTICIPANT: roles.participants,
        Role.OWNER: (action.owner,) if action else (),
        Role.VERIFIER: (action.verifier,) if action else (),
    }
    return tuple(address for address in by_role.get(role, ()) if address)


def decider(review: Review, judged: Iterable[str]) -> str:
    """Name who decides about the work of `judged`: the lead, or who stands above.

    Where all of them are judged it is the desk's to appoint somebody who is not.
    """
    roles = review.roles
    judged = set(judged)
    ladder = (roles.lead, roles.sponsor, roles.desk)
    return next((who for who in ladder if who not in judged), roles.desk)


def judged_by(review: Review, order: Order) -> frozenset[str]:
    """Name those whose work an order judges: owners of its action, or of its cause's actions."""
    return frozenset(who for action in _concerned(review, order) for who in _hands(action))


def check(review: Review, order: Order) -> None:
    """Raise Refusal `not-yours` unless this person may give this order."""
    item = str(getattr(order, "action", "") or getattr(order, "item", ""))
    roles = roles_of(review, order.by, item)
    if Role.CLOCK in roles and order.way is not Way.CLOCK:
        raise _refused(review, order, item)
    if isinstance(order, JUDGING) or _moves_a_date(review, order):
        _check_judging(review, order, roles)
        return
    if isinstance(order, Revise) and _is_assigned(review, order.action):
        _check_any(review, order, roles, (Role.LEAD,), item)
        return
    if isinstance(order, Waive) and any(a.id == item for a in review.actions):
        _check_any(review, order, roles, (Role.LEAD,), item)
        return
    _check_any(review, order, roles, order.who, item)


def _check_any(
    review: Review, order: Order, roles: frozenset[Role], who: tuple[Role, ...], item: str
) -> None:
    stands_in = Role.SPONSOR in roles and order.standing_in and Role.LEAD in who
    if not stands_in and not roles & set(who):
        raise _refused(review, order, item, who)


def _check_judging(review: Review, order: Order, roles: frozenset[Role]) -> None:
    judged = judged_by(review, order)
    stands_in = Role.SPONSOR in roles and order.standing_in
    if order.by in judged or (not stands_in and order.by != decider(review, judged)):
        raise Refusal(
            "not-yours",
            f"{order.by} may not decide this: nobody judges their own work, "
            "and otherwise it is for the lead."
            if order.by in judged
            else f"{order.by} may not decide this.",
            f"Ask {decider(review, judged)}."
            if decider(review, judged) not in judged
            else "Appoint a sponsor who never owned it: afterword review appoint.",
        )


def _moves_a_date(review: Review, order: Order) -> bool:
    """Tell whether an order changes how long somebody has for an action that is theirs."""
    if isinstance(order, Waive):
        return _is_assigned(review, order.item)
    dated = isinstance(order, Revise) and (order.due or order.priority)
    return bool(dated) and _is_assigned(review, getattr(order, "action", ""))


def _concerned(review: Review, order: Order) -> list[Action]:
    if isinstance(order, AcceptRisk):
        return [a for a in review.actions if order.item in (a.id, *a.causes)]
    wanted = getattr(order, "action", "") or getattr(order, "item", "")
    return [a for a in review.actions if a.id == wanted]


def _hands(action: Action) -> tuple[str, ...]:
    return tuple(who for who in {*action.owners, action.owner} if who)


def _is_assigned(review: Review, item: str) -> bool:
    return any(a.id == item and a.assigned_at is not None for a in review.actions)


def _refused(
    review: Review, order: Order, item: str, who: tuple[Role, ...] | None = None
) -> Refusal:
    may = [role for role in (who or order.who) if holders(review, role, item)]
    named = sorted({address for role in may for address in holders(review, role, item)})
    parts = " or ".join(f"the {role}" for role in may)
    reason = f"{order.by} may not do this: it is for {parts}." if parts else "Nobody may do this."
    return Refusal("not-yours", reason, f"Ask {' or '.join(named)}." if named else "")
