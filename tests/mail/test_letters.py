from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest

from mail.compose import compose
from models.action import Action, Postponement, Question, Standing
from models.incident import Recurrence
from models.letters import Item, Letter, LetterKind, Quoted
from models.people import Person
from models.review import Stage
from tests.cast import ADA, DESK, FAY, OLGA, OMAR, PIA, SAM, VERA
from tests.mail.parts import about, html, reminder, text, tree, words_of_html
from tests.mail.samples import (
    BREAKER,
    DASHBOARD,
    FOLLOW_UP,
    LOAD_TEST,
    NOW,
    POOL_ALERT,
    ROLL_BACK,
    SITE,
    composed,
    letters,
    slice_of,
    whole_review,
)


def sample(kind: LetterKind) -> EmailMessage:
    return composed(*letters()[kind])


def test_a_letter_about_one_action_offers_its_words_bare() -> None:
    message = composed(reminder(about("A1", "done …", "unblocked")), slice_of(POOL_ALERT))

    assert "with one of these:\n    done …  ·  unblocked\n" in text(message)


def test_a_letter_about_several_actions_names_each_in_its_words() -> None:
    message = composed(
        reminder(about("A1", "done …"), about("A2", "A2 unblocked")), slice_of(POOL_ALERT)
    )

    assert "    Reply: A1 done …\n" in text(message)
    assert "    Reply: A2 unblocked\n" in text(message)
    assert "each on a line of" in text(message)


def test_a_letter_without_answers_does_not_ask_for_any() -> None:
    assert "To answer" not in text(sample(LetterKind.CLOSED))
    assert "button" not in words_of_html(sample(LetterKind.CLOSED))


def test_each_button_begins_a_reply_with_its_words() -> None:
    message = composed(
        reminder(about("A1", "accept", "until <date> because …")), slice_of(POOL_ALERT)
    )
    replied = message["Reply-To"].addresses[0].addr_spec.replace("+", "%2B")

    links = tree(message).xpath("//a[contains(@class, 'button')]/@href")

    assert links == [
        f"mailto:{replied}?subject=Re%3A%20Checkout%20answered%20with%20errors%3A%20A1%20waits"
        f"%20for%20you&body={body}"
        for body in ("accept", "until%20%3Cdate%3E%20because%20")
    ]


def test_an_action_is_named_once_in_its_own_words() -> None:
    sentence = f"“{POOL_ALERT.text}” (A1) is with {OMAR}. Ask vera@example.org."

    told = text(composed(reminder(about("A1", sentence=sentence)), slice_of(POOL_ALERT)))

    assert told.count(POOL_ALERT.text) == 1
    assert "A1 is with Omar Haddad. Ask Vera Novak." in told


def test_what_a_sentence_says_is_not_said_again_below_it() -> None:
    sentence = "A1 was due on Friday 10 April 2026."

    told = text(composed(reminder(about("A1", sentence=sentence)), slice_of(POOL_ALERT)))

    assert "Due:" not in told
    assert "Done when:" in told


def test_a_cause_and_a_recurrence_are_shown_in_their_own_words() -> None:
    back = Recurrence(id="R1", at=NOW, text="Checkout answered with errors again")
    review = replace(slice_of(), recurrences=(back,))

    told = text(composed(reminder(about("C1"), about("R1"), to=ADA), review))

    assert "C1  The connection pool ran empty" in told
    assert "R1  Checkout answered with errors again" in told


def test_a_thing_without_a_name_of_its_own_is_only_its_sentence() -> None:
    missing = Item(code="section-missing", sentence="There is no timeline.", item="timeline")

    told = text(composed(reminder(missing, to=FAY), slice_of()))

    assert told.startswith("One thing waits for you.")
    assert "–  There is no timeline." in told


def test_many_actions_are_counted_and_few_are_named() -> None:
    four = tuple(about(f"A{n}") for n in range(1, 5))

    assert text(composed(reminder(*four), whole_review())).startswith("Four actions wait for you.")
    assert text(composed(reminder(*four[:3]), whole_review())).startswith("A1, A2 and A3 wait")
    unnamed = reminder(about(""), about(""))
    assert text(composed(unnamed, slice_of())).startswith("Two things wait for you.")


def test_later_letters_say_the_how_maniest_they_are() -> None:
    told = composed(reminder(about("A1"), count=2), slice_of(POOL_ALERT))

    assert "This is the second letter about it." in text(told)
    assert "This is the second letter about it." in words_of_html(told)
    assert "letter about it" not in text(sample(LetterKind.ASSIGNED))


