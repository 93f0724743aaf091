from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from models import commands as o
from models.commands import Command
from models.people import Channel
from rules.commands import dispatch
from rules.replies.interpret import MAX_LINES, MAX_QUOTED_LENGTH, MAX_UNKNOWN
from tests.rules.replies.reply_reader import (
    LINK,
    build_claimed,
    build_two_for_olga,
    get_only_line,
    list_commands,
    parse_command,
    parse_question,
    parse_reply,
)
from tests.sample_people import ADA, ODILE, OLGA, OMAR, SAM, VERA
from tests.sample_reviews import (
    build_assigned,
    build_drafted,
    build_in_follow_up,
    propose_action,
)

# What owners say


@pytest.mark.parametrize(
    "text",
    [
        "accept",
        "Accepted!",
        "A1 accept",
        "a1: accepted",
        "A1 - accept",
        "accept A1",
        "I accept A1.",
        "I accept this action",
        "Yes, I'll take it.",
        "yes I’ll take it",
        "I will do it",
        "ok",
        "OK, thanks",
        "Sure, will do",
        "Happy to take this on",
        "- A1: accept",
        "“accept”",
        "*accept*",
        "1. A1 accept",
        "Hi Ada, accept",
        "accepted, starting on Monday",
        "👍",
        "A1 👍",
        "action 1 accept",
        "#A1 accept",
    ],
)
def test_an_owner_accepts_in_many_words(text: str) -> None:
    review = build_assigned().review

    command = parse_command(text, review)

    assert command == o.Accept(id="reply-1.1", by=OLGA, channel=Channel.MAIL, action="A1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("decline because I am on leave until May", "I am on leave until May"),
        ("A1: declined. No time", "No time"),
        ("I have to decline, because of the freeze", "the freeze"),
        ("Sorry, I must decline A1: it is not my service", "it is not my service"),
        ("decline - our team is gone", "our team is gone"),
        ("I reject this because it is not mine", "it is not mine"),
        ("I refuse, since nobody asked me", "nobody asked me"),
        ("decline because of the move\n\n---\n\n* * *\n\nThanks", "the move"),
        ("decline because of the move\n\n========\n", "the move"),
        ("decline because:\n\nFacts\n-----\nIt moved", "Facts\n-----\nIt moved"),
    ],
)
def test_an_owner_declines_with_a_reason(text: str, reason: str) -> None:
    review = build_assigned().review

    command = parse_command(text, review)

    assert command == o.Decline(
        id="reply-1.1", by=OLGA, channel=Channel.MAIL, action="A1", reason=reason
    )


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (f"done {LINK}", LINK),
        (f"A1 is done, see {LINK}", f"see {LINK}"),
        (f"Finished: {LINK}", LINK),
        (f"fixed A1: {LINK}", LINK),
        (f"I'm done with A1: {LINK}", LINK),
        (f"This has been completed, {LINK}", LINK),
        (f"shipped\n{LINK}\nand the dashboard shows it", f"{LINK}\nand the dashboard shows it"),
        (f"done\n\n{LINK}", LINK),
        (f"Thanks! done {LINK}\n\nBest regards,\nOlga", LINK),
        (f"Done. {LINK}?tab=2", f"{LINK}?tab=2"),
        (f"100% done: {LINK}", LINK),
        (f"A1:\ndone {LINK}", LINK),
        (f"A1 Limit connections per tenant to 20\ndone {LINK}", LINK),
        ("done yesterday, the limit is 20", "yesterday, the limit is 20"),
        ("done, no issues in a week", "no issues in a week"),
        (
            "Regarding A1: it was deployed on Monday, the graph is flat",
            "on Monday, the graph is flat",
        ),
        ("A1 => fixed in release 4.2 (see the notes)", "in release 4.2 (see the notes)"),
        ("completed on 5 of 5 hosts", "on 5 of 5 hosts"),
        ("completed 5 of 5 hosts", "5 of 5 hosts"),
    ],
)
def test_an_owner_claims_with_evidence(text: str, evidence: str) -> None:
    review = build_in_follow_up().review

    command = parse_command(text, review)

    assert command == o.Claim(
        id="reply-1.1", by=OLGA, channel=Channel.MAIL, action="A1", evidence=evidence
    )


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("progress: half of the tenants", o.Report, "half of the tenants"),
        ("A1 status 60 %", o.Report, "60 %"),
        ("still working on it", o.Report, "still working on it"),
        ("80% done", o.Report, "80% done"),
        ("Progress on A1: half of it", o.Report, "half of it"),
        ("OK, still working on it", o.Report, "still working on it"),
        ("progress: not much, the freeze", o.Report, "not much, the freeze"),
        ("blocked by the freeze", o.Block, "by the freeze"),
        ("blocked because of A2", o.Block, "A2"),
        ("A1 blocked on A2", o.Block, "on A2"),
        ("I am stuck: no access", o.Block, "no access"),
        ("waiting for legal", o.Block, "waiting for legal"),
        ("give up because the vendor stops", o.GiveUp, "the vendor stops"),
        ("A1 cannot be done because it is too late", o.GiveUp, "it is too late"),
        ("I give it up: no budget", o.GiveUp, "no budget"),
        ("give A1 up because of the merger", o.GiveUp, "the merger"),
    ],
)
def test_an_owner_says_how_it_goes(text: str, kind: type[Command], said: str) -> None:
    review = build_in_follow_up().review

    command = parse_command(text, review)

    assert isinstance(command, kind)
    assert said in {getattr(command, name, "") for name in ("text", "reason")}


