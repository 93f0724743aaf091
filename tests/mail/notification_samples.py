"""One typical email of every kind, for tests and for looking at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from mail.common.mail_settings import MailSettings
from mail.outbound.compose import compose
from models.action import (
    Action,
    ActionStatus,
    Dropped,
    Postponement,
    Priority,
    Question,
    Verified,
)
from models.document import Cause
from models.notifications import Notification, NotificationItem, NotificationKind, QuotedLine
from models.review import Meeting, Review, Stage
from tests.sample_people import (
    ADA,
    FAY,
    MONDAY,
    ODILE,
    OLGA,
    OMAR,
    OREN,
    PEOPLE,
    SAM,
    VERA,
    new_review,
)

SITE = MailSettings(
    sender="afterword@example.org",
    domain="reply.example.org",
    url="https://afterword.example.org",
    secret=b"a secret of these tests",
)

LINKS_ON = replace(SITE, decision_links=True)
"""Where emails have links by which to decide, as they have by default."""

NOW = datetime(2026, 4, 8, 9, 0, tzinfo=UTC)

MEETING = Meeting(
    at=datetime(2026, 3, 13, 14, 0, tzinfo=UTC), place="https://meet.example.org/checkout-review"
)
FOLLOW_UP = Meeting(
    at=datetime(2026, 4, 9, 13, 0, tzinfo=UTC), place="Room Lovelace, 2nd floor", minutes=30
)

CAUSES = (
    Cause(
        id="C1",
        symptom="The connection pool ran empty while traffic was normal",
        whys=("A new release opened two connections per request", "The pool has no alert"),
    ),
    Cause(
        id="C2",
        symptom="The on-call person could not roll back for 40 minutes",
        whys=("The roll-back needs an approval", "Nobody who may approve was awake"),
        accepted_risk="Two people will share approvals until the new tool is there in autumn.",
        accepted_by=ADA,
    ),
)

POOL_ALERT = Action(
    id="A1",
    text="Alert when the connection pool of checkout is 80 % full",
    since=MONDAY,
    owner=OLGA,
    owners=(OLGA,),
    verifier=VERA,
    due=date(2026, 4, 10),
    measure="The alert has fired in a drill on staging and reached the on-call person "
    "within two minutes",
    priority=Priority.P2,
    causes=("C1",),
    status=ActionStatus.ACCEPTED,
    assigned_at=MONDAY,
)
ROLL_BACK = Action(
    id="A2",
    text="Let the on-call person roll back checkout without an approval",
    since=MONDAY,
    owner=OMAR,
    owners=(OMAR,),
    verifier=VERA,
    due=date(2026, 4, 3),
    measure="A drill at night rolls back in under five minutes",
    priority=Priority.P1,
    causes=("C2",),
    status=ActionStatus.BLOCKED,
    last_comment="Waiting for the security team to say who may hold the key",
    assigned_at=MONDAY,
)
LOAD_TEST = Action(
    id="A3",
    text="Run the load test with production’s pool size before each release",
    since=MONDAY,
    owner=OREN,
    owners=(OREN,),
    verifier=ODILE,
    due=date(2026, 4, 17),
    measure="Ten releases in a row have a load test result",
    priority=Priority.P3,
    causes=("C1",),
    status=ActionStatus.CLAIMED,
    evidence="The step is in the pipeline since Monday:\n"
    "https://ci.example.org/checkout/runs/4711\nTen runs, all green.",
    claims=1,
    assigned_at=MONDAY,
)
DASHBOARD = Action(
    id="A4",
    text="Show open connections on the checkout dashboard",
    since=MONDAY,
    owner=ODILE,
    owners=(ODILE,),
    verifier=VERA,
    due=date(2026, 3, 27),
    status=ActionStatus.VERIFIED,
    measure="The panel shows yesterday’s peak",
    outcome=Verified(
        evidence="https://grafana.example.org/d/checkout",
        finding="The panel is there and shows the peak of the incident.",
        by=VERA,
        at=NOW,
    ),
)
BREAKER = Action(
    id="A5",
    text="Put a circuit breaker in front of the payment provider",
    since=MONDAY,
    owner=OLGA,
    owners=(OLGA,),
    verifier=VERA,
    due=date(2026, 4, 24),
    status=ActionStatus.DROPPED,
    outcome=Dropped(
        reason="The provider’s client has its own breaker since version 5.",
        by=ADA,
        at=NOW,
        risk="We rely on the provider’s default limits until summer.",
    ),
)


def build_review() -> Review:
    """Build a review in its follow-up, with actions of all sorts."""
    return replace(
        new_review(),
        stage=Stage.FOLLOW_UP,
        causes=CAUSES,
        actions=(POOL_ALERT, ROLL_BACK, LOAD_TEST, DASHBOARD, BREAKER),
        meeting=MEETING,
        follow_up=FOLLOW_UP,
    )


def select_actions(*actions: Action) -> Review:
    """Return the part of the review that a notification about these actions needs."""
    return replace(build_review(), actions=actions)


def list_notifications() -> dict[NotificationKind, tuple[Notification, Review]]:
    """Return a typical notification of every kind, with the part of the review that it needs."""
    return {
        **_list_for_meetings(),
        **_list_for_owners(),
        **_list_for_decisions(),
        **_list_for_all(),
    }


def compose_samples() -> dict[NotificationKind, EmailMessage]:
    """Return a typical notification of every kind as the email that goes out."""
    return {
        kind: compose_for_person(notification, review)
        for kind, (notification, review) in list_notifications().items()
    }


def compose_for_person(
    notification: Notification, review: Review, site: MailSettings = LINKS_ON
) -> EmailMessage:
    """Render a notification to one of the test people as an email."""
    return compose(notification, review, PEOPLE, site, NOW)


def _list_for_meetings() -> dict[NotificationKind, tuple[Notification, Review]]:
    kind = NotificationKind
    draft = replace(select_actions(), stage=Stage.DRAFT)
    return {
        kind.OPENED: (
            Notification(
                kind=kind.OPENED,
                to=ADA,
                items=(
                    NotificationItem(
                        code="no-document",
                        sentence="The draft is due on Wednesday 4 March 2026.",
                    ),
                    NotificationItem(
                        code="no-meeting",
                        sentence="The meeting should be held by Thursday 5 March 2026.",
                    ),
                ),
            ),
            draft,
        ),
        kind.LATE_DRAFT: (
            Notification(
                kind=kind.LATE_DRAFT,
                to=FAY,
                count=2,
                items=(
                    NotificationItem(
                        code="section-missing",
                        item="timeline",
                        sentence="The document has no timeline.",
                        request="add the timeline to the document",
                    ),
                    NotificationItem(
                        code="no-meeting",
                        sentence="The meeting has no time and place.",
                        request="schedule the review meeting",
                    ),
                ),
            ),
            draft,
        ),
        kind.MEETING_INVITATION: (
            Notification(kind=kind.MEETING_INVITATION, to=OLGA),
            select_actions(),
        ),
        kind.AGENDA: (
            Notification(
                kind=kind.AGENDA,
                to=FAY,
                items=(
                    NotificationItem(code="agenda", sentence="What went well\n– What went well?"),
                    NotificationItem(
                        code="agenda", sentence="Causes\n– C1: what made that possible?"
                    ),
                ),
            ),
            build_review(),
        ),
        kind.MEETING_CANCELLED: (
            Notification(
                kind=kind.MEETING_CANCELLED,
                to=OMAR,
                items=(
                    NotificationItem(
                        code="follow-up",
                        sentence="The follow-up meeting on Thursday 9 April 2026, 09:00 "
                        "(America/New_York) is cancelled.",
                    ),
                ),
            ),
            select_actions(),
        ),
        kind.FOLLOW_UP_INVITATION: (
            Notification(kind=kind.FOLLOW_UP_INVITATION, to=OREN),
            build_review(),
        ),
        kind.STATUS_BRIEF: (Notification(kind=kind.STATUS_BRIEF, to=FAY), build_review()),
    }


def _list_for_owners() -> dict[NotificationKind, tuple[Notification, Review]]:
    kind = NotificationKind
    given = replace(POOL_ALERT, status=ActionStatus.ASSIGNED, due=date(2026, 4, 30))
    asked = replace(POOL_ALERT, question=Question(by=SAM, text="Is it still worth it?", at=NOW))
    return {
        kind.ASSIGNED: (
            Notification(
                kind=kind.ASSIGNED,
                to=OLGA,
                items=(
                    NotificationItem(
                        code="not-accepted",
                        item="A1",
                        sentence=f"“{given.text}” (A1) is to be yours.",
                    ),
                ),
            ),
            select_actions(given),
        ),
        kind.REMINDER: (
            Notification(
                kind=kind.REMINDER,
                to=OLGA,
                items=(
                    NotificationItem(
                        code="not-done",
                        item="A1",
                        sentence="A1 is assigned to you.",
                        request="report on A1",
                    ),
                    NotificationItem(
                        code="not-verified",
                        item="A3",
                        sentence=f"{OREN} says that “{LOAD_TEST.text}” (A3) is done.",
                        request="verify A3",
                    ),
                ),
            ),
            select_actions(POOL_ALERT, replace(LOAD_TEST, verifier=OLGA)),
        ),
        kind.OVERDUE: (
            Notification(
                kind=kind.OVERDUE,
                to=OMAR,
                count=3,
                items=(
                    NotificationItem(
                        code="not-done",
                        item="A2",
                        sentence="A2 was due on Friday 3 April 2026 and is blocked.",
                    ),
                ),
            ),
            select_actions(ROLL_BACK),
        ),
        kind.QUESTION: (
            Notification(
                kind=kind.QUESTION,
                to=OLGA,
                items=(NotificationItem(code="question", item="A1", sentence=""),),
            ),
            select_actions(asked),
        ),
        kind.VERDICT: (
            Notification(
                kind=kind.VERDICT,
                to=ODILE,
                items=(
                    NotificationItem(
                        code="verified",
                        item="A4",
                        sentence="vera@example.org has looked at it and found it in place.",
                    ),
                ),
            ),
            select_actions(DASHBOARD),
        ),
    }


def _list_for_decisions() -> dict[NotificationKind, tuple[Notification, Review]]:
    kind = NotificationKind
    wanted = Postponement(until=date(2026, 4, 24), reason="the alert waits for the agent", at=NOW)
    longer = replace(POOL_ALERT, postponement=wanted)
    given_up = replace(
        BREAKER, status=ActionStatus.GIVEN_UP, outcome=None, last_comment="Our gateway cannot do it"
    )
    return {
        kind.ESCALATION: (
            Notification(
                kind=kind.ESCALATION,
                to=ADA,
                items=(
                    NotificationItem(
                        code="not-done",
                        item="A2",
                        request="help with A2",
                        sentence=f"3 emails to {OMAR} went unanswered. "
                        f"“{ROLL_BACK.text}” (A2) is assigned to {OMAR}.",
                    ),
                ),
            ),
            select_actions(ROLL_BACK),
        ),
        kind.TO_VERIFY: (
            Notification(
                kind=kind.TO_VERIFY,
                to=ODILE,
                items=(
                    NotificationItem(
                        code="not-verified",
                        item="A3",
                        sentence=f"{OREN} says that “{LOAD_TEST.text}” (A3) is done.",
                    ),
                ),
            ),
            select_actions(LOAD_TEST),
        ),
        kind.POSTPONEMENT_ASKED: (
            Notification(
                kind=kind.POSTPONEMENT_ASKED,
                to=ADA,
                items=(
                    NotificationItem(
                        code="postponement",
                        item="A1",
                        sentence="",
                    ),
                ),
            ),
            select_actions(longer),
        ),
        kind.POSTPONEMENT_ANSWERED: (
            Notification(
                kind=kind.POSTPONEMENT_ANSWERED,
                to=OLGA,
                items=(
                    NotificationItem(
                        code="grant",
                        item="A1",
                        sentence="Granted: A1 is now due on Friday 24 April 2026.",
                    ),
                ),
            ),
            select_actions(replace(POOL_ALERT, due=date(2026, 4, 24))),
        ),
        kind.GIVEN_UP_ASKED: (
            Notification(
                kind=kind.GIVEN_UP_ASKED,
                to=ADA,
                items=(
                    NotificationItem(
                        code="given-up",
                        item="A5",
                        sentence="",
                    ),
                ),
            ),
            select_actions(given_up),
        ),
        kind.GIVEN_UP_ANSWERED: (
            Notification(
                kind=kind.GIVEN_UP_ANSWERED,
                to=OLGA,
                items=(NotificationItem(code="dropped", item="A5", sentence=""),),
            ),
            select_actions(BREAKER),
        ),
    }


def _list_for_all() -> dict[NotificationKind, tuple[Notification, Review]]:
    kind = NotificationKind
    closed = replace(
        build_review(),
        stage=Stage.CLOSED,
        actions=(DASHBOARD, BREAKER),
        closed_at=NOW + timedelta(days=2),
    )
    return {
        kind.NOTICE: (
            Notification(
                kind=kind.NOTICE,
                to=SAM,
                items=(
                    NotificationItem(
                        code="recurrence",
                        sentence="The incident came back on Tuesday 7 April 2026: checkout "
                        "answered with errors for twelve minutes.",
                    ),
                ),
            ),
            select_actions(),
        ),
        kind.CLOSED: (Notification(kind=kind.CLOSED, to=VERA), closed),
        kind.RECEIPT: (
            Notification(
                kind=kind.RECEIPT,
                to=ADA,
                items=(
                    NotificationItem(
                        code="grant",
                        item="A2",
                        sentence="You granted more time for A2, until 30 April 2026.",
                    ),
                ),
            ),
            select_actions(replace(ROLL_BACK, status=ActionStatus.ACCEPTED, last_comment="")),
        ),
        kind.ANSWER: (
            Notification(
                kind=kind.ANSWER,
                to=OMAR,
                in_reply_to="<CAF+9=abc@mail.gmail.example>",
                items=(NotificationItem(code="answer", item="A2", sentence=""),),
                quoted_lines=(
                    QuotedLine(
                        line="A2 unblocked", answer="Done: A2 is no longer blocked.", done=True
                    ),
                    QuotedLine(
                        line="A4 looks fine to me",
                        answer="This was not understood. A4 is not yours; you can write: "
                        "“A2 done because …”, “A2 blocked because …”.",
                    ),
                ),
            ),
            select_actions(replace(ROLL_BACK, status=ActionStatus.ACCEPTED, last_comment="")),
        ),
    }
