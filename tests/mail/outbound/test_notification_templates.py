from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest

from mail.outbound.compose import compose
from models.action import Action, ActionStatus, Postponement, Question
from models.incident import Recurrence
from models.notifications import Notification, NotificationItem, NotificationKind, QuotedLine
from models.people import Person
from models.review import Stage
from tests.mail.message_parts import (
    build_item,
    build_reminder,
    get_html,
    get_html_text,
    get_text,
    parse_html,
)
from tests.mail.notification_samples import (
    BREAKER,
    DASHBOARD,
    FOLLOW_UP,
    LOAD_TEST,
    NOW,
    POOL_ALERT,
    ROLL_BACK,
    SITE,
    build_review,
    compose_for_person,
    list_notifications,
    select_actions,
)
from tests.sample_people import ADA, COORDINATOR, FAY, OLGA, OMAR, PIA, SAM, VERA


def get_sample(kind: NotificationKind) -> EmailMessage:
    return compose_for_person(*list_notifications()[kind])


def test_a_notification_without_answers_does_not_ask_for_any() -> None:
    assert "To answer" not in get_text(get_sample(NotificationKind.CLOSED))
    assert "button" not in get_html_text(get_sample(NotificationKind.CLOSED))


def test_an_action_is_named_once_in_its_own_words() -> None:
    sentence = f"“{POOL_ALERT.text}” (A1) is assigned to {OMAR}. Ask vera@example.org."

    text = get_text(
        compose_for_person(
            build_reminder(build_item("A1", sentence=sentence)), select_actions(POOL_ALERT)
        )
    )

    assert text.count(POOL_ALERT.text) == 1
    assert "A1 is assigned to Omar Haddad. Ask Vera Novak." in text


def test_what_a_sentence_says_is_not_said_again_below_it() -> None:
    sentence = "A1 was due on Friday 10 April 2026."

    text = get_text(
        compose_for_person(
            build_reminder(build_item("A1", sentence=sentence)), select_actions(POOL_ALERT)
        )
    )

    assert "Due:" not in text
    assert "Done when:" in text


def test_a_cause_and_a_recurrence_are_shown_in_their_own_words() -> None:
    back = Recurrence(id="R1", at=NOW, text="Checkout answered with errors again")
    review = replace(select_actions(), recurrences=(back,))

    text = get_text(
        compose_for_person(build_reminder(build_item("C1"), build_item("R1"), to=ADA), review)
    )

    assert "C1  The connection pool ran empty" in text
    assert "R1  Checkout answered with errors again" in text


def test_a_thing_without_a_name_of_its_own_is_only_its_sentence() -> None:
    missing = NotificationItem(
        code="section-missing", sentence="There is no timeline.", item="timeline"
    )

    text = get_text(compose_for_person(build_reminder(missing, to=FAY), select_actions()))

    assert text.startswith("One thing is waiting for you.")
    assert "–  There is no timeline." in text


def test_many_actions_are_counted_and_few_are_named() -> None:
    four = tuple(build_item(f"A{n}") for n in range(1, 5))

    assert get_text(compose_for_person(build_reminder(*four), build_review())).startswith(
        "Four actions are waiting for you."
    )
    assert get_text(compose_for_person(build_reminder(*four[:3]), build_review())).startswith(
        "A1, A2 and A3 are waiting"
    )
    unnamed = build_reminder(build_item(""), build_item(""))
    assert get_text(compose_for_person(unnamed, select_actions())).startswith(
        "Two things are waiting for you."
    )


def test_who_may_need_more_time_reads_how_to_say_so_for_one_action_or_several() -> None:
    offered = replace(POOL_ALERT, status=ActionStatus.ASSIGNED)
    other = replace(offered, id="A2")

    def compose_assigned(*actions: Action) -> str:
        items = tuple(build_item(action.id) for action in actions)
        notification = Notification(kind=NotificationKind.ASSIGNED, to=OLGA, items=items)
        message = compose_for_person(notification, select_actions(*actions))
        return " ".join(get_text(message).split())

    assert "say so at once: “accept, but need until <date> because …”." in compose_assigned(offered)
    assert "at once: “A1 accept, but need until <date>" in compose_assigned(offered, other)


