"""What emails offer: never what would be refused, and always something where something waits."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import commands as o
from models.codes import BlockerCode
from models.errors import NotFound, Refusal
from models.notifications import Notification, NotificationItem, NotificationKind, PendingItem
from rules.commands import dispatch
from rules.commands.possible import SAMPLE_ADDRESS, Respondent
from rules.delivery.outbox import trim_for_notifications
from rules.formatting import format_date
from rules.notifications.pending import list_pending_items
from rules.replies.interpret import interpret_reply, validate_lines
from rules.replies.offers import (
    ANSWERS,
    Offer,
    list_offers,
    list_snooze_offers,
)
from tests.rules.commands.test_any_command import KINDS, STARTS, draw_command
from tests.rules.replies.reply_reader import build_claimed
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, OMAR, SAM, VERA
from tests.sample_reviews import (
    DUE,
    ReviewBuilder,
    build_assigned,
    build_drafted,
    build_in_follow_up,
    build_verified,
)

WORDS = "it was tried twice in staging and the vendor saw it"
ANSWERED_CODES = {*ANSWERS, "approve-draft", "approve-actions", "approve-closure"}


def list_all_offers(
    builder: ReviewBuilder, item: PendingItem, by: str, *, by_mail: bool = True
) -> tuple[Offer, ...]:
    respondent = Respondent(address=by, may_decide_by_mail=by_mail)
    known = (builder.review, item.code, item.item, respondent, builder.now)
    return (*list_offers(*known), *list_snooze_offers(*known))


def list_kinds(
    builder: ReviewBuilder, code: str, by: str, item: str = "A1", *, by_mail: bool = True
) -> list[str]:
    respondent = Respondent(address=by, may_decide_by_mail=by_mail)
    offers = list_offers(builder.review, code, item, respondent, builder.now)
    return [o.get_kind(offer.command_type) for offer in offers]


def list_replies(
    builder: ReviewBuilder, code: str, by: str, item: str = "A1", *, by_mail: bool = True
) -> list[str]:
    respondent = Respondent(address=by, may_decide_by_mail=by_mail)
    offers = list_offers(builder.review, code, item, respondent, builder.now)
    return [offer.reply for offer in offers]


def complete(builder: ReviewBuilder, offer: Offer) -> str:
    """Return the reply of an offer as somebody writes it, with words for what is left open."""
    action = builder.review.action(offer.action)
    today = builder.now.date()
    due = action.due if action and action.due else today
    until = today + timedelta(days=3)
    if offer.command_type is o.Postpone:
        until = max(today, due) + timedelta(days=9)
    text = offer.reply.replace("…", WORDS).replace("<address>", SAMPLE_ADDRESS)
    return text.replace("<date>", format_date(until).partition(" ")[2])


def answer(builder: ReviewBuilder, text: str, by: str, item: str) -> list[o.ReplyLine]:
    """Return what is made of a reply, as the intake reads it."""
    lines = interpret_reply(
        text,
        reply_id="reply-1",
        by=by,
        review=builder.review,
        item=item,
        date=builder.now,
        zone="UTC",
        may_decide=True,
    )
    return list(validate_lines(builder.review, lines, builder.now))


@st.composite
def draw_review(draw: st.DrawFn) -> ReviewBuilder:
    """Return a review to which any commands were given by anyone, refused or not."""
    builder = draw(st.sampled_from(STARTS))()
    for _ in range(draw(st.integers(0, 25))):
        builder.now += timedelta(hours=draw(st.integers(0, 60)))
        command = draw(draw_command(builder, KINDS))
        try:
            dispatch.validate(builder.review, command, builder.now)
        except (Refusal, NotFound):
            continue
        applied = dispatch.apply(builder.review, command, builder.now)
        builder.review = dispatch.advance_stage(applied, builder.now)
    return builder


@pytest.mark.slow
@given(builder=draw_review())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_an_email_offers_is_accepted_as_a_reply(builder: ReviewBuilder) -> None:
    review = builder.review
    for item in list_pending_items(review, builder.now):
        for by in (*item.who, ADA, SAM, FAY, VERA, COORDINATOR):
            offers = [offer for offer in list_all_offers(builder, item, by) if offer.reply]
            for offer in offers:
                for label in ("", f"{item.item} " if item.item else ""):
                    text = f"{label}{complete(builder, offer)}"
                    (line,) = answer(builder, text, by, item.item)
                    assert isinstance(line.command, offer.command_type), (text, line.answer)


@pytest.mark.slow
@given(builder=draw_review())
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_part_of_a_review_that_an_email_is_composed_from_offers_the_same(
    builder: ReviewBuilder,
) -> None:
    for item in list_pending_items(builder.review, builder.now):
        for by in (*item.who, ADA, SAM, COORDINATOR):
            respondent = Respondent(address=by, may_decide_by_mail=True)
            notification = Notification(
                kind=NotificationKind.REMINDER,
                to=by,
                items=(NotificationItem(code=item.code, item=item.item, sentence="It waits."),),
            )
            part = trim_for_notifications(builder.review, (notification,))
            asked = (item.code, item.item, respondent, builder.now)
            assert list_offers(part, *asked) == list_offers(builder.review, *asked)


@pytest.mark.slow
@given(builder=draw_review())
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_whoever_an_action_or_an_approval_waits_for_is_offered_something(
    builder: ReviewBuilder,
) -> None:
    for item in list_pending_items(builder.review, builder.now):
        action = builder.review.action(item.item)
        judged = {action.owner, *action.owners} if action else set()
        is_owners = item.code in (BlockerCode.NOT_ACCEPTED, BlockerCode.NOT_DONE, "question")
        for by in item.who:
            if item.code in ANSWERED_CODES and (is_owners or by not in judged):
                assert list_all_offers(builder, item, by), (item, by)


def test_an_owner_accepts_or_declines_before_anything_else() -> None:
    assert list_replies(build_assigned(), "not-accepted", OLGA) == ["accept", "decline because …"]


def test_an_action_that_was_accepted_since_is_not_to_be_accepted_once_more() -> None:
    builder = build_in_follow_up()

    assert list_kinds(builder, "not-accepted", OLGA) == ["claim", "block", "postpone", "give-up"]


def test_what_is_blocked_goes_on_and_is_not_blocked_again() -> None:
    builder = build_in_follow_up()
    builder.ask(o.Block, OLGA, action="A1", reason="The vendor is closed.")

    assert list_kinds(builder, "not-done", OLGA) == ["claim", "unblock", "postpone", "give-up"]


def test_a_declined_action_is_given_to_somebody_else_or_dropped() -> None:
    builder = build_assigned()
    builder.ask(o.Decline, OLGA, action="A1", reason="I move to another team.")

    assert list_kinds(builder, "declined", ADA) == ["reassign", "drop"]
    assert list_kinds(builder, "declined", OLGA) == []


def test_a_question_about_an_action_that_waits_to_be_accepted_offers_no_claim() -> None:
    builder = build_assigned()
    builder.ask(o.Ask, SAM, action="A1", question="Can this begin soon?")

    assert list_kinds(builder, "question", OLGA) == ["report", "accept", "decline"]


def test_decisions_are_offered_as_replies_only_where_they_are_taken_by_mail() -> None:
    builder = build_claimed()

    assert list_replies(builder, "not-verified", VERA) == ["verify: …", "reject because …"]
    assert list_replies(builder, "not-verified", VERA, by_mail=False) == ["", ""]
    assert "" not in list_replies(build_in_follow_up(), "not-done", OLGA, by_mail=False)


def test_nobody_is_offered_what_is_for_somebody_else() -> None:
    builder = build_claimed()

    assert list_kinds(builder, "not-verified", OLGA) == []
    assert list_kinds(builder, "not-verified", ADA) == []
    assert list_kinds(builder, "not-done", VERA, "A2") == []


def test_a_leader_can_do_something_about_an_owner_who_does_not_answer() -> None:
    assert list_kinds(build_assigned(), "not-accepted", ADA) == ["reassign", "drop"]
    assert list_kinds(build_in_follow_up(), "status", ADA) == []


@pytest.mark.parametrize(("days", "reply"), [(5, "grant"), (90, "grant because …")])
def test_more_time_than_the_limit_is_granted_with_a_reason(days: int, reply: str) -> None:
    builder = build_in_follow_up()
    until = DUE + timedelta(days=days)
    builder.ask(o.Postpone, OLGA, action="A1", until=until, reason="The vendor is late.")

    assert list_replies(builder, "postponement", ADA) == [reply, "refuse because …"]


def test_a_sponsor_is_offered_the_decisions_of_a_lead_who_is_away() -> None:
    builder = build_in_follow_up()
    builder.ask(o.GiveUp, OMAR, action="A2", reason="The product ends.")
    away = Respondent(address=SAM, on_behalf="the lead is away until Monday 6 April 2026")

    offers = list_offers(builder.review, "given-up", "A2", away, builder.now)

    assert [offer.command_type for offer in offers] == [o.Drop, o.RejectGiveUp]
    assert list_kinds(builder, "given-up", SAM, "A2") == []


@pytest.mark.parametrize(
    ("builder", "code"),
    [(build_drafted(), "approve-draft"), (build_verified(), "approve-closure")],
)
def test_an_approval_is_offered_to_the_lead_at_its_gate_alone(
    builder: ReviewBuilder, code: str
) -> None:
    assert list_kinds(builder, code, ADA, "") == ["approve"]
    assert list_kinds(builder, code, FAY, "") == []
    assert list_kinds(builder, "approve-actions", ADA, "") == []


def test_nothing_is_offered_about_a_review_that_is_over() -> None:
    builder = build_in_follow_up()
    builder.ask(o.Cancel, ADA, reason="It was no incident.")

    assert list_kinds(builder, "not-done", OLGA) == []


def test_what_was_snoozed_is_not_offered_to_be_snoozed_again() -> None:
    builder = build_in_follow_up()
    olga = Respondent(address=OLGA)
    known = ("not-done", "A1", olga, builder.now)
    before = list_snooze_offers(builder.review, *known)

    builder.ask(o.Snooze, OLGA, action="A1", until=(builder.now + timedelta(days=2)).date())

    assert [offer.reply for offer in before] == ["snooze until <date>"]
    assert list_snooze_offers(builder.review, *known) == ()


def test_nothing_is_offered_to_be_snoozed_where_no_reminder_comes() -> None:
    builder = build_claimed()
    known = (builder.review, "not-done", "A1")

    assert list_snooze_offers(*known, Respondent(address=OLGA), builder.now) == ()
    assert list_snooze_offers(*known, Respondent(address=VERA), builder.now) == ()
    assert list_snooze_offers(
        builder.review, "not-verified", "A1", Respondent(address=VERA), builder.now
    )
