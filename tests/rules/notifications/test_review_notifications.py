"""Notifications about events of a review: meetings, endings, appointments."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import commands as o
from models.codes import EventKind
from models.errors import NotFound
from models.incident import Incident
from models.notifications import Notification, NotificationItem, NotificationKind
from models.people import Channel, Person, Role
from models.review import Gate, Review, Rsvp
from rules.commands.transitions import append_clock_event
from rules.notifications.event_notifications import IMMEDIATE_KINDS
from rules.notifications.wording import KIND_TITLES, format_notification
from rules.open_review import open_review
from tests.rules.notifications.simulation import (
    NotificationSimulation,
    group_by_kind,
    list_event_notifications,
    list_notifications_after,
    parse_time,
)
from tests.sample_people import (
    ADA,
    COORDINATOR,
    FAY,
    INCIDENT,
    MONDAY,
    ODILE,
    OLGA,
    OMAR,
    PEOPLE,
    PIA,
    ROLES,
    SAM,
    VERA,
)
from tests.sample_reviews import (
    MEETING_AT,
    SECTIONS,
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_verified,
    propose_action,
)

KIND = NotificationKind


# Beginning and meetings


def test_an_opened_review_is_told_to_lead_facilitator_and_sponsor_with_its_dates() -> None:
    review = open_review(
        INCIDENT,
        ROLES,
        ReviewBuilder().review.policy,
        MONDAY,
        by="tool:pagerduty",
        channel=Channel.TOOL,
    )

    notifications = list_event_notifications(review)

    assert group_by_kind(notifications) == {KIND.OPENED: {ADA, FAY, SAM}}
    opening, dates = notifications[0].items
    assert opening.sentence == "A review of “Checkout answered with errors” is open."
    assert dates.sentence == (
        "The draft is due by "
        "Wednesday 4 March 2026, 11:00 (Europe/Berlin), and the meeting by "
        "Thursday 5 March 2026, 11:00 (Europe/Berlin)."
    )


@pytest.mark.parametrize(
    ("ended", "opened", "draft", "meeting"),
    [
        ("03-02 10:00", "03-16 10:00", "Wednesday 18 March 2026, 11:00", "Thursday 19 March"),
        ("03-02 10:00", "03-05 09:00", "Monday 9 March 2026, 10:00", "Tuesday 10 March"),
        ("03-05 03:00", "03-08 20:00", "Tuesday 10 March 2026, 21:00", "Wednesday 11 March"),
        ("03-05 12:00", "03-08 20:00", "Monday 9 March 2026, 13:00", "Tuesday 10 March"),
    ],
)
def test_a_review_that_is_opened_late_names_no_date_that_is_past_when_it_is_read(
    ended: str, opened: str, draft: str, meeting: str
) -> None:
    incident = replace(INCIDENT, ended_at=parse_time(f"2026-{ended}"), started_at=None)
    now = parse_time(f"2026-{opened}")
    review = open_review(
        incident, ROLES, ReviewBuilder().review.policy, now, by="tool:x", channel=Channel.TOOL
    )

    sentence = list_event_notifications(review)[0].items[1].sentence

    assert f"The draft is due by {draft} (Europe/Berlin), and the meeting by {meeting}" in sentence


@pytest.mark.parametrize(
    ("is_written", "is_scheduled", "dates"),
    [
        (True, True, "The meeting is on Thursday 5 March 2026, 15:00 (Europe/Berlin)."),
        (True, False, "The meeting is due by Thursday 5 March 2026, 11:00 (Europe/Berlin)."),
        (
            False,
            True,
            (
                "The draft is due by Wednesday 4 March 2026, 11:00 (Europe/Berlin), and the "
                "meeting is on Thursday 5 March 2026, 15:00 (Europe/Berlin)."
            ),
        ),
    ],
)
def test_what_is_there_when_the_opening_is_told_has_no_deadline(
    *, is_written: bool, is_scheduled: bool, dates: str
) -> None:
    policy, channel = ReviewBuilder().review.policy, Channel.TOOL
    builder = ReviewBuilder(open_review(INCIDENT, ROLES, policy, MONDAY, by="x", channel=channel))
    if is_written:
        builder.ask(o.Write, FAY, digest="d" * 64, size=2_000, title="Checkout", sections=SECTIONS)
    if is_scheduled:
        builder.ask(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")

    told = list_event_notifications(builder.review)

    (opened,) = [each for each in told if each.kind is KIND.OPENED and each.to == ADA]
    assert opened.items[1].sentence == dates


def test_what_was_guessed_at_the_opening_is_told_to_lead_and_coordinator() -> None:
    roles = replace(ROLES, facilitator=COORDINATOR)
    remark = "Severity 2 is a guess from the urgency “high”: no priority was set."
    review = open_review(
        INCIDENT,
        roles,
        ReviewBuilder().review.policy,
        MONDAY,
        by="tool:pagerduty",
        channel=Channel.TOOL,
        remarks=(remark,),
    )

    notifications = list_event_notifications(review)

    told = {x.to for x in notifications if remark in x.items[1].sentence}
    assert (told, len(notifications)) == ({ADA, COORDINATOR}, 3)


def test_who_opens_a_review_is_not_told_so() -> None:
    review = open_review(
        INCIDENT, ROLES, ReviewBuilder().review.policy, MONDAY, by=ADA, channel=Channel.CLI
    )

    assert group_by_kind(list_event_notifications(review)) == {KIND.OPENED: {FAY, SAM}}


def test_a_meeting_invites_lead_facilitator_and_participants_who_set_it_included() -> None:
    notifications = list_notifications_after(
        ReviewBuilder(), o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4"
    )

    assert group_by_kind(notifications) == {KIND.MEETING_INVITATION: {ADA, FAY, PIA}}
    assert notifications[0].items[0].sentence == (
        "The review meeting is on Thursday 5 March 2026, 15:00 (Europe/Berlin), 60 minutes, Room 4."
    )


def test_a_meeting_moved_twice_before_anybody_heard_invites_once() -> None:
    life = ReviewBuilder()
    life.ask(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4")
    review = life.ask(o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 5")

    notifications = list_event_notifications(review)

    assert [x.to for x in notifications] == [ADA, FAY, PIA]
    assert {x.revision for x in notifications} == {review.revision}


def test_a_follow_up_invites_the_owners_too() -> None:
    notifications = list_notifications_after(
        build_assigned(), o.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=35), place="Call"
    )

    assert group_by_kind(notifications) == {KIND.FOLLOW_UP_INVITATION: {ADA, FAY, PIA, OLGA, OMAR}}


def test_invitations_go_out_at_night() -> None:
    life = ReviewBuilder()
    life.set_time(parse_time("2026-03-02 23:00")).ask(
        o.ScheduleMeeting, FAY, at=MEETING_AT, place="Room 4"
    )

    notifications = NotificationSimulation(life).plan().notifications

    assert group_by_kind(notifications) == {KIND.MEETING_INVITATION: {ADA, FAY, PIA}}


def test_who_comes_by_an_action_later_is_invited_to_the_follow_up() -> None:
    life = build_in_follow_up()
    propose_action(life, "Rehearse the restore", ODILE)

    notifications = list_notifications_after(life, o.Assign, ADA, action="A3")

    assert group_by_kind(notifications) == {KIND.FOLLOW_UP_INVITATION: {ODILE}}


def test_who_was_invited_already_is_not_invited_again() -> None:
    life = build_in_follow_up()

    notifications = list_notifications_after(
        life, o.Reassign, ADA, action="A2", owner=OLGA, reason="Omar moves"
    )

    assert group_by_kind(notifications) == {KIND.NOTICE: {OMAR}, KIND.MEETING_CANCELLED: {OMAR}}


def test_who_keeps_another_action_stays_invited() -> None:
    life = build_assigned()
    propose_action(life, "Rehearse the restore", OMAR)
    life.ask(o.Assign, ADA, action="A3")
    for owner, action in ((OLGA, "A1"), (OMAR, "A2"), (OMAR, "A3")):
        life.ask(o.Accept, owner, action=action)

    notifications = list_notifications_after(
        life, o.Reassign, ADA, action="A2", owner=OLGA, reason="Omar has much to do"
    )

    assert KIND.MEETING_CANCELLED not in group_by_kind(notifications)


@pytest.mark.parametrize(
    ("role", "left", "codes"),
    [(Role.LEAD, ADA, ["left-meeting"]), (Role.FACILITATOR, FAY, ["left-meeting"])],
)
def test_whose_role_somebody_else_takes_is_taken_out_of_the_meeting(
    role: Role, left: str, codes: list[str]
) -> None:
    notifications = list_notifications_after(
        build_drafted(), o.Appoint, SAM, role=role, person=ODILE
    )

    assert group_by_kind(notifications)[KIND.MEETING_INVITATION] == {ODILE}
    cancelled = [x for x in notifications if x.kind is KIND.MEETING_CANCELLED]
    assert [(x.to, x.items[0].code) for x in cancelled] == [(left, *codes)]
    assert "You are no longer invited to the review meeting on" in cancelled[0].items[0].sentence


def test_a_lead_who_still_owns_an_action_stays_invited_to_the_follow_up() -> None:
    life = build_assigned()
    propose_action(life, "Rehearse the restore", ADA)
    life.ask(o.Assign, ADA, action="A3")
    life.ask(o.ScheduleFollowUp, FAY, at=MEETING_AT + timedelta(days=35), place="Call")

    notifications = list_notifications_after(life, o.Appoint, SAM, role=Role.LEAD, person=ODILE)

    assert KIND.MEETING_CANCELLED not in group_by_kind(notifications)


def test_who_left_hears_of_no_more_moves_and_no_longer_comes() -> None:
    life = build_in_follow_up()
    life.ask(o.Attend, OMAR, rsvp=Rsvp.YES, words="With pleasure")
    life.ask(o.Reassign, ADA, action="A2", owner=OLGA, reason="Omar moves")
    assert life.review.follow_up is not None
    later = life.review.follow_up.at + timedelta(hours=1)

    notifications = list_notifications_after(life, o.ScheduleFollowUp, FAY, at=later, place="Call")

    assert group_by_kind(notifications) == {KIND.FOLLOW_UP_INVITATION: {ADA, FAY, PIA, OLGA}}
    assert OMAR not in life.review.follow_up.rsvps


def test_who_leaves_just_before_a_move_is_still_told() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    assert life.review.follow_up is not None
    later = life.review.follow_up.at + timedelta(hours=1)
    life.ask(o.Reassign, ADA, action="A2", owner=OLGA, reason="Omar moves")
    review = life.ask(o.ScheduleFollowUp, FAY, at=later, place="Call")

    notifications = list_event_notifications(review)

    assert group_by_kind(notifications)[KIND.MEETING_CANCELLED] == {OMAR}
    assert OMAR not in group_by_kind(notifications)[KIND.FOLLOW_UP_INVITATION]


def test_who_leaves_and_comes_back_before_anybody_heard_stays_invited() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.ask(o.Reassign, ADA, action="A2", owner=OLGA, reason="Omar moves")
    review = life.ask(o.Reassign, ADA, action="A2", owner=OMAR, reason="Omar stays")

    notifications = list_event_notifications(review)

    assert KIND.MEETING_CANCELLED not in group_by_kind(notifications)


def test_a_participant_who_is_taken_out_is_no_longer_invited() -> None:
    life = build_drafted()

    notifications = list_notifications_after(life, o.Dismiss, FAY, person=PIA)

    assert group_by_kind(notifications) == {KIND.MEETING_CANCELLED: {PIA}}
    assert life.review.roles.participants == ()


def test_who_takes_no_part_cannot_be_taken_out() -> None:
    with pytest.raises(NotFound, match="participant"):
        build_drafted().ask(o.Dismiss, FAY, person=VERA)


def test_a_meeting_that_was_held_is_taken_from_nobody() -> None:
    notifications = list_notifications_after(
        build_assigned(), o.Appoint, SAM, role=Role.FACILITATOR, person=ODILE
    )

    assert KIND.MEETING_CANCELLED not in group_by_kind(notifications)


def test_a_review_sent_back_and_approved_again_invites_its_new_owners() -> None:
    life = build_in_follow_up()
    life.advance(hours=1).ask(o.SendBack, ADA, reason="One cause is missing")
    propose_action(life, "Rehearse the restore", ODILE)

    notifications = list_notifications_after(life, o.Approve, ADA, gate=Gate.ACTIONS)

    assert group_by_kind(notifications) == {KIND.FOLLOW_UP_INVITATION: {ODILE}}


# To everybody


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (o.Recur, {"incident": Incident(source="x", key="2", title="Again", ended_at=MONDAY)}),
        (o.Cancel, {"reason": "A double"}),
        (o.Restrict, {"reason": "Names of customers"}),
    ],
)
def test_what_concerns_all_is_told_to_all_but_who_did_it(
    command: type[o.Command], said: dict[str, Any]
) -> None:
    notifications = list_notifications_after(build_in_follow_up(), command, ADA, **said)

    told = {x.to for x in notifications for item in x.items if item.sentence.startswith(ADA)}
    assert told | {ADA} == {ADA, FAY, SAM, PIA, OLGA, OMAR, VERA}
    assert {KIND.NOTICE} <= group_by_kind(notifications).keys()


def test_who_is_invited_to_a_meeting_ahead_is_told_of_the_end_with_its_cancellation_alone() -> None:
    for life, command, said in (
        (build_in_follow_up(), o.Cancel, {"reason": "A double"}),
        (build_further_follow_up(), o.Approve, {"gate": Gate.CLOSURE}),
    ):
        notifications = list_notifications_after(life, command, ADA, **said)

        invited = [x for x in notifications if x.kind is KIND.MEETING_CANCELLED]
        assert {x.to for x in invited} == {ADA, FAY, PIA, OLGA, OMAR}
        assert all(len(x.items) == 2 for x in invited)
        assert {x.to for x in notifications if x not in invited} == {SAM, VERA}


def build_further_follow_up() -> ReviewBuilder:
    """Build a review that may be closed, with a further follow-up meeting ahead."""
    life = build_verified()
    at = life.advance(hours=1).now + timedelta(days=30)
    life.ask(o.ScheduleFollowUp, FAY, at=at, place="Call")
    return life


def test_who_may_still_read_a_restricted_review_is_told_so() -> None:
    notifications = list_notifications_after(
        build_drafted(), o.Restrict, ADA, people=(ODILE,), reason="Names of customers"
    )

    assert ODILE in group_by_kind(notifications)[KIND.NOTICE]


def test_cancelling_calls_off_the_meeting_that_is_ahead() -> None:
    notifications = list_notifications_after(build_drafted(), o.Cancel, ADA, reason="A double")

    assert group_by_kind(notifications)[KIND.MEETING_CANCELLED] == {ADA, FAY, PIA}


def test_a_meeting_set_and_called_off_before_anybody_heard_invites_nobody() -> None:
    life = build_drafted()
    life.ask(o.Cancel, ADA, reason="A double")

    assert KIND.MEETING_INVITATION not in group_by_kind(list_event_notifications(life.review))


def test_closing_is_told_to_everybody_concerned_but_who_did_it() -> None:
    life = build_verified()

    notifications = list_notifications_after(life, o.Approve, ADA, gate=Gate.CLOSURE)

    assert group_by_kind(notifications) == {KIND.CLOSED: {FAY, SAM, PIA, OLGA, OMAR, VERA}}


def test_closing_calls_off_a_further_follow_up() -> None:
    life = build_verified()
    life.advance(hours=1).ask(
        o.ScheduleFollowUp, FAY, at=life.now + timedelta(days=30), place="Call"
    )

    notifications = list_notifications_after(life, o.Approve, ADA, gate=Gate.CLOSURE)

    assert group_by_kind(notifications)[KIND.MEETING_CANCELLED] == {ADA, FAY, PIA, OLGA, OMAR}


def test_other_approvals_are_notified_by_the_pending_items_that_follow() -> None:
    assert list_notifications_after(build_drafted(), o.Approve, ADA, gate=Gate.DRAFT) == ()


def test_a_review_sent_back_is_told_with_its_reason() -> None:
    notifications = list_notifications_after(
        build_assigned(), o.SendBack, ADA, reason="One cause is missing"
    )

    assert group_by_kind(notifications) == {KIND.NOTICE: {FAY, PIA, OLGA, OMAR}}
    assert "One cause is missing" in notifications[0].items[0].sentence


def test_reopening_is_told_to_everybody() -> None:
    notifications = list_notifications_after(
        build_closed(), o.Reopen, SAM, reason="It came back", actions=("A1",)
    )

    assert group_by_kind(notifications)[KIND.NOTICE] == {ADA, FAY, PIA, OLGA, OMAR, VERA}


@pytest.mark.parametrize(
    ("kind", "items", "title"),
    [
        (KIND.TO_VERIFY, ("A1",), "Verify A1"),
        (KIND.REMINDER, ("A1", "A2", "A1"), "Reminder about A1 and A2"),
        (KIND.NOTICE, (), "News about the review"),
    ],
)
def test_the_log_names_an_email_as_a_person_would(
    kind: NotificationKind, items: tuple[str, ...], title: str
) -> None:
    about = tuple(NotificationItem(code="pending", sentence="…", item=item) for item in items)

    assert format_notification(Notification(kind=kind, to=OLGA, items=about)) == title
    assert KIND_TITLES.keys() == set(NotificationKind)


# Appointments and troubles


def test_who_is_appointed_hears_of_it_and_is_invited() -> None:
    notifications = list_notifications_after(
        build_drafted(), o.Appoint, ADA, role=Role.PARTICIPANT, person=ODILE
    )

    assert group_by_kind(notifications) == {KIND.NOTICE: {ODILE}, KIND.MEETING_INVITATION: {ODILE}}


def test_an_owner_who_is_appointed_has_the_follow_ups_invitation_already() -> None:
    notifications = list_notifications_after(
        build_in_follow_up(), o.Appoint, ADA, role=Role.PARTICIPANT, person=OLGA
    )
    others = list_notifications_after(
        build_in_follow_up(), o.Appoint, ADA, role=Role.PARTICIPANT, person=ODILE
    )

    assert group_by_kind(notifications) == {KIND.NOTICE: {OLGA}}
    assert group_by_kind(others) == {KIND.NOTICE: {ODILE}, KIND.FOLLOW_UP_INVITATION: {ODILE}}


def mark_undeliverable(review: Review, *addresses: str) -> Review:
    for address in addresses:
        text = f"could not email {address} (assigned): no such user"
        review = append_clock_event(
            review, MONDAY, kind=EventKind.REPORT_BOUNCE, text=text, item=address
        )
    return review


def test_a_refused_address_is_told_to_the_lead() -> None:
    (notification,) = list_event_notifications(mark_undeliverable(ReviewBuilder().review, OMAR))

    assert (notification.to, notification.kind) == (ADA, KIND.NOTICE)
    assert notification.items[0].sentence == (
        f"Afterword could not email {OMAR} (assigned): no such user."
    )


def test_refused_addresses_of_leads_go_up_and_end_in_silence_not_in_a_loop() -> None:
    review = ReviewBuilder().review

    assert {x.to for x in list_event_notifications(mark_undeliverable(review, ADA))} == {SAM}
    assert {x.to for x in list_event_notifications(mark_undeliverable(review, ADA, SAM))} == {
        COORDINATOR
    }
    assert list_event_notifications(mark_undeliverable(review, ADA, SAM, COORDINATOR)) == ()


@pytest.mark.parametrize("kind", [EventKind.REFUSED, EventKind.CANCEL_REQUESTED])
def test_what_a_tool_or_temporal_wanted_in_vain_is_told_to_the_lead(kind: EventKind) -> None:
    review = append_clock_event(
        ReviewBuilder().review, MONDAY, kind=kind, text="somebody asked for it"
    )

    (notification,) = list_event_notifications(review)

    assert (notification.to, notification.items[0].sentence) == (ADA, "Somebody asked for it.")


def test_a_notice_for_a_lead_who_has_left_goes_one_up_and_others_lapse() -> None:
    life = build_in_follow_up()
    life.review = replace(life.review, notified_revision=life.review.revision)
    life.set_time(parse_time("2026-03-10 10:00")).ask(
        o.Block, OLGA, action="A1", reason="No licence"
    )
    life.ask(o.ChangeVerifier, ADA, action="A1", verifier=PIA, reason="Vera is busy")
    gone = {a: replace(p, gone=a in (ADA, OLGA)) for a, p in PEOPLE.items()}

    notifications = [
        x for x in NotificationSimulation(life, gone).plan().notifications if not x.covers
    ]

    assert {x.to for x in notifications} == {PIA}
    notices = [x for x in NotificationSimulation(life, gone).plan().notifications if x.to == SAM]
    assert "block" in [item.code for x in notices for item in x.items]


def test_the_working_of_a_tool_is_told_by_its_name() -> None:
    life = build_in_follow_up()
    tuesday = MONDAY + timedelta(days=1)
    again = Incident(source="x", key="2", title="Again", ended_at=tuesday)

    notifications = list_notifications_after(
        life, o.Recur, "tool:pagerduty", incident=again, channel=Channel.TOOL
    )

    assert notifications[0].items[0].sentence == (
        "pagerduty reported that the incident came back on Tuesday 3 March 2026: Again."
    )


@pytest.mark.parametrize(
    ("command_type", "by", "fields", "sentence"),
    [
        (
            o.ChangeVerifier,
            ADA,
            {"action": "A1", "verifier": PIA},
            "ada@example.org made pia@example.org the verifier of A1.",
        ),
        (
            o.Appoint,
            ADA,
            {"role": Role.FACILITATOR, "person": PIA},
            "ada@example.org made you the facilitator.",
        ),
        (
            o.Appoint,
            ADA,
            {"role": Role.PARTICIPANT, "person": OMAR},
            "ada@example.org added you to the participants.",
        ),
        (
            o.Reassign,
            ADA,
            {"action": "A1", "owner": ADA, "reason": "Ada knows the pool"},
            "ada@example.org took A1 over: Ada knows the pool.",
        ),
        (
            o.Block,
            OLGA,
            {"action": "A1", "reason": "No licence yet"},
            "olga@example.org reported that A1 is blocked: No licence yet.",
        ),
    ],
)
def test_a_notice_says_in_one_sentence_who_did_what(
    command_type: type[o.Command], by: str, fields: dict[str, Any], sentence: str
) -> None:
    notices = list_notifications_after(build_in_follow_up(), command_type, by, **fields)

    assert sentence in {item.sentence for notice in notices for item in notice.items}


def test_a_lead_who_is_asked_about_a_recurrence_is_not_told_of_it_twice() -> None:
    life = build_in_follow_up()
    rounds = NotificationSimulation(life)
    rounds.deliver_due()
    again = Incident(source="x", key="2", title="Again", ended_at=life.now)
    life.advance(days=1).ask(o.Recur, "tool:pagerduty", incident=again, channel=Channel.TOOL)

    plan = rounds.plan()
    notifications = (*plan.notifications, *plan.held)

    to_lead = [item.sentence for x in notifications if x.to == ADA for item in x.items]
    assert len([sentence for sentence in to_lead if "came back" in sentence]) == 1
    assert "“Again”" in next(sentence for sentence in to_lead if "came back" in sentence)
    told = {x.to for x in notifications for item in x.items if item.code == EventKind.RECUR}
    assert told == {FAY, SAM, PIA, OLGA, OMAR, VERA}


def test_event_notifications_are_sent_once() -> None:
    life = build_drafted()
    rounds = NotificationSimulation(life)
    rounds.deliver_due()

    assert not [x for x in rounds.plan().notifications if not x.covers]
    assert list_event_notifications(life.review) == ()


def test_people_of_a_review_without_a_directory_still_hear() -> None:
    nobody: dict[str, Person] = {}
    rounds = NotificationSimulation(build_drafted(), nobody)

    rounds.deliver_due()

    assert {x.to for _, x in rounds.sent if x.kind in IMMEDIATE_KINDS} == {ADA, FAY, PIA}


def test_nothing_is_told_of_who_proposes_and_writes() -> None:
    life = build_met()
    life.review = replace(life.review, notified_revision=life.review.revision)

    assert list_notifications_after(life, o.Note, FAY, text="A remark") == ()


def test_a_status_that_is_new_to_nobody_goes_to_the_facilitator_alone() -> None:
    builder = build_in_follow_up()
    for owner, name in ((OLGA, "A1"), (OMAR, "A2")):
        builder.ask(o.Claim, owner, action=name, evidence="https://example.org/change")
        builder.ask(o.Verify, VERA, action=name, finding="I ran it twice; it holds.")
    rounds = NotificationSimulation(builder)

    rounds.run_until(MEETING_AT + timedelta(days=34))

    briefs = [each for _, each in rounds.sent if each.kind is KIND.STATUS_BRIEF]
    assert [each.to for each in briefs] == [FAY]


def test_a_status_with_one_action_open_goes_to_everybody_invited() -> None:
    builder = build_in_follow_up()
    builder.ask(o.Claim, OLGA, action="A1", evidence="https://example.org/change")
    builder.ask(o.Verify, VERA, action="A1", finding="I ran it twice; it holds.")
    rounds = NotificationSimulation(builder)

    rounds.run_until(MEETING_AT + timedelta(days=34, hours=23))

    briefs = {each.to for _, each in rounds.sent if each.kind is KIND.STATUS_BRIEF}
    assert briefs == {ADA, FAY, PIA, OLGA, OMAR}