def test_a_repeated_email_says_which_one_it_is() -> None:
    message = compose_for_person(
        build_reminder(build_item("A1"), count=2), select_actions(POOL_ALERT)
    )

    assert "This is the second email about this." in get_text(message)
    assert "This is the second email about this." in get_html_text(message)
    assert "email about this" not in get_text(get_sample(NotificationKind.ASSIGNED))


@pytest.mark.parametrize(
    ("to", "part"),
    [
        (ADA, "you lead this review."),
        (FAY, "you facilitate this review."),
        (SAM, "you sponsor this review."),
        (COORDINATOR, "you coordinate this review."),
        (PIA, "you take part in this review."),
        (OLGA, "you own A1 and owned A5."),
        (VERA, "you verify A1 and A2 and verified A4."),
        ("ula@example.org", "you are involved in this review."),
    ],
)
def test_the_foot_says_why_one_gets_the_notification(to: str, part: str) -> None:
    message = compose_for_person(Notification(kind=NotificationKind.NOTICE, to=to), build_review())

    assert f"You are receiving this email because {part}" in get_text(message)
    assert f"You are receiving this email because {part}" in get_html_text(message)


@pytest.mark.parametrize(
    ("status", "owner", "verifier"),
    [
        (ActionStatus.PROPOSED, "you are proposed as the owner of A1.", "you are involved in"),
        (ActionStatus.WITHDRAWN, "you are involved in this review.", "you are involved in"),
        (ActionStatus.DECLINED, "you are involved in this review.", "you verify A1."),
        (ActionStatus.ASSIGNED, "you have been asked to own A1.", "you verify A1."),
        (ActionStatus.CLAIMED, "you own A1.", "you verify A1."),
    ],
)
def test_the_foot_names_an_action_only_while_one_has_to_do_with_it(
    status: ActionStatus, owner: str, verifier: str
) -> None:
    review = select_actions(replace(POOL_ALERT, status=status, outcome=None))

    for to, part in ((OLGA, owner), (VERA, verifier)):
        message = compose_for_person(Notification(kind=NotificationKind.NOTICE, to=to), review)
        assert f"You are receiving this email because {part}" in get_text(message)


def test_an_email_names_no_address_that_its_reader_cannot_open() -> None:
    unreachable = replace(SITE, url="http://127.0.0.1:8600", is_reachable=False)

    message = compose_for_person(
        build_reminder(build_item("A1")), select_actions(POOL_ALERT), unreachable
    )

    assert "127.0.0.1" not in get_text(message)
    assert "127.0.0.1" not in get_html(message)


def test_times_are_written_in_the_readers_zone() -> None:
    berlin = Notification(kind=NotificationKind.FOLLOW_UP_INVITATION, to=OLGA)

    assert "Thursday 9 April 2026, 15:00 (Europe/Berlin)" in get_text(
        compose_for_person(berlin, select_actions())
    )
    assert "Thursday 9 April 2026, 09:00 (America/New_York)" in " ".join(
        get_text(compose_for_person(replace(berlin, to=OMAR), select_actions())).split()
    )


@pytest.mark.parametrize(
    ("to", "first"),
    [
        (ADA, "A review has been opened, and you lead it."),
        (FAY, "A review has been opened, and you facilitate it."),
        (SAM, "A review has been opened, and you are its sponsor."),
        (PIA, "A review has been opened, and you are taking part in it."),
    ],
)
def test_an_opened_review_says_first_what_one_is_in_it(to: str, first: str) -> None:
    text = get_text(
        compose_for_person(Notification(kind=NotificationKind.OPENED, to=to), select_actions())
    )

    assert text.startswith(first)
    assert "https://incidents.example.org/Q1ABC" in text


def test_a_missed_project_has_no_severity_and_no_beginning() -> None:
    project = replace(
        select_actions().incident,
        project=True,
        severity=None,
        started_at=None,
        services=(),
        link="",
    )

    text = get_text(
        compose_for_person(
            Notification(kind=NotificationKind.OPENED, to=ADA),
            replace(select_actions(), incident=project),
        )
    )

    assert "Severity" not in text
    assert "Began" not in text
    assert "Services" not in text


