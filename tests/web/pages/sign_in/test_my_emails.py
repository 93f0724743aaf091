"""Which emails somebody wants is theirs to say, once they are signed in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.people import Person
from settings import FiguresSection
from tests.sample_people import ADA, OLGA
from tests.web.pages.sign_in.test_my_sessions import find_form, send
from tests.web.web_app import WebApp

EMAILS = "/me/emails"
NAMES = ("weekly", "wants_figures", "wants_digest")


def read_wishes(web_app: WebApp, address: str = ADA) -> set[str]:
    person = web_app.archive.people.find_person(address)
    assert isinstance(person, Person)
    return {name for name in NAMES if getattr(person, name)}


def save(web_app: WebApp, *names: str) -> int:
    token = find_form(web_app.client.get(EMAILS).text, EMAILS)["form_token"]
    answer = send(web_app, EMAILS, form_token=token, **dict.fromkeys(names, "true"))
    return int(answer.status_code)


@pytest.mark.parametrize("names", [(), ("wants_digest",), NAMES])
def test_what_is_ticked_is_what_one_gets_and_nobody_elses_changes(
    web_app: WebApp, names: tuple[str, ...]
) -> None:
    web_app.sign_in(ADA)
    save(web_app, "weekly")

    status = save(web_app, *names)

    page = web_app.client.get(f"{EMAILS}?done=saved").text
    assert status == 303
    assert read_wishes(web_app) == set(names)
    assert read_wishes(web_app, OLGA) == set()
    assert page.count(" checked") == len(names)
    assert "Saved." in page


def test_nothing_is_saved_without_the_pages_own_form(web_app: WebApp) -> None:
    web_app.sign_in(ADA)

    answer = send(web_app, EMAILS, wants_figures="true", form_token="guessed")

    assert answer.status_code >= 400
    assert read_wishes(web_app) == set()


def test_who_is_not_signed_in_is_asked_to(web_app: WebApp) -> None:
    answers = (web_app.client.get(EMAILS), send(web_app, EMAILS, wants_figures="true"))

    assert [answer.status_code for answer in answers] == [401, 401]


def test_who_is_named_by_the_settings_is_told_so(web_app: WebApp) -> None:
    web_app.sign_in(ADA)
    before = web_app.client.get(EMAILS).text
    named = FiguresSection(recipients=(ADA.upper(),))
    context = web_app.app.state.context
    settings = context.settings.model_copy(update={"figures": named})
    web_app.app.state.context = replace(context, settings=settings)

    after = web_app.client.get(EMAILS).text

    assert "in any case" not in before
    assert "in any case" in after
