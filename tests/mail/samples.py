"""One typical letter of every kind, for tests and for looking at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

from mail.compose import compose
from mail.site import Site
from models.action import Action, Dropped, Postponement, Priority, Question, Standing, Verified
from models.document import Cause
from models.letters import Item, Letter, LetterKind, Quoted
from models.review import Meeting, Review, Stage
from rules.sentences import ANSWERS
from tests.cast import ADA, FAY, MONDAY, ODILE, OLGA, OMAR, OREN, PEOPLE, SAM, VERA, new_review

SITE = Site(
    sender="afterword@example.org",
    domain="reply.example.org",
    url="https://afterword.example.org",
    secret=b"a secret of these tests",
)

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
    standing=Standing.ACCEPTED,
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
    standing=Standing.BLOCKED,
    said="Waiting for the security team to say who may hold the key",
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
    standing=Standing.CLAIMED,
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
    standing=Standing.VERIFIED,
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
    standing=Standing.DROPPED,
    outcome=Dropped(
        reason="The provider’s client has its own breaker since version 5.",
        by=ADA,
        at=NOW,
        risk="We rely on the provider’s default limits until summer.",
    ),
)


def whole_review() -> Review:
    """Give a review in its follow-up, with actions of all sorts."""
    return replace(
        new_review(),
        stage=Stage.FOLLOW_UP,
        causes=CAUSES,
        actions=(POOL_ALERT, ROLL_BACK, LOAD_TEST, DASHBOARD, BREAKER),
        meeting=MEETING,
        follow_up=FOLLOW_UP,
    )


def slice_of(*actions: Action) -> Review:
    """Give the part of the review that a letter about these actions needs."""
    return replace(whole_review(), actions=actions)


def letters() -> dict[LetterKind, tuple[Letter, Review]]:
    """Give a typical letter of every kind, with the part of the review that it needs."""
    return {**_of_meetings(), **_to_owners(), **_of_decisions(), **_to_all()}


def samples() -> dict[LetterKind, EmailMessage]:
    """Give a typical letter of every kind as the mail that goes out."""
    return {kind: composed(letter, review) for kind, (letter, review) in letters().items()}


def composed(letter: Letter, review: Review, site: Site = SITE) -> EmailMessage:
    """Write a letter to one of the cast."""
    return compose(letter, review, PEOPLE, site, NOW)


def _of_meetings() -> dict[LetterKind, tuple[Letter, Review]]:
    kind = LetterKind
    draft = replace(slice_of(), stage=Stage.DRAFT)
    return {
        kind.OPENED: (
            Letter(
                kind=kind.OPENED,
                to=ADA,
                items=(
                    Item(
                        code="no-document",
                        sentence="The draft is due on Wednesday 4 March 2026.",
                    ),
                    Item(
                        code="no-meeting",
                        sentence="The meeting should be held by Thursday 5 March 2026.",
                    ),
                ),
            ),
            draft,
        ),
        kind.LATE_DRAFT: (
            Letter(
                kind=kind.LATE_DRAFT,
                to=FAY,
                count=2,
                items=(
                    Item(code="section-missing", sentence="The document has no timeline."),
                    Item(code="no-meeting", sentence="The meeting has no time and place."),
                ),
            ),
            draft,
        ),
        kind.MEETING_INVITATION: (Letter(kind=kind.MEETING_INVITATION, to=OLGA), slice_of()),
        kind.AGENDA: (
            Letter(
                kind=kind.AGENDA,
                to=FAY,
                items=(
                    Item(code="agenda", sentence="What went well\n– What went well?"),
                    Item(code="agenda", sentence="Causes\n– C1: what made that possible?"),
                ),
            ),
            whole_review(),
        ),
        kind.MEETING_CANCELLED: (
            Letter(
                kind=kind.MEETING_CANCELLED,
                to=OMAR,
                items=(Item(code="follow-up", sentence="The review was cancelled by Ada Lind."),),
            ),
            slice_of(),
        ),
        kind.FOLLOW_UP_INVITATION: (
            Letter(kind=kind.FOLLOW_UP_INVITATION, to=OREN),
            whole_review(),
        ),
        kind.STATUS_BRIEF: (Letter(kind=kind.STATUS_BRIEF, to=FAY), whole_review()),
    }


def _to_owners() -> dict[LetterKind, tuple[Letter, Review]]:
    kind = LetterKind
    given = replace(POOL_ALERT, standing=Standing.ASSIGNED, due=date(2026, 4, 30))
    asked = replace(POOL_ALERT, question=Question(by=SAM, text="Is it still worth it?", at=NOW))
    return {
        kind.ASSIGNED: (
            Letter(
                kind=kind.ASSIGNED,
                to=OLGA,
                items=(
                    Item(
                        code="not-accepted",
                        item="A1",
                        sentence=f"“{given.text}” (A1) is meant for you.",
                        answers=ANSWERS["not-accepted"],
                    ),
                ),
            ),
            slice_of(given),
        ),
        kind.REMINDER: (
            Letter(
                kind=kind.REMINDER,
                to=OLGA,
                items=(
                    Item(
                        code="not-done",
                        item="A1",
                        sentence="A1 is due in two days.",
                        answers=ANSWERS["not-done"],
                    ),
                    Item(
                        code="not-verified",
                        item="A3",
                        sentence="A3 is claimed done and waits for you to verify it.",
                        answers=ANSWERS["not-verified"],
                    ),
                ),
            ),
            slice_of(POOL_ALERT, replace(LOAD_TEST, verifier=OLGA)),
        ),
        kind.OVERDUE: (
            Letter(
                kind=kind.OVERDUE,
                to=OMAR,
                count=3,
                items=(
                    Item(
                        code="not-done",
                        item="A2",
                        sentence="A2 was due on Friday 3 April 2026 and is blocked.",
                        answers=ANSWERS["not-done"],
                    ),
                ),
            ),
            slice_of(ROLL_BACK),
        ),
        kind.QUESTION: (
            Letter(
                kind=kind.QUESTION,
                to=OLGA,
                items=(Item(code="question", item="A1", sentence="", answers=ANSWERS["question"]),),
            ),
            slice_of(asked),
        ),
        kind.VERDICT: (
            Letter(
                kind=kind.VERDICT,
                to=ODILE,
                items=(
                    Item(
                        code="verified",
                        item="A4",
                        sentence="vera@example.org has looked at it and found it in place.",
                    ),
                ),
            ),
            slice_of(DASHBOARD),
        ),
    }


def _of_decisions() -> dict[LetterKind, tuple[Letter, Review]]:
    kind = LetterKind
    wanted = Postponement(until=date(2026, 4, 24), reason="the alert waits for the agent", at=NOW)
    longer = replace(POOL_ALERT, postponement=wanted)
    given_up = replace(
        BREAKER, standing=Standing.GIVEN_UP, outcome=None, said="Our gateway cannot do it"
    )
    return {
        kind.ESCALATION: (
            Letter(
                kind=kind.ESCALATION,
                to=ADA,
                items=(
                    Item(
                        code="not-done",
                        item="A2",
                        sentence=f"3 letters to {OMAR} have brought no answer. "
                        f"“{ROLL_BACK.text}” (A2) is with {OMAR}.",
                    ),
                ),
            ),
            slice_of(ROLL_BACK),
        ),
        kind.TO_VERIFY: (
            Letter(
                kind=kind.TO_VERIFY,
                to=ODILE,
                items=(
                    Item(
                        code="not-verified",
                        item="A3",
                        sentence=f"{OREN} says that “{LOAD_TEST.text}” (A3) is done.",
                        answers=ANSWERS["not-verified"],
                    ),
                ),
            ),
            slice_of(LOAD_TEST),
        ),
        kind.POSTPONEMENT_ASKED: (
            Letter(
                kind=kind.POSTPONEMENT_ASKED,
                to=ADA,
                items=(
                    Item(
                        code="postponement",
                        item="A1",
                        sentence="",
                        answers=ANSWERS["postponement"],
                    ),
                ),
            ),
            slice_of(longer),
        ),
        kind.POSTPONEMENT_ANSWERED: (
            Letter(
                kind=kind.POSTPONEMENT_ANSWERED,
                to=OLGA,
                items=(
                    Item(
                        code="granted",
                        item="A1",
                        sentence="Granted: A1 is now due on Friday 24 April 2026.",
                    ),
                ),
            ),
            slice_of(replace(POOL_ALERT, due=date(2026, 4, 24))),
        ),
        kind.GIVEN_UP_ASKED: (
            Letter(
                kind=kind.GIVEN_UP_ASKED,
                to=ADA,
                items=(
                    Item(
                        code="given-up",
                        item="A5",
                        sentence="",
                        answers=ANSWERS["given-up"],
                    ),
                ),
            ),
            slice_of(given_up),
        ),
        kind.GIVEN_UP_ANSWERED: (
            Letter(
                kind=kind.GIVEN_UP_ANSWERED,
                to=OLGA,
                items=(Item(code="dropped", item="A5", sentence=""),),
            ),
            slice_of(BREAKER),
        ),
    }


def _to_all() -> dict[LetterKind, tuple[Letter, Review]]:
    kind = LetterKind
    closed = replace(
        whole_review(),
        stage=Stage.CLOSED,
        actions=(DASHBOARD, BREAKER),
        closed_at=NOW + timedelta(days=2),
    )
    return {
        kind.NOTICE: (
            Letter(
                kind=kind.NOTICE,
                to=SAM,
                items=(
                    Item(
                        code="recurrence",
                        sentence="The incident came back on Tuesday 7 April 2026: checkout "
                        "answered with errors for twelve minutes.",
                    ),
                ),
            ),
            slice_of(),
        ),
        kind.CLOSED: (Letter(kind=kind.CLOSED, to=VERA), closed),
        kind.ANSWER: (
            Letter(
                kind=kind.ANSWER,
                to=OMAR,
                in_reply_to="<CAF+9=abc@mail.gmail.example>",
                items=(Item(code="answer", item="A2", sentence=""),),
                quoted=(
                    Quoted(line="A2 unblocked", answer="Done: A2 is no longer blocked.", done=True),
                    Quoted(
                        line="A4 looks fine to me",
                        answer="This was not understood. A4 is not yours; you can write: "
                        "“A2 done because …”, “A2 blocked because …”.",
                    ),
                ),
            ),
            slice_of(replace(ROLL_BACK, standing=Standing.ACCEPTED, said="")),
        ),
    }