def test_a_verdict_says_whether_it_holds() -> None:
    item = build_item("A4", sentence="The panel is empty.")
    notification = Notification(kind=NotificationKind.VERDICT, to=OLGA, items=(item,))
    rejected = replace(DASHBOARD, status=ActionStatus.ACCEPTED, outcome=None)

    assert (
        "A4 is verified" in compose_for_person(notification, select_actions(DASHBOARD))["Subject"]
    )
    assert (
        "A4 is not done yet"
        in compose_for_person(notification, select_actions(rejected))["Subject"]
    )
    assert "Verifier: Vera Novak" in get_text(
        compose_for_person(notification, select_actions(rejected))
    )


def test_several_actions_that_are_verified_are_told_as_verified() -> None:
    items = (build_item("A4", sentence="It holds."), build_item("A1", sentence="It fired."))
    notification = Notification(kind=NotificationKind.VERDICT, to=OLGA, items=items)
    alert = replace(POOL_ALERT, status=ActionStatus.VERIFIED, outcome=DASHBOARD.outcome)

    both = compose_for_person(notification, select_actions(DASHBOARD, alert))
    one = compose_for_person(notification, select_actions(DASHBOARD, POOL_ALERT))

    assert both["Subject"].endswith("A4 and A1 are verified")
    assert get_text(both).startswith("A4 and A1 are verified. Thank you.")
    assert one["Subject"].endswith("a verdict on A4 and A1")


def test_an_answer_has_names_for_addresses_but_for_those_that_are_to_be_typed() -> None:
    answer = (
        "A1: declined; ada@example.org looks for another. Or “A1 reassign to vera@example.org”."
    )
    quoted = (QuotedLine(line="A1 decline", answer=answer, done=True),)
    notification = Notification(kind=NotificationKind.ANSWER, to=OLGA, quoted_lines=quoted)

    message = compose_for_person(notification, select_actions())

    for text in (get_text(message), get_html(message)):
        words = " ".join(text.split())
        assert "A1: declined; Ada Lind looks for another." in words
        assert "“A1 reassign to vera@example.org”" in words


def test_a_postponement_names_who_asks_until_when_and_why() -> None:
    text = " ".join(get_text(get_sample(NotificationKind.POSTPONEMENT_ASKED)).split())

    assert text.startswith("Please grant or refuse more time for A1.")
    assert "Requested until: Friday 24 April 2026, because the alert waits for the agent" in text


def test_a_decision_on_what_was_given_up_says_which_way_it_went() -> None:
    item = build_item("A5", sentence="")
    notification = Notification(kind=NotificationKind.GIVEN_UP_ANSWERED, to=OLGA, items=(item,))
    kept = replace(BREAKER, status=ActionStatus.ACCEPTED, outcome=None)

    assert "A5 was dropped" in compose_for_person(notification, select_actions(BREAKER))["Subject"]
    assert "Accepted risk: We rely on" in get_text(
        compose_for_person(notification, select_actions(BREAKER))
    )
    assert "A5 was not dropped" in compose_for_person(notification, select_actions(kept))["Subject"]


def test_a_question_is_quoted_with_the_name_of_who_asks() -> None:
    text = get_text(get_sample(NotificationKind.QUESTION))

    assert text.startswith("Please answer the question about A1.")
    assert "Question: Sam Okafor: “Is it still worth it?”" in text


def test_a_command_to_run_is_shown_as_code_and_a_lone_backtick_as_itself() -> None:
    item = build_item(
        "A1", sentence="See `afterword show --help <b>`, or https://ci.example.org/1."
    )
    lone = build_item("A1", sentence="It`s late.")

    html = parse_html(compose_for_person(build_reminder(item), select_actions(POOL_ALERT)))
    text = get_html_text(compose_for_person(build_reminder(lone), select_actions(POOL_ALERT)))

    assert [code.text_content() for code in html.iter("code")] == ["afterword show --help <b>"]
    assert "https://ci.example.org/1" in {link.get("href") for link in html.iter("a")}
    assert "It`s late." in text


def test_evidence_keeps_its_lines() -> None:
    text = get_text(get_sample(NotificationKind.TO_VERIFY))

    assert "\n      https://ci.example.org/checkout/runs/4711\n" in text
    assert 'href="https://ci.example.org/checkout/runs/4711"' in get_html(
        get_sample(NotificationKind.TO_VERIFY)
    )


