"""A form is never sent about what its reader did not see, and what was typed is never lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import commands
from models.action import ActionStatus
from models.errors import Unavailable
from models.review import Review, Stage
from tests.sample_people import ADA, FAY, OLGA, OMAR
from tests.sample_reviews import ReviewBuilder, build_assigned, build_drafted, build_met
from tests.web.pages.test_command_forms import (
    build_path,
    fill_in,
    get_review,
    open_form,
    parse_page,
    read_form,
    read_text,
    send,
    store,
)
from tests.web.web_app import REVIEW, WebApp

WORDS = "I am moving to another team, and Omar knows the pool."


def change(web_app: WebApp, command_type: type[commands.Command], by: str, **fields: Any) -> None:
    """Let somebody else change the review meanwhile."""
    builder = ReviewBuilder(get_review(web_app), web_app.now)
    web_app.review_client.add_review(builder.ask(command_type, by, **fields))


def find_action(web_app: WebApp, item: str = "A1") -> Any:
    return get_review(web_app).action(item)


def read_kept(answer: Any) -> str:
    """Return all that a page gives back of what was typed."""
    texts = parse_page(answer.text).xpath("//main//textarea/text() | //main//input/@value")
    return " ".join(str(text) for text in texts)


def test_a_gate_is_not_approved_with_actions_that_nobody_has_read(web_app: WebApp) -> None:
    store(web_app, build_met())
    web_app.sign_in(ADA)
    path = build_path("approve")
    form = open_form(web_app, path)
    change(web_app, commands.Revise, FAY, action="A1", text="Limit connections per tenant to 2000")

    answer = send(web_app, path, form)

    assert answer.status_code == 409
    assert "Something has changed since this page was opened" in read_text(answer.text)
    assert "2000" in answer.text
    assert get_review(web_app).stage is Stage.MEETING
    assert send(web_app, path, read_form(answer.text)).status_code == 303


@pytest.mark.parametrize("text", ["Limit connections per tenant to 25", "Be more careful"])
def test_a_revision_leaves_what_others_changed_meanwhile(web_app: WebApp, text: str) -> None:
    store(web_app, build_met())
    web_app.sign_in(FAY)
    path = build_path("revise", "A1")
    form = open_form(web_app, path)
    due = find_action(web_app).due - timedelta(days=1)
    change(web_app, commands.Revise, ADA, action="A1", due=due)

    refused = send(web_app, path, form, text=text)
    again = send(web_app, path, read_form(refused.text), confirmed="yes")

    assert refused.status_code == 409
    assert read_form(refused.text)["due"] == due.isoformat()
    assert again.status_code == 303
    assert (find_action(web_app).text, find_action(web_app).due) == (text, due)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("accept", {}),
        ("decline", {"reason": WORDS}),
    ],
)
def test_of_two_clicks_both_lead_to_the_same_receipt(
    web_app: WebApp, kind: str, typed: dict[str, str]
) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(OLGA)
    path = build_path(kind, "A1")
    form = open_form(web_app, path)

    first, second = (send(web_app, path, form, **typed) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]


def test_other_words_in_a_form_of_before_are_another_command(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(FAY)
    path = build_path("note")
    form = open_form(web_app, path)

    send(web_app, path, form, text="The alert fired.")
    send(web_app, path, form, text="Nobody heard it.")

    texts = [event.text for event in get_review(web_app).log]
    assert {"noted: The alert fired.", "noted: Nobody heard it."} <= set(texts)


def sign_out(web_app: WebApp) -> None:
    web_app.client.cookies.clear()


def sign_in_again(web_app: WebApp) -> None:
    web_app.sign_in(OLGA)


def wait_for_days(web_app: WebApp) -> None:
    web_app.now += timedelta(days=3)


def give_it_to_omar(web_app: WebApp) -> None:
    change(web_app, commands.Reassign, ADA, action="A1", owner=OMAR, reason="Olga is away")


def cancel(web_app: WebApp) -> None:
    change(web_app, commands.Cancel, ADA, reason="It was a drill")


@pytest.mark.parametrize(
    "happen", [sign_out, sign_in_again, wait_for_days, give_it_to_omar, cancel]
)
def test_whatever_happens_meanwhile_the_words_are_given_back(web_app: WebApp, happen: Any) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(OLGA)
    path = build_path("decline", "A1")
    form = open_form(web_app, path)
    happen(web_app)

    answer = send(web_app, path, form, reason=WORDS)

    assert answer.status_code in (401, 403, 409)
    assert WORDS in read_kept(answer)


def test_words_are_given_back_while_temporal_is_away(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> Any:
        raise Unavailable("Temporal", "it does not answer")

    store(web_app, build_assigned())
    web_app.sign_in(OLGA)
    path = build_path("decline", "A1")
    form = open_form(web_app, path)
    monkeypatch.setattr(web_app.review_client, "send_command", fail)

    answer = send(web_app, path, form, reason=WORDS)

    assert answer.status_code == 503
    assert WORDS in read_kept(answer)


@pytest.mark.parametrize("field", ["text", "measure", "due"])
def test_a_field_of_a_revision_is_not_emptied_without_a_word(web_app: WebApp, field: str) -> None:
    store(web_app, build_met())
    web_app.sign_in(FAY)
    before = find_action(web_app)

    answer = fill_in(web_app, "revise", "A1", **{field: ""})

    assert answer.status_code == 400
    assert "cannot be left empty" in read_text(answer.text)
    assert find_action(web_app) == before


def test_a_revision_that_changes_nothing_is_none(web_app: WebApp) -> None:
    store(web_app, build_met())
    web_app.sign_in(FAY)

    answer = fill_in(web_app, "revise", "A1")

    assert answer.status_code == 409
    assert "Nothing was changed yet." in read_text(answer.text)
    assert "revised" not in get_review(web_app).log[-1].text


@pytest.mark.parametrize(
    ("typed", "zone", "words"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "there is no such time in Europe/Berlin"),
        ("2026-03-08T02:30", "America/New_York", "there is no such time"),
        ("2026-03-09", "Europe/Berlin", "write a day and a time"),
        ("tomorrow at noon", "Europe/Berlin", "write a day and a time"),
        ("", "Europe/Berlin", "write a day and a time"),
    ],
)
def test_a_time_that_there_is_not_is_asked_for_again(
    web_app: WebApp, typed: str, zone: str, words: str
) -> None:
    store(web_app, build_drafted())
    person = web_app.archive.people.find_people([FAY])[FAY]
    web_app.archive.people.import_people([replace(person, zone=zone)])
    web_app.sign_in(FAY)

    answer = fill_in(web_app, "schedule-meeting", at=typed, place="Room 4")

    assert answer.status_code == 400
    assert words in read_text(answer.text)
    assert "Room 4" in read_kept(answer)


@pytest.mark.parametrize("minutes", ["9" * 5000, "²", "-1", "٣", "1e9"])
def test_a_number_that_is_none_is_refused_in_words(web_app: WebApp, minutes: str) -> None:
    store(web_app, build_drafted())
    web_app.sign_in(FAY)

    answer = fill_in(
        web_app, "schedule-meeting", at="2026-03-09T10:00", place="Room 4", minutes=minutes
    )

    assert answer.status_code == 400
    assert "Room 4" in read_kept(answer)


@pytest.mark.parametrize("page", ["commands/note", "document/edit"])
def test_text_that_is_no_unicode_is_refused_in_words(web_app: WebApp, page: str) -> None:
    store(web_app, build_drafted())
    web_app.sign_in(FAY)
    part = 'Content-Disposition: form-data; name="text"\r\n\r\n+2AA-\r\n'
    body = f"--x\r\n{part}--x--\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x; charset=utf-7"}

    answer = web_app.client.post(f"/reviews/{REVIEW}/{page}", content=body, headers=headers)

    assert answer.status_code == 400


def test_a_text_as_long_as_the_form_allows_reaches_the_rules_in_any_script(
    web_app: WebApp,
) -> None:
    store(web_app, build_drafted())
    web_app.sign_in(FAY)

    answer = fill_in(web_app, "note", text="说" * 16_000)

    assert answer.status_code == 400
    assert "a text may have at most 16384" in read_text(answer.text)
    assert "说" * 16_000 in read_kept(answer)


def test_what_is_decided_about_is_shown(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(FAY)
    line = get_review(web_app).log[0]
    web_app.client.post(
        f"/reviews/{REVIEW}/contribute",
        data={"text": "The pager was silent."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    contribution = get_review(web_app).contributions[0]

    settle = web_app.client.get(build_path("settle", contribution.id)).text
    redact = web_app.client.get(build_path("redact", str(line.revision))).text

    assert "The pager was silent." in read_text(settle)
    assert line.text.split()[0] in read_text(redact)


def test_a_note_about_an_action_begins_with_its_id(web_app: WebApp) -> None:
    store(web_app, build_assigned())
    web_app.sign_in(FAY)

    form = open_form(web_app, build_path("note", "A1"))

    assert form["item"] == "A1"
    action = find_action(web_app)
    assert action.status is ActionStatus.ASSIGNED
    assert isinstance(get_review(web_app), Review)
