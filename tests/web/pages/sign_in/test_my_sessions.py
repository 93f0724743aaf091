"""Whoever is signed in sees it, may end it, and nobody else acts with what they leave behind."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.audit.audit_event import AuditKind
from models.errors import Unavailable
from settings import WebSection
from tests.sample_people import ADA, COORDINATOR, OLGA
from tests.sample_reviews import build_drafted
from tests.web.web_app import REVIEW, WebApp
from web.guards.own_cookies import SESSION_COOKIE, name_cookie
from web.middleware.page_sessions import PATHS_WITHOUT_SESSION

PLAIN_NAME, SECURE_NAME = SESSION_COOKIE.plain_name, SESSION_COOKIE.secure_name
SESSIONS, SIGN_OUT = "/me/sessions", "/sign-out"


def find_form(page: str, action: str) -> dict[str, str]:
    """Return the hidden fields of the first form on a page that is sent to a path."""
    form = page.partition(f'action="{action}">')[2].partition("</form>")[0]
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))


def send(web_app: WebApp, path: str, **form: str) -> Any:
    return web_app.client.post(path, data=form, follow_redirects=False)


def is_signed_in(web_app: WebApp) -> bool:
    return web_app.client.get(SESSIONS).status_code == 200


def test_each_page_says_who_is_signed_in_and_nothing_of_it_otherwise(web_app: WebApp) -> None:
    before = web_app.client.get("/").text
    web_app.sign_in(ADA)

    pages = [web_app.client.get(path).text for path in ("/", "/reviews/none", SESSIONS)]

    assert "Sign out" not in before
    assert all("Ada Lind" in page and f'action="{SIGN_OUT}"' in page for page in pages)


def test_what_is_shown_to_somebody_is_kept_by_nobody(web_app: WebApp) -> None:
    web_app.sign_in(ADA)

    kept = {web_app.client.get(path).headers["cache-control"] for path in ("/", "/x", SESSIONS)}

    assert kept == {"private, no-store"}


def test_who_is_not_signed_in_is_asked_to(web_app: WebApp) -> None:
    answers = [
        web_app.client.get(SESSIONS),
        send(web_app, f"{SESSIONS}/end"),
        send(web_app, f"{SESSIONS}/end-all"),
    ]

    assert [answer.status_code for answer in answers] == [401] * 3
    assert all("people who are signed in" in answer.text for answer in answers)


def test_signing_out_ends_the_session_for_whoever_copied_the_cookie(web_app: WebApp) -> None:
    stolen = web_app.sign_in(ADA)
    form = find_form(web_app.client.get("/").text, SIGN_OUT)

    answer = send(web_app, SIGN_OUT, **form)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["clear-site-data"] == '"cache"'
    assert f"{PLAIN_NAME}=" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    web_app.client.cookies.set(PLAIN_NAME, stolen)
    assert not is_signed_in(web_app)
    newest = web_app.archive.audit.find_newest(AuditKind.SIGNED_OUT)
    assert newest is not None
    assert (newest.by, newest.channel) == (ADA, "web")


def test_signing_out_twice_is_no_error(web_app: WebApp) -> None:
    assert send(web_app, SIGN_OUT).status_code == 303


def test_a_form_is_sent_by_the_session_that_it_was_shown_to(web_app: WebApp) -> None:
    web_app.sign_in(ADA)
    adas = find_form(web_app.client.get("/").text, SIGN_OUT)
    web_app.client.cookies.clear()
    web_app.sign_in(OLGA)
    olgas = find_form(web_app.client.get("/").text, SIGN_OUT)

    answers = [send(web_app, SIGN_OUT, **form) for form in ({}, adas, {"form_token": "1.x"})]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert "signed in or out" in answers[0].text
    assert is_signed_in(web_app)
    assert send(web_app, SIGN_OUT, **olgas).status_code == 303


def test_the_token_of_one_form_is_for_no_other(web_app: WebApp) -> None:
    web_app.sign_in(ADA)
    form = find_form(web_app.client.get("/").text, SIGN_OUT)

    assert send(web_app, f"{SESSIONS}/end-all", **form).status_code == 403
    assert is_signed_in(web_app)


def test_somebody_ends_one_of_their_sessions_in_the_list(web_app: WebApp) -> None:
    lost = web_app.sign_in(ADA)
    web_app.client.cookies.clear()
    web_app.now += timedelta(hours=1)
    web_app.sign_in(ADA)
    page = web_app.client.get(SESSIONS).text
    forms = page.split(f'action="{SESSIONS}/end">')[1:]
    form = find_form(f'action="x">{forms[1]}', "x")

    answer = send(web_app, f"{SESSIONS}/end", **form)

    assert page.count("(this one)") == 1
    assert (answer.status_code, answer.headers["location"]) == (303, SESSIONS)
    assert is_signed_in(web_app)
    web_app.client.cookies.clear()
    web_app.client.cookies.set(PLAIN_NAME, lost)
    assert not is_signed_in(web_app)


def test_nobody_ends_the_session_of_somebody_else(web_app: WebApp) -> None:
    web_app.sign_in(OLGA)
    limits = web_app.settings.sessions.limits
    (olgas,) = web_app.archive.sessions.list_sessions(OLGA, web_app.now, limits.idle)
    web_app.client.cookies.clear()
    web_app.sign_in(ADA)
    form = find_form(web_app.client.get(SESSIONS).text, f"{SESSIONS}/end")

    send(web_app, f"{SESSIONS}/end", **form | {"session_id": olgas.id})

    assert web_app.archive.sessions.list_sessions(OLGA, web_app.now, limits.idle) == (olgas,)


def test_signing_out_everywhere_ends_all_of_them(web_app: WebApp) -> None:
    secrets = [web_app.sign_in(ADA) for _ in range(3)]
    form = find_form(web_app.client.get(SESSIONS).text, f"{SESSIONS}/end-all")

    answer = send(web_app, f"{SESSIONS}/end-all", **form)

    assert answer.headers["location"] == "/"
    for secret in secrets:
        web_app.client.cookies.clear()
        web_app.client.cookies.set(PLAIN_NAME, secret)
        assert not is_signed_in(web_app)


def test_a_session_ends_after_two_weeks_without_a_visit(web_app: WebApp) -> None:
    web_app.sign_in(ADA)
    for _ in range(3):
        web_app.now += timedelta(days=13)
        assert is_signed_in(web_app)

    web_app.now += timedelta(days=14)

    assert not is_signed_in(web_app)


def test_whoever_leaves_is_signed_out_at_once(web_app: WebApp) -> None:
    web_app.sign_in(OLGA)

    web_app.archive.people.merge_people([{"address": OLGA, "gone": True}])

    assert not is_signed_in(web_app)


def test_a_session_opens_nothing_of_the_api(web_app: WebApp) -> None:
    web_app.sign_in(COORDINATOR)

    assert web_app.client.get("/api/people").status_code == 401
    assert web_app.client.get("/api/reviews").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "é" * 43, "x" * 60_000, "a; b=\x00", "%00"])
def test_a_cookie_that_is_none_of_ours_is_nobodys(web_app: WebApp, cookie: str) -> None:
    header = f"{PLAIN_NAME}={cookie}".encode()

    answer = web_app.client.get("/", headers={b"cookie": header})

    assert answer.status_code == 200
    assert "Sign out" not in answer.text


def test_over_https_the_cookie_is_for_this_host_alone() -> None:
    assert name_cookie(SESSION_COOKIE, "https://afterword.example.org") == SECURE_NAME
    assert name_cookie(SESSION_COOKIE, "http://127.0.0.1:8600") == PLAIN_NAME


def test_over_https_the_plain_cookie_is_nobodys(web_app: WebApp) -> None:
    secret = web_app.sign_in(ADA)
    settings = web_app.settings.model_copy(
        update={"web": WebSection(url="https://testserver", allowed_hosts=("testserver",))}
    )
    web_app.app.state.context = replace(web_app.app.state.context, settings=settings)

    assert not is_signed_in(web_app)
    header = {"cookie": f"{SECURE_NAME}={secret}"}
    assert web_app.client.get(SESSIONS, headers=header).status_code == 200


def test_a_database_that_is_away_is_told_as_such(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.sign_in(ADA)

    def find_nothing(*_: object) -> None:
        raise Unavailable("the database", "it is away")

    monkeypatch.setattr(type(web_app.archive.sessions), "find_session", find_nothing)
    answer = web_app.client.get("/")

    assert answer.status_code == 503
    assert "does not answer" in answer.text


def test_what_needs_no_session_asks_for_none(
    web_app: WebApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    web_app.sign_in(ADA)
    monkeypatch.delattr(type(web_app.archive.sessions), "find_session")

    paths = [f"{path}x" for path in PATHS_WITHOUT_SESSION]

    assert {web_app.client.get(path).status_code for path in paths} <= {401, 404, 405}


def test_a_restricted_review_is_shown_to_its_people_and_not_there_for_others(
    web_app: WebApp,
) -> None:
    review = replace(build_drafted().review, restricted_to=(ADA,))
    web_app.review_client.add_review(review)
    paths = (f"/reviews/{REVIEW}", f"/reviews/{REVIEW}/contribute")

    seen = {}
    for reader in ("", OLGA, ADA, COORDINATOR):
        web_app.client.cookies.clear()
        if reader:
            web_app.sign_in(reader)
        seen[reader] = {web_app.client.get(path).status_code for path in paths}
        is_listed = f"{review.incident.title}</a>" in web_app.client.get("/reviews").text
        assert is_listed == (reader in (ADA, COORDINATOR))

    assert seen == {"": {404}, OLGA: {404}, ADA: {200}, COORDINATOR: {200}}


def test_a_look_of_the_coordinator_into_a_restricted_review_is_recorded(web_app: WebApp) -> None:
    web_app.review_client.add_review(replace(build_drafted().review, restricted_to=(ADA,)))
    for reader in (ADA, COORDINATOR):
        web_app.client.cookies.clear()
        web_app.sign_in(reader)
        web_app.client.get(f"/reviews/{REVIEW}")

    events = web_app.archive.audit.load_events()
    looks = [event for event in events if event.kind is AuditKind.RESTRICTED_READ]

    assert [(each.by, each.channel, each.subject) for each in looks] == [
        (COORDINATOR, "web", REVIEW)
    ]