@pytest.mark.parametrize(
    ("to", "part"),
    [
        (ADA, "you lead this review."),
        (FAY, "you facilitate this review."),
        (SAM, "you sponsor this review."),
        (DESK, "you are the desk for this review."),
        (PIA, "you take part in this review."),
        (OLGA, "you own A1 and A5."),
        (VERA, "you verify A1, A2, A4 and A5."),
        ("ula@example.org", "you have a part in this review."),
    ],
)
def test_the_foot_says_why_one_gets_the_letter(to: str, part: str) -> None:
    message = composed(Letter(kind=LetterKind.NOTICE, to=to), whole_review())

    assert f"You get this letter because {part}" in text(message)
    assert f"You get this letter because {part}" in words_of_html(message)


def test_times_are_written_in_the_readers_zone() -> None:
    berlin = Letter(kind=LetterKind.FOLLOW_UP_INVITATION, to=OLGA)

    assert "Thursday 9 April 2026, 15:00 (Europe/Berlin)" in text(composed(berlin, slice_of()))
    assert "Thursday 9 April 2026, 09:00 (America/New_York)" in " ".join(
        text(composed(replace(berlin, to=OMAR), slice_of())).split()
    )


@pytest.mark.parametrize(
    ("to", "first"),
    [
        (ADA, "A review has been opened, and you lead it."),
        (FAY, "A review has been opened, and you facilitate it."),
        (SAM, "A review has been opened, and you are its sponsor."),
        (PIA, "A review has been opened, and you have a part in it."),
    ],
)
def test_an_opened_review_says_first_what_one_is_in_it(to: str, first: str) -> None:
    told = text(composed(Letter(kind=LetterKind.OPENED, to=to), slice_of()))

    assert told.startswith(first)
    assert "https://incidents.example.org/Q1ABC" in told


def test_a_missed_project_has_no_severity_and_no_beginning() -> None:
    project = replace(
        slice_of().incident, project=True, severity=None, started_at=None, services=(), link=""
    )

    told = text(
        composed(Letter(kind=LetterKind.OPENED, to=ADA), replace(slice_of(), incident=project))
    )

    assert "Severity" not in told
    assert "Began" not in told
    assert "Services" not in told


def test_a_verdict_says_whether_it_holds() -> None:
    item = about("A4", sentence="The panel is empty.")
    letter = Letter(kind=LetterKind.VERDICT, to=OLGA, items=(item,))
    rejected = replace(DASHBOARD, standing=Standing.ACCEPTED, outcome=None)

    assert "A4 is verified" in composed(letter, slice_of(DASHBOARD))["Subject"]
    assert "A4 is not there yet" in composed(letter, slice_of(rejected))["Subject"]
    assert "Verifier: Vera Novak" in text(composed(letter, slice_of(rejected)))


def test_a_postponement_names_who_asks_until_when_and_why() -> None:
    told = " ".join(text(sample(LetterKind.POSTPONEMENT_ASKED)).split())

    assert told.startswith("Olga Petrova asks for more time for A1, until Friday 24 April 2026.")
    assert "Wants until: Friday 24 April 2026, because the alert waits for the agent" in told


def test_a_decision_on_what_was_given_up_says_which_way_it_went() -> None:
    item = about("A5", sentence="")
    letter = Letter(kind=LetterKind.GIVEN_UP_ANSWERED, to=OLGA, items=(item,))
    kept = replace(BREAKER, standing=Standing.ACCEPTED, outcome=None)

    assert "A5 is dropped" in composed(letter, slice_of(BREAKER))["Subject"]
    assert "Accepted risk: We rely on" in text(composed(letter, slice_of(BREAKER)))
    assert "A5 goes on" in composed(letter, slice_of(kept))["Subject"]


def test_a_question_is_quoted_with_the_name_of_who_asks() -> None:
    told = text(sample(LetterKind.QUESTION))

    assert told.startswith("Sam Okafor asks how A1 stands.")
    assert "Question: Sam Okafor: “Is it still worth it?”" in told


def test_evidence_keeps_its_lines() -> None:
    told = text(sample(LetterKind.TO_VERIFY))

    assert "\n      https://ci.example.org/checkout/runs/4711\n" in told
    assert 'href="https://ci.example.org/checkout/runs/4711"' in html(sample(LetterKind.TO_VERIFY))


def test_long_words_of_others_are_cut() -> None:
    long = replace(LOAD_TEST, evidence="proof " * 2000)

    told = composed(letters()[LetterKind.TO_VERIFY][0], slice_of(long))

    assert text(told).count("proof") < 250
    assert "proof …" in " ".join(text(told).split())