def test_a_blocked_action_goes_on() -> None:
    life = build_in_follow_up()
    life.ask(o.Block, OLGA, action="A1", reason="the freeze")

    for text in ("unblocked", "A1 is no longer blocked", "not blocked any more, thanks"):
        command = parse_command(text, life.review)

        assert command == o.Unblock(id="reply-1.1", by=OLGA, channel=Channel.MAIL, action="A1")


def test_a_claim_is_taken_back() -> None:
    review = build_claimed().review

    for text in ("take back", "I take it back", "take A1 back", "taking back my claim"):
        assert isinstance(parse_command(text, review), o.TakeBack)

    command = parse_command("A1 take back because one region is missing", review)
    assert isinstance(command, o.TakeBack)
    assert command.reason == "one region is missing"


def test_a_note_goes_into_the_log() -> None:
    review = build_in_follow_up().review

    assert parse_command("note: we moved to another floor", review) == o.Note(
        id="reply-1.1", by=OLGA, channel=Channel.MAIL, text="we moved to another floor"
    )
    assert parse_command("A1 note: the limit is per region", review) == o.Note(
        id="reply-1.1", by=OLGA, channel=Channel.MAIL, text="the limit is per region", item="A1"
    )


# Dates


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("until 2026-04-13 because of the freeze", date(2026, 4, 13)),
        ("need until 13 April because of the freeze", date(2026, 4, 13)),
        ("I need more time until April 13th, because of the freeze", date(2026, 4, 13)),
        ("A1: need more time, until 13.4.2026: the freeze", date(2026, 4, 13)),
        ("more time: the freeze goes on, until 13 April", date(2026, 4, 13)),
        ("please postpone to Monday, 13 April 2026 because of the freeze", date(2026, 4, 13)),
        ("until the end of April because of the freeze", date(2026, 4, 30)),
        ("until 13 April\nbecause of the freeze", date(2026, 4, 13)),
        ("until in five weeks because of the freeze", date(2026, 4, 13)),
        ("Please move A1 to the end of April because of the freeze", date(2026, 4, 30)),
        ("A1 will slip to 13 April because of the freeze", date(2026, 4, 13)),
        ("Need to push A1 out to 13 April because of the freeze", date(2026, 4, 13)),
        ("A1: new date 13 April please – because of the freeze", date(2026, 4, 13)),
        ("Delay A1 to 13 April because of the freeze", date(2026, 4, 13)),
        ("push this to 13 April because of the freeze", date(2026, 4, 13)),
        ("move the due date to 13 April because of the freeze", date(2026, 4, 13)),
        ("until 13.4. 17 Uhr because of the freeze", date(2026, 4, 13)),
        ("until 13 April 1700 because of the freeze", date(2026, 4, 13)),
    ],
)
def test_more_time_is_asked_for_until_a_day(text: str, until: date) -> None:
    command = parse_command(text, build_in_follow_up().review)

    assert isinstance(command, o.Postpone)
    assert command.until == until
    assert "freeze" in command.reason