def test_long_words_of_others_are_cut() -> None:
    long = replace(LOAD_TEST, evidence="proof " * 2000)

    message = compose_for_person(
        list_notifications()[NotificationKind.TO_VERIFY][0], select_actions(long)
    )

    assert get_text(message).count("proof") < 250
    assert "proof …" in " ".join(get_text(message).split())


def test_the_brief_shows_every_action_once_and_the_meeting_in_its_head() -> None:
    announced = NotificationItem(
        code="status-brief", sentence="The follow-up meeting is on some day."
    )
    status = NotificationItem(
        code="status",
        item="A2",
        sentence=f"“{ROLL_BACK.text}” (A2) is blocked, due on Friday 3 April 2026.",
    )
    notification = Notification(
        kind=NotificationKind.STATUS_BRIEF, to=FAY, items=(announced, status)
    )

    text = get_text(compose_for_person(notification, build_review()))

    assert "some day" not in text
    assert "Thursday 9\nApril 2026, 15:00 (Europe/Paris)" in text
    assert [len(re.findall(rf"^A{n}  ", text, re.MULTILINE)) for n in range(1, 6)] == [1] * 5
    assert text.count("Friday 3 April 2026") == 1


def test_what_was_withdrawn_or_only_proposed_is_not_counted() -> None:
    review = select_actions(
        replace(POOL_ALERT, status=ActionStatus.WITHDRAWN),
        replace(ROLL_BACK, status=ActionStatus.PROPOSED),
        DASHBOARD,
    )

    text = get_text(compose_for_person(Notification(kind=NotificationKind.CLOSED, to=ADA), review))

    assert "A1" not in text
    assert "A2" not in text
    assert "closed: its action is verified." in text


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ((DASHBOARD,), "its action is verified"),
        ((DASHBOARD, BREAKER), "one action is verified, one was dropped."),
        ((BREAKER,), "its action was dropped."),
        ((BREAKER, replace(BREAKER, id="A6")), "both actions were dropped."),
        ((DASHBOARD, replace(DASHBOARD, id="A6")), "both actions are verified."),
        (
            (DASHBOARD, replace(DASHBOARD, id="A6"), BREAKER),
            "two actions are verified, one was dropped.",
        ),
        (
            tuple(replace(DASHBOARD, id=f"A{n}") for n in (4, 6, 7)),
            "all three actions are verified.",
        ),
        ((), "This review is closed."),
    ],
)
def test_a_closed_review_says_that_everything_has_an_outcome(
    actions: tuple[Action, ...], words: str
) -> None:
    review = replace(build_review(), stage=Stage.CLOSED, actions=actions)

    assert words in get_text(
        compose_for_person(Notification(kind=NotificationKind.CLOSED, to=ADA), review)
    )


def test_a_cancelled_review_is_not_called_closed() -> None:
    review = replace(select_actions(), stage=Stage.CANCELLED)

    message = compose_for_person(Notification(kind=NotificationKind.CLOSED, to=ADA), review)

    assert message["Subject"].endswith(": cancelled")
    assert get_text(message).startswith("This review has been cancelled.")


def test_accepted_risks_are_named_when_a_review_closes() -> None:
    text = " ".join(get_text(get_sample(NotificationKind.CLOSED)).split())

    assert "C2: The on-call person could not roll back for 40 minutes – Two people" in text


@pytest.mark.parametrize(
    ("done", "first"),
    [
        ((), "We found no answer in your email"),
        ((True,), "Thank you. Your answer was recorded."),
        ((True, True), "Thank you. Both lines were recorded."),
        ((True, False), "One of two lines was recorded"),
        ((False,), "Your email did not change anything."),
    ],
)
def test_an_answer_says_first_how_much_was_recorded(done: tuple[bool, ...], first: str) -> None:
    quoted = tuple(QuotedLine(line="A1 accept", answer="", done=each) for each in done)

    text = get_text(
        compose_for_person(
            Notification(kind=NotificationKind.ANSWER, to=OLGA, quoted_lines=quoted),
            select_actions(),
        )
    )

    assert text.startswith(first)


