"""Whoever is signed in does at the thing itself what the rules let them do, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from lxml import html

from models import commands
from models.action import ActionStatus
from models.commands import COMMANDS, get_kind
from models.people import Channel
from models.review import Review, Stage
from rules.commands.possible import list_subjects
from tests.sample_people import ADA, FAY, ODILE, OLGA, OREN, PIA, SAM, VERA, new_review
from tests.sample_reviews import (
    ReviewBuilder,
    build_assigned,
    build_closed,
    build_drafted,
    build_in_follow_up,
    build_met,
    build_rich,
)
from tests.web.web_app import REVIEW, WebApp
from web.schemas.command_form import FieldKind, list_form_fields

PAGE = f"/reviews/{REVIEW}"


def store(web_app: WebApp, builder: ReviewBuilder) -> None:
    web_app.review_client.add_review(builder.review)
    web_app.now = builder.now


def get_review(web_app: WebApp) -> Review:
    return web_app.review_client.reviews[REVIEW]


def build_path(kind: str, item: str = "") -> str:
    return f"{PAGE}/commands/{kind}" + (f"?item={item}" if item else "")


def list_offers(web_app: WebApp, about: str) -> list[str]:
    """Return the kinds of the commands that the review's page offers about an item."""
    page = parse_page(web_app.client.get(PAGE).text)
    paths = page.xpath("//ul[@class='offers']//a/@href")
    query = f"?item={about}" if about else ""
    return [
        path.partition("?")[0].rpartition("/")[2]
        for path in paths
        if path.partition("?")[1] + path.partition("?")[2] == query
    ]


def parse_page(text: str) -> Any:
    return html.fromstring(text)


def open_form(web_app: WebApp, path: str) -> dict[str, str]:
    """Return what a form would send if nothing were changed in it."""
    answer = web_app.client.get(path)
    assert answer.status_code == 200, answer.text
    return read_form(answer.text)


def read_form(page: str) -> dict[str, str]:
    form = parse_page(page).xpath("//form[contains(@class, 'decide')]")[0]
    return {name: value or "" for name, value in form.fields.items() if name}


def send(web_app: WebApp, path: str, form: dict[str, str], **typed: str) -> Any:
    return web_app.client.post(path, data={**form, **typed}, follow_redirects=False)


def fill_in(web_app: WebApp, kind: str, item: str = "", **typed: str) -> Any:
    path = build_path(kind, item)
    return send(web_app, path, open_form(web_app, path), **typed)


def read_text(page: str) -> str:
    return " ".join(parse_page(page).find(".//main").text_content().split())


@pytest.mark.parametrize(
    ("person", "offered", "withheld"),
    [
        (OLGA, {"accept", "decline"}, {"verify", "reassign", "revise", "grant"}),
        (ADA, {"reassign", "change-verifier", "revise"}, {"accept", "decline", "verify"}),
        (SAM, {"ask"}, {"accept", "reassign"}),
        (PIA, set(), {"accept", "reassign", "ask", "revise"}),
    ],
)
def test_an_action_offers_what_its_reader_may_do_with_it_now(
    web_app: WebApp, person: str, offered: set[str], withheld: set[str]
) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(person)

    offers = set(list_offers(web_app, "A1"))

    assert offered <= offers
    assert not offers & withheld


def test_nobody_who_is_not_signed_in_is_offered_anything(web_app: WebApp) -> None:
    store(web_app, build_assigned())

    assert list_offers(web_app, "A1") == []
    assert web_app.client.get(build_path("accept", "A1")).status_code == 401
    assert send(web_app, build_path("accept", "A1"), {}).status_code == 401