def test_the_date_is_echoed_in_full_with_who_decides() -> None:
    review = build_in_follow_up().review

    line = get_only_line(parse_reply("until next Friday because of the freeze", review))

    assert "Friday 20 March 2026" in line.answer
    assert ADA in line.answer
    assert "Friday 27 March 2026" in line.answer


def test_a_day_counts_from_where_the_writer_lives() -> None:
    review = build_in_follow_up().review
    late = datetime(2026, 3, 9, 22, 30, tzinfo=UTC)

    at_home = parse_command("until tomorrow because of x1", review, at=late, zone="Asia/Tokyo")
    elsewhere = parse_command("until tomorrow because of x1", review, at=late, zone="No/Where")

    assert isinstance(at_home, o.Postpone)
    assert isinstance(elsewhere, o.Postpone)
    assert at_home.until == date(2026, 3, 11)
    assert elsewhere.until == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("until 12/11 because of x1", "Thursday 12 November 2026 or Friday 11 December 2026"),
        ("until 2 March 2026 because of x1", "Monday 2 March 2026 is in the past"),
        ("until next week because of x1", "Which day"),
        ("until 31 April because of x1", "no such day"),
        ("until the vendor answers", "Until when?"),
        ("need more time because of x1", "Until when?"),
        ("need until 13 April", "Why do you need until Monday 13 April 2026?"),
        ("until 13 April because …", "Why do you need until Monday 13 April 2026?"),
    ],
)
def test_a_day_in_doubt_is_asked_back(text: str, question: str) -> None:
    answer = parse_question(text, build_in_follow_up().review)

    assert question in answer


# What does not count


@pytest.mark.parametrize(
    "text",
    [
        "not done yet",
        "A1 is not done",
        "is this done?",
        "done?",
        "Done? Not really.",
        "I won't accept",
        "I can’t accept this because I am on leave",
        "never done",
        "almost done",
        "nearly finished: https://example.org/changes/41",
        "will be done by Friday",
        "should be done tomorrow",
        "I think it's done",
        "done by Friday",
        "done on 20 March",
        "done tomorrow",
        "done next week",
        "done by the end of April",
        "done soon",
        "done but not deployed",
        "done, but one region is missing",
        "done except for the dashboard",
        "done: not yet",
        "done 80 %",
        "done with the first part",
        "A1 complete the docs first",
        "accept if the date moves to May",
        "accept, but only in May",
        "accept the risk",
        "OK but who verifies it?",
        "OK, let me ask my manager first",
        "I declined this already!",
        "completed 50 of 100 hosts",
        "yes, but not before May",
        "I would like to know when this is done",
        "when it is done I will write",
        "decline the invitation",
        "unblock me please",
        "keep me posted",
        "A1 can’t be done by Friday",
        "not blocked",
    ],
)
def test_a_negation_a_question_or_a_condition_never_counts(text: str) -> None:
    for life in (build_assigned(), build_in_follow_up()):
        line = get_only_line(parse_reply(text, life.review))

        assert line.command is None
        assert line.answer


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("A1 done", "What shows that it is done"),
        ("done. Is that enough?", "What shows that it is done"),
        ("blocked", "What holds it up"),
        ("give up", "Why can it not be done"),
        ("progress", "How far"),
    ],
)
def test_words_that_are_missing_are_asked_for_with_an_example(text: str, question: str) -> None:
    answer = parse_question(text, build_in_follow_up().review)

    assert question in answer
    assert "For example: “A1 " in answer


# Which action


def test_one_line_may_speak_of_several_actions() -> None:
    review = build_two_for_olga()

    for text in (
        "A1, A3 accept",
        "accept A1 and A3",
        "A1 & A3: accepted",
        "accept both",
        "A1 accept and A3 accept",
        "I accept A1, and A3 is fine",
    ):
        first, second = list_commands(parse_reply(text, review))

        assert isinstance(first, o.Accept)
        assert isinstance(second, o.Accept)
        assert (first.action, second.action) == ("A1", "A3")
        assert (first.id, second.id) == ("reply-1.1", "reply-1.2")