def test_the_brief_shows_every_action_once_and_the_meeting_in_its_head() -> None:
    announced = Item(code="status-brief", sentence="The follow-up meeting is on some day.")
    status = Item(
        code="status",
        item="A2",
        sentence=f"“{ROLL_BACK.text}” (A2) is blocked, due on Friday 3 April 2026.",
    )
    letter = Letter(kind=LetterKind.STATUS_BRIEF, to=FAY, items=(announced, status))

    told = text(composed(letter, whole_review()))

    assert "some day" not in told
    assert "Thursday 9\nApril 2026, 15:00 (Europe/Paris)" in told
    assert [len(re.findall(rf"^A{n}  ", told, re.MULTILINE)) for n in range(1, 6)] == [1] * 5
    assert told.count("Friday 3 April 2026") == 1


def test_what_was_withdrawn_or_only_proposed_is_no_promise() -> None:
    review = slice_of(
        replace(POOL_ALERT, standing=Standing.WITHDRAWN),
        replace(ROLL_BACK, standing=Standing.PROPOSED),
        DASHBOARD,
    )

    told = text(composed(Letter(kind=LetterKind.CLOSED, to=ADA), review))

    assert "A1" not in told
    assert "A2" not in told
    assert "its action has an outcome" in told


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ((DASHBOARD,), "its action has an outcome"),
        ((DASHBOARD, BREAKER), "both actions have an outcome"),
        ((DASHBOARD, BREAKER, replace(DASHBOARD, id="A6")), "all three actions have an outcome"),
        ((), "This review is closed."),
    ],
)
def test_a_closed_review_says_that_everything_has_an_outcome(
    actions: tuple[Action, ...], words: str
) -> None:
    review = replace(whole_review(), stage=Stage.CLOSED, actions=actions)

    assert words in text(composed(Letter(kind=LetterKind.CLOSED, to=ADA), review))


def test_a_cancelled_review_is_not_called_closed() -> None:
    review = replace(slice_of(), stage=Stage.CANCELLED)

    message = composed(Letter(kind=LetterKind.CLOSED, to=ADA), review)

    assert message["Subject"].endswith(": cancelled")
    assert text(message).startswith("This review has been cancelled.")


def test_accepted_risks_are_named_when_a_review_closes() -> None:
    told = " ".join(text(sample(LetterKind.CLOSED)).split())

    assert "C2: The on-call person could not roll back for 40 minutes – Two people" in told


@pytest.mark.parametrize(
    ("done", "first"),
    [
        ((), "There was no answer to be found in your mail"),
        ((True,), "Thank you. Your answer was taken down."),
        ((True, True), "Thank you. Both lines were taken down."),
        ((True, False), "One of two lines was taken down"),
        ((False,), "Nothing was changed by your mail."),
    ],
)
def test_an_answer_says_first_how_much_was_taken_down(done: tuple[bool, ...], first: str) -> None:
    quoted = tuple(Quoted(line="A1 accept", answer="", done=each) for each in done)

    told = text(composed(Letter(kind=LetterKind.ANSWER, to=OLGA, quoted=quoted), slice_of()))

    assert told.startswith(first)


def test_an_answer_quotes_each_line_with_what_was_made_of_it() -> None:
    told = text(sample(LetterKind.ANSWER))

    assert "> A2 unblocked\n  Done: A2 is no longer blocked.\n" in told
    assert "> A4 looks fine to me\n  This was not understood." in told
    assert "How it stands now:\n\nA2  Let the on-call" in told


def test_a_lost_action_is_told_about_without_its_facts() -> None:
    wanted = Postponement(until=date(2026, 4, 24), reason="x", at=NOW)
    asked = Question(by=SAM, text="x", at=NOW)
    several = slice_of(replace(POOL_ALERT, postponement=wanted, question=asked), ROLL_BACK)

    for kind in (LetterKind.POSTPONEMENT_ASKED, LetterKind.GIVEN_UP_ASKED, LetterKind.QUESTION):
        letter = Letter(kind=kind, to=ADA, items=(about("A1"), about("A2")))
        assert "A1 and A2" in composed(letter, several)["Subject"]


def test_people_may_be_unknown_to_the_directory() -> None:
    stranger = Person(address="ula@example.org", zone="Nowhere/Land")
    letter = Letter(kind=LetterKind.FOLLOW_UP_INVITATION, to=stranger.address)

    message = compose(letter, slice_of(), {stranger.address: stranger}, SITE, NOW)

    assert f"{FOLLOW_UP.at:%H:%M} (UTC)" in text(message)