@pytest.mark.parametrize(
    ("subject", "says"),
    [
        ("Re: Reminders about two reviews: DNS was slow; Checkout a…", True),
        ("Re: Checkout answered with errors: please report on A1", False),
        ("Re: Reminders about two reviews: Checkout answered with errors; DNS was slow", True),
        ("", False),
    ],
)
def test_an_answer_says_which_review_it_is_about_where_its_subject_does_not(
    subject: str, says: bool
) -> None:
    quoted = (QuotedLine(line="A1 done", answer="Done: A1 is claimed.", done=True),)
    notification = Notification(
        kind=NotificationKind.ANSWER, to=OLGA, subject=subject, quoted_lines=quoted
    )

    message = compose_for_person(notification, select_actions())

    assert ("About “Checkout answered with errors” (" in get_text(message)) is says
    assert "Checkout answered with errors" in get_html(message)


def test_an_answer_quotes_each_line_with_what_was_made_of_it() -> None:
    text = get_text(get_sample(NotificationKind.ANSWER))

    assert "> A2 unblocked\n  Done: A2 is no longer blocked.\n" in text
    assert "> A4 looks fine to me\n  This was not understood." in text
    assert "Current status:\n\nA2  Let the on-call" in text


def test_a_lost_action_is_mentioned_without_its_details() -> None:
    wanted = Postponement(until=date(2026, 4, 24), reason="x", at=NOW)
    question = Question(by=SAM, text="x", at=NOW)
    several = select_actions(replace(POOL_ALERT, postponement=wanted, question=question), ROLL_BACK)

    for kind in (
        NotificationKind.POSTPONEMENT_ASKED,
        NotificationKind.GIVEN_UP_ASKED,
        NotificationKind.QUESTION,
    ):
        notification = Notification(kind=kind, to=ADA, items=(build_item("A1"), build_item("A2")))
        assert "A1 and A2" in compose_for_person(notification, several)["Subject"]


def test_people_may_be_unknown_to_the_directory() -> None:
    stranger = Person(address="ula@example.org", zone="Nowhere/Land")
    notification = Notification(kind=NotificationKind.FOLLOW_UP_INVITATION, to=stranger.address)

    message = compose(notification, select_actions(), {stranger.address: stranger}, SITE, NOW)

    assert f"{FOLLOW_UP.at:%H:%M} (UTC)" in get_text(message)


@pytest.mark.parametrize(
    ("code", "subject", "first"),
    [
        ("grant", "more time for A1 is granted", "You have more time for A1."),
        ("refuse", "no more time for A1", "There is no more time for A1."),
        (
            "decided",
            "your request for more time for A1",
            "Your request for more time for A1 has been answered.",
        ),
    ],
)
def test_an_answer_about_more_time_says_which_it_is(code: str, subject: str, first: str) -> None:
    items = (NotificationItem(code=code, item="A1", sentence="Ada decided about A1."),)
    notification = Notification(kind=NotificationKind.POSTPONEMENT_ANSWERED, to=OLGA, items=items)

    message = compose_for_person(notification, select_actions(POOL_ALERT))

    assert message["Subject"].endswith(f": {subject}")
    assert get_text(message).startswith(first)


def test_a_recurrence_is_told_once_in_its_own_words() -> None:
    text = "Checkout answered with errors again"
    back = Recurrence(id="R1", at=NOW, text=text)
    review = replace(select_actions(), recurrences=(back,))
    sentence = f"The incident came back (R1: “{text}”), and nothing is decided yet."
    items = (NotificationItem(code="recurrence", item="R1", sentence=sentence),)
    notification = Notification(kind=NotificationKind.REMINDER, to=ADA, items=items)

    flat = get_html_text(compose_for_person(notification, review))

    assert f"R1 {text} The incident came back, and nothing is decided yet." in flat


def test_a_sentence_about_an_action_is_wrapped_below_itself() -> None:
    sentence = "A1 is assigned to you. It was due on Friday 3 April 2026, which is 40 days ago."

    text = get_text(
        compose_for_person(
            build_reminder(build_item("A1", sentence=sentence)), select_actions(POOL_ALERT)
        )
    )

    assert re.search(r"^    A1 is assigned .*\n {4}\S", text, re.MULTILINE)