def test_several_things_may_be_said_in_one_line_and_in_many() -> None:
    review = build_two_for_olga()

    in_one = list_commands(parse_reply("A1 accept; A3 decline because I am on leave", review))
    in_two = list_commands(
        parse_reply("Sorry for the delay. A1 accept.\n\nA3 decline\nI am on leave", review)
    )

    assert [type(command) for command in in_one] == [o.Accept, o.Decline]
    assert [type(command) for command in in_two] == [o.Accept, o.Decline]


def test_without_a_name_the_one_fitting_action_is_meant() -> None:
    life = build_in_follow_up()
    propose_action(life, "Write the runbook for a dry pool", OLGA)
    life.ask(o.Assign, ADA, action="A3")

    accepted = parse_command("accept", life.review)
    done = parse_command(f"done {LINK}", life.review)

    assert isinstance(accepted, o.Accept)
    assert accepted.action == "A3"
    assert isinstance(done, o.Claim)
    assert done.action == "A1"


def test_without_a_name_the_notifications_action_is_meant() -> None:
    review = build_two_for_olga()

    command = parse_command("accept", review, item="A3")

    assert isinstance(command, o.Accept)
    assert command.action == "A3"


def test_without_a_name_and_with_a_choice_we_ask_which() -> None:
    answer = parse_question("accept", build_two_for_olga())

    assert "A1 (Limit connections per tenant to 20)" in answer
    assert "A3 (Write the runbook for a dry pool)" in answer
    assert "“A1 accept”" in answer


def test_an_only_action_is_meant_even_where_the_command_will_be_refused() -> None:
    review = build_in_follow_up().review

    command = parse_command("accept", review)

    assert isinstance(command, o.Accept)
    assert command.action == "A1"


def test_a_yes_counts_only_where_something_waits_for_it() -> None:
    life = build_claimed()

    assert "We did not understand" in parse_question("yes", life.review, by=VERA)
    assert "We did not understand" in parse_question("ok", life.review, item="A1")
    assert isinstance(parse_command("ok", build_assigned().review, item="A1"), o.Accept)
    assert len(parse_reply("OK!\n\nA2 progress: half of it", life.review, by=OMAR)) == 1


def test_who_has_no_action_is_told() -> None:
    assert "None of your actions fits" in parse_question(
        "accept", build_assigned().review, by=ODILE
    )


def test_an_action_that_is_not_there_is_named_with_those_that_are() -> None:
    answer = parse_question("A9 accept", build_assigned().review)

    assert "There is no action A9" in answer
    assert "A1, A2" in answer
    assert "no actions yet" in parse_question("A1 accept", build_drafted().review)


def test_a_title_above_a_line_says_what_it_is_about() -> None:
    review = build_two_for_olga()
    text = "A1 – Limit connections per tenant\naccept\n\nA3:\ndecline because I am on leave"

    first, second = list_commands(parse_reply(text, review))

    assert first == o.Accept(id="reply-1.1", by=OLGA, channel=Channel.MAIL, action="A1")
    assert isinstance(second, o.Decline)
    assert second.action == "A3"


def test_a_long_title_is_cut_in_a_choice() -> None:
    life = build_assigned()
    propose_action(
        life, "Write down what to do when the pool of connections runs dry at night", OLGA
    )
    life.ask(o.Assign, ADA, action="A3")

    assert "…)" in parse_question("accept", life.review)


# Prose around it


def test_prose_around_what_was_understood_is_passed_over() -> None:
    text = (
        "Hi Ada,\n\nhow was your weekend? Ours was rainy.\n\n"
        f"A1 done {LINK}\n\nMany thanks for your patience\nOlga"
    )

    lines = parse_reply(text, build_in_follow_up().review)

    assert [type(line.command) for line in lines] == [o.Claim]
    assert list_commands(lines)[0] == parse_command(f"A1 done {LINK}", build_in_follow_up().review)


def test_what_a_mail_program_wrapped_is_one_sentence() -> None:
    text = (
        "A1 blocked because the vendor has looked at it twice and has not\n"
        "accepted the contract yet, and legal says that nothing will be\n"
        "done before they do"
    )

    command = parse_command(text, build_in_follow_up().review)

    assert isinstance(command, o.Block)
    assert command.reason.endswith("done before they do")


def test_wrapped_prose_is_no_verb_either() -> None:
    text = (
        "I have talked with everybody about the pool of connections and it will be\n"
        "done when the others are back"
    )

    assert list_commands(parse_reply(text, build_in_follow_up().review)) == []


