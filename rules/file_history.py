"""File finished post-mortems as history, and open follow-up reviews of what they left undone.

History is over when it is filed: no workflow carries it, nobody is reminded, and what it tells of
its actions counts as unverified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from models.action import Action, ActionStatus
from models.codes import BlockerCode, EventKind
from models.document import Cause, Document, Waiver
from models.filing import Filing, ToldStatus
from models.incident import Incident
from models.people import Channel, Roles
from models.policy import Policy
from models.review import Review, Stage
from rules.commands.transitions import append_event, assign_action
from rules.formatting import format_count
from rules.gates.action_blockers import MIN_WHYS, iter_action_blockers
from rules.identifiers import build_review_id

HISTORY_SOURCE = "history"
FOLLOW_UP_SOURCE = "followup"
UNDONE = (ToldStatus.NOT_DONE, ToldStatus.NOT_TOLD)
"""What is told of actions that a follow-up review takes up."""

WAIVER_REASON = "carried over from a finished post-mortem"


def file_history(
    incident: Incident,
    roles: Roles,
    document: Document,
    filing: Filing,
    *,
    causes: Iterable[Cause] = (),
    actions: Iterable[Action] = (),
    channel: Channel,
    chain_key: str = "",
) -> Review:
    """Return the closed record of a finished post-mortem.

    It sorts by the incident's end, so that filing old ones moves none to the top of a list.
    """
    review = Review(
        id=build_review_id(incident),
        incident=incident,
        roles=roles,
        opened_at=incident.ended_at,
        stage_since=filing.at,
        closed_at=filing.at,
        stage=Stage.CLOSED,
        document=document,
        causes=tuple(causes),
        actions=tuple(
            replace(action, status=ActionStatus.UNVERIFIED, outcome=None) for action in actions
        ),
        filing=filing,
        chain_key=chain_key,
    )
    text = f"filed the post-mortem “{incident.title}” as history"
    return append_event(
        review, filing.at, by=filing.by, channel=channel, kind=EventKind.FILE, text=text
    )


def restrict_history(
    history: Review, people: Collection[str], now: datetime, *, by: str, channel: Channel
) -> Review:
    """Return a filed review that only its own people, these, and who restricts it may read.

    History takes no command, so it is restricted as it is filed, or by filing it again. Who could
    read it before still can.
    """
    readers = tuple(dict.fromkeys((*history.restricted_to, *people, by)))
    if readers == history.restricted_to:
        return history
    return append_event(
        replace(history, restricted_to=readers),
        now,
        by=by,
        channel=channel,
        kind=EventKind.RESTRICT,
        text="restricted the review",
    )


def list_undone_actions(history: Review) -> tuple[Action, ...]:
    """List the actions of a filed review that it tells are not done, or of which it tells nothing.

    What it tells is done or dropped, nobody has to take up again.
    """
    return tuple(a for a in history.actions if a.told is not None and a.told.status in UNDONE)


def build_follow_up_incident(history: Review) -> Incident:
    """Return what the follow-up review of a filed one is about: the same incident."""
    incident = history.incident
    return replace(incident, source=FOLLOW_UP_SOURCE, title=f"Follow-up: {incident.title}")


def open_follow_up(
    history: Review,
    policy: Policy,
    now: datetime,
    *,
    by: str,
    channel: Channel,
    chain_key: str = "",
) -> Review:
    """Return a review in follow-up that takes up the undone actions of a filed one.

    Each has an owner (the lead, where none is known), somebody else as the verifier, and a due
    date by its priority. One that passes the checks of an assignment is assigned; any other is
    proposed, for the lead to complete.
    """
    incident = build_follow_up_incident(history)
    actions = tuple(
        _take_up(action, history, policy, now) for action in list_undone_actions(history)
    )
    causes = _list_addressed_causes(history, actions)
    review = Review(
        id=build_review_id(incident),
        incident=incident,
        roles=history.roles,
        policy=policy,
        opened_at=now,
        stage_since=now,
        stage=Stage.FOLLOW_UP,
        document=history.document,
        causes=causes,
        actions=actions,
        waivers=_list_waivers(causes, by, now),
        restricted_to=history.restricted_to,
        plan_changed_at=now,
        chain_key=chain_key,
    )
    count = format_count(len(actions), "undone action")
    text = f"took up {count} of the finished post-mortem “{history.incident.title}” ({history.id})"
    review = append_event(
        review, now, by=by, channel=channel, kind=EventKind.FOLLOW_UP_OPENED, text=text
    )
    for action in actions:
        if not list(iter_action_blockers(review, action, now)):
            review = assign_action(review, action.id, now)
    return review


def link_follow_up(history: Review, follow_up: str, now: datetime, *, by: str) -> Review:
    """Return a filed review that names the review which carries its undone actions."""
    if history.filing is None or history.filing.follow_up == follow_up:
        return history
    updated = replace(history, filing=replace(history.filing, follow_up=follow_up))
    return append_event(
        updated,
        now,
        by=by,
        channel=history.log[0].channel,
        kind=EventKind.FOLLOW_UP_OPENED,
        text=f"opened {follow_up} for its undone actions",
    )


def _take_up(action: Action, history: Review, policy: Policy, now: datetime) -> Action:
    owner = action.owner or history.roles.lead
    only_cause = tuple(cause.id for cause in history.causes) if len(history.causes) == 1 else ()
    return replace(
        action,
        status=ActionStatus.PROPOSED,
        since=now,
        owner=owner,
        verifier=_choose_verifier(action, owner, history.roles),
        due=now.date() + timedelta(days=policy.due_days[action.priority]),
        causes=action.causes or only_cause,
        told=None,
    )


def _choose_verifier(action: Action, owner: str, roles: Roles) -> str:
    """Choose somebody other than the owner: who is named, or else who has a role."""
    candidates = (
        action.verifier,
        roles.facilitator,
        roles.lead,
        roles.sponsor,
        *roles.participants,
        roles.coordinator,
    )
    return next((who for who in candidates if who and who != owner), "")


def _list_addressed_causes(history: Review, actions: tuple[Action, ...]) -> tuple[Cause, ...]:
    addressed = {cause for action in actions for cause in action.causes}
    return tuple(cause for cause in history.causes if cause.id in addressed)


def _list_waivers(causes: tuple[Cause, ...], by: str, now: datetime) -> tuple[Waiver, ...]:
    """List waivers of what the analysis of then lacks; it is over, and only actions are left."""
    return tuple(
        Waiver(item=cause.id, code=code, reason=WAIVER_REASON, by=by, at=now)
        for cause in causes
        for code in (
            *(finding.code for finding in cause.findings),
            *((BlockerCode.TOO_SHORT,) if len(cause.whys) < MIN_WHYS else ()),
        )
    )