def test_who_signs_in_after_a_form_was_refused_comes_back_to_the_same_form(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    path = build_path("accept", "A1")

    opened, refused = web_app.client.get(path), send(web_app, path, {})
    elsewhere = web_app.client.post("/me/sessions/end-all?item=A1")

    way_back = f"/sign-in?{urlencode({'next': path})}"
    assert "item%3DA1" in way_back
    assert [f'href="{way_back}"' in page.text for page in (opened, refused)] == [True, True]
    assert "item%3DA1" not in elsewhere.text


def test_everything_that_is_offered_opens_a_form(web_app: WebApp) -> None:
    opened = set()
    for build in (build_drafted, build_met, build_assigned, build_rich, build_closed):
        store(web_app, build())
        for person in (ADA, FAY, ODILE, OLGA, OREN, VERA, SAM):
            web_app.sign_in(person)
            page = parse_page(web_app.client.get(PAGE).text)
            for path in page.xpath("//ul[@class='offers']//a/@href"):
                answer = web_app.client.get(path)
                assert answer.status_code == 200, f"{person} {path}"
                opened.add(path.partition("?")[0].rpartition("/")[2])

    possible = {get_kind(each) for each in COMMANDS.values() if list_subjects(each)}
    assert possible - opened <= {
        "assign",
        "redact",  # offered at the lines of the log
        "settle",
        "reject-give-up",
        "overturn",
        "restrict",  # needs encryption
        "unrestrict",
        "grant",
        "refuse",
        "waive",
        "reopen",
        "unblock",
        "drop",
    }


def test_an_owner_accepts_and_reads_what_was_recorded(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(OLGA)

    answer = fill_in(web_app, "accept", "A1")

    assert answer.status_code == 303
    event = get_review(web_app).log[-1]
    assert (event.by, event.channel, event.text) == (OLGA, Channel.WEB, "accepted A1")
    receipt = read_text(web_app.client.get(answer.headers["location"]).text)
    assert "Recorded" in receipt
    assert "Olga Petrova accepted A1" in receipt


def test_a_contribution_that_is_accepted_by_a_form_stands_in_the_document(web_app: WebApp) -> None:
    web_app.review_client.add_review(new_review())
    web_app.client.post(f"/api/reviews/{REVIEW}/contribute", json={"text": "The pager was silent."})
    web_app.sign_in(FAY)

    answer = fill_in(web_app, "settle", "K1")

    assert answer.status_code == 303
    assert "The pager was silent." in web_app.client.get(f"{PAGE}/document.md").text


def test_a_receipt_is_for_whoever_gave_the_command(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(OLGA)
    path = fill_in(web_app, "accept", "A1").headers["location"]

    web_app.sign_in(ADA)

    assert web_app.client.get(path).status_code == 404


def test_the_same_form_sent_twice_is_one_command(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())
    web_app.sign_in(FAY)
    path = build_path("note")
    form = open_form(web_app, path)

    answers = [send(web_app, path, form, text="The alert fired.") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    texts = [event.text for event in get_review(web_app).log]
    assert texts.count("noted: The alert fired.") == 1


def test_a_refusal_keeps_what_was_typed_and_says_what_would_be_right(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())
    web_app.sign_in(OLGA)

    answer = fill_in(web_app, "postpone", "A1", until="2026-03-20", reason="The vendor is late.")

    assert answer.status_code == 409
    assert "Name a later date." in read_text(answer.text)
    form = read_form(answer.text)
    assert (form["until"], form["reason"]) == ("2026-03-20", "The vendor is late.")
    again = send(web_app, build_path("postpone", "A1"), form, until="2026-04-02")
    assert again.status_code == 303


def test_a_wrong_field_says_so_beside_it(web_app: WebApp) -> None:
    store(web_app, build_in_follow_up())
    web_app.sign_in(OLGA)

    answer = fill_in(web_app, "postpone", "A1", until="next week", reason="The vendor is late.")

    page = parse_page(answer.text)
    assert answer.status_code == 400
    assert page.xpath("//input[@id='until']/@aria-invalid") == ["true"]
    assert "write the date as 2026-04-30" in page.xpath("string(//*[@id='until-wrong'])")


def test_what_changed_meanwhile_is_read_before_it_is_decided(web_app: WebApp) -> None:
    store(web_app, build_rich())
    web_app.sign_in(VERA)
    path = build_path("verify", "A2")
    form = open_form(web_app, path)
    action = get_review(web_app).action("A2")
    assert action is not None
    changed = replace(action, evidence="Something else", since=web_app.now)
    actions = tuple(changed if each.id == "A2" else each for each in get_review(web_app).actions)
    web_app.review_client.add_review(
        replace(get_review(web_app), actions=actions, revision=get_review(web_app).revision + 1)
    )

    answer = send(web_app, path, form, finding="Alert seen in the rehearsal at 12:01.")

    assert answer.status_code == 409
    assert "Something has changed since this page was opened" in read_text(answer.text)
    assert read_form(answer.text)["finding"] == "Alert seen in the rehearsal at 12:01."
    current = get_review(web_app).action("A2")
    assert current is not None
    assert current.status is ActionStatus.CLAIMED


def test_a_gate_that_is_shut_says_what_is_missing_instead_of_a_button(web_app: WebApp) -> None:
    store(web_app, build_rich())
    web_app.sign_in(ADA)

    page = web_app.client.get(build_path("approve")).text

    assert "What is still needed first" in page
    assert not parse_page(page).xpath("//form[contains(@class, 'decide')]")
    assert get_review(web_app).stage is Stage.FOLLOW_UP


def test_words_are_checked_before_they_are_sent_and_may_be_sent_all_the_same(
    web_app: WebApp,
) -> None:
    store(web_app, build_met())
    web_app.sign_in(FAY)
    path = build_path("propose")
    count = len(get_review(web_app).actions)

    checked = send(web_app, path, open_form(web_app, path), text="Improve monitoring")
    was_recorded = len(get_review(web_app).actions) > count
    form = read_form(checked.text)
    sent = send(web_app, path, form, confirmed="yes")

    assert checked.status_code == 200
    assert "Before you send this" in read_text(checked.text)
    assert not was_recorded
    assert form["text"] == "Improve monitoring"
    assert sent.status_code == 303
    assert get_review(web_app).actions[-1].text == "Improve monitoring"


def test_a_revision_begins_with_what_is_there_and_sends_what_was_changed(web_app: WebApp) -> None:
    store(web_app, build_met())
    web_app.sign_in(FAY)
    before = get_review(web_app).action("A1")
    assert before is not None
    path = build_path("revise", "A1")
    form = open_form(web_app, path)

    answer = send(web_app, path, form, due="2026-03-24", confirmed="yes")

    after = get_review(web_app).action("A1")
    assert answer.status_code == 303
    assert after is not None
    assert form["text"] == before.text
    assert after.due is not None
    assert after.due.isoformat() == "2026-03-24"
    assert replace(after, due=before.due, findings=before.findings) == before


def test_a_time_is_that_of_the_readers_own_zone(web_app: WebApp) -> None:
    store(web_app, build_drafted())
    web_app.archive.people.import_people(
        [replace(web_app.archive.people.find_people([FAY])[FAY], zone="America/New_York")]
    )
    web_app.sign_in(FAY)

    answer = fill_in(
        web_app, "schedule-meeting", at="2026-03-09T10:00", place="Room 4", minutes="45"
    )

    meeting = get_review(web_app).meeting
    assert answer.status_code == 303, read_text(answer.text)
    assert meeting is not None
    assert (meeting.at.isoformat(), meeting.minutes) == ("2026-03-09T14:00:00+00:00", 45)


def test_lists_are_typed_one_a_line(web_app: WebApp) -> None:
    store(web_app, build_drafted())
    web_app.sign_in(PIA)

    answer = fill_in(
        web_app,
        "add-cause",
        symptom="Half of the checkouts failed",
        whys="The pool of connections was full\r\n\r\nOne tenant may take all of it",
        confirmed="yes",
    )

    assert answer.status_code == 303, read_text(answer.text)
    assert get_review(web_app).causes[-1].whys == (
        "The pool of connections was full",
        "One tenant may take all of it",
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{PAGE}/commands/nonsense", 404),
        (f"{PAGE}/commands/write", 404),
        (f"{PAGE}/commands/erase", 404),
        (f"{PAGE}/commands/accept", 404),
        (f"{PAGE}/commands/accept?item=A99", 404),
        (f"{PAGE}/commands/accept?item={'A' * 1000}", 422),
        (f"{PAGE}/commands/verify?item=A1", 409),
        ("/reviews/nothing/commands/note", 404),
    ],
)
def test_what_cannot_be_done_is_answered_in_words(web_app: WebApp, path: str, status: int) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(OLGA)

    answer = web_app.client.get(path)

    assert answer.status_code in (status, 400 if status == 422 else status)
    assert read_text(answer.text)


def test_a_restricted_review_has_no_forms_for_others(web_app: WebApp) -> None:
    builder = build_assigned()
    builder.review = replace(builder.review, restricted_to=(ADA,))
    store(web_app, builder)
    web_app.sign_in("somebody@example.org")

    answer = web_app.client.get(build_path("note"))

    assert answer.status_code == 404
    assert "Checkout" not in answer.text


def test_a_form_of_another_site_or_session_gives_no_command(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(OLGA)
    path = build_path("accept", "A1")
    form = open_form(web_app, path)

    foreign = web_app.client.post(path, data=form, headers={"Sec-Fetch-Site": "cross-site"})
    web_app.sign_in(OLGA)
    other = send(web_app, path, form)

    assert (foreign.status_code, other.status_code) == (403, 403)
    action = get_review(web_app).action("A1")
    assert action is not None
    assert action.status is ActionStatus.ASSIGNED


def test_every_command_with_a_form_has_fields_that_can_be_filled_in() -> None:
    for command_type in COMMANDS.values():
        for field in list_form_fields(command_type) if list_subjects(command_type) else ():
            assert field.label, command_type
            assert field.kind is not FieldKind.CHOICE or field.choices, command_type
            assert field.kind is not FieldKind.NUMBER or field.maximum > 0, command_type
    assert list_subjects(commands.Write) == ()