def test_where_nothing_was_understood_there_is_one_line_with_help() -> None:
    line = get_only_line(
        parse_reply("What is this about?\nI know nothing of it.", build_in_follow_up().review)
    )

    assert line.command is None
    assert line.text == "What is this about?\nI know nothing of it."
    assert "“A1 done: …”" in line.answer


def test_help_fits_the_reader() -> None:
    review = build_claimed().review

    assert "“A1 verify: …”" in parse_question("help", review, by=VERA)
    assert "“A2 done: …”" in parse_question("hm", review, by=OMAR)
    assert "needs a reply from you" in parse_question("hm", review, by=SAM)


def test_prose_that_names_an_action_is_asked_about() -> None:
    text = f"A1 done {LINK}\n\nThanks!\n\nThe people of A2 seem to be busy."

    done, unclear = parse_reply(text, build_in_follow_up().review)

    assert done.command is not None
    assert unclear.command is None
    assert "You mention A2" in unclear.answer


def test_an_action_with_nothing_we_know_is_asked_about() -> None:
    assert "“A1 blocked by …”" in parse_question("A1 the usual", build_in_follow_up().review)


def test_a_request_to_be_left_alone_is_answered() -> None:
    assert ADA in parse_question("unsubscribe", build_in_follow_up().review)


def test_after_five_things_not_understood_we_stop() -> None:
    text = "\n".join(f"A{n} blah" for n in range(1, 9)) + f"\nA1 done {LINK}"

    lines = parse_reply(text, build_in_follow_up().review)

    assert len(lines) == MAX_UNKNOWN + 1
    assert "stopped reading" in lines[-1].answer
    assert LINK in lines[-1].text
    assert list_commands(lines) == []


def test_after_five_paragraphs_of_prose_there_is_help() -> None:
    text = "\n\n".join(["Once upon a time there was a pool."] * 6)

    assert (
        "We did not understand this"
        in get_only_line(parse_reply(text, build_in_follow_up().review)).answer
    )


# Long mails


def test_long_evidence_is_cut_and_the_archive_named() -> None:
    command = parse_command("A1 done " + "é" * 12_000, build_in_follow_up().review)

    assert isinstance(command, o.Claim)
    assert len(command.evidence.encode()) < dispatch.MAX_FIELD_BYTES
    assert "the archive has the whole email" in command.evidence


def test_a_line_is_quoted_in_short() -> None:
    line = get_only_line(parse_reply("A1 done " + "word " * 2_000, build_in_follow_up().review))

    assert MAX_QUOTED_LENGTH - 10 < len(line.text) <= MAX_QUOTED_LENGTH


def test_what_a_command_cannot_carry_is_asked_for_again() -> None:
    text = "\n".join(f"A1 progress {'word ' * 2_000}" for _ in range(6))

    lines = parse_reply(text, build_in_follow_up().review)

    assert [line.command is not None for line in lines] == [True, True, True, False, False, False]
    assert "another one" in lines[-1].answer


def test_a_mail_of_a_thousand_commands_is_not_read_to_its_end() -> None:
    lines = parse_reply("A1 progress fine\n" * 1_000, build_in_follow_up().review)

    assert len(lines) == MAX_LINES + 1
    assert "stopped reading" in lines[-1].answer


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        "done " * 200_000,
        "A1," * 300_000,
        "A1 done\n" * 100_000,
        "accept, " * 100_000,
        "until " * 100_000,
        "; A1 " * 100_000,
        "because " * 100_000,
        "yes " * 100_000,
        "A1 drop " + "replaced by " * 50_000,
        "A1 drop because " + "risk " * 50_000,
        "hi, " * 100_000,
        "a\n" * 200_000,
        "> " * 200_000,
        "👍" * 100_000,
        "?" * 100_000,
        "it " * 100_000 + "x",
        "A1 done" + " " * 3_000 + "the alert fired. A2 done https://y.example",
        "A1 done" + " , and" * 3_000 + ". A2 done",
        "x" + "'" * 60_000 + "x",
        "verified " + "not " * 100_000,
        "thanks for " * 100_000 + "!",
        "Omar said " * 20_000 + ":",
        "A1 done but " * 50_000,
    ],
)
def test_a_hostile_text_takes_no_long_time(text: str) -> None:
    parse_reply(text, build_in_follow_up().review)
