"""The context of a reply: who answers, about which review, and what they could say now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from models import commands as o
from models.review import Review
from rules.commands.possible import Respondent
from rules.gates.gates import find_gate
from rules.replies import responses
from rules.replies.offers import find_refusal, list_open_offers, list_reply_forms


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyContext:
    """The context of a reply: who answers, about which review, on which day.

    `item` is the action that the notification was about, `now` when the reply was written,
    `may_decide` whether decisions are accepted by mail and `has_links` whether emails have links by
    which to decide, `doubt` why the decisions of this mail do not count, "" where none do here,
    `on_behalf` why a sponsor decides for the lead; `attached` describes the
    attachments.
    """

    by: str
    review: Review
    item: str
    today: date
    now: datetime
    may_decide: bool
    has_links: bool = False
    doubt: str = ""
    on_behalf: str = ""
    attached: str = ""

    @property
    def respondent(self) -> Respondent:
        """Return what decides which offers there are for whoever answers."""
        return Respondent(
            address=self.by, may_decide_by_mail=self.may_decide, on_behalf=self.on_behalf
        )

    def list_forms(self, *actions: str) -> tuple[str, ...]:
        """List what they may write now: about the first action that they name, or about any."""
        item = next(iter(actions), self.item)
        forms = list_reply_forms(self.review, item, self.respondent, self.now)
        return forms or list_reply_forms(self.review, "", self.respondent, self.now)

    def format_other_ways(self) -> str:
        """Return how to decide what they cannot decide by a reply; "" where there is nothing."""
        offers = list_open_offers(self.review, "", self.respondent, self.now)
        offer = next((offer for offer in offers if not offer.reply), None)
        if offer is None:
            return ""
        return responses.format_other_ways(
            offer.command_type, self.review.id, offer.action, has_links=self.has_links
        )


def format_possibilities(context: ReplyContext, reason: str) -> str:
    """Format what somebody may answer now, after the reason why they are told."""
    return responses.format_help(reason, context.list_forms(), context.format_other_ways())


def answer_decision(command_type: type[o.Command], action: str, context: ReplyContext) -> str:
    """Answer a decision where none is accepted by mail: the ways that are, or why there is none."""
    review, respondent = context.review, context.respondent
    if refusal := find_refusal(review, command_type, action, respondent, context.now):
        return responses.format_refusal(refusal, context.list_forms(action))
    item = str(find_gate(review.stage) or "") if command_type is o.Approve else action
    other_ways = responses.format_other_ways(
        command_type, review.id, item, has_links=context.has_links
    )
    if context.doubt:
        return responses.format_doubt(context.doubt, other_ways)
    return responses.format_switched_off(other_ways)
