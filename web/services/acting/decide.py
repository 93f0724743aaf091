"""Decide by a link from an email: find what it stands for now, and send its command once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

from fastapi.concurrency import run_in_threadpool

from mail.decision_links import (
    LINKED_COMMANDS,
    DecisionLink,
    is_about_item,
    is_genuine_link,
    parse_decision_token,
)
from mail.outbound.recipient import find_time_zone
from models.action import Action
from models.codes import RefusalCode
from models.commands import Command
from models.document import Contribution
from models.errors import InvalidInput, Refusal
from models.people import Channel, Person
from models.review import Event, Review, Stage
from rules.commands.decision_rounds import find_round
from rules.commands.possible import Respondent, build_target, find_obstacle
from rules.formatting import format_time
from rules.gates.gates import find_gate
from rules.permissions import explain_delegation
from rules.replies.offers import format_decision_command
from web.auth import Caller
from web.dependencies import AppContext
from web.schemas.command_form import FormField, list_form_fields, parse_form
from web.services.review_access import check_may_see
from web.services.send_command import CommandResponse, prepare_command, send_command

SEEN_FIELD = "seen"
"""The hidden field of the form: what its reader saw, as a digest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a link stands for now: who decides what in which review.

    `spent_by` is the event by which the link was spent, None while it is not.
    """

    link: DecisionLink
    person: Person
    review: Review
    command_type: type[Command]
    spent_by: Event | None = None

    @property
    def zone(self) -> tzinfo:
        """Return the time zone in which the person reads times."""
        return find_time_zone(self.person)

    @property
    def action(self) -> Action | None:
        """Return the action that is decided about, None where it is something else."""
        return self.review.action(self.link.target)

    @property
    def contribution(self) -> Contribution | None:
        """Return the contribution that is decided about, None where it is something else."""
        found = (each for each in self.review.contributions if each.id == self.link.target)
        return next(found, None)

    @property
    def item(self) -> str:
        """Return the id of what is decided about, “” for the review."""
        return self.link.target if is_about_item(self.command_type) else ""

    @property
    def seen(self) -> str:
        """Return the digest of what is shown, by which a change while somebody reads is noticed."""
        if self.contribution:
            return hashlib.sha256(repr(self.contribution).encode()).hexdigest()[:32]
        actions = (self.action,) if self.action else self.review.actions
        shown = (
            [replace(action, snoozes=(), findings=()) for action in actions],
            self.review.stage_since,
            None if self.action else self.review.document,
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:32]

    @property
    def form_fields(self) -> tuple[FormField, ...]:
        """Return the fields that the person fills in."""
        return list_form_fields(self.command_type)

    @property
    def target_fields(self) -> dict[str, Any]:
        """Return the fields of the command that the link itself fills in."""
        return build_target(self.review, self.command_type, self.link.target)


async def find_decision(context: AppContext, token: str) -> Decision:
    """Find what a link stands for now; nothing is changed by that.

    Raises Refusal where the link does not hold or there is nothing left to decide, NotFound
    and Unavailable.
    """
    link, person = await run_in_threadpool(_find_holder, context, token)
    review = await context.review_client.fetch_review(link.review)
    check_may_see(review, person.address, link.review)
    decision = Decision(
        link=link,
        person=person,
        review=review,
        command_type=LINKED_COMMANDS[link.kind],
        spent_by=_find_spending_event(review, link),
    )
    if decision.spent_by is None:
        await run_in_threadpool(_check_decidable, context, decision)
    return decision


async def decide(
    context: AppContext, decision: Decision, typed: Mapping[str, str]
) -> CommandResponse:
    """Send the command with what was typed into the form, and return what was done.

    Raises Refusal, which leaves the link as it was; NotFound, InvalidInput and Unavailable.
    """
    if typed.get(SEEN_FIELD) != decision.seen:
        raise Refusal(
            RefusalCode.STALE,
            "Something has changed since this page was opened, so nothing was recorded.",
            "Please read it again, and decide then.",
        )
    if decision.contribution and not typed.get("reason", "-").strip():
        raise InvalidInput("Why is it left out? Please say it in a few words.")
    caller = Caller(by=decision.person.address, channel=Channel.LINK, token="")
    review, command = await prepare_command(
        context,
        caller,
        decision.review.id,
        decision.command_type,
        parse_form(decision.command_type, typed, decision.target_fields),
        key=None,
    )
    link = decision.link
    return await send_command(
        context, review, replace(command, id=link.command_id, round_id=link.round_id)
    )


def _find_holder(context: AppContext, token: str) -> tuple[DecisionLink, Person]:
    """Find the link that a token was signed for, and its person. Raises Refusal."""
    link = parse_decision_token(token)
    person = context.archive.people.find_person(link.person) if link else None
    secret = context.settings.secret.get_secret_value().encode()
    if link is None or person is None or not _is_ours(secret, token, link, person):
        raise Refusal(
            RefusalCode.LINK_INVALID,
            "This link is not one of ours, or a part of it is missing.",
            "Open it from the email itself, or reply to the email.",
        )
    command_line = _format_command_line(link)
    if not is_genuine_link(secret, token, link, person.renewed):
        raise Refusal(
            RefusalCode.LINK_REPLACED,
            "This link was replaced, like all others in the emails that you had until then.",
            f"Use the one in a newer email, or the command line: {command_line}.",
        )
    if not context.settings.web.decision_links:
        raise Refusal(
            RefusalCode.LINKS_OFF,
            "Decisions by link are switched off here.",
            f"Decide on the command line: {command_line}.",
        )
    if person.gone:
        raise Refusal(
            RefusalCode.GONE,
            f"{person.name or person.address} has left, and decides nothing more.",
            f"Ask the coordinator, {context.settings.coordinator}.",
        )
    return link, person


def _is_ours(secret: bytes, token: str, link: DecisionLink, person: Person) -> bool:
    """Return whether we signed a token, before or after the person's addresses were replaced."""
    return any(
        is_genuine_link(secret, token, link, renewed) for renewed in range(person.renewed + 1)
    )


def _find_spending_event(review: Review, link: DecisionLink) -> Event | None:
    receipt = review.receipts.get(link.command_id)
    if receipt is None:
        return None
    return next(event for event in review.log if event.revision == receipt.revision)


def _check_decidable(context: AppContext, decision: Decision) -> None:
    """Raise Refusal or NotFound where no words in the form would make this possible now."""
    now, link = context.clock(), decision.link
    if link.expires_at <= now:
        raise Refusal(
            RefusalCode.LINK_EXPIRED,
            f"This link was valid until {format_time(link.expires_at, decision.zone)}.",
            "The newest email about it has a link that is valid; or use the command line: "
            f"{_format_command_line(link)}.",
        )
    if not is_about_item(decision.command_type) and link.target != decision.review.stage:
        raise Refusal(
            RefusalCode.WRONG_STAGE,
            f"This link was for stage {link.target}; the review is now in stage "
            f"{decision.review.stage}.",
            "There is nothing left to decide with it. The page of the review shows what is next.",
        )
    lead = context.archive.people.find_person(decision.review.roles.lead)
    by = decision.person.address
    respondent = Respondent(
        address=by, on_behalf=explain_delegation(decision.review, by, lead, now.date())
    )
    obstacle = find_obstacle(
        decision.review, decision.command_type, decision.link.target, respondent, now
    )
    if obstacle is not None:
        raise obstacle
    _check_round(decision)


def _check_round(decision: Decision) -> None:
    """Raise Refusal for a link that was sent about an earlier claim, request or stage."""
    link, review = decision.link, decision.review
    if link.round_id == find_round(review, decision.command_type, link.target):
        return
    about = link.target if decision.action else "the review"
    raise Refusal(
        RefusalCode.LINK_OUTDATED,
        f"This link was sent before {about} changed, so it decides nothing about it now.",
        "The newest email about it has a link that is valid; or use the command line: "
        f"{_format_command_line(link)}.",
    )


def _format_command_line(link: DecisionLink) -> str:
    command_type = LINKED_COMMANDS[link.kind]
    item = link.target if is_about_item(command_type) else str(find_gate(Stage(link.target)) or "")
    return format_decision_command(command_type, link.review, item)
